package scrapertest

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// run plays one tape to one source.
type run struct {
	t      testing.TB
	src    dealwatch.Source
	info   dealwatch.Info
	client *crawl.Client
	tape   *warc.Tape
	small  bool // pages of our own: show the items, and try damaged copies

	keys    map[string]string // key of each address seen
	noted   map[string]bool   // keys of items noted
	pending []pending         // those that the tape has, now or later
	moment  time.Time
	last    map[string]document // latest reading of each key
	facts   facts
}

// pending is an item that is read as soon as the tape has its page.
type pending struct {
	item  dealwatch.Item
	level int // 0 for an item of a listing, 1 for one that a reading found
}

func newRun(t testing.TB, new func(*crawl.Client) dealwatch.Source, tape *warc.Tape, small bool) *run {
	info := new(nil).Info()
	c := crawl.New(crawl.Config{Hosts: info.Hosts, Tape: tape})
	return &run{
		t: t, src: new(c), info: info, client: c, tape: tape, small: small,
		keys: map[string]string{}, noted: map[string]bool{}, last: map[string]document{},
	}
}

// list asks for every stream whose first page is on the tape, and compares it with
// what the source recognises in that page; then it asks for all there is.
func (r *run) list() {
	for _, s := range r.src.Streams() {
		e, ok := r.seekContent(s.URL)
		if !ok {
			continue
		}
		var pages [][]dealwatch.Item
		var failed error
		for items, err := range r.src.List(r.t.Context(), s, dealwatch.Range{First: true}) {
			if err != nil {
				failed = err
				break
			}
			r.items("stream "+s.Name, items)
			pages = append(pages, items)
		}
		sight, ok := r.recognise(e)
		switch {
		case !ok:
			r.t.Errorf("stream %s: its own first page %s is not recognised", s.Name, s.URL)
		case len(pages) == 0:
			if sight.Err == nil {
				r.t.Errorf("stream %s: List fails (%v) where Recognise sees no fault", s.Name, failed)
			}
		case sight.Stream != s.Name:
			r.t.Errorf("stream %s: its first page is recognised as one of %q", s.Name, sight.Stream)
		default:
			if diff := cmp.Diff(pages[0], sight.Items); diff != "" {
				r.t.Errorf("stream %s: List and Recognise differ (-List +Recognise):\n%s", s.Name, diff)
			}
		}
		n := 0
		for items, err := range r.src.List(r.t.Context(), s, dealwatch.Range{Since: "1990-01-01"}) {
			if n++; err != nil || n > 1000 {
				if err != nil && dealwatch.OutcomeOf(err) == dealwatch.Failed {
					r.t.Errorf("stream %s, since 1990: %v", s.Name, err)
				}
				break
			}
			r.items("stream "+s.Name+", since 1990", items)
		}
	}
}

// seekContent goes to a moment at which the tape answers url with content: the end,
// but where the last capture there is none.
func (r *run) seekContent(url string) (warc.Entry, bool) {
	r.tape.Seek(time.Time{})
	for {
		e, ok := r.tape.Lookup(url)
		if !ok || e.Status == http.StatusOK {
			return e, ok
		}
		r.tape.Seek(e.At.Add(-time.Nanosecond))
	}
}

// replay shows every capture to the source, in the order of time, and reads whatever
// it can.
func (r *run) replay() {
	for _, e := range r.tape.Entries() {
		r.moment = e.At
		r.tape.Seek(e.At)
		sight, ok := r.recognise(e)
		if ok {
			r.see(e, sight)
		}
		r.readPending()
	}
	r.facts.Unread += len(r.pending)
}

// recognise shows one capture to the source. The copies of it that are damaged or
// another's must not pass for content, and must not make the source panic.
func (r *run) recognise(e warc.Entry) (dealwatch.Sight, bool) {
	r.t.Helper()
	ex, err := r.tape.Load(e)
	if err != nil {
		r.t.Fatal(err)
	}
	capture, err := r.client.Recorded(ex, e.Ref())
	sight, ok := r.src.Recognise(capture)
	if err != nil && ok && sight.Err == nil && len(sight.Items)+len(sight.Documents) > 0 {
		r.t.Errorf("%s: items seen in a capture that is no content: %v", e.URL, err)
	}
	if err != nil && ok { // as in a replay: a source sees no body of a refusal, and knows less
		sight.Err = err
	}
	if ok && sight.Err == nil && sight.Stream != "" && len(sight.Documents) > 0 {
		r.t.Errorf("%s: Stream and Documents must not both be set: %+v", e.URL, sight)
	}
	if !r.small {
		return sight, ok
	}
	foreign := capture
	foreign.URL = strings.Replace(capture.URL, hostOf(capture.URL), "www.example.org", 1)
	foreign.Final = foreign.URL
	if s, ok := r.src.Recognise(foreign); ok {
		r.t.Errorf("%s is recognised: %+v", foreign.URL, s)
	}
	for _, body := range [][]byte{nil, capture.Body[:len(capture.Body)/2], []byte("<"), []byte("{}"), []byte("\xff\xfe\x00")} {
		damaged := capture
		damaged.Body = body
		r.src.Recognise(damaged)
	}
	return sight, ok
}

