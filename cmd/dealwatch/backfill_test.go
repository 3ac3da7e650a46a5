package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
)

// sec stands in for EDGAR: its latest filings hold one of each form, of 3 March 2026;
// its daily indexes reach back further.
type sec struct {
	files map[string]string // by path
	forms []string          // that were asked for, in order
}

func (s *sec) RoundTrip(req *http.Request) (*http.Response, error) {
	status, media, body := 200, "text/html", s.files[req.URL.Path]
	switch {
	case req.URL.Path == "/robots.txt":
		media, body = "text/plain", "User-agent: *\n"
	case req.URL.Path == "/cgi-bin/browse-edgar":
		form := req.URL.Query().Get("type")
		s.forms = append(s.forms, form)
		media, body = "application/atom+xml", latestOf(form, len(s.forms))
	case body == "":
		status, media, body = 403, "application/xml", "<Error><Code>AccessDenied</Code></Error>"
	case strings.HasSuffix(req.URL.Path, ".pdf"):
		media = "application/pdf"
	case strings.HasSuffix(req.URL.Path, ".gz"):
		media = "application/x-gzip"
	case strings.HasSuffix(req.URL.Path, ".idx"):
		media, body = "application/octet-stream", strings.Replace(body, "LATEST", s.rows(), 1)
	}
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {media}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req}, nil
}

// rows are those of the latest filings in the index of their day.
func (s *sec) rows() string {
	var b strings.Builder
	for i, form := range s.forms {
		fmt.Fprintf(&b, "2900009|COMPANY|%s|20260303|edgar/data/2900009/0002900009-26-%06d.txt\n", formOf(form), i+1)
	}
	return b.String()
}

// formOf is a form of those that a question asks for.
func formOf(question string) string {
	if question == "SC TO-" {
		return "SC TO-T"
	}
	return question
}

func latestOf(form string, n int) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="ISO-8859-1" ?><feed xmlns="http://www.w3.org/2005/Atom"><title>Latest Filings</title>
<entry><title>%[1]s - Company (0002900009) (Filer)</title><summary type="html"> &lt;b&gt;Filed:&lt;/b&gt; 2026-03-03 &lt;b&gt;Size:&lt;/b&gt; 1 KB</summary>
<updated>2026-03-03T12:00:00-05:00</updated><category term="%[1]s"/><id>urn:tag:sec.gov,2008:accession-number=0002900009-26-%06[2]d</id></entry></feed>`, formOf(form), n)
}

// TestBackfill asks for days that EDGAR's latest filings no longer reach: the daily
// index gives them, and leaves no gap.
func TestBackfill(t *testing.T) {
	const head = "CIK|Company Name|Form Type|Date Filed|File Name\n-----\n"
	net := &sec{files: map[string]string{
		"/Archives/edgar/daily-index/2026/QTR1/master.20260302.idx": head + "2900001|LARKSPUR CLOUD|8-K|20260302|edgar/data/2900001/0002900001-26-000011.txt\n",
		"/Archives/edgar/daily-index/2026/QTR1/master.20260303.idx": head + "LATEST",
	}}
	for path, file := range map[string]string{"0002900001-26-000011-index.htm": "8-K-index.html", "lark-20260302.htm": "8-K.htm",
		"lark-ex101.htm": "8-K-ex101.htm", "lark-ex991.htm": "8-K-ex991.htm", "lark-ex992.pdf": "letter.pdf"} {
		b, err := os.ReadFile(filepath.Join("../../scrapers/edgar/testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		net.files["/Archives/edgar/data/2900001/000290000126000011/"+path] = string(b)
	}
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "backfill.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	book, err := rules.Parse("watchlist.yaml", strings.NewReader("parties:\n  lark: {name: Larkspur Cloud}\n  tern: {name: Tern Robotics}\n"+
		"deals:\n  - {id: lark-tern, name: Lark and Tern, parties: [lark, tern]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = time.Nanosecond
	}
	a := newApp(nil, io.Discard, io.Discard)
	a.now = func() time.Time { return time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC) }
	a.contact = "test@example.org"
	w := &worker{app: a, store: st, book: func() *rules.Book { return book }, progress: newProgress(io.Discard, false), client: crawl.New(crawl.Config{
		Hosts: hosts, Product: "dealwatch/test", Contact: a.contact, Log: slog.New(slog.DiscardHandler), Now: a.now, Base: net,
	})}
	if err := a.adopt(t.Context(), st, book); err != nil {
		t.Fatal(err)
	}
	sum := w.pollAll(t.Context(), dealwatch.Range{Since: "2026-03-02", Until: "2026-03-03"}, []string{"edgar"})
	if sum.store != nil {
		t.Fatal(sum.store)
	}
	l := sum.lines[0]
	if l.outcome != dealwatch.OK || l.raised != 2 || l.remark != "from the second channel: daily index" {
		t.Errorf("backfill: %+v, want the filing of 2 March and its exhibit flagged", l)
	}
	events, err := st.Events(t.Context(), dealwatch.Filter{})
	if err != nil || len(events) != 2 || events[0].Cause != dealwatch.Backfill || events[1].Cause != dealwatch.Backfill {
		t.Errorf("%d events (%v), want two of the backfill", len(events), err)
	}
	gaps, err := st.Gaps(t.Context(), false)
	if err != nil || len(gaps) != len(net.forms) {
		t.Errorf("%d gaps (%v), want one a listing", len(gaps), err)
	}
	for _, g := range gaps {
		if g.ClosedAt.IsZero() || g.From != "2026-03-02" {
			t.Errorf("gap %+v, want it opened from 2 March, and closed", g)
		}
	}
}
