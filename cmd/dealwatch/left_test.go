package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a listing shows that is no item is counted and told.
func TestReplayTellsWhatWasLeftOut(t *testing.T) {
	page, err := os.ReadFile("../../scrapers/edgar/testdata/current-all.atom")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	list := answer("https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent&output=atom", day(3), 200, "application/atom+xml", string(page))
	if err := writeExchanges(dir, append(week(), list)); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	args := append([]string{"scrape", "--db", filepath.Join(dir, "x.db"), "--no-archive", "--replay"}, files...)
	_, stderr, code := cli(t, args...)
	want := "left out of edgar's listings: 3 unwanted (of no kind that is read), 0 repeated\n"
	if code != exitOK || strings.Count(stderr, "left out") != 1 || !strings.Contains(stderr, want) {
		t.Errorf("code %d, want the one line %q in:\n%s", code, want, stderr)
	}
}
