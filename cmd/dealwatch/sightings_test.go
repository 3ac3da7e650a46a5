package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// A capturedPage is one that a source reads as its own.
type capturedPage struct {
	source   string
	exchange warc.Exchange // decoded
	sight    dealwatch.Sight
	further  []warc.Exchange // captures that stand for the pages after it
	replayed bool            // a listing that is recognised, but not polled
}

func (p capturedPage) kind() string {
	what := "document"
	if p.sight.Stream != "" {
		what = "listing " + p.sight.Stream
	}
	return p.source + ": " + what
}

func (p capturedPage) mediaType() string { return p.exchange.Header.Get("Content-Type") }

// place is where a page of a test is kept: nowhere that anybody looks.
var place = dealwatch.Ref{File: "pages.warc", Offset: 1}

// capturedPages gives the pages of the corpus that some source reads without fault.
func capturedPages(t *testing.T) (all []capturedPage) {
	t.Helper()
	dir, _ := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	client := crawl.New(crawl.Config{Hosts: scrapers.Hosts(), Tape: tape})
	for _, e := range tape.Entries() {
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, recognised(client, ex)...)
	}
	return all
}

// writtenPages gives those that we wrote after the structure of what no capture shows.
func writtenPages(t *testing.T) (all []capturedPage) {
	t.Helper()
	m := newMirror(t)
	client := crawl.New(crawl.Config{Hosts: scrapers.Hosts()})
	for _, address := range slices.Sorted(maps.Keys(m.pages)) {
		page := m.pages[address]
		all = append(all, recognised(client, warc.Exchange{URL: address, At: workDay, Status: page.status,
			Header: http.Header{"Content-Type": {page.contentType}}, Body: page.body})...)
	}
	return all
}

// recognised gives a page once for each source that reads it without fault.
func recognised(client *crawl.Client, ex warc.Exchange) (all []capturedPage) {
	c, err := client.Recorded(ex, place)
	if err != nil || bytes.HasPrefix(c.Body, []byte("%PDF-")) {
		return nil
	}
	media, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";")
	ex.Body, ex.Header = c.Body, http.Header{"Content-Type": {media}}
	for _, src := range scrapers.All(client) {
		sight, ok := src.Recognise(c)
		if ok && sight.Err == nil && len(sight.Items)+len(sight.Documents) > 0 {
			all = append(all, capturedPage{source: src.Info().Name, exchange: ex, sight: sight})
		}
	}
	return all
}

// furtherOf gives captures of the same listing that show something else.
func furtherOf(pages []capturedPage, p capturedPage) (all []warc.Exchange) {
	if p.sight.Stream == "" {
		return nil
	}
	seen := map[string]bool{p.sight.Items[0].Key: true}
	for _, q := range pages {
		if len(all) < 3 && q.kind() == p.kind() && !seen[q.sight.Items[0].Key] && q.mediaType() == p.mediaType() {
			seen[q.sight.Items[0].Key] = true
			all = append(all, q.exchange)
		}
	}
	return all
}

// onePage is the network when all the world is one page, and those that follow it
// whatever their addresses.
type onePage struct {
	page    warc.Exchange
	further []warc.Exchange
	asked   int
}

func (o *onePage) RoundTrip(req *http.Request) (*http.Response, error) {
	ex := warc.Exchange{Status: 404, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("no such page")}
	switch {
	case req.URL.Path == "/robots.txt":
	case sameAddress(req.URL.String(), o.page.URL):
		ex = o.page
		o.asked++
	case len(o.further) > 0:
		ex, o.further = o.further[0], o.further[1:]
		o.asked++
	}
	return &http.Response{StatusCode: ex.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: ex.Header.Clone(),
		Body: io.NopCloser(bytes.NewReader(ex.Body)), ContentLength: int64(len(ex.Body)), Request: req}, nil
}

// sameAddress compares addresses that spell brackets in two ways.
func sameAddress(a, b string) bool {
	plain := strings.NewReplacer("%5B", "[", "%5D", "]")
	return plain.Replace(a) == plain.Replace(b)
}

// A glimpse is what a source makes of a page, and what is said to be wrong with it.
type glimpse struct {
	items map[string]dealwatch.Item
	text  map[string]int      // characters of a document
	found map[string][]string // keys of what a document leads to
	asked int                 // pages of a listing
	said  string
}

// read has the source of p read it with another body. known are the items of the page
// as other listings show them.
func (p capturedPage) read(t *testing.T, body []byte, known []dealwatch.Item) glimpse {
	t.Helper()
	net := &onePage{page: p.exchange, further: p.further}
	net.page.Body = body
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = time.Nanosecond
	}
	client := crawl.New(crawl.Config{Hosts: hosts, Base: net})
	src := chosen(client, []string{p.source})[0]
	if p.sight.Stream != "" && !p.replayed {
		r := p.poll(t, src, src.List(t.Context(), dealwatch.Stream{Name: p.sight.Stream, URL: p.exchange.URL}, dealwatch.Range{}))
		r.asked = net.asked
		return r
	}
	c, err := client.Recorded(net.page, place)
	sight, ok := src.Recognise(c)
	if err != nil {
		sight.Err = err
	}
	if p.sight.Stream != "" {
		broke := sight.Err
		if !ok {
			broke = cmp.Or(broke, errors.New("not recognised"))
		}
		s := &series{stream: streamOf(src, p.sight.Stream), pages: map[int][]dealwatch.Item{0: sight.Items}, broke: broke}
		return p.poll(t, src, s.listing())
	}
	if !ok { // it is asked for all the same, for a listing shows it
		sight.Documents = known
	}
	return readDocuments(t, src, sight)
}

