package main

import (
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// TestIncidentEvidence shows what an incident leads to: the page that could not be read,
// in the archive, for a listing and for documents; and that of a refusal nothing is kept.
func TestIncidentEvidence(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string, st *store.Store) {
		dir := t.TempDir()
		arch, err := warc.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer arch.Close()
		net := newSite()
		hosts := scrapers.Hosts()
		for i := range hosts {
			hosts[i].Every = time.Nanosecond
		}
		now := time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
		a := newApp(nil, io.Discard, io.Discard)
		a.now = func() time.Time { return now }
		w := &worker{app: a, store: st, book: rules.Default, progress: newProgress(io.Discard, false), client: crawl.New(crawl.Config{
			Hosts: hosts, Product: "dealwatch/test", Archive: arch, Log: slog.New(slog.DiscardHandler), Now: a.now, Base: net,
		})}
		if err := a.adopt(t.Context(), st, w.book()); err != nil {
			t.Fatal(err)
		}
		poll := func(when string, want dealwatch.Outcome) []dealwatch.Incident {
			t.Helper()
			now = now.Add(4 * time.Hour)
			sum := w.pollAll(t.Context(), dealwatch.Range{}, []string{"ftc-press"})
			if sum.store != nil || sum.lines[0].outcome != want || sum.failed != (want != dealwatch.OK) {
				t.Errorf("%s: %+v, want %s", when, sum, want)
			}
			all, err := st.Incidents(t.Context(), "ftc-press", 0)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		holds := func(when string, i dealwatch.Incident, want string) {
			t.Helper()
			ref := i.Evidence.Capture
			if ref.Zero() {
				t.Fatalf("%s: no page is kept of %+v", when, i)
			}
			tape, err := warc.OpenTape(filepath.Join(dir, filepath.Base(ref.File)))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range tape.Entries() {
				if e.Ref().Offset != ref.Offset {
					continue
				}
				if ex, err := tape.Load(e); err != nil || !strings.Contains(string(ex.Body), want) {
					t.Errorf("%s: what is kept is %q (%v), want %q", when, ex.Body, err, want)
				}
				return
			}
			t.Errorf("%s: nothing is kept at %+v", when, ref)
		}
		was := net.pages[feedURL]
		net.pages[feedURL] = answer(feedURL, day(5), 200, "application/rss+xml", "<feed>another shape</feed>")
		all := poll("a feed of another shape", dealwatch.Empty)
		if len(all) != 1 || all[0].Evidence.URL != feedURL || all[0].Evidence.Status != 200 || all[0].Command != "dealwatch sources check ftc-press" {
			t.Fatalf("incidents %+v, want one of the feed", all)
		}
		holds("a feed of another shape", all[0], "another shape")

		net.pages[feedURL] = was
		net.pages[release3] = answer(release3, day(5), 200, "text/html", "<html><body><p>new design</p></body></html>")
		if err := execOn(t.Context(), dsn, "UPDATE item SET state = 'pending', next_try_at = 0 WHERE key = '900003' AND tries <> -", 1); err != nil {
			t.Fatal(err)
		}
		all = poll("a document of another shape", incomplete)
		if len(all) != 1 || all[0].Subject != dealwatch.OfDocuments || all[0].Outcome != dealwatch.Unparsed {
			t.Fatalf("incidents %+v, want one of documents", all)
		}
		holds("a document of another shape", all[0], "new design")

		net.refuse = true
		all = poll("a refusal", dealwatch.Blocked)
		if len(all) != 2 || !all[0].Evidence.Capture.Zero() || all[0].Evidence.Status != 403 || all[0].NextTryAt.Sub(now) < 2*time.Hour {
			t.Errorf("incidents %+v, want a refusal of which no page is kept, and which is tried again in hours", all)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
		if err != nil || len(files) == 0 {
			t.Fatalf("archive: %q, %v", files, err)
		}
		tape, err := warc.OpenTape(files...)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range tape.Entries() {
			if ex, err := tape.Load(e); err != nil || ex.Status == 403 || strings.Contains(string(ex.Body), "abusive") {
				t.Errorf("the archive holds a refusal: %s (%v)", ex.URL, err)
			}
		}
	})
}
