package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/dealwatch/dealwatch/scrapers/crawl"
)

// mirror serves the pages of all sources' testdata on loopback, whichever host is
// asked for, and misbehaves as it is told.
type mirror struct {
	*httptest.Server
	mirrored
	pages map[string]answered
	fault atomic.Pointer[mischief]
	mu    sync.Mutex
	asked map[string]int
}

type answered struct {
	status      int
	contentType string
	body        []byte
}

// mischief answers a request in place of the page; it is false to let the page through.
type mischief func(w http.ResponseWriter, r *http.Request, page answered) bool

func newMirror(t *testing.T) *mirror {
	t.Helper()
	m := &mirror{pages: map[string]answered{}, asked: map[string]int{}}
	indexes, _ := filepath.Glob("../../scrapers/*/testdata/pages.txt")
	for _, index := range indexes {
		if !strings.Contains(index, "scrapertest") {
			m.read(t, index)
		}
	}
	if len(m.pages) < 50 {
		t.Fatalf("%d pages in the testdata of the sources", len(m.pages))
	}
	m.Server = httptest.NewServer(m)
	m.mirrored = mirrored(m.URL)
	t.Cleanup(m.Close)
	return m
}

// noContent are the names of pages that stand for faults already.
var noContent = regexp.MustCompile(`refused|gate|interstitial|changed|unavailable|no-such|empty|missing|nothing|bad-|404`)

// read takes the pages that an index lists; of an address that stands twice, the first.
func (m *mirror) read(t *testing.T, index string) {
	t.Helper()
	data, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || strings.HasPrefix(words[0], "#") || words[1] == "-" || noContent.MatchString(words[1]) {
			continue
		}
		p := answered{status: 200, contentType: mime.TypeByExtension(filepath.Ext(words[1]))}
		if p.body, err = os.ReadFile(filepath.Join(filepath.Dir(index), words[1])); err != nil {
			t.Fatal(err)
		}
		for _, w := range words[2:] {
			if n, err := strconv.Atoi(w); err == nil {
				p.status = n
			} else if strings.Contains(w, "/") {
				p.contentType = w
			}
		}
		if _, ok := m.pages[words[0]]; !ok {
			m.pages[words[0]] = p
		}
	}
}

// asking is the address that a request was for before it was turned to the mirror.
const asking = "X-Asked-For"

// mirrored is the network of a client that asks a mirror for everything.
type mirrored string

func (m mirrored) RoundTrip(req *http.Request) (*http.Response, error) {
	to, err := url.Parse(string(m))
	if err != nil {
		return nil, err
	}
	out := req.Clone(req.Context())
	out.Header.Set(asking, req.URL.String())
	out.URL.Scheme, out.URL.Host = to.Scheme, to.Host
	res, err := http.DefaultTransport.RoundTrip(out)
	if err == nil {
		res.Request = req
	}
	return res, err
}

func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.Header.Get(asking)
	m.mu.Lock()
	m.asked[address]++
	m.mu.Unlock()
	page, ok := m.pages[address]
	if !ok {
		page = answered{404, "text/plain", []byte("no such page")}
	}
	if f := m.fault.Load(); f != nil && (*f)(w, r, page) {
		return
	}
	page.write(w)
}

func (p answered) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", p.contentType)
	w.WriteHeader(p.status)
	_, _ = w.Write(p.body)
}

// scrapeFrom runs the command on a database as main does, with m for a network.
func scrapeFrom(ctx context.Context, m http.RoundTripper, patience time.Duration, now time.Time, args ...string) (out, errs string, code int) {
	var stdout, stderr bytes.Buffer
	a := newApp(nil, &stdout, &stderr)
	a.now = func() time.Time { return now }
	a.crawling = crawlFrom(m, patience)
	root := a.rootCmd()
	root.SetArgs(append([]string{"scrape", "--no-archive", "--contact", "you@example.org"}, args...))
	root.SetOut(&stdout)
	root.SetErr(&stderr)
	code = report(&stderr, root.ExecuteContext(ctx))
	return stdout.String(), stderr.String(), code
}

// crawlFrom makes a client ask m for everything.
func crawlFrom(m http.RoundTripper, patience time.Duration) func(*crawl.Config) {
	return func(c *crawl.Config) {
		c.Base, c.Patience, c.AllowPrivate = m, patience, true
		for i := range c.Hosts {
			c.Hosts[i].Every = time.Microsecond // the stand-in needs no manners
			c.Hosts[i].MaxBody = 1 << 20
		}
	}
}

