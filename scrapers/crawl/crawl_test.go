package crawl

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// site is a server that is declared as a host, and a client that keeps what it reads.
type site struct {
	*httptest.Server
	client  *Client
	archive string
	mu      sync.Mutex
	paths   []string        // asked for, in order
	slept   []time.Duration // pauses between tries, which pass at once here
	passed  time.Duration   // their sum
}

type option func(*Config, *dealwatch.Host)

// newSite serves pages; robots.txt is a 404 where pages has none.
func newSite(t *testing.T, pages map[string]http.HandlerFunc, options ...option) *site {
	t.Helper()
	s := &site{archive: t.TempDir()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.paths = append(s.paths, r.URL.Path)
		s.mu.Unlock()
		if h := pages[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	s.client = s.newClient(t, options...)
	return s
}

func (s *site) newClient(t *testing.T, options ...option) *Client {
	t.Helper()
	archive, err := warc.Open(s.archive)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { archive.Close() })
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	host := dealwatch.Host{Name: u.Host, Every: time.Microsecond}
	cfg := Config{Product: "dealwatch/1.2", Contact: "you@example.org", Archive: archive, AllowPrivate: true}
	for _, o := range options {
		o(&cfg, &host)
	}
	cfg.Hosts = append(cfg.Hosts, host)
	c := New(cfg)
	clock := c.now
	c.now = func() time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		return clock().Add(s.passed)
	}
	c.sleep = func(ctx context.Context, d time.Duration) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.slept = append(s.slept, d)
		s.passed += d
		return ctx.Err()
	}
	return c
}

// asked counts the requests for a path.
func (s *site) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, p := range s.paths {
		if p == path {
			n++
		}
	}
	return n
}

