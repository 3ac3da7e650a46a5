package main

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
)

// TestLostPages shows that a site whose feeds are good and whose pages are all lost is no
// success, and that its pages are read once they are back, weeks later.
func TestLostPages(t *testing.T) {
	eachStore(t, func(t *testing.T, _ string, st *store.Store) {
		net := newSite()
		pages := []string{release1, release2, movedTo, release3, pdfURL}
		for _, u := range pages {
			delete(net.pages, u)
		}
		hosts := scrapers.Hosts()
		for i := range hosts {
			hosts[i].Every = time.Nanosecond
		}
		now := time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
		a := newApp(nil, io.Discard, io.Discard)
		a.now = func() time.Time { return now }
		w := &worker{app: a, store: st, book: rules.Default, progress: newProgress(io.Discard, false), client: crawl.New(crawl.Config{
			Hosts: hosts, Product: "dealwatch/test", Log: slog.New(slog.DiscardHandler), Now: a.now, Base: net,
		})}
		if err := a.adopt(t.Context(), st, w.book()); err != nil {
			t.Fatal(err)
		}
		poll := func(when string, wait time.Duration, want dealwatch.Outcome, read, incidents int) {
			t.Helper()
			now = now.Add(wait)
			sum := w.pollAll(t.Context(), dealwatch.Range{}, []string{"ftc-press"})
			if l := sum.lines[0]; sum.store != nil || l.outcome != want || sum.failed != (want != dealwatch.OK) || l.read != read {
				t.Errorf("%s: %+v, want %s with %d read", when, sum, want, read)
			}
			if open, err := st.Incidents(t.Context(), "ftc-press", 0); err != nil || len(open) != incidents {
				t.Errorf("%s: incidents %+v (%v), want %d", when, open, err, incidents)
			}
		}
		poll("all pages are lost", 0, dealwatch.Gone, 0, 1)
		poll("two days later", 48*time.Hour, dealwatch.Gone, 0, 1)
		poll("they are listed still", time.Hour, dealwatch.Gone, 0, 1)
		back := newSite()
		for _, u := range pages {
			net.pages[u] = back.pages[u]
		}
		poll("they are back", 24*time.Hour, dealwatch.Gone, 0, 1)
		poll("a week later", 7*24*time.Hour, dealwatch.OK, 4, 0)
	})
}