// good is what a fault must leave as it was.
var good = []string{
	"SELECT document_id, version, title, published_on, text_sha256 FROM document_versions ORDER BY document_id, version",
	"SELECT flag_id, deal_id, document_id, version, closeness, state FROM flagged_items ORDER BY flag_id",
	"SELECT entry_id FROM flag_events ORDER BY event_id",
}

func goodRows(t *testing.T, db string) [][]string {
	t.Helper()
	var all [][]string
	for _, q := range good {
		all = append(all, rows(t, db, q))
	}
	return all
}

// items are all that a listing ever showed. A fault may add to them, but none is lost.
func items(t *testing.T, db string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, row := range rows(t, db, "SELECT source, key FROM items") {
		all[row] = true
	}
	return all
}

// statusOf answers all but robots.txt with a status.
func statusOf(status int, headers ...string) mischief {
	return func(w http.ResponseWriter, r *http.Request, _ answered) bool {
		if strings.HasSuffix(r.Header.Get(asking), "/robots.txt") {
			return false
		}
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "<html><title>no</title></html>")
		return true
	}
}

// changed answers with the page after a change.
func changed(change func([]byte) []byte) mischief {
	return func(w http.ResponseWriter, _ *http.Request, p answered) bool {
		p.body = change(bytes.Clone(p.body))
		p.write(w)
		return true
	}
}

// except lets the pages through whose address matches.
func except(pattern string, f mischief) mischief {
	re := regexp.MustCompile(pattern)
	return func(w http.ResponseWriter, r *http.Request, p answered) bool {
		return !re.MatchString(r.Header.Get(asking)) && f(w, r, p)
	}
}