// kept gives what is in the archive.
func (s *site) kept(t *testing.T) *warc.Tape {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.archive, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

func page(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// want checks an outcome.
func want(t *testing.T, what string, err error, outcome dealwatch.Outcome) *dealwatch.ReadError {
	t.Helper()
	if got := dealwatch.OutcomeOf(err); got != outcome {
		t.Errorf("%s: outcome %s (%v), want %s", what, got, err, outcome)
	}
	var re *dealwatch.ReadError
	if err != nil && !errors.As(err, &re) {
		t.Errorf("%s: a %T, want a *ReadError", what, err)
	}
	return re
}

func zipped(s string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.Bytes()
}

func TestGet(t *testing.T) {
	var agent, encoding string
	s := newSite(t, map[string]http.HandlerFunc{
		"/page": func(w http.ResponseWriter, r *http.Request) {
			agent, encoding = r.UserAgent(), r.Header.Get("Accept-Encoding")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zipped("<p>café"))
		},
	})
	t.Setenv("COLLY_USER_AGENT", "somebody else")
	t.Setenv("COLLY_MAX_BODY_SIZE", "1")
	got, err := s.client.Get(t.Context(), s.URL+"/page")
	if err != nil {
		t.Fatal(err)
	}
	if agent != "dealwatch/1.2 (contact: you@example.org)" || encoding != "gzip" {
		t.Errorf("asked as %q for %q", agent, encoding)
	}
	if string(got.Body) != "<p>café" || got.Status != 200 || got.URL != s.URL+"/page" || got.Final != got.URL || got.At.IsZero() {
		t.Errorf("Get = %+v", got)
	}
	if got.SHA256 != warc.SHA256(zipped("<p>café")) {
		t.Error("the digest is not that of the bytes as they came")
	}
	tape := s.kept(t)
	e, ok := tape.Lookup(s.URL + "/page")
	if !ok || e.Ref() != got.Ref || !e.At.Equal(got.At) || e.SHA256 != got.SHA256 {
		t.Fatalf("the archive has %+v, the capture names %v", e, got.Ref)
	}
	ex, err := tape.Load(e)
	if err != nil {
		t.Fatal(err)
	}
	if ex.RequestHeader.Get("Accept-Encoding") != "gzip" || ex.RequestHeader.Get("User-Agent") != agent {
		t.Errorf("the request is archived with %v", ex.RequestHeader)
	}
	again, err := s.client.Recorded(ex, e.Ref())
	if err != nil || string(again.Body) != "<p>café" {
		t.Errorf("Recorded = %q, %v", again.Body, err)
	}
}

func TestOutcomes(t *testing.T) {
	const ok, html = 200, "text/html"
	login := `<title>Log in | Agency</title><form><input type="password"></form>`
	for _, test := range []struct {
		name, path string
		h          http.HandlerFunc
		want       dealwatch.Outcome
	}{
		{"content", "/x", page(ok, html, "<title>Request for access to records</title>"), dealwatch.OK},
		{"an article on logins", "/x", page(ok, html, "<title>Log in | Agency</title><p>How to"), dealwatch.OK},
		{"JSON", "/x.json", page(ok, "application/json", "{}"), dealwatch.OK},
		{"not found", "/x", page(404, html, "no"), dealwatch.Gone},
		{"gone", "/x", page(410, html, "no"), dealwatch.Gone},
		{"forbidden", "/x", page(403, html, "no"), dealwatch.Blocked},
		{"unauthorized", "/x", page(401, html, "no"), dealwatch.Blocked},
		{"bad request", "/x", page(400, "application/json", `{"errors":{}}`), dealwatch.Failed},
		{"no body", "/x", page(ok, html, ""), dealwatch.Empty},
		{"no content", "/x", page(204, "", ""), dealwatch.Empty},
		{"a part", "/x", page(206, html, "part"), dealwatch.Truncated},
		{"not modified", "/x", page(304, "", ""), dealwatch.Failed},
		{"a page without an end", "/x", page(ok, html, "<!DOCTYPE html><html><body><p>The agency"), dealwatch.Truncated},
		{"a page with an end", "/x", page(ok, html, "<!DOCTYPE html><html><body><p>The agency</body>"), dealwatch.OK},
		{"an index page of EDGAR, which has none", "/1-26-1-index.htm", page(ok, html, "<html><body><p>Form 8-K"), dealwatch.OK},
		{"a PDF without an end", "/x", page(ok, "application/pdf", "%PDF-1.4 1 0 obj"), dealwatch.Truncated},
		{"binary data for text", "/x", page(ok, "text/plain", strings.Repeat("\x00\x01text", 99)), dealwatch.Unparsed},
		{"an old text with NULs", "/x", page(ok, "text/plain", "[[Page 1]]\x00\x00"+strings.Repeat("text ", 99)), dealwatch.OK},
		{"a page as a picture", "/x", page(ok, "image/png", "<p>The agency"), dealwatch.Unparsed},
		{"a feed as a picture", "/feed", page(ok, "image/svg+xml", "<?xml version='1.0'?><rss/>"), dealwatch.Unparsed},
		{"a picture of no stated type", "/x.htm", page(ok, "", "\x89PNG\r\n\x1a\n"), dealwatch.Unparsed},
		{"sound", "/x", page(ok, "audio/mpeg", "ID3"), dealwatch.Unparsed},
		{"a film", "/x", page(ok, "video/mp4", "ftyp"), dealwatch.Unparsed},
		{"a font", "/x", page(ok, "font/woff2", "wOF2"), dealwatch.Unparsed},
		{"a page as a PDF", "/x.pdf", page(ok, "application/pdf", "<p>The agency"), dealwatch.Unparsed},
		{"a PDF after a mail's head", "/x.pdf", page(ok, "application/pdf", "Subject: x\n\n%PDF-1.4 %%EOF"), dealwatch.OK},
		{"a PDF as a page", "/x", page(ok, html, "%PDF-1.4 %%EOF"), dealwatch.Unparsed},
		{"a PDF file as a page", "/x.PDF", page(ok, html, "%PDF-1.4 %%EOF"), dealwatch.OK},
		{"a page where a PDF was asked for", "/x.pdf", page(ok, html, "<p>The server is away"), dealwatch.Unparsed},
		{"a page of a download", "/media/1/dl", page(ok, html, "<p>The agency"), dealwatch.OK},
		{"a PDF download as a page", "/media/1/dl", page(ok, html, "%PDF-1.4 %%EOF"), dealwatch.OK},
		{"HTML for JSON", "/api/v1/x.json", page(ok, html, "<title>Hello</title>"), dealwatch.Blocked},
		{"a login page", "/x", page(ok, html, login), dealwatch.Blocked},
		{"a login page under 404", "/x", page(404, html, login), dealwatch.Blocked},
		{"SEC's refusal", "/x", page(ok, html, "<title>SEC.gov | Your Request Originates from an Undeclared Automated Tool</title>"), dealwatch.Blocked},
		{"SEC's limit", "/x", page(429, html, "<title>SEC.gov | Request Rate Threshold Exceeded</title>"), dealwatch.Blocked},
		{"the Federal Register's gate", "/x", page(ok, html, "<title>Federal Register :: Request Access</title>"), dealwatch.Blocked},
		{"the DOJ's interstitial", "/x", page(ok, html, `<meta http-equiv="refresh" content="5; URL='/x?bm-verify=AAQ'"><iframe src="/apology_objects/interstitial/doj-interstitial.html">`), dealwatch.Blocked},
		{"Akamai's refusal", "/x", page(403, html, "<TITLE>Access Denied</TITLE>Reference&#32;&#35;18.x"), dealwatch.Blocked},
	} {
		s := newSite(t, map[string]http.HandlerFunc{test.path: test.h})
		got, err := s.client.Get(t.Context(), s.URL+test.path)
		want(t, test.name, err, test.want)
		if got.Status == 0 || got.Header == nil {
			t.Errorf("%s: the capture tells neither status nor header", test.name)
		}
		if err != nil {
			if got.Body != nil {
				t.Errorf("%s: the body is shown", test.name)
			}
			if files, _ := os.ReadDir(s.archive); len(files) > 0 {
				t.Errorf("%s: what is no content is in the archive", test.name)
			}
		}
	}
}

// The host's own judge speaks before the general rules.
func TestJudge(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/end":  page(503, "text/html", "<title>File Unavailable</title>"),
		"/none": page(403, "application/xml", "<Code>AccessDenied</Code>"),
	}, func(_ *Config, h *dealwatch.Host) {
		h.Judge = func(c dealwatch.Capture) *dealwatch.ReadError {
			if bytes.Contains(c.Body, []byte("File Unavailable")) || bytes.Contains(c.Body, []byte("AccessDenied")) {
				return &dealwatch.ReadError{Outcome: dealwatch.Gone, Status: c.Status, Err: errors.New("no such file")}
			}
			return nil
		}
	})
	for _, path := range []string{"/end", "/none", "/none"} {
		_, err := s.client.Get(t.Context(), s.URL+path)
		want(t, path, err, dealwatch.Gone)
	}
	if n := s.asked("/end"); n != 1 {
		t.Errorf("what the judge calls gone was asked for %d times", n)
	}
}

