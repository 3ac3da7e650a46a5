package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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

// site stands in for the network below everything that is ours: it answers with the
// week's pages, each as it was first captured, and counts what was asked.
type site struct {
	mu     sync.Mutex
	pages  map[string]warc.Exchange
	asked  []string
	refuse bool
}

func newSite() *site {
	s := &site{pages: make(map[string]warc.Exchange)}
	for _, ex := range week() {
		if _, ok := s.pages[ex.URL]; !ok {
			s.pages[ex.URL] = ex
		}
	}
	empty := feedOf()
	for _, u := range []string{"https://www.ftc.gov/feeds/press-release-competition.xml"} {
		s.pages[u] = answer(u, day(4), 200, "application/rss+xml", strings.Replace(empty, "</channel>",
			entryOf("900002", "Agency Moves a Page", release2, "Tue, 03 Mar 2026")+"</channel>", 1))
	}
	s.pages["https://www.ftc.gov/robots.txt"] = answer("https://www.ftc.gov/robots.txt", day(4), 200, "text/plain", "User-agent: *\nDisallow: /search/\n")
	return s
}

func (s *site) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, req.URL.String())
	ex, ok := s.pages[req.URL.String()]
	switch {
	case s.refuse && req.URL.Path != "/robots.txt":
		ex = answer(req.URL.String(), day(8), 403, "text/html", "The request resembles an abusive automated request.")
	case !ok:
		ex = answer(req.URL.String(), day(8), 404, "text/html", "<html><title>Page not found</title></html>")
	}
	return &http.Response{
		StatusCode: ex.Status, Status: http.StatusText(ex.Status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: ex.Header.Clone(), Body: io.NopCloser(strings.NewReader(string(ex.Body))), ContentLength: int64(len(ex.Body)), Request: req,
	}, nil
}

func (s *site) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return asked
}

// TestLivePoll polls a source over the network path: Colly, our chain, archive and
// store. The second poll reads nothing again; a refusal stops it, and loses nothing.
func TestLivePoll(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "live.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	dir := t.TempDir()
	arch, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	net := newSite()
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = time.Nanosecond // the stand-in needs no manners
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
	poll := func() line {
		t.Helper()
		sum := w.pollAll(t.Context(), dealwatch.Range{}, []string{"ftc-press"})
		if sum.store != nil {
			t.Fatal(sum.store)
		}
		return sum.lines[0]
	}

	first := poll()
	if first.outcome != dealwatch.OK || first.read != 4 || first.raised != 3 || first.failed != 0 {
		t.Errorf("first poll: %+v, want 4 read (three releases and a PDF) and 3 raised", first)
	}
	asked := net.take()
	if asked[0] != "https://www.ftc.gov/robots.txt" || !slices.Contains(asked, movedTo) || !slices.Contains(asked, pdfURL) {
		t.Errorf("asked for %q", asked)
	}

	now = now.Add(30 * time.Minute)
	if again := poll(); again.read != 0 || again.raised != 0 || again.outcome != dealwatch.OK {
		t.Errorf("second poll: %+v, want nothing read", again)
	}
	if got, want := net.take(), []string{"https://www.ftc.gov/feeds/press-release-competition.xml", feedURL}; !cmp.Equal(got, want) {
		t.Errorf("second poll asked for %q, want the feeds only", got)
	}

	net.refuse = true
	now = now.Add(time.Hour)
	if refused := poll(); refused.outcome != dealwatch.Blocked {
		t.Errorf("refused poll: %+v, want blocked", refused)
	}
	flags, err := st.Flagged(t.Context(), dealwatch.Filter{})
	if err != nil || len(flags) != 3 {
		t.Errorf("%d flags after a refusal (%v), want the 3 of before", len(flags), err)
	}
	if err := arch.Close(); err != nil {
		t.Fatal(err)
	}
	if err := warc.Verify(t.Context(), []string{dir}, func(_ string, n int, err error) {
		if err != nil || n < 8 {
			t.Errorf("the archive has %d good records, then %v", n, err)
		}
	}); err != nil {
		t.Error(err)
	}
}

// TestInterruptedPoll ends a poll by its context: the document in hand is stored, the
// rest is pending, and the next poll goes on.
func TestInterruptedPoll(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "live.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	net := newSite()
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = time.Nanosecond
	}
	a := newApp(nil, io.Discard, io.Discard)
	client := crawl.New(crawl.Config{Hosts: hosts, Product: "dealwatch/test", Base: net})
	w := &worker{app: a, store: st, book: rules.Default, progress: newProgress(io.Discard, false), client: client}
	if err := a.adopt(t.Context(), st, w.book()); err != nil {
		t.Fatal(err)
	}
	lease, err := st.Claim(t.Context(), "ftc-press")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	p := w.poller(lease)
	p.Tell = func(dealwatch.Report) { stop() } // while the first document is in hand
	polls, err := p.Poll(ctx, chosen(client, []string{"ftc-press"})[0], dealwatch.Range{})
	if err != nil {
		t.Fatal(err)
	}
	if polls[0].Read != 1 || polls[0].Failed != 0 {
		t.Errorf("interrupted poll read %d documents and failed %d, want 1 and 0", polls[0].Read, polls[0].Failed)
	}
	if err := lease.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := w.pollAll(t.Context(), dealwatch.Range{}, []string{"ftc-press"}).lines[0]; l.read != 3 || l.outcome != dealwatch.OK {
		t.Errorf("the poll after it: %+v, want the other 3 read", l)
	}
}