// TestFaults polls every source well, then once with each fault, then well again: a
// faulty run ends in time, says that it failed, and leaves all that was good as it was.
func TestFaults(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	first := filepath.Join(dir, "good.db")
	now := time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
	out, errs, _ := scrapeFrom(t.Context(), m, 0, now, "--db", first)
	before := goodRows(t, first)
	listed := items(t, first)
	if len(before[0]) < 20 {
		t.Fatalf("%d versions from the sources' pages\n%s%s", len(before[0]), out, errs)
	}
	t.Logf("good: %d versions, %d flags, %d items\n%s", len(before[0]), len(before[1]), len(listed), out)

	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 64<<20))
	_ = z.Close()
	hang := func(w http.ResponseWriter, r *http.Request, _ answered) bool { <-r.Context().Done(); return true }
	for _, test := range []struct {
		name  string
		fault mischief
		code  int
	}{
		{"500 storm", statusOf(500), exitSome},
		{"503 with a time to wait", statusOf(503, "Retry-After", "3600"), exitSome},
		{"429 storm", statusOf(429), exitSome},
		{"403 storm", statusOf(403), exitSome},
		{"404 storm", statusOf(404), exitSome},
		{"204", statusOf(204), exitSome},
		{"304 unasked", statusOf(304), exitSome},
		{"a redirect to the metadata of a cloud", statusOf(302, "Location", "http://169.254.169.254/latest/meta-data/"), exitSome},
		{"a redirect to a file", statusOf(302, "Location", "file:///etc/passwd"), exitSome},
		{"redirects in a circle", func(w http.ResponseWriter, r *http.Request, p answered) bool {
			return statusOf(302, "Location", r.Header.Get(asking))(w, r, p)
		}, exitSome},
		{"no answer, robots.txt included", hang, exitSome},
		{"no answer but for robots.txt", func(w http.ResponseWriter, r *http.Request, p answered) bool {
			return !strings.HasSuffix(r.Header.Get(asking), "/robots.txt") && hang(w, r, p)
		}, exitSome},
		{"connections that break", func(http.ResponseWriter, *http.Request, answered) bool { panic(http.ErrAbortHandler) }, exitSome},
		{"half bodies", func(w http.ResponseWriter, _ *http.Request, p answered) bool {
			w.Header().Set("Content-Type", p.contentType)
			w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
			_, _ = w.Write(p.body[:len(p.body)/2])
			return true
		}, exitSome},
		{"endless bodies", func(w http.ResponseWriter, r *http.Request, p answered) bool {
			w.Header().Set("Content-Type", p.contentType)
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					break
				}
			}
			return true
		}, exitSome},
		{"gzip bombs", func(w http.ResponseWriter, _ *http.Request, p answered) bool {
			w.Header().Set("Content-Type", p.contentType)
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
			return true
		}, exitSome},
		{"a byte at a time", func(w http.ResponseWriter, r *http.Request, p answered) bool {
			w.Header().Set("Content-Type", p.contentType)
			for tick := time.NewTicker(2 * time.Millisecond); r.Context().Err() == nil; <-tick.C {
				if _, err := w.Write([]byte(" ")); err != nil {
					break
				}
				_ = http.NewResponseController(w).Flush()
			}
			return true
		}, exitSome},
		{"empty bodies", changed(func([]byte) []byte { return nil }), exitSome},
		{"a login page everywhere", func(w http.ResponseWriter, _ *http.Request, _ answered) bool {
			fmt.Fprint(w, `<html><head><title>Sign in</title></head><form><input type="password"></form></html>`)
			return true
		}, exitSome},
		{"a page of nothing everywhere", func(w http.ResponseWriter, _ *http.Request, _ answered) bool {
			fmt.Fprint(w, `<!DOCTYPE html><html><head><title>Welcome</title></head><body><div id="app"></div></body></html>`)
			return true
		}, exitSome},
		{"random bytes", changed(func(b []byte) []byte {
			for i := range b {
				b[i] = byte(i * 7919 >> 3)
			}
			return b
		}), exitSome},
		{"other classes and ids", except(`/full_text/`, changed(func(b []byte) []byte { // a text as printed has no classes that it needs
			return regexp.MustCompile(`(class|id|property|rel)="[^"]*"`).ReplaceAll(b, []byte(`$1="css-1q2w3e"`))
		})), exitSome},
		{"other elements", changed(func(b []byte) []byte {
			return regexp.MustCompile(`<(/?)(h1|h2|h3|main|article|table|tr|td|item|entry|title|ROW|TEXT|DOCUMENT)\b`).ReplaceAll(b, []byte(`<${1}x-part`))
		}), exitSome},
		{"other names in JSON", changed(func(b []byte) []byte {
			return regexp.MustCompile(`"([a-z_]+)":`).ReplaceAll(b, []byte(`"x$1":`))
		}), exitSome},
		{"pages cut in the middle", except(`\.txt$|/full_text/`, changed(func(b []byte) []byte { return b[:len(b)/2] })), exitSome}, // nothing tells where plain text or a fragment ends
		{"pages cut near their end", except(`\.txt$|/full_text/`, changed(func(b []byte) []byte { return b[:len(b)*9/10] })), exitSome},
	} {
		t.Run(test.name, func(t *testing.T) {
			db := filepath.Join(dir, strings.ReplaceAll(test.name, " ", "-")+".db")
			copyFile(t, first, db)
			m.fault.Store(&test.fault)
			began := time.Now()
			later := now.Add(30 * time.Hour)
			out, errs, code := scrapeFrom(t.Context(), m, 200*time.Millisecond, later, "--db", db)
			took := time.Since(began)
			m.fault.Store(nil)
			if code != test.code {
				t.Errorf("exit %d, want %d", code, test.code)
			}
			if took > 30*time.Second {
				t.Errorf("the run took %s", took)
			}
			if strings.Contains(errs, "goroutine") {
				t.Errorf("a panic is shown:\n%s", errs)
			}
			if diff := cmp.Diff(before, goodRows(t, db)); diff != "" {
				t.Errorf("what was good has changed (-before +after the fault):\n%.4000s", diff)
			}
			now := items(t, db)
			for it := range listed {
				if !now[it] {
					t.Errorf("item %s is lost", it)
				}
			}
			t.Logf("took %s\n%s", took.Round(time.Millisecond), out)

			forget(t, db) // the breakers, whose hours are those of the database
			out, errs, _ = scrapeFrom(t.Context(), m, 0, later.Add(30*time.Hour), "--db", db)
			if diff := cmp.Diff(before, goodRows(t, db)); diff != "" {
				t.Errorf("the good run after it gave something else:\n%.4000s\n%s%s", diff, out, errs)
			}
		})
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	if mem.HeapSys > 1<<30 {
		t.Errorf("the heap grew to %d MiB", mem.HeapSys>>20)
	}
	t.Logf("heap at most %d MiB", mem.HeapSys>>20)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	for _, ending := range []string{"", "-wal"} {
		data, err := os.ReadFile(from + ending)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to+ending, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// forget opens all hosts.
func forget(t *testing.T, db string) {
	t.Helper()
	x, err := sqlx.Open("sqlite", db)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if _, err := x.Exec("DELETE FROM host"); err != nil {
		t.Fatal(err)
	}
}