func TestCharsets(t *testing.T) {
	for _, test := range []struct{ name, contentType, body, want string }{
		{"Windows-1252 without a charset", "text/html", "Microsoft\x92s \xa7 7", "Microsoft’s § 7"},
		{"Windows-1252 said to be UTF-8", "text/html; charset=utf-8", "Microsoft\x92s", "Microsoft’s"},
		{"Latin-1 in the header", "text/plain; charset=ISO-8859-1", "caf\xe9", "café"},
		{"a charset in the page", "text/html", `<meta charset="shift_jis"><p>` + "\x83\x41", `<meta charset="shift_jis"><p>ア`},
		{"an old charset in the page", "text/html", `<META http-equiv="Content-Type" content="text/html; charset=windows-1251">` + "\xc4\xe0", `<META http-equiv="Content-Type" content="text/html; charset=windows-1251">Да`},
		{"UTF-8 far below an ASCII head", "text/plain", strings.Repeat("a", 5000) + "é", strings.Repeat("a", 5000) + "é"},
		{"UTF-8 with a damaged byte", "text/html", "é é é é é \xff", "é é é é é \uFFFD"},
		{"a byte order mark", "text/plain", "\xef\xbb\xbfhello", "hello"},
		{"UTF-16", "text/plain", "\xff\xfeh\x00i\x00", "hi"},
		{"an unknown charset", "text/html; charset=klingon", "caf\xc3\xa9", "café"},
		{"no content type", "", "<!doctype html><p>caf\xe9", "<!doctype html><p>café"},
		{"a PDF said to have a charset", "application/pdf;charset=ISO-8859-1", "%PDF-1.4 \xe9 %%EOF", "%PDF-1.4 \xe9 %%EOF"},
		{"a feed keeps its bytes", "application/rss+xml; charset=ISO-8859-1", "<rss>caf\xe9</rss>", "<rss>caf\xe9</rss>"},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/x": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{test.contentType}
			if test.contentType == "" {
				w.Header()["Content-Type"] = nil
			}
			io.WriteString(w, test.body)
		}})
		got, err := s.client.Get(t.Context(), s.URL+"/x")
		if err != nil || string(got.Body) != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, got.Body, err, test.want)
		}
		if got.Header.Get("Content-Type") != test.contentType {
			t.Errorf("%s: Content-Type = %q, want it as it came: %q", test.name, got.Header.Get("Content-Type"), test.contentType)
		}
	}
}

