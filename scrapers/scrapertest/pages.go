package scrapertest

import (
	"bufio"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// firstPage is the time of a page that states none.
var firstPage = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// readPages reads the exchanges that dir/pages.txt names.
func readPages(t *testing.T, dir string) []warc.Exchange {
	t.Helper()
	index, err := os.Open(filepath.Join(dir, "pages.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = index.Close() }()
	at := firstPage
	var pages []warc.Exchange
	lines := bufio.NewScanner(index)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if len(words) < 2 {
			t.Fatalf("pages.txt:%d: want URL FILE, got %q", n, lines.Text())
		}
		ex := warc.Exchange{URL: words[0], At: at, Method: http.MethodGet, Status: http.StatusOK, Header: http.Header{}}
		media := mime.TypeByExtension(filepath.Ext(words[1]))
		if words[1] != "-" {
			if ex.Body, err = os.ReadFile(filepath.Join(dir, words[1])); err != nil {
				t.Fatalf("pages.txt:%d: %v", n, err)
			}
		}
		for _, w := range words[2:] {
			stated, err := time.Parse(time.RFC3339, w)
			status, notNumber := strconv.Atoi(w)
			switch {
			case err == nil:
				ex.At = stated.UTC()
			case notNumber == nil:
				ex.Status = status
			case strings.Contains(w, "/"):
				media = w
			default:
				t.Fatalf("pages.txt:%d: %q is no status, content type or RFC 3339 time", n, w)
			}
		}
		ex.Header.Set("Content-Type", media)
		at = ex.At.Add(time.Minute)
		pages = append(pages, ex)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return pages
}

// pageTape puts exchanges on a tape.
func pageTape(t *testing.T, pages []warc.Exchange) *warc.Tape {
	t.Helper()
	dir := t.TempDir()
	archive, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range pages {
		if _, err := archive.Keep(ex); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

// corpus is the tape of the real captures. A test without them is skipped, but for
// CI, where they must be there.
func corpus(t *testing.T) *warc.Tape {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: set DEALWATCH_CORPUS to the folder that holds them")
	}
	tape, err := openCorpus(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

// openCorpus reads the captures once for all sources of a package.
var openCorpus = func() func(string) (*warc.Tape, error) {
	var once sync.Once
	var tape *warc.Tape
	var err error
	return func(dir string) (*warc.Tape, error) {
		once.Do(func() {
			var files []string
			if files, err = filepath.Glob(filepath.Join(dir, "*.warc.gz")); err != nil {
				return
			}
			if len(files) == 0 {
				err = errors.New("no *.warc.gz in " + dir)
				return
			}
			tape, err = warc.OpenTape(files...)
		})
		return tape, err
	}
}()
