package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// world is a handler over a store in memory, with a clock that stands.
type world struct {
	*Handler
	reader *feedtest.Reader
	mu     sync.Mutex
	time   time.Time
}

func newWorld(t testing.TB, events ...dealwatch.Event) *world {
	t.Helper()
	w := &world{reader: &feedtest.Reader{}, time: feedtest.Day.Add(1000 * time.Hour)}
	w.reader.Add(events...)
	h, err := New(t.Context(), Config{
		Reader: w.reader, Base: feedtest.Base, Deals: feedtest.Deals, Sources: feedtest.Sources,
		Parties: feedtest.Parties, NotFound: feedtest.ErrNotFound, Now: w.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Handler = h
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.time
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.time = w.time.Add(d)
}

// get asks with header lines such as "If-None-Match: *".
func (w *world) get(path string, lines ...string) *httptest.ResponseRecorder {
	return w.do(http.MethodGet, path, lines...)
}

func (w *world) do(method, path string, lines ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ": ")
		r.Header.Add(name, value)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

var feedPaths = []string{
	"/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/feeds/deals/openai-aws.atom", "/feeds/deals/google-wiz.rss",
	"/feeds/sources/ftc-press.json", "/feeds/sources/edgar.atom", "/feeds/health.atom", "/feeds/health.json", "/feeds.opml",
	"/feeds/all.atom?deal=google-wiz", "/feeds/all.json?since=2026-03-02&closeness=sentence&kind=press-release&source=ftc-press",
}

var pagePaths = []string{"/", "/?q=agreement", "/?deal=openai-aws", "/deals/openai-aws", "/documents/ftc-press/1001", "/sources", "/feeds", "/style.css"}

// Rule 1.2 and 1.3: the extension alone picks the format.
func TestMediaTypes(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	for path, want := range map[string]string{
		"/feeds/all.atom": "application/atom+xml; charset=utf-8",
		"/feeds/all.rss":  "application/rss+xml; charset=utf-8",
		"/feeds/all.json": "application/feed+json",
		"/feeds.opml":     "text/x-opml; charset=utf-8",
		"/":               "text/html; charset=utf-8",
		"/style.css":      "text/css; charset=utf-8",
	} {
		for _, accept := range []string{"", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/rss+xml"} {
			got := w.get(path, "Accept: "+accept)
			if got.Code != 200 || got.Header().Get("Content-Type") != want {
				t.Errorf("%s with Accept %q: %d %s, want %s", path, accept, got.Code, got.Header().Get("Content-Type"), want)
			}
		}
	}
}

// Rules 1.4 and 4.5 of the design: what is not known is told, never an empty feed.
func TestUnknown(t *testing.T) {
	old := feedtest.Event("old-deal", 1)
	w := newWorld(t, old)
	for path, want := range map[string]struct {
		status   int
		sentence string
	}{
		"/feeds/deals/nope.atom":                    {404, "There is no deal &#34;nope&#34; in the watchlist."},
		"/feeds/deals/old-deal.atom":                {410, "The deal &#34;old-deal&#34; is followed no longer."},
		"/deals/nope":                               {404, "There is no deal"},
		"/feeds/sources/nope.rss":                   {404, "There is no source &#34;nope&#34;."},
		"/feeds/all.xml":                            {404, "a feed ends in .atom, .rss or .json"},
		"/feeds/nope.atom":                          {404, "There is no feed of that address."},
		"/documents/ftc-press/9":                    {404, "There is no document &#34;ftc-press/9&#34; on record."},
		"/documents/%ff%3Cscript%3E":                {404, "There is no document"},
		"/nope":                                     {404, "There is no page of that address."},
		"/../../etc/passwd":                         {404, "There is no page of that address."},
		"/feeds/all.atom?deal=nope":                 {400, "There is no deal &#34;nope&#34;."},
		"/feeds/all.atom?source=nope":               {400, "There is no source &#34;nope&#34;."},
		"/feeds/all.atom?kind=nope":                 {400, "There is no kind &#34;nope&#34;."},
		"/feeds/all.atom?closeness=nope":            {400, "There is no closeness &#34;nope&#34;."},
		"/feeds/all.atom?since=yesterday":           {400, "since takes a day"},
		"/feeds/all.atom?deals=openai-aws":          {400, "There is no filter &#34;deals&#34;"},
		"/feeds/all.atom?deal=old-deal":             {410, "The deal &#34;old-deal&#34; is followed no longer."},
		"/?deal=old-deal":                           {410, "The deal &#34;old-deal&#34; is followed no longer."},
		"/feeds/deals/dropped.rss":                  {410, "The deal &#34;dropped&#34; is followed no longer."},
		"/deals/dropped":                            {410, "The deal &#34;dropped&#34; is followed no longer."},
		"/feeds/deals/openai-aws.atom?source=edgar": {400, "There is no filter &#34;source&#34; here"},
		"/feeds/health.atom?deal=nope":              {400, "There is no filter &#34;deal&#34; here"},
		"/feeds/sources/edgar.json?deal=nope":       {400, "There is no filter &#34;deal&#34; here"},
		"/feeds.opml?deal=nope":                     {400, "There is no filter &#34;deal&#34; here"},
		"/sources?deal=nope":                        {400, "There is no filter &#34;deal&#34; here"},
		"/deals/openai-aws?before=100":              {400, "There is no filter &#34;before&#34; here"},
		"/deals/openai-aws?%zz":                     {400, "cannot be read"},
		"/sources?utm_source=mail&fbclid=1":         {200, ""},
		"/feeds/all.atom?utm_source=mail":           {200, ""},
		"/?gclid=1":                                 {200, ""},
		"/feeds/all.atom?kind=8-K&kind=8-K":         {400, "is given 2 times"},
		"/feeds/all.atom?%zz":                       {400, "cannot be read"},
		"/?deal=%3Cscript%3E":                       {400, "There is no deal &#34;&lt;script&gt;&#34;."},
	} {
		got := w.get(path)
		if got.Code != want.status || !strings.Contains(got.Body.String(), want.sentence) {
			t.Errorf("%s: %d %s, want %d with %q", path, got.Code, got.Body, want.status, want.sentence)
		}
		if strings.Contains(got.Body.String(), "<script") || got.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: the error page is not safe: %v", path, got.Header())
		}
	}
	if got := w.get("/feeds/all.json?kind=8-K"); got.Code != 200 || !strings.Contains(got.Body.String(), `"items":[]`) {
		t.Errorf("a known filter without a match: %d %s, want an empty feed", got.Code, got.Body)
	}
	if got := w.get("/?deal=&source=&kind=&closeness=&since="); got.Code != 200 {
		t.Errorf("a form sent empty: %d, want 200", got.Code)
	}
}

// Rule 6.1.
func TestMethods(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	for _, path := range append(append([]string{"/healthz", "/metrics", "/nope"}, feedPaths...), pagePaths...) {
		for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} {
			if got := w.do(method, path); got.Code != 405 || got.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, Allow %q", method, path, got.Code, got.Header().Get("Allow"))
			}
		}
		if path == "/metrics" {
			continue // tells another time with every answer
		}
		get, head := w.get(path), w.do("HEAD", path)
		if head.Body.Len() != 0 || head.Code != get.Code {
			t.Errorf("HEAD %s: %d with %d bytes, want %d without any", path, head.Code, head.Body.Len(), get.Code)
		}
		for name := range get.Header() {
			if get.Header().Get(name) != head.Header().Get(name) {
				t.Errorf("HEAD %s: %s is %q, GET says %q", path, name, head.Header().Get(name), get.Header().Get(name))
			}
		}
	}
}