func TestBodiesThatAreTooLongOrCut(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		for chunk := bytes.Repeat([]byte("a"), 1<<16); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	hijacked := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, buf, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer conn.Close()
			buf.WriteString(answer)
			buf.Flush()
		}
	}
	encoded := func(encoding string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", encoding)
			w.Write(body)
		}
	}
	bomb := zipped(strings.Repeat("a", 4<<20))
	for _, test := range []struct {
		name  string
		h     http.HandlerFunc
		want  dealwatch.Outcome
		tries int
	}{
		{"as long as allowed", page(200, "text/html", strings.Repeat("a", 1<<20)), dealwatch.OK, 1},
		{"a byte longer", page(200, "text/html", strings.Repeat("a", 1<<20+1)), dealwatch.Truncated, 1},
		{"endless", endless, dealwatch.Truncated, 1},
		{"a gzip bomb", encoded("gzip", bomb), dealwatch.Truncated, 1},
		{"an end before the length", hijacked("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\nshort"), dealwatch.Truncated, tries},
		{"an end before the last chunk", hijacked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), dealwatch.Truncated, tries},
		{"gzip that is cut", encoded("gzip", zipped(strings.Repeat("abc", 999))[:20]), dealwatch.Truncated, 1},
		{"gzip that is none", encoded("gzip", []byte("plain")), dealwatch.Truncated, 1},
		{"brotli, unasked", encoded("br", []byte("\x0b\x02\x80hello\x03")), dealwatch.Unparsed, 1},
		{"no HTTP", hijacked("SSH-2.0-OpenSSH\r\n"), dealwatch.Failed, tries},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/x": test.h}, func(_ *Config, h *dealwatch.Host) { h.MaxBody = 1 << 20 })
		got, err := s.client.Get(t.Context(), s.URL+"/x")
		want(t, test.name, err, test.want)
		if err == nil && len(got.Body) != 1<<20 {
			t.Errorf("%s: %d bytes", test.name, len(got.Body))
		}
		if n := s.asked("/x"); n != test.tries {
			t.Errorf("%s: asked %d times, want %d", test.name, n, test.tries)
		}
	}
}

