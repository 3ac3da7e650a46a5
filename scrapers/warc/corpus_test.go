package warc

import (
	"os"
	"path/filepath"
	"testing"
)

// corpus gives the shared captures, and skips where they are not at hand.
func corpus(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: set DEALWATCH_CORPUS to the folder that holds them")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no WARC files in %s (%v)", dir, err)
	}
	return files
}

func TestCorpus(t *testing.T) {
	tape, err := OpenTape(corpus(t)...)
	if err != nil {
		t.Fatal(err)
	}
	entries := tape.Entries()
	if got, want := len(entries), 1161; got != want {
		t.Errorf("%d responses, want %d", got, want)
	}
	for i, e := range entries {
		if i > 0 && e.At.Before(entries[i-1].At) {
			t.Fatalf("entry %d is out of time", i)
		}
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		if got := SHA256(ex.Body); got != e.SHA256 {
			t.Errorf("%s: body %s, want %s", e.URL, got, e.SHA256)
		}
		if n := ex.Header.Get("Content-Length"); n == "" {
			t.Logf("%s: no Content-Length", e.URL)
		}
		tape.Seek(e.At)
		if found, ok := tape.Lookup(e.URL); !ok || found.At != e.At {
			t.Errorf("Lookup(%s) at %v = %v, %v", e.URL, e.At, found.At, ok)
		}
	}
}
