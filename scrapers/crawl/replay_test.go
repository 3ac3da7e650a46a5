package crawl

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// corpus opens the shared captures, and skips where they are not at hand.
func corpus(t *testing.T) *warc.Tape {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: set DEALWATCH_CORPUS to the folder that holds them")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

// A replay puts what it used into the archive, once.
func TestReplayIsArchived(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, "text/html", "content")})
	live, err := s.client.Get(t.Context(), s.URL+"/x")
	if err != nil {
		t.Fatal(err)
	}
	tape := s.kept(t)
	s.archive = t.TempDir()
	var refs []dealwatch.Ref
	for range 2 {
		c := s.newClient(t, func(c *Config, _ *dealwatch.Host) { c.Tape = tape })
		got, err := c.Get(t.Context(), s.URL+"/x")
		if err != nil || !bytes.Equal(got.Body, live.Body) || got.SHA256 != live.SHA256 || !got.At.Equal(live.At) {
			t.Errorf("replayed: %+v, %v", got, err)
		}
		refs = append(refs, got.Ref)
		if err := c.archive.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if refs[0].Zero() || refs[0] != refs[1] {
		t.Errorf("kept at %v and at %v", refs[0], refs[1])
	}
	if kept := s.kept(t).Entries(); len(kept) != 1 || kept[0].SHA256 != live.SHA256 {
		t.Errorf("the archive has %+v", kept)
	}
}

// Every real capture is content, but for the recorded refusals and error pages.
func TestCorpus(t *testing.T) {
	tape := corpus(t)
	var hosts []dealwatch.Host
	for _, name := range []string{"www.ftc.gov", "www.justice.gov", "www.whitehouse.gov", "www.federalregister.gov",
		"www.govinfo.gov", "www.sec.gov", "data.sec.gov", "www.gov.uk", "ec.europa.eu"} {
		hosts = append(hosts, dealwatch.Host{Name: name, MaxBody: 64 << 20})
	}
	c := New(Config{Hosts: hosts, Tape: tape})
	got := map[string]dealwatch.Outcome{}
	for _, e := range tape.Entries() {
		tape.Seek(e.At)
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		recorded, rerr := c.Recorded(ex, e.Ref())
		if rerr != nil {
			got[e.URL] = dealwatch.OutcomeOf(rerr)
			if recorded.Body != nil || recorded.Status != e.Status {
				t.Errorf("%s: the body of a refusal is shown", e.URL)
			}
			var re *dealwatch.ReadError
			if !errors.As(rerr, &re) {
				t.Errorf("%s: %T", e.URL, rerr)
			}
		}
		live, gerr := c.Get(t.Context(), e.URL)
		if found, _ := tape.Lookup(e.URL); found.Offset != e.Offset || found.File != e.File {
			continue // a later capture of the same second
		}
		if dealwatch.OutcomeOf(gerr) != dealwatch.OutcomeOf(rerr) {
			t.Errorf("%s: Get says %v, Recorded %v", e.URL, gerr, rerr)
		}
		if !bytes.Equal(live.Body, recorded.Body) || live.SHA256 != recorded.SHA256 || live.At != recorded.At || live.Ref != recorded.Ref {
			t.Errorf("%s: Get and Recorded differ: %v %v", e.URL, live.Ref, recorded.Ref)
		}
	}
	for url, o := range got {
		t.Log(o, url)
	}
}