// see notes what a capture showed; documents are read at once.
func (r *run) see(e warc.Entry, sight dealwatch.Sight) {
	if sight.Err != nil {
		r.facts.Errors = append(r.facts.Errors, failure{e.URL, e.Status, string(dealwatch.OutcomeOf(sight.Err))})
		return
	}
	for _, it := range sight.Documents {
		r.item(e.URL, it)
		r.drop(it.Key)
		r.read(pending{it, 0})
	}
	if sight.Stream == "" && len(sight.Documents) > 0 {
		return
	}
	// A listing that is never polled may be captured all the same: the golden file
	// shows its name.
	r.items(e.URL, sight.Items)
	l := listing{URL: e.URL, At: instant(e.At), Stream: sight.Stream, Page: sight.Page, Count: len(sight.Items), Hash: hashOf(sight.Items)}
	for _, it := range sight.Items {
		if r.small {
			l.Items = append(l.Items, line(it))
		}
		r.note(it, 0)
	}
	r.facts.Listings = append(r.facts.Listings, l)
}

// note makes an item pending, once, if the tape ever has its page.
func (r *run) note(it dealwatch.Item, level int) {
	if r.noted[it.Key] {
		return
	}
	r.noted[it.Key] = true
	r.tape.Seek(time.Time{})
	defer r.tape.Seek(r.moment)
	if r.here(it) {
		r.pending = append(r.pending, pending{it, level})
	} else {
		r.facts.Unread++
	}
}

func (r *run) drop(key string) {
	r.noted[key] = true
	for i, p := range r.pending {
		if p.item.Key == key {
			r.pending = append(r.pending[:i], r.pending[i+1:]...)
			return
		}
	}
}

// readPending reads the items whose pages have come.
func (r *run) readPending() {
	for again := true; again; {
		again = false
		todo := r.pending
		r.pending = nil
		for _, p := range todo {
			if !r.here(p.item) {
				r.pending = append(r.pending, p)
				continue
			}
			again = true
			r.read(p)
		}
	}
}

func (r *run) here(it dealwatch.Item) bool {
	if it.Content != "" {
		return true
	}
	for _, u := range append([]string{it.URL}, it.Extra...) {
		if _, ok := r.tape.Lookup(u); ok {
			return true
		}
	}
	return false
}

// read reads one item and puts down the facts; a reading that changes nothing adds
// none.
func (r *run) read(p pending) {
	v, err := r.src.Read(r.t.Context(), p.item)
	if err != nil {
		var re *dealwatch.ReadError
		if !errors.As(err, &re) {
			r.t.Errorf("reading of %s: a %T, want a *ReadError: %v", p.item.Key, err, err)
		}
		d := document{Key: p.item.Key, URL: p.item.URL, Outcome: string(dealwatch.OutcomeOf(err))}
		r.facts.Documents = append(r.facts.Documents, d)
		if r.small {
			r.t.Logf("reading of %s: %v", p.item.Key, err)
		}
		return
	}
	r.version(p.item, v)
	if r.small {
		again, err := r.src.Read(r.t.Context(), p.item)
		if diff := cmp.Diff(v, again); diff != "" || err != nil {
			r.t.Errorf("reading of %s: a second one differs (%v):\n%s", p.item.Key, err, diff)
		}
	}
	d := documentOf(v)
	before, ok := r.last[v.Key]
	r.last[v.Key] = d
	if ok && before.TextHash == d.TextHash && before.Title == d.Title && before.Date == d.Date {
		return
	}
	r.facts.Documents = append(r.facts.Documents, d)
	if p.level < 1 {
		for _, it := range v.Found {
			r.note(it, p.level+1)
		}
	}
}

func hostOf(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Host
}
