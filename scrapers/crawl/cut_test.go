package crawl

import (
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

func TestCut(t *testing.T) {
	const article = "https://www.example.gov/article"
	for _, test := range []struct {
		name, media, address, body string
		cut                        bool
	}{
		{"a page", "text/html", article, "<!doctype html><html><body><p>x</body></html>\n", false},
		{"a page without html's end", "text/html", article, "<html><body><p>x</body>\n", false},
		{"a page with a script behind its end", "text/html", article, "<html><p>x</html><script>" + strings.Repeat("y", 1000) + "</script>", false},
		{"a page that breaks off", "text/html", article, "<html><body><p>x", true},
		{"a part of a page", "text/html", article, "<p>x", false}, // nothing proves it
		{"an index page of EDGAR, which has no end", "text/html", "https://www.sec.gov/Archives/edgar/data/1/1-26-1-index.htm", "<html><p>x", false},
		{"text that is a page inside", "text/plain", article, "<html><head></head><body><pre>\nx\n</pre></body></html>", false},
		{"and breaks off", "text/plain", article, "<html><head></head><body><pre>\nx", true},
		{"plain text", "text/plain", article, "a < b, and", false},
		{"a submission", "text/plain", article, "<SEC-DOCUMENT>x.txt : 1\n<DOCUMENT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n", false},
		{"a submission that breaks off between its documents", "text/plain", article, "<SEC-DOCUMENT>x.txt : 1\n<DOCUMENT>\n</DOCUMENT>\n", true},
		{"a submission of the 1990s", "text/plain", article, "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nx\n-----END PRIVACY-ENHANCED MESSAGE-----\n", false},
		{"and one that breaks off", "text/plain", article, "-----BEGIN PRIVACY-ENHANCED MESSAGE-----\nx\n", true},
		{"a document of a filing", "text/html", article, "<DOCUMENT>\n<TYPE>EX-99.1\n<TEXT>\n<html><body>x</body></html>\n</TEXT>\n</DOCUMENT>\n", false},
		{"one that breaks off behind its page", "text/html", article, "<DOCUMENT>\n<TYPE>EX-99.1\n<TEXT>\n<html><body>x</body></html>\n", true},
		{"inline XBRL", "text/html", article, "<?xml version='1.0'?>\n<html xmlns=\"x\"><body>x</body></html>", false},
		{"inline XBRL that breaks off", "text/html", article, "<?xml version='1.0'?>\n<html xmlns=\"x\"><body>x", true},
		{"a feed", "application/rss+xml", article, "<?xml version='1.0'?><!-- x --><!DOCTYPE rss>\n<rss\n version=\"2.0\"><channel></channel></rss><!-- made in 3 ms -->", false},
		{"a feed that breaks off between items", "application/rss+xml", article, "<?xml version='1.0'?>\n<rss version=\"2.0\"><channel><item></item>", true},
		{"XML without a declaration", "text/xml", article, "<PRESDOCU><EXECORD></EXECORD>", true},
		{"XML of an empty root", "application/xml", article, "<nothing/>", false},
		{"no XML", "application/xml", article, "x", false},
		{"JSON", "application/json", article, `{"a": [1, 2]}` + "\n", false},
		{"JSON that breaks off", "application/json", article, `{"a": [1, 2]`, true},
		{"no JSON", "application/json", article, `a`, false}, // of another shape, which its reader says
		{"a PDF", "application/pdf", article, "%PDF-1.4 x\n%%EOF\n", false},
		{"a PDF that breaks off", "application/octet-stream", article, "%PDF-1.4 x", true},
	} {
		if why := cut(test.media, test.address, []byte(test.body)); (why != "") != test.cut {
			t.Errorf("%s: cut says %q, want it cut: %v", test.name, why, test.cut)
		}
	}
}

// TestNoCaptureIsCut judges every real capture: none that is whole counts as cut, or as
// a refusal. Cut at
// half, at nine tenths and at 99 of 100, those whose kind has an end are all noticed.
func TestNoCaptureIsCut(t *testing.T) {
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: DEALWATCH_CORPUS is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("captures in %s: %q, %v", dir, files, err)
	}
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	whole, noticed, tried := 0, map[string]int{}, map[string]int{}
	judge := func(name string, status int, header http.Header, body []byte) {
		if status != http.StatusOK || header.Get("Content-Encoding") != "" || len(body) == 0 {
			return
		}
		media := mediaType(header.Get("Content-Type"), body)
		whole++
		if why := cut(media, name, body); why != "" {
			t.Errorf("%s (%s): %s", name, media, why)
		}
		if why := refusal(body); why != "" && isHTML(media) {
			t.Errorf("%s: %s", name, why)
		}
		for _, part := range []int{50, 90, 99} {
			if short := body[:len(body)*part/100]; len(body) > 4096 {
				tried[media]++
				if cut(media, name, short) != "" {
					noticed[media]++
				}
			}
		}
	}
	for _, e := range tape.Entries() {
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		judge(ex.URL, ex.Status, ex.Header, ex.Body)
	}
	for _, pattern := range []string{"primary/*/*", "full-txt/*.txt*"} {
		names, _ := filepath.Glob(filepath.Join(dir, "edgar", pattern))
		for _, name := range names {
			if strings.HasSuffix(name, "troweprice-def14a.htm.gz") {
				continue // an index page under another name
			}
			media := "text/html"
			if strings.Contains(name, ".txt") {
				media = "text/plain"
			}
			judge(name, http.StatusOK, http.Header{"Content-Type": {media}}, unzipped(t, name))
		}
	}
	for _, media := range slices.Sorted(maps.Keys(tried)) {
		t.Logf("%s: %d of %d cuts noticed", media, noticed[media], tried[media])
		switch media {
		case "application/json", "application/atom+xml", "application/rss+xml", "text/xml", "application/pdf":
			if noticed[media] != tried[media] {
				t.Errorf("%s: %d of %d cuts noticed, want all", media, noticed[media], tried[media])
			}
		}
	}
	if whole < 1200 {
		t.Errorf("%d captures were judged, want 1,200 and more", whole)
	}
}

func unzipped(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", name, err))
	}
	return b
}

// A cut page of the announced length is an outcome, and no content.
func TestCutIsNoContent(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, "application/rss+xml", "<rss><channel><item></item>")})
	c, err := s.client.Get(t.Context(), s.URL+"/x")
	want(t, "a feed that breaks off", err, dealwatch.Truncated)
	if c.Body != nil || !c.Ref.Zero() {
		t.Error("it has a body, or is kept")
	}
}
