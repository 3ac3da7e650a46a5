// Package scrapertest is the test that every source must pass: over small pages in
// ./testdata, which its author wrote after the real structure, and over real captures
// where they are at hand.
//
// The file testdata/pages.txt names the pages, one a line:
//
//	URL FILE [STATUS] [CONTENT-TYPE] [RFC3339 TIME]
//
// FILE stands in testdata; "-" is an empty body. Without a status it is 200, without
// a type that of the file's name, and without a time a minute after the line before.
// Lines that begin with # are remarks.
//
// The sources of one package share the pages: each takes its own. What a source makes
// of the pages is compared with testdata/golden-SOURCE.json, and what it makes of the
// captures in the folder named by DEALWATCH_CORPUS with
// testdata/golden-SOURCE-corpus.json; -update writes both. Read them before you
// commit them.
package scrapertest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
)

var update = flag.Bool("update", false, "write testdata/golden*.json anew")

// Run tests the source that new makes: what it declares, what it lists, recognises
// and reads, that it keeps the contract of dealwatch.Source, and that the facts are
// those of the golden files.
func Run(t *testing.T, new func(*crawl.Client) dealwatch.Source) {
	info := new(nil).Info()
	t.Run(info.Name+"/declares", func(t *testing.T) { declares(t, new(nil)) })
	t.Run(info.Name+"/pages", func(t *testing.T) {
		pages := readPages(t, "testdata")
		if len(pages) == 0 {
			t.Skip("no pages: testdata/pages.txt is not there or names none")
		}
		r := newRun(t, new, pageTape(t, pages), true)
		r.list()
		r.replay()
		golden(t, filepath.Join("testdata", "golden-"+info.Name+".json"), r.facts)
	})
	t.Run(info.Name+"/captures", func(t *testing.T) {
		r := newRun(t, new, corpus(t), false)
		r.replay()
		name := filepath.Join("testdata", "golden-"+info.Name+"-corpus.json")
		if _, err := os.Stat(name); err != nil && r.facts.empty() {
			t.Skipf("no capture is one of %s", info.Name)
		}
		golden(t, name, r.facts)
	})
}

// golden compares facts with a file, or writes it.
func golden(t *testing.T, path string, got facts) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("no golden file: %v; run the test with -update and read what it writes", err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s is not what the source makes of the pages (-want +got); -update writes it anew:\n%s", path, diff)
	}
}