// Rules 5.7, 6.3, 6.5 and 6.6.
func TestHeaders(t *testing.T) {
	w := newWorld(t, feedtest.Events(30)...)
	for _, path := range append(feedPaths, pagePaths...) {
		plain := w.get(path, "Accept-Encoding: identity")
		zipped := w.get(path, "Accept-Encoding: br, gzip;q=0.5")
		for _, rec := range []*httptest.ResponseRecorder{plain, zipped} {
			h := rec.Header()
			if rec.Code != 200 || h.Get("Cache-Control") != "public, max-age=300" || h.Get("Vary") != "Accept-Encoding" ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Length") != strconv.Itoa(rec.Body.Len()) {
				t.Errorf("%s: %d %v", path, rec.Code, h)
			}
			if tag := h.Get("Etag"); len(tag) < 10 || tag[0] != '"' || tag[len(tag)-1] != '"' {
				t.Errorf("%s: the tag %s is not strong", path, tag)
			}
			if _, err := http.ParseTime(h.Get("Last-Modified")); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			for _, name := range []string{"Expires", "Set-Cookie", "Location"} {
				if h.Get(name) != "" {
					t.Errorf("%s: %s is set", path, name)
				}
			}
			policy := h.Get("Content-Security-Policy")
			if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'; ") || strings.Contains(policy, "unsafe") {
				t.Errorf("%s: the policy is %s", path, policy)
			}
			if strings.HasPrefix(path, "/feeds/") && policy != "default-src 'none'; style-src 'self'; sandbox" {
				t.Errorf("%s: the policy is %s", path, policy)
			}
		}
		if plain.Header().Get("Content-Encoding") != "" || zipped.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("%s: encodings %q and %q", path, plain.Header().Get("Content-Encoding"), zipped.Header().Get("Content-Encoding"))
		}
		if plain.Header().Get("Etag") == zipped.Header().Get("Etag") {
			t.Errorf("%s: one tag for two encodings", path)
		}
		zr, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(zr); err != nil || !bytes.Equal(got, plain.Body.Bytes()) {
			t.Errorf("%s: unzipped it has %d bytes (%v), plain %d", path, len(got), err, plain.Body.Len())
		}
	}
}

