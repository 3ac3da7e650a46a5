package main

import (
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

const (
	listingURL = "https://www.ftc.gov/news-events/news/press-releases"
	release4   = listingURL + "/2026/03/agency-forgets-feed"
)

// listingPage is the FTC's HTML listing with these releases, each "node title link date".
func listingPage(rows ...[4]string) string {
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, `<div class="views-row"><article class="node node--type-press-release node--%s node--view-mode-search-result">
<h3 class="node-title"><a href="%s">%s</a></h3>
<div class="field field--name-field-date"><time datetime="%sT12:00:00Z">%[4]s</time></div></article></div>`, r[0], r[2], r[1], r[3])
	}
	return `<html><head><title>Press Releases</title></head><body><main><div class="view-content">` + b.String() + `</div></main></body></html>`
}

// secondWeek is what the second channel of the week answered: it shows a release that
// the feed does not, and lacks one that it does.
func secondWeek() []warc.Exchange {
	list := listingPage([4]string{"900009", "Agency Forgets Its Feed", release4, "2026-03-05"},
		[4]string{"900003", "Agency Files Complaint", release3, "2026-03-04"},
		[4]string{"900001", "Agency Looks at the Cloud", release1, "2026-03-02"},
		[4]string{"900000", "Of Old", listingURL + "/2026/01/old", "2026-01-04"})
	return []warc.Exchange{
		answer(listingURL, day(6), 200, "text/html; charset=utf-8", list),
		answer(release4, day(6), 200, "text/html; charset=utf-8", article("900009", "Agency Forgets Its Feed", "2026-03-05", near)),
	}
}

// TestReconcile compares the FTC's feeds with its HTML listing: a release that no feed
// showed is read and delivered as late, once; a refusal is a gap, which is tried again
// and closed.
func TestReconcile(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "live.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	net := newSite()
	now := time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	listing := func(body string, status int) {
		net.pages[listingURL] = answer(listingURL, now, status, "text/html; charset=utf-8", body)
	}
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = 0
	}
	a := newApp(nil, io.Discard, io.Discard)
	a.now = func() time.Time { return now }
	book := rules.Default()
	w := &worker{app: a, store: st, book: func() *rules.Book { return book }, progress: newProgress(io.Discard, false), client: crawl.New(crawl.Config{
		Hosts: hosts, Product: "dealwatch/test", Log: slog.New(slog.DiscardHandler), Now: a.now, Base: net,
	})}
	if err := a.adopt(t.Context(), st, book); err != nil {
		t.Fatal(err)
	}
	compare := func(r dealwatch.Range) comparison {
		t.Helper()
		all, err := w.reconcileAll(t.Context(), r, []string{"ftc-press"})
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	if c := compare(dealwatch.Range{}); len(c.looks) != 0 || !strings.Contains(c.remark, "dealwatch scrape ftc-press") {
		t.Errorf("before the first poll: %+v, want nothing compared", c)
	}
	if sum := w.pollAll(t.Context(), dealwatch.Range{}, []string{"ftc-press"}); sum.store != nil || sum.failed {
		t.Fatalf("poll: %+v", sum)
	}

	listing(`The request resembles an abusive automated request.`, 403)
	c := compare(dealwatch.Range{})
	if len(c.looks) != 1 || c.looks[0].Outcome != dealwatch.Blocked || c.looks[0].err == "" {
		t.Errorf("refused: %+v", c)
	}
	gaps, err := st.Gaps(t.Context(), true)
	if err != nil || len(gaps) != 1 || gaps[0].Command != "dealwatch reconcile ftc-press --since 2026-03-04 --until 2026-03-05" {
		t.Fatalf("gaps after a refusal: %+v, %v", gaps, err)
	}

	now = now.Add(48 * time.Hour)
	listing(listingPage([4]string{"900009", "Agency Forgets Its Feed", release4, "2026-03-06"},
		[4]string{"900003", "Agency Files a Complaint", release3, "2026-03-04"}, [4]string{"900000", "Of Old", listingURL + "/2026/01/old", "2026-01-04"}), 200)
	net.pages[release4] = answer(release4, now, 200, "text/html; charset=utf-8", article("900009", "Agency Forgets Its Feed", "2026-03-06", near))
	c = compare(dealwatch.Range{})
	want := dealwatch.Reconciled{Stream: "second: HTML listing", From: "2026-03-04", To: "2026-03-07", Second: 2, First: 1, Late: 1, Outcome: dealwatch.OK}
	if len(c.looks) != 1 || c.looks[0].failed != 0 || c.looks[0].err != "" {
		t.Fatalf("compared: %+v", c)
	}
	if diff := cmp.Diff(want, c.looks[0].Reconciled); diff != "" {
		t.Errorf("compared (-want +got):\n%s", diff)
	}
	if gaps, err := st.Gaps(t.Context(), true); err != nil || len(gaps) != 0 {
		t.Errorf("gaps: %+v, %v; want the days of the refusal compared after all", gaps, err)
	}
	events, err := st.Events(t.Context(), dealwatch.Filter{Limit: 1})
	if err != nil || events[0].Cause != dealwatch.Late || events[0].Flag.DocumentID != "ftc-press/900009" {
		t.Errorf("newest event %+v, %v; want the forgotten release, late", events, err)
	}

	for at, want := range map[time.Time]bool{now: false, now.Add(23 * time.Hour): true} { // it is nine in the morning
		if due, err := w.at(at).uncompared(t.Context(), "ftc-press"); err != nil || due != want {
			t.Errorf("at %s: due %v (%v), want %v", at, due, err, want)
		}
	}

	if c := compare(dealwatch.Range{}); len(c.looks) != 1 || c.looks[0].Late != 0 || c.looks[0].raised != 0 {
		t.Errorf("compared again: %+v, want nothing late", c)
	}
	h, err := st.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range h {
		if s.Source == "ftc-press" && s.State != "ok" {
			t.Errorf("state %s: a second channel says nothing of the feeds", s.State)
		}
	}
}

// at is the worker with another clock.
func (w *worker) at(now time.Time) *worker {
	other, a := *w, *w.app
	a.now = func() time.Time { return now }
	other.app = &a
	return &other
}
