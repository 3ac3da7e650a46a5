package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// Rules 6.3 and 6.7: bytes are made when something happened that touches them, and
// only then.
func TestRebuild(t *testing.T) {
	w := newWorld(t, feedtest.Events(4)...)
	paths := []string{"/feeds/all.atom", "/feeds/deals/openai-aws.atom", "/feeds/deals/google-wiz.atom", "/feeds/sources/edgar.atom", "/feeds/all.atom?deal=openai-aws"}
	tags, dates := map[string]string{}, map[string]time.Time{}
	look := func() (changed []string) {
		for _, p := range paths {
			h := w.get(p).Header()
			at, err := http.ParseTime(h.Get("Last-Modified"))
			if err != nil {
				t.Fatal(err)
			}
			if h.Get("Etag") != tags[p] {
				changed = append(changed, p)
				if old := dates[p]; at.Before(old.Add(time.Second)) && !old.IsZero() {
					t.Errorf("%s changed, but is of %v after %v", p, at, old)
				}
			} else if !at.Equal(dates[p]) {
				t.Errorf("%s is of %v, but did not change since %v", p, at, dates[p])
			}
			tags[p], dates[p] = h.Get("Etag"), at
		}
		return changed
	}
	look()
	asked := w.reader.Asked()
	w.wait(time.Hour)
	if got := look(); len(got) > 0 || w.reader.Asked() != asked {
		t.Errorf("nothing happened, but %v changed; events were read %d times", got, w.reader.Asked()-asked)
	}
	w.reader.Add(feedtest.Event("openai-aws", 10))
	if got := look(); len(got) > 0 {
		t.Errorf("%v changed within a second of the last look at the store", got)
	}
	w.wait(2 * time.Second)
	asked = w.reader.Asked()
	if got, want := look(), []string{paths[0], paths[1], paths[4]}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("after an event of openai-aws %v changed, want %v", got, want)
	}
	if got := w.reader.Asked() - asked; got != 4 { // what is new, and three feeds
		t.Errorf("events were read %d times, want 4", got)
	}
	for n := 11; n < 14; n++ { // faster than the clock
		w.reader.Add(feedtest.Event("openai-aws", n))
		w.wait(1001 * time.Millisecond)
		look()
	}
	if !strings.Contains(w.get(paths[1]).Body.String(), "Release 13") {
		t.Error("the newest event is not in its feed")
	}
}

// Rule 6.7: while the store cannot be read, the last good bytes are served, and health
// tells.
func TestFailedBuild(t *testing.T) {
	w := newWorld(t, feedtest.Events(4)...)
	good := w.get("/feeds/all.atom")
	w.get("/feeds/deals/openai-aws.atom")
	if got := w.get("/healthz"); got.Code != 200 || got.Body.String() != "ok\n" {
		t.Errorf("/healthz: %d %s", got.Code, got.Body)
	}
	w.reader.Add(feedtest.Event("openai-aws", 10))
	w.wait(2 * time.Second)
	w.get("/feeds.opml") // the news is noticed
	w.reader.Fail(errors.New("disk on fire"))
	if got := w.get("/feeds/all.atom"); got.Code != 200 || got.Body.String() != good.Body.String() {
		t.Errorf("while the store fails: %d, want the last good feed", got.Code)
	}
	if got := w.get("/feeds/sources/edgar.atom"); got.Code != 503 || got.Header().Get("Retry-After") == "" || strings.Contains(got.Body.String(), "fire") {
		t.Errorf("a feed that was never made: %d %v %s", got.Code, got.Header(), got.Body)
	}
	if got := w.get("/healthz"); got.Code != 503 {
		t.Errorf("/healthz: %d while feeds fail", got.Code)
	}
	w.reader.Fail(nil)
	if got := w.get("/feeds/health.json").Body.String(); !strings.Contains(got, "feeds could not be made") {
		t.Errorf("the health feed does not tell: %s", got)
	}
	w.wait(time.Minute)
	if got := w.get("/feeds/all.atom").Body.String(); !strings.Contains(got, "Release 10") {
		t.Error("the feed is not made again when the store is back")
	}
	w.get("/feeds/sources/edgar.atom")
	if got := w.get("/healthz"); got.Code != 200 {
		t.Errorf("/healthz: %d %s when all is well again", got.Code, got.Body)
	}
	if got := w.get("/feeds/health.json").Body.String(); strings.Contains(got, "feeds could not be made") {
		t.Errorf("the health feed still tells: %s", got)
	}
}