// Rule 6.4.
func TestConditional(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	const path = "/feeds/all.atom"
	first := w.get(path)
	plain, zipped := first.Header().Get("Etag"), w.get(path, "Accept-Encoding: gzip").Header().Get("Etag")
	modified := first.Header().Get("Last-Modified")
	at, err := http.ParseTime(modified)
	if err != nil {
		t.Fatal(err)
	}
	earlier, later := at.Add(-time.Second).Format(http.TimeFormat), at.Add(time.Second).Format(http.TimeFormat)
	tests := []struct {
		name  string
		lines []string
		want  int
	}{
		{"the tag", []string{"If-None-Match: " + plain}, 304},
		{"the tag of the other encoding", []string{"If-None-Match: " + zipped}, 304},
		{"that of plain bytes for gzip", []string{"If-None-Match: " + plain, "Accept-Encoding: gzip"}, 304},
		{"a weak tag", []string{"If-None-Match: W/" + plain}, 304},
		{"a list", []string{`If-None-Match: "x", W/"y,z" ,` + plain}, 304},
		{"two lines", []string{`If-None-Match: "x"`, "If-None-Match: " + plain}, 304},
		{"a star", []string{"If-None-Match: *"}, 304},
		{"another tag", []string{`If-None-Match: "x"`}, 200},
		{"an empty tag", []string{`If-None-Match: ""`}, 200},
		{"an empty field", []string{"If-None-Match: "}, 200},
		{"junk", []string{"If-None-Match: x"}, 200},
		{"junk after the tag", []string{"If-None-Match: " + plain + "x"}, 200},
		{"tags without a comma", []string{"If-None-Match: " + plain + ` "x"`}, 200},
		{"a list that ends in junk", []string{"If-None-Match: " + plain + ", x"}, 200},
		{"a list with empty parts", []string{"If-None-Match: ,, " + plain + " ,"}, 304},
		{"an open quote", []string{`If-None-Match: "x`}, 200},
		{"the tag without quotes", []string{"If-None-Match: " + strings.Trim(plain, `"`)}, 200},
		{"the date", []string{"If-Modified-Since: " + modified}, 304},
		{"a later date", []string{"If-Modified-Since: " + later}, 304},
		{"an earlier date", []string{"If-Modified-Since: " + earlier}, 200},
		{"no date", []string{"If-Modified-Since: yesterday"}, 200},
		{"the tag wins over the date", []string{`If-None-Match: "x"`, "If-Modified-Since: " + later}, 200},
		{"and the other way", []string{"If-None-Match: " + plain, "If-Modified-Since: " + earlier}, 304},
		{"junk wins too", []string{`If-None-Match: ""`, "If-Modified-Since: " + later}, 200},
		{"neither agent nor encoding", nil, 200},
		{"A-IM is ignored", []string{"A-IM: feed"}, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := w.get(path, tt.lines...)
			if got.Code != tt.want {
				t.Fatalf("status %d, want %d", got.Code, tt.want)
			}
			for _, name := range []string{"Etag", "Last-Modified", "Cache-Control", "Vary"} {
				if got.Header().Get(name) == "" {
					t.Errorf("no %s", name)
				}
			}
			if got.Code == 304 && (got.Body.Len() > 0 || got.Header().Get("Content-Type") != "") {
				t.Errorf("a 304 with %d bytes of %q", got.Body.Len(), got.Header().Get("Content-Type"))
			}
		})
	}
}

