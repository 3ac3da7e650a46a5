package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
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
		hosts[i].Every = time.Nanosecond
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
		all, err := w.reconcileAll(t.Context(), r, []string{"ftc-press"}, w.reconcile)
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
	now = now.AddDate(0, 0, 9) // nobody was up for days
	if c := compare(dealwatch.Range{}); len(c.looks) != 1 || c.looks[0].From != "2026-03-07" || c.looks[0].To != "2026-03-16" {
		t.Errorf("compared after days without a process: %+v, want all of them", c)
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

// TestReconcileFilings finds a filing that EDGAR's latest filings did not show in the
// daily index of the day after its date, and reads its documents: late, and only once.
func TestReconcileFilings(t *testing.T) {
	file := func(name string) string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join("../../scrapers/edgar/testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	const archives = "https://www.sec.gov/Archives/edgar/"
	folder := archives + "data/2900001/000290000126000011/"
	index := "Description: Daily Index of EDGAR Dissemination Feed\n\nCIK|Company Name|Form Type|Date Filed|File Name\n-----\n" +
		"2900001|LARKSPUR CLOUD|8-K|20260302|edgar/data/2900001/0002900001-26-000011.txt\n" +
		"2900004|TERN ROBOTICS|425|20260303|edgar/data/2900005/0002999999-26-000301.txt\n" +
		"2900004|TERN ROBOTICS|4|20260303|edgar/data/2900004/0002999999-26-000777.txt\n"
	first, second := t.TempDir(), t.TempDir()
	latest := "https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent&type=425&count=100&start=0&owner=include&output=atom"
	for dir, all := range map[string][]warc.Exchange{
		first: {answer(latest, day(3), 200, "application/atom+xml", file("current-425.atom"))},
		second: {
			answer(archives+"daily-index/2026/QTR1/master.20260303.idx", day(4), 200, "application/octet-stream", index),
			answer(folder+"0002900001-26-000011-index.htm", day(4), 200, "text/html", file("8-K-index.html")),
			answer(folder+"lark-20260302.htm", day(4), 200, "text/html", file("8-K.htm")),
			answer(folder+"lark-ex101.htm", day(4), 200, "text/html", file("8-K-ex101.htm")),
			answer(folder+"lark-ex991.htm", day(4), 200, "text/html", file("8-K-ex991.htm")),
			answer(folder+"lark-ex992.pdf", day(4), 200, "application/pdf", file("letter.pdf")),
		},
	} {
		if err := writeExchanges(dir, all); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	watchlist, db := filepath.Join(dir, "watchlist.yaml"), filepath.Join(dir, "late.db")
	err := os.WriteFile(watchlist, []byte("parties:\n  lark: {name: Larkspur Cloud}\n  tern: {name: Tern Robotics}\n"+
		"deals:\n  - {id: lark-tern, name: Lark and Tern, parties: [lark, tern]}\n"), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	do := func(args ...string) (string, int) {
		t.Helper()
		out, errs, code := cli(t, append(args, "--no-archive", "--db", db, "--watchlist", watchlist)...)
		return out + errs, code
	}
	if out, code := do("scrape", "edgar", "--replay", filepath.Join(first, "dealwatch-000001.warc.gz")); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	compare := []string{"reconcile", "edgar", "--since", "2026-03-03", "--until", "2026-03-03", "--replay", filepath.Join(second, "dealwatch-000001.warc.gz")}
	out, code := do(compare...)
	if code != 0 || !matches(t, `raised +lark-tern +sentence .*edgar/0002900001-26-000011/lark-20260302.htm`, out) ||
		!matches(t, `edgar +daily index +2026-03-03 +2026-03-03 +ok +2 +1 +1 +0`, out) {
		t.Errorf("exit %d\n%s", code, out)
	}
	events := "SELECT DISTINCT cause FROM flag_events"
	if got := rows(t, db, events); len(got) != 1 || got[0] != `"late"` {
		t.Errorf("causes %q, want late", got)
	}
	if out, code := do(compare...); code != 0 || !matches(t, `nothing newly flagged(.|\n)*edgar +daily index .*ok +2 +1 +0 +0`, out) {
		t.Errorf("again: exit %d\n%s", code, out)
	}
}