// A store that fails as a whole is served from memory as well.
func TestStoreDown(t *testing.T) {
	w := newWorld(t, feedtest.Events(4)...)
	w.get("/feeds/all.atom")
	w.reader.Fail(errors.New("connection refused"))
	w.wait(time.Minute)
	if got := w.get("/feeds/all.atom"); got.Code != 200 {
		t.Errorf("%d, want the feed from memory", got.Code)
	}
	if got := w.get("/healthz"); got.Code != 503 || !strings.Contains(got.Body.String(), "store") {
		t.Errorf("/healthz: %d %s", got.Code, got.Body)
	}
}

func TestManyQueries(t *testing.T) {
	w := newWorld(t, feedtest.Events(4)...)
	for n := range 3 * maxQueries {
		day := feedtest.Day.Add(time.Duration(n) * 24 * time.Hour).Format(time.DateOnly)
		if got := w.get("/feeds/all.json?since=" + day); got.Code != 200 {
			t.Fatalf("since %s: %d", day, got.Code)
		}
	}
	if n := len(w.cache.queries); n > maxQueries {
		t.Errorf("%d feeds of queries are kept", n)
	}
}

func TestManyClients(t *testing.T) {
	w := newWorld(t, feedtest.Events(50)...)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 20 {
				if n == 0 {
					w.reader.Add(feedtest.Event("openai-aws", 60+i))
					w.wait(time.Second)
				}
				for _, p := range []string{"/feeds/all.atom", "/", "/feeds/deals/openai-aws.json", "/metrics", "/feeds/health.atom", "/feeds/all.rss?deal=openai-aws"} {
					if got := w.get(p); got.Code != 200 {
						t.Errorf("%s: %d", p, got.Code)
					}
				}
			}
		})
	}
	wg.Wait()
	w.wait(time.Minute)
	if got := w.get("/feeds/all.atom").Body.String(); !strings.Contains(got, "Release 79") {
		t.Error("the last event is not in the feed")
	}
}

func BenchmarkServe(b *testing.B) {
	w := newWorld(b, feedtest.Events(500)...)
	tag := w.get("/feeds/all.atom").Header().Get("Etag")
	for name, lines := range map[string][]string{"200": nil, "gzip": {"Accept-Encoding: gzip"}, "304": {"If-None-Match: " + tag}} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, "/feeds/all.atom", nil)
			for _, l := range lines {
				k, v, _ := strings.Cut(l, ": ")
				r.Header.Set(k, v)
			}
			b.ReportAllocs()
			for b.Loop() {
				w.ServeHTTP(&discard{h: http.Header{}}, r)
			}
		})
	}
}

func BenchmarkRebuild(b *testing.B) {
	events := feedtest.Events(500)
	for i := range events {
		events[i].HappenedAt = feedtest.Day.Add(time.Duration(i) * time.Minute)
	}
	w := newWorld(b, events...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.allFeed(dealwatch.Filter{}).build(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{ h http.Header }

func (d *discard) Header() http.Header         { return d.h }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// The whole of a feed of 500 entries, but for the reading of the store: three formats,
// checked and compressed.
func BenchmarkBuild(b *testing.B) {
	events := feedtest.Events(700)
	for i := range events {
		events[i].HappenedAt = feedtest.Day.Add(time.Duration(i) * time.Minute)
	}
	w := newWorld(b, events...)
	b.ReportAllocs()
	for b.Loop() {
		made, err := w.allFeed(dealwatch.Filter{}).build(b.Context())
		if err != nil || len(made) != 3 {
			b.Fatal(made, err)
		}
	}
}

// Rule 6.3: the date stays as long as the bytes do, even where they are made for each request
// or were forgotten.
func TestDateStays(t *testing.T) {
	w := newWorld(t, feedtest.Events(feed.PageEvents+4)...)
	w.cfg.Coverage = coverage
	paths := []string{"/feeds/all/archive/1.atom", "/feeds/all.json?deal=openai-aws", "/?deal=openai-aws", "/documents/ftc-press/1001"}
	seen := map[string]string{}
	for _, p := range paths {
		got := w.get(p).Header()
		seen[p] = got.Get("Etag") + got.Get("Last-Modified")
	}
	w.wait(time.Hour)
	for n := range maxQueries + 1 {
		w.get(fmt.Sprintf("/feeds/all.atom?since=2026-01-01T00:00:%02dZ&deal=%s", n%60, feedtest.Deals[n/60].ID))
	}
	for _, p := range paths {
		got := w.get(p)
		if was := got.Header().Get("Etag") + got.Header().Get("Last-Modified"); got.Code != 200 || was != seen[p] {
			t.Errorf("%s is %s, was %s", p, was, seen[p])
		}
	}
	d := dates{of: map[string]dated{}}
	one := newContent("", "", nil, w.now())
	for n := range 2 * mostDates {
		d.settle(fmt.Sprint(n), one)
	}
	if len(d.of) != mostDates {
		t.Errorf("%d dates are remembered, want %d", len(d.of), mostDates)
	}
}