func TestAcceptEncoding(t *testing.T) {
	for field, want := range map[string]bool{
		"gzip": true, "GZIP": true, "x-gzip": true, "gzip;q=1.0": true, "deflate, gzip;q=0.1": true, "*": true, "br;q=1, *;q=0.5": true,
		"": false, "identity": false, "gzip;q=0": false, "gzip; q=0.000": false, "*, gzip;q=0": false, "gzipped": false, "*;q=0": false, "gzip;q=x": false,
	} {
		if got := takesGzip([]string{field}); got != want {
			t.Errorf("Accept-Encoding %q: gzip %v, want %v", field, got, want)
		}
	}
}

func TestMetrics(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	w.reader.SetHealth([]dealwatch.Health{{Source: "edgar", State: "ok", LastOKAt: feedtest.Day, NextPollAt: w.now(), Pending: 7, OpenGaps: 2}}, nil)
	w.get("/feeds/all.atom")
	w.do("BREW", "/")
	got := w.get("/metrics").Body.String()
	for _, want := range []string{
		`dealwatch_http_requests_total{code="200",method="GET",route="feed"} 1`,
		`dealwatch_http_requests_total{code="405",method="other",route="refused"} 1`,
		`dealwatch_http_request_duration_seconds_count{route="feed"} 1`,
		`dealwatch_feed_builds_total{result="ok"} 1`,
		`dealwatch_source_healthy{source="edgar"} 1`,
		`dealwatch_source_pending_items{source="edgar"} 7`,
		`dealwatch_source_open_gaps{source="edgar"} 2`,
		`dealwatch_source_last_success_timestamp_seconds{source="edgar"} ` + strconv.FormatFloat(float64(feedtest.Day.UnixMilli())/1000, 'g', -1, 64),
		"go_goroutines", "process_open_fds",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

// The base of all links comes from the configuration, never from the request.
func TestBase(t *testing.T) {
	for _, base := range []string{"", "watch.example.org", "ftp://x", "/feeds", "https://x/?a=b", "https://x/#a", "javascript:x"} {
		if _, err := New(t.Context(), Config{Reader: &feedtest.Reader{}, Base: base}); err == nil {
			t.Errorf("base %q is taken", base)
		}
	}
	h, err := New(t.Context(), Config{Reader: &feedtest.Reader{}, Base: "https://example.org/watch/", Deals: feedtest.Deals, Sources: feedtest.Sources})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/feeds", "/watch/feeds"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = "evil.example.net"
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		body := rec.Body.String()
		if rec.Code != 200 || strings.Contains(body, "evil") || !strings.Contains(body, `href="https://example.org/watch/feeds/all.atom"`) || !strings.Contains(body, `href="/watch/style.css"`) {
			t.Errorf("%s: %d %s", path, rec.Code, body)
		}
	}
}

var _ feed.Reader = (*feedtest.Reader)(nil)

// A proxy passes the path of the public address on, or cuts it off: both are served, even
// where it begins as our own paths do.
func TestPrefix(t *testing.T) {
	for base, paths := range map[string]map[string]int{
		"https://example.org/feeds": {
			"/feeds/all.atom": 200, "/feeds/feeds/all.atom": 200, "/feeds/feeds": 200, "/feeds/deals/openai-aws.atom": 200,
			"/feeds/feeds/deals/openai-aws.atom": 200, "/feeds/deals/openai-aws": 200, "/deals/openai-aws": 200, "/feeds": 200, "/": 200,
			"/feeds/nothing.atom": 404, "/feeds/feeds/feeds/all.atom": 404,
		},
		"https://example.org/watch": {"/watch": 200, "/watch/": 200, "/watch/sources": 200, "/watcher": 404, "/watchfeeds/all.atom": 404, "/watch/watch/sources": 404},
	} {
		reader := &feedtest.Reader{}
		reader.Add(feedtest.Events(3)...)
		h, err := New(t.Context(), Config{Reader: reader, Base: base, Deals: feedtest.Deals, Sources: feedtest.Sources})
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range paths {
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
			if rec.Code != want {
				t.Errorf("%s at %s: %d, want %d", path, base, rec.Code, want)
			}
		}
	}
}