// poll polls a listing whose every item is known ground, and whose shape is on record.
func (p capturedPage) poll(t *testing.T, src dealwatch.Source, pages iter.Seq2[[]dealwatch.Item, error]) glimpse {
	t.Helper()
	s := streamOf(src, p.sight.Stream)
	s.Window = min(s.Window, 1+len(p.further)) // of which there are captures
	if p.replayed {
		s.Window = 0
	}
	led := &allKnown{}
	poller := &dealwatch.Poller{Ledger: led, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	poller.Shape = func(_ context.Context, _ dealwatch.Stream, page int, items []dealwatch.Item) (string, error) {
		if page > 0 {
			return "", nil
		}
		return strings.Join(shapeOf(nil, p.sight.Items).emptied(shapeOf(nil, items)), "; "), nil
	}
	poll, err := poller.List(t.Context(), p.source, s, dealwatch.Range{}, pages)
	if err != nil {
		t.Fatal(err)
	}
	r := glimpse{items: map[string]dealwatch.Item{}}
	for _, it := range led.noted {
		r.items[it.Key] = it
	}
	if poll.Outcome != dealwatch.OK || !poll.Complete { // a store makes it an incident, or a gap
		r.said = fmt.Sprintf("%s: %s", poll.Outcome, poll.Err)
	}
	return r
}

// readDocuments reads the documents that a page holds. What is said of them makes a
// store keep them pending, and open an incident.
func readDocuments(t *testing.T, src dealwatch.Source, sight dealwatch.Sight) glimpse {
	t.Helper()
	r := glimpse{items: map[string]dealwatch.Item{}, text: map[string]int{}, found: map[string][]string{}}
	if sight.Err != nil {
		r.said = sight.Err.Error()
		return r
	}
	for _, it := range sight.Documents {
		r.items[it.Key] = it
		v, err := src.Read(t.Context(), it)
		if err != nil {
			r.said = cmp.Or(r.said, err.Error())
			continue
		}
		r.items[it.Key] = v.Item
		r.text[it.Key] = len(v.Text)
		for _, f := range v.Found {
			r.found[it.Key] = append(r.found[it.Key], f.Key)
		}
	}
	return r
}

// allKnown is the ledger of a source whose every item is known ground.
type allKnown struct {
	dealwatch.Ledger
	noted []dealwatch.Item
}

func (*allKnown) Ground(_ context.Context, _ string, items []dealwatch.Item) (int, error) {
	return len(items), nil
}

func (a *allKnown) Note(_ context.Context, _ string, items []dealwatch.Item, _ time.Time, _ bool) (int, error) {
	a.noted = append(a.noted, items...)
	return 0, nil
}

// losses compares what was read of a page before and after it was changed: what must be
// there and is lost, and what may be missing. most is true where most items had an
// optional field that few have now. With what is taken out of a document, the text and
// the links in it are.
func losses(was, is glimpse, takenOut bool) (lost, optional []string, most bool) {
	note := func(to *[]string, what string) {
		if !slices.Contains(*to, what) {
			*to = append(*to, what)
		}
	}
	had, has := map[string]int{}, map[string]int{}
	for _, key := range slices.Sorted(maps.Keys(was.items)) {
		a, b := was.items[key], is.items[key]
		if b.Key == "" {
			note(&lost, "row")
			continue
		}
		if a.Title != "" && !inOtherWords(a.Title, b.Title) {
			note(&lost, "title")
		}
		if a.PublishedOn != "" && b.PublishedOn == "" || a.PublishedOn != b.PublishedOn && (a.Content == "") == (b.Content == "") {
			note(&lost, "date")
		}
		if a.URL != b.URL && !strings.Contains(b.URL, "/d/") { // by its number, the register has another for each
			note(&lost, "address")
		}
		for name, f := range map[string][2]string{
			"docket": {a.Docket, b.Docket}, "content": {a.Content, b.Content}, "subject": {a.Subject, b.Subject},
			"filers": {filersOf(a), filersOf(b)}, "instant": {instantOf(a), instantOf(b)},
		} {
			if f[0] != "" {
				had[name]++
			}
			if f[1] != "" {
				has[name]++
			} else if f[0] != "" {
				note(&optional, name)
			}
		}
		switch {
		case takenOut:
		case is.text[key]*2 < was.text[key] && len(is.found[key]) <= len(was.found[key]):
			note(&lost, "text")
		default:
			for _, k := range was.found[key] {
				if !slices.Contains(is.found[key], k) {
					note(&lost, "document that it leads to")
				}
			}
		}
	}
	if is.asked < was.asked {
		note(&lost, "next page")
	}
	for name := range had {
		most = most || was.text == nil && name != "subject" && had[name]*5 >= len(was.items)*4 && has[name]*2 < len(is.items)
	}
	slices.Sort(optional)
	return lost, optional, most
}

// inOtherWords reports whether b is title a as another part of the page states it.
func inOtherWords(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return b != "" && (strings.HasPrefix(a, b) || alike(strings.Fields(a), strings.Fields(b)) >= 40)
}

func filersOf(it dealwatch.Item) string {
	if len(it.Filers) == 0 {
		return ""
	}
	return fmt.Sprint(it.Filers)
}

func instantOf(it dealwatch.Item) string {
	if it.PublishedAt.IsZero() {
		return ""
	}
	return it.PublishedAt.String()
}
