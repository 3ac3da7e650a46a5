package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
)

// TestIdleLoad lets a watch of all sources go through a day on which nothing is
// published: some weeks after it has read all there is, so that no document is read again
// for being young. What it then asks for is what its schedules say, and what the README
// shows; with -update that is written. EDGAR, which is asked the same every five minutes,
// is watched for an hour of that day, and for all of it with DEALWATCH_TORTURE. A Sunday
// follows, on which indexes of the quarter are compared too.
func TestIdleLoad(t *testing.T) {
	slow(t)
	t.Parallel()
	w := newIdleWatch(t)
	w.settle(t)
	never, always := w.day(t, false), w.day(t, true)
	var b strings.Builder
	b.WriteString("| source | polled every | listing pages | second channel | robots.txt | MiB | MiB, where unchanged pages are not sent |\n|---|---|---|---|---|---|---|\n")
	var sum load
	for _, src := range scrapers.All(nil) {
		info := src.Info()
		pages := 0
		for _, s := range src.Streams() {
			pages += max(1, s.Window)
		}
		got := never[info.Name]
		if want := int(24*time.Hour/info.Every) * pages; got.listings != want || always[info.Name].listings != want {
			t.Errorf("%s: %d listing pages in a day, and %d; by its schedule %d", info.Name, got.listings, always[info.Name].listings, want)
		}
		if got.other > 0 {
			t.Errorf("%s: %d requests for something else, though nothing is new: %q", info.Name, got.other, got.strange)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %d | %d | %d | %s | %s |\n", info.Name, strings.TrimSuffix(strings.TrimSuffix(info.Every.String(), "0s"), "0m"),
			got.listings, got.second, got.robots, mebi(got.bytes), mebi(always[info.Name].bytes))
		sum.listings, sum.second, sum.robots, sum.bytes = sum.listings+got.listings, sum.second+got.second, sum.robots+got.robots, sum.bytes+got.bytes
		sum.saved += always[info.Name].bytes
	}
	for name, l := range w.sunday(t) {
		if l.quarter > 0 {
			fmt.Fprintf(&b, "| `%s`, on Sundays besides | 7d | 0 | %d | 0 | %s | %s |\n", name, l.quarter, mebi(l.bytes), mebi(l.bytes))
		}
	}
	fmt.Fprintf(&b, "| all, on other days | | %d | %d | %d | %s | %s |\n", sum.listings, sum.second, sum.robots, mebi(sum.bytes), mebi(sum.saved))
	text := readme(t)
	const begin, end = "<!-- idle: written by `go test ./cmd/dealwatch -run TestIdleLoad -update` -->\n", "<!-- /idle -->"
	head, rest, ok := strings.Cut(text, begin)
	was, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("the README has lost the marks around the load of an idle watch")
	}
	if *update {
		if err := os.WriteFile("../../README.md", []byte(head+begin+b.String()+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(b.String(), was); diff != "" {
		t.Errorf("the README's load of an idle watch is not what was measured (-measured +README):\n%s", diff)
	}
}

func mebi(n int64) string { return fmt.Sprintf("%.1f", float64(n)/(1<<20)) }

// A load is what a source asked for in a day.
type load struct {
	listings, second, quarter, robots, other int
	bytes, saved                             int64
	strange                                  []string
}

// An idleSite is the network of that day. The sources are polled one after the other, so
// that each request is that of the source whose turn it is.
type idleSite struct {
	*corpusSite
	tells    bool // that a page has not changed
	listings map[string]bool
	turn     string
	second   bool // it is the turn of second channels
	loads    map[string]*load
	indexes  []byte
	quarter  []byte // an index of a quarter, packed
}

// weights are the sizes of pages that our stand-ins are smaller than, as captured or as
// others noted them; a page of EDGAR's latest filings is as long as the captured ones.
var weights = map[string]int64{
	"https://www.ftc.gov/feeds/press-release.xml":                                     110_000, // no more than the other feed
	"https://www.ftc.gov/feeds/hsr-early-termination-notices.xml":                     110_000,
	"https://www.ftc.gov/legal-library/browse/cases-proceedings":                      1_064_283,
	"https://www.ftc.gov/news-events/news/press-releases":                             1_064_283,
	"https://www.whitehouse.gov/presidential-actions/feed/":                           619_343,
	"https://www.whitehouse.gov/presidential-actions/executive-orders/feed/":          668_654,
	"https://www.federalregister.gov/api/v1/public-inspection-documents/current.json": 203_000,
	"https://www.justice.gov/news/rss":                                                25_258,
}

const latestSize = 57_000

// quarterSize is as long as an index of a quarter gets, unpacked.
const quarterSize = 60_000_000

func (s *idleSite) RoundTrip(req *http.Request) (*http.Response, error) {
	address := req.URL.String()
	l := s.loads[s.turn]
	page := s.answer(address)
	switch {
	case strings.HasSuffix(address, "/robots.txt"):
		l.robots++
	case s.second:
		l.second++
		switch {
		case strings.Contains(req.URL.Path, "/full-index/"):
			l.second--
			l.quarter++
			page = answered{200, "application/x-gzip", s.quarter}
		case strings.HasSuffix(req.URL.Path, ".idx"): // of another day, but as long
			page = answered{200, "application/octet-stream", s.indexes}
		}
	case s.listings[address]:
		l.listings++
	case strings.HasSuffix(req.URL.Host, "federalregister.gov") && strings.HasSuffix(req.URL.Path, ".txt") && page.status == 404:
		page = answered{200, "text/plain", []byte("A document of which no text was captured. [FR Doc. 0]")}
		fallthrough
	default:
		if len(page.body) > 100_000 && strings.HasSuffix(req.URL.Host, "sec.gov") {
			page = answered{404, "text/plain", []byte("too long for a test of something else")}
		}
		l.other++
		if len(l.strange) < 5 {
			l.strange = append(l.strange, address)
		}
	}
	h := http.Header{"Content-Type": {page.contentType}}
	size := int64(len(page.body))
	for begins, weight := range weights {
		if strings.HasPrefix(address, begins) {
			size = max(size, weight)
		}
	}
	latest := strings.Contains(address, "action=getcurrent")
	if latest {
		size = max(size, latestSize)
	}
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256(page.body))
	if s.tells && !latest && page.status == 200 { // of its latest filings, EDGAR does not tell
		h.Set("Etag", tag)
		if req.Header.Get("If-None-Match") == tag {
			page, size = answered{304, "", nil}, 0
		}
	}
	l.bytes += size
	return &http.Response{StatusCode: page.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h,
		Body: io.NopCloser(bytes.NewReader(page.body)), ContentLength: int64(len(page.body)), Request: req}, nil
}

// An idleWatch is a watch of all sources in which time passes as the test likes.
type idleWatch struct {
	*worker
	site *idleSite
	now  time.Time
	pass func(time.Duration)
}

func newIdleWatch(t *testing.T) *idleWatch {
	t.Helper()
	db := filepath.Join(t.TempDir(), "idle.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	clock, err := sql.Open("sqlite", db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = clock.Close() })
	site := &idleSite{corpusSite: newCorpusSite(t), listings: map[string]bool{}, loads: map[string]*load{}}
	a := newApp(nil, io.Discard, io.Discard)
	a.contact = "you@example.org"
	a.log = slog.New(slog.DiscardHandler)
	// Our clock stands still, on a Thursday: time passes in the store, as what is on record
	// grows older.
	w := &idleWatch{site: site, now: time.Date(2026, 1, 22, 12, 0, 0, 0, time.UTC)}
	a.now = func() time.Time { return w.now }
	a.crawling = func(c *crawl.Config) {
		c.Base, c.AllowPrivate = site, true
		for i := range c.Hosts {
			c.Hosts[i].Every = time.Microsecond
		}
	}
	w.worker = &worker{app: a, store: st, book: rules.Default, client: a.newClient(st, nil, nil, true), progress: newProgress(io.Discard, false)}
	if err := a.adopt(t.Context(), st, w.book()); err != nil {
		t.Fatal(err)
	}
	site.stand(t)
	w.pass = ageing(t, clock)
	return w
}

// poll polls the sources that are due, one after the other.
func (w *idleWatch) poll(t *testing.T, without string) {
	t.Helper()
	w.client = w.newClient(w.store, nil, nil, true) // which remembers nothing but what is in the store
	for _, src := range scrapers.All(w.client) {
		if w.site.turn = src.Info().Name; w.site.turn == without {
			continue
		}
		if err := w.pollDue(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
}

// compare looks at the second channels, if that was not done since the night.
func (w *idleWatch) compare(t *testing.T) {
	t.Helper()
	w.site.second = true
	defer func() { w.site.second = false }()
	for _, src := range reconcilers(w.client, nil) {
		w.site.turn = src.Info().Name
		if err := w.tonight(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
}

// settle reads all that there is, until nothing is left to read again: what is not there
// is looked for once more a day later, and what was read when it is no longer young.
func (w *idleWatch) settle(t *testing.T) {
	t.Helper()
	for _, d := range []time.Duration{25 * time.Hour, 31 * 24 * time.Hour, 25 * time.Hour, 25 * time.Hour} {
		w.poll(t, "")
		w.compare(t)
		w.pass(d)
	}
}

// day gives what each source asks for in a day. tells is whether sites say that a page
// has not changed.
func (w *idleWatch) day(t *testing.T, tells bool) map[string]*load {
	t.Helper()
	w.site.tells = tells
	w.site.fresh()
	w.poll(t, "")
	w.pass(time.Hour)
	loads := w.site.fresh()
	for hour := range 24 {
		step, without := 5*time.Minute, "" // no source is polled more often
		if hour > 0 && !torture() {
			step, without = 15*time.Minute, "edgar" // whose hours are all alike
		}
		for range time.Hour / step {
			w.poll(t, without)
			w.pass(step)
		}
		if l := loads["edgar"]; hour == 0 && !torture() {
			l.listings, l.bytes = 24*l.listings, 24*l.bytes
		}
	}
	w.compare(t)
	w.pass(time.Hour)
	return loads
}

// sunday gives what second channels ask for on a Sunday, after a Saturday on which they
// were compared too.
func (w *idleWatch) sunday(t *testing.T) map[string]*load {
	t.Helper()
	defer func(then time.Time) { w.now = then }(w.now)
	w.now = w.now.AddDate(0, 0, 2)
	w.compare(t)
	w.now = w.now.AddDate(0, 0, 1)
	before := w.site.fresh()
	w.compare(t)
	return before
}

// fresh gives the loads from now on.
func (s *idleSite) fresh() map[string]*load {
	s.loads = maps.Collect(maps.All(s.loads))
	for name := range s.loads {
		s.loads[name] = &load{}
	}
	return s.loads
}

// stand makes the stand-ins for listings as full as real ones: EDGAR's of a hundred
// filings.
func (s *idleSite) stand(t *testing.T) {
	t.Helper()
	for _, src := range scrapers.All(nil) {
		s.loads[src.Info().Name] = &load{}
		for _, stream := range src.Streams() {
			s.listings[stream.URL] = true
		}
	}
	for _, page := range []string{"page/2/", "page/3/"} {
		s.listings["https://www.whitehouse.gov/presidential-actions/"+page] = true
		s.listings["https://www.whitehouse.gov/news/"+page] = true
	}
	s.listings["https://www.ftc.gov/legal-library/browse/cases-proceedings?page=1"] = true
	daily := regexp.MustCompile(`/daily-index/.*/master\.`)
	for _, e := range s.tape.Entries() {
		if ex, err := s.tape.Load(e); err == nil && daily.MatchString(e.URL) && ex.Status == 200 {
			s.indexes = ex.Body
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range quarterSize / max(1, len(s.indexes)) {
		if _, err := z.Write(s.indexes); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	s.quarter = packed.Bytes()
}

// big are the tables that grow with the documents; they age four times a day.
var big = map[string]bool{"item": true, "listing": true, "poll": true, "version": true, "document": true, "flag": true, "event": true}

// ageing gives a function that lets time pass in a store: every instant in it is moved
// back, but for those that agencies state.
func ageing(t *testing.T, db *sql.DB) func(time.Duration) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT m.name, group_concat(c.name || ' = ' || c.name || ' - ?1') FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND c.type = 'BIGINT' AND c.name <> 'published_at'
		AND (c.name LIKE '%\_at' ESCAPE '\' OR c.name LIKE '%\_until' ESCAPE '\' OR c.name IN ('until', 'since')) GROUP BY m.name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	sets := map[string]string{}
	for rows.Next() {
		var table, set string
		if err := rows.Scan(&table, &set); err != nil {
			t.Fatal(err)
		}
		sets[table] = "UPDATE " + table + " SET " + set
	}
	if err := rows.Err(); err != nil || len(sets) < 8 {
		t.Fatalf("%d tables with instants in the store (%v)", len(sets), err)
	}
	var owed time.Duration // by the big tables
	return func(d time.Duration) {
		t.Helper()
		owed += d
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for table, set := range sets {
			by := d
			if big[table] {
				if by = owed; by < 6*time.Hour {
					continue
				}
			}
			if _, err := tx.ExecContext(t.Context(), set, by.Microseconds()); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if owed >= 6*time.Hour {
			owed = 0
		}
	}
}