// A PDF may be longer than a page of its host.
func TestLongPDF(t *testing.T) {
	long := "%PDF-1.4\n" + strings.Repeat("a", 2<<20) + "\n%%EOF"
	for _, test := range []struct {
		media, body string
		want        dealwatch.Outcome
	}{
		{"application/pdf", long, dealwatch.OK},
		{"application/pdf; x=y", long, dealwatch.OK},
		{"application/pdf", "%PDF-1.4\n" + strings.Repeat("a", 4<<20), dealwatch.Truncated},
		{"text/html", long, dealwatch.Truncated},
		{"application/octet-stream", long, dealwatch.Truncated},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, test.media, test.body)}, func(_ *Config, h *dealwatch.Host) {
			h.MaxBody, h.MaxPDF = 1<<20, 3<<20
		})
		got, err := s.client.Get(t.Context(), s.URL+"/x")
		want(t, test.media, err, test.want)
		if err == nil && len(got.Body) != len(test.body) {
			t.Errorf("%s: %d bytes, want %d", test.media, len(got.Body), len(test.body))
		}
	}
}

// Colly's own limit of 10 MiB does not cut.
func TestLongBodyIsWhole(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, "text/plain", strings.Repeat("a", 12<<20))})
	got, err := s.client.Get(t.Context(), s.URL+"/x")
	if err != nil || len(got.Body) != 12<<20 {
		t.Errorf("%d bytes, %v, want %d", len(got.Body), err, 12<<20)
	}
}

func TestRetries(t *testing.T) {
	failing := func(times int32, status int, after string) http.HandlerFunc {
		var n atomic.Int32
		return func(w http.ResponseWriter, _ *http.Request) {
			if n.Add(1) <= times {
				w.Header().Set("Retry-After", after)
				w.WriteHeader(status)
				return
			}
			io.WriteString(w, "at last")
		}
	}
	for _, test := range []struct {
		name  string
		h     http.HandlerFunc
		want  dealwatch.Outcome
		tries int
		pause time.Duration // of the first retry, where the server says it
		after time.Duration // told with the error
	}{
		{"503, then well", failing(1, 503, ""), dealwatch.OK, 2, 0, 0},
		{"503 with a time to wait", failing(1, 503, "7"), dealwatch.OK, 2, 7 * time.Second, 0},
		{"429 with a time to wait", failing(2, 429, "3"), dealwatch.OK, 3, 3 * time.Second, 0},
		{"503 with a long time to wait", failing(1, 503, "3600"), dealwatch.Failed, 1, 0, time.Hour},
		{"500 for ever", failing(99, 500, ""), dealwatch.Failed, tries, 0, 0},
		{"403", failing(99, 403, ""), dealwatch.Blocked, 1, 0, refusedFor},
		{"404", failing(99, 404, ""), dealwatch.Gone, 1, 0, 0},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/x": test.h})
		_, err := s.client.Get(t.Context(), s.URL+"/x")
		re := want(t, test.name, err, test.want)
		if n := s.asked("/x"); n != test.tries {
			t.Errorf("%s: asked %d times, want %d", test.name, n, test.tries)
		}
		if len(s.slept) != test.tries-1 {
			t.Errorf("%s: %d pauses, want %d", test.name, len(s.slept), test.tries-1)
		}
		if test.pause != 0 && s.slept[0] != test.pause {
			t.Errorf("%s: paused %v, want %v", test.name, s.slept[0], test.pause)
		}
		if re != nil && re.RetryAfter != test.after {
			t.Errorf("%s: RetryAfter = %v, want %v", test.name, re.RetryAfter, test.after)
		}
	}
}

// A host that refused is left alone, whatever page is asked for next.
func TestRefusalOpensTheBreaker(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	s := newSite(t, map[string]http.HandlerFunc{
		"/no":  page(403, "text/html", "no"),
		"/yes": page(200, "text/html", "yes"),
	}, func(c *Config, _ *dealwatch.Host) { c.Now = func() time.Time { return now } })
	_, err := s.client.Get(t.Context(), s.URL+"/no")
	want(t, "refused", err, dealwatch.Blocked)
	_, err = s.client.Get(t.Context(), s.URL+"/yes")
	if re := want(t, "after it", err, dealwatch.Blocked); re != nil && (re.RetryAfter != refusedFor || re.Status != 403) {
		t.Errorf("after it: RetryAfter %v, status %d", re.RetryAfter, re.Status)
	}
	if s.asked("/yes") != 0 {
		t.Error("the host was asked again")
	}
	now = now.Add(refusedFor)
	_, err = s.client.Get(t.Context(), s.URL+"/yes")
	want(t, "hours later", err, dealwatch.OK)
}

func TestContext(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	s := newSite(t, map[string]http.HandlerFunc{
		"/hangs": func(http.ResponseWriter, *http.Request) { <-hang },
		"/stops": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "a beginning")
			w.(http.Flusher).Flush()
			<-hang
		},
	}, func(_ *Config, h *dealwatch.Host) { h.Every = time.Hour; h.Exempt = "x"; h.ExemptPaths = []string{"/"} })
	for i, path := range []string{"/hangs", "/waits-its-turn"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		_, err := s.client.Get(ctx, s.URL+path)
		cancel()
		want(t, path, err, dealwatch.Failed)
		if i == 0 && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", path, err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: came back after %v", path, took)
		}
	}
	c := s.newClient(t, func(_ *Config, h *dealwatch.Host) { h.Exempt = "x"; h.ExemptPaths = []string{"/"} })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Get(ctx, s.URL+"/stops")
	want(t, "in the middle of a body", err, dealwatch.Failed)

	c.silence = 20 * time.Millisecond
	_, err = c.Get(t.Context(), s.URL+"/stops")
	want(t, "a body that stops", err, dealwatch.Truncated)
}

// A host that cannot be reached fails fast, and then at once for a while.
func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	c := New(Config{AllowPrivate: true, Now: func() time.Time { return now },
		Hosts: []dealwatch.Host{{Name: addr, Every: time.Microsecond}}})
	slept := 0
	c.sleep = func(context.Context, time.Duration) error { slept++; return nil }
	_, err = c.Get(t.Context(), "http://"+addr+"/x")
	want(t, "nobody listens", err, dealwatch.Failed)
	if slept != tries-1 {
		t.Errorf("%d pauses, want %d", slept, tries-1)
	}
	slept = 0
	for range 20 {
		_, err = c.Get(t.Context(), "http://"+addr+"/y")
		if re := want(t, "again", err, dealwatch.Failed); re != nil && re.RetryAfter != downFor {
			t.Errorf("again: RetryAfter = %v", re.RetryAfter)
		}
	}
	if slept != 0 {
		t.Error("a host that is down was tried again")
	}
	now = now.Add(downFor)
	_, err = c.Get(t.Context(), "http://"+addr+"/x")
	want(t, "later", err, dealwatch.Failed)
	if slept == 0 {
		t.Error("the host was not tried again later")
	}
}

func TestNoSuchName(t *testing.T) {
	c := New(Config{Hosts: []dealwatch.Host{{Name: "nowhere.invalid"}}, Base: roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "nowhere.invalid", IsNotFound: true}}
	})})
	c.sleep = func(context.Context, time.Duration) error { return nil }
	_, err := c.Get(t.Context(), "https://nowhere.invalid/")
	want(t, "a name without an address", err, dealwatch.Failed)
	if !strings.Contains(fmt.Sprint(err), "no such host") {
		t.Errorf("the error does not say why: %v", err)
	}
}

func TestPanicIsAnError(t *testing.T) {
	c := New(Config{Hosts: []dealwatch.Host{{Name: "www.example.com"}}, Base: roundTrip(func(*http.Request) (*http.Response, error) {
		panic("a bug")
	})})
	_, err := c.Get(t.Context(), "https://www.example.com/")
	want(t, "a panic", err, dealwatch.Failed)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
