package crawl

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

const silence = 200 * time.Millisecond // what a server may keep silent in these tests, on a busy machine too

// rogue is a server that speaks to each connection as it likes. It counts them.
func rogue(t *testing.T, talk func(net.Conn)) (addr string, connections *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	n := new(atomic.Int32)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			go func() {
				defer conn.Close()
				talk(conn)
			}()
		}
	}()
	return l.Addr().String(), n
}

// heard reads a request to the end of its header.
func heard(conn net.Conn) {
	buf := make([]byte, 4096)
	for got := ""; !strings.Contains(got, "\r\n\r\n"); {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		got += string(buf[:n])
	}
}

// drip writes a byte at a time for as long as the other side listens.
func drip(conn net.Conn, first string) {
	heard(conn)
	io.WriteString(conn, first)
	for tick := time.NewTicker(silence / 20); ; <-tick.C {
		if _, err := conn.Write([]byte("a")); err != nil {
			return
		}
	}
}

// faultClient reads one host, skips its robots.txt, and never pauses.
func faultClient(t *testing.T, addr string, options ...option) *Client {
	t.Helper()
	host := dealwatch.Host{Name: addr, Every: time.Microsecond, MaxBody: 1 << 20, Exempt: "x", ExemptPaths: []string{"/"}}
	cfg := Config{AllowPrivate: true, Patience: silence}
	for _, o := range options {
		o(&cfg, &host)
	}
	cfg.Hosts = append(cfg.Hosts, host)
	c := New(cfg)
	c.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return c
}

// TestRogueServers reads ten pages of each: every read ends soon and says what it
// was, and a server that wastes our time is left alone after a few of them.
func TestRogueServers(t *testing.T) {
	const header = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	once := func(answer string) func(net.Conn) {
		return func(conn net.Conn) {
			heard(conn)
			io.WriteString(conn, answer)
		}
	}
	for _, test := range []struct {
		name string
		talk func(net.Conn)
		want dealwatch.Outcome
		most int32 // connections for ten pages
	}{
		{"accepts and never answers", func(c net.Conn) { io.Copy(io.Discard, c) }, dealwatch.Failed, maxStrikes},
		{"closes at once", func(net.Conn) {}, dealwatch.Failed, maxStrikes * tries},
		{"resets", func(c net.Conn) { heard(c); c.(*net.TCPConn).SetLinger(0) }, dealwatch.Failed, maxStrikes * tries},
		{"resets within the body", func(c net.Conn) {
			heard(c)
			io.WriteString(c, header+"Content-Length: 1000\r\n\r\nhalf")
			c.(*net.TCPConn).SetLinger(0)
		}, "", maxStrikes * tries}, // a reset may overtake the header: truncated or an error
		{"a byte at a time", func(c net.Conn) { drip(c, header+"\r\n") }, dealwatch.Truncated, maxStrikes},
		{"a byte at a time, chunked", func(c net.Conn) {
			heard(c)
			io.WriteString(c, header+"Transfer-Encoding: chunked\r\n\r\n")
			for tick := time.NewTicker(silence / 20); ; <-tick.C {
				if _, err := io.WriteString(c, "1\r\na\r\n"); err != nil {
					return
				}
			}
		}, dealwatch.Truncated, maxStrikes},
		{"a header a byte at a time", func(c net.Conn) { drip(c, "HTTP/1.1 200 OK\r\nX-A: ") }, dealwatch.Failed, maxStrikes},
		{"an endless header", func(c net.Conn) {
			heard(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for line := strings.Repeat("X-A: aaaaaaaaaa\r\n", 1000); ; {
				if _, err := io.WriteString(c, line); err != nil {
					return
				}
			}
		}, dealwatch.Failed, maxStrikes * tries},
		{"endless informational answers", func(c net.Conn) {
			heard(c)
			for tick := time.NewTicker(silence / 20); ; <-tick.C {
				if _, err := io.WriteString(c, "HTTP/1.1 103 Early Hints\r\n\r\n"); err != nil {
					return
				}
			}
		}, dealwatch.Failed, maxStrikes * tries},
		{"a body of half its length, then silence", func(c net.Conn) {
			heard(c)
			io.WriteString(c, header+"Content-Length: 10\r\n\r\nhalf!")
			io.Copy(io.Discard, c)
		}, dealwatch.Truncated, maxStrikes},
		{"two lengths", once(header + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), dealwatch.Failed, maxStrikes * tries},
		{"a negative length", once(header + "Content-Length: -1\r\n\r\nab"), dealwatch.Failed, maxStrikes * tries},
		{"a length of exabytes", once(header + "Content-Length: 9000000000000000000\r\n\r\nab"), dealwatch.Truncated, 10},
		{"a broken chunk", once(header + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"), dealwatch.Truncated, maxStrikes * tries},
		{"garbage", once(strings.Repeat("\x00\xff", 4000)), dealwatch.Failed, maxStrikes * tries},
		{"plain text where TLS is spoken", once("\x15\x03\x01\x00\x02\x02\x28"), dealwatch.Failed, maxStrikes * tries},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			addr, connections := rogue(t, test.talk)
			c := faultClient(t, addr)
			began := time.Now()
			for i := range 10 {
				got, err := c.Get(t.Context(), fmt.Sprintf("http://%s/%d", addr, i))
				outcome := test.want
				if outcome == "" || i >= maxStrikes && dealwatch.OutcomeOf(err) == dealwatch.Failed {
					outcome = dealwatch.OutcomeOf(err)
				}
				want(t, fmt.Sprintf("page %d", i), err, outcome)
				if err == nil || got.Body != nil {
					t.Errorf("page %d: content came of it", i)
				}
			}
			if took := time.Since(began); took > 100*silence {
				t.Errorf("ten pages took %s", took)
			}
			if n := connections.Load(); n > test.most {
				t.Errorf("%d connections, want at most %d", n, test.most)
			}
		})
	}
}

// A Get ends in time whatever is done to it: here a server that fails each try after
// a pause and redirects in between.
func TestGetIsBounded(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{}, func(c *Config, h *dealwatch.Host) { c.Patience = silence })
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(silence / 2):
		}
		http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
	})
	began := time.Now()
	_, err := s.client.Get(t.Context(), s.URL+"/")
	if err == nil {
		t.Error("a chain without an end has content")
	}
	if took := time.Since(began); took > s.client.most()+time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestStatusStorm reads a hundred pages of a site that fails: it is not asked three
// times for each of them, and is asked again after a while.
func TestStatusStorm(t *testing.T) {
	for _, status := range []int{500, 502, 503, 504, 429} {
		var n, calm atomic.Int32
		s := newSite(t, nil)
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			n.Add(1)
			if calm.Load() == 0 {
				w.WriteHeader(status)
			}
			io.WriteString(w, "content")
		})
		for i := range 100 {
			_, err := s.client.Get(t.Context(), fmt.Sprintf("%s/%d", s.URL, i))
			want(t, fmt.Sprintf("%d, page %d", status, i), err, dealwatch.Failed)
		}
		if got := n.Load(); got > maxStrikes*tries {
			t.Errorf("%d: %d requests for a hundred pages", status, got)
		}
		calm.Store(1)
		s.passed += busyFor
		_, err := s.client.Get(t.Context(), s.URL+"/later")
		want(t, "when the storm is over", err, dealwatch.OK)
	}
}

// A time to wait holds for every page of the host, and no longer than a day.
func TestRetryAfterClosesTheHost(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/busy": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "2592000")
			w.WriteHeader(429)
		},
		"/other": page(200, "text/html", "content"),
	})
	_, err := s.client.Get(t.Context(), s.URL+"/busy")
	want(t, "busy", err, dealwatch.Failed)
	_, err = s.client.Get(t.Context(), s.URL+"/other")
	if re := want(t, "another page", err, dealwatch.Failed); re != nil && (re.RetryAfter <= 0 || re.RetryAfter > closedMost) {
		t.Errorf("another page: RetryAfter %s", re.RetryAfter)
	} else if re != nil && !strings.Contains(re.Error(), "left alone for 720h0m0s; it is asked again after 24h0m0s") {
		t.Errorf("another page: %v, want what the server asked for and what it gets", re)
	}
	if s.asked("/other") != 0 {
		t.Error("the host was asked though it wants to be left alone")
	}
	s.passed += closedMost
	_, err = s.client.Get(t.Context(), s.URL+"/other")
	want(t, "a day later", err, dealwatch.OK)
}

// After a refusal one page is tried; refused again, the host rests for longer.
func TestHalfOpen(t *testing.T) {
	refuse := true
	s := newSite(t, map[string]http.HandlerFunc{"/x": func(w http.ResponseWriter, _ *http.Request) {
		if refuse {
			w.WriteHeader(403)
		}
		io.WriteString(w, "content")
	}})
	get := func() *dealwatch.ReadError {
		_, err := s.client.Get(t.Context(), s.URL+"/x")
		if err == nil {
			return nil
		}
		return want(t, "refused", err, dealwatch.Blocked)
	}
	for i, rest := range []time.Duration{2, 4, 8, 16, 24, 24} {
		before := s.asked("/x")
		get()
		if n := s.asked("/x") - before; n != 1 {
			t.Fatalf("refusal %d: asked %d times", i, n)
		}
		left := rest * time.Hour
		if re := get(); re == nil || re.RetryAfter < left-time.Minute || re.RetryAfter > left {
			t.Fatalf("refusal %d: %v, want a rest of %s", i, re, left)
		}
		s.passed += left
	}
	refuse = false
	for range 3 {
		if re := get(); re != nil {
			t.Errorf("once it answers: %v", re)
		}
	}
	refuse = true
	get()
	if re := get(); re == nil || re.RetryAfter > refusedFor {
		t.Errorf("a refusal after good days: %v, want a rest of %s", re, refusedFor)
	}
}

func TestTLSFailures(t *testing.T) {
	for name, set := range map[string]func(*tls.Config){
		"a certificate of nobody": func(*tls.Config) {},
		"a protocol of old":       func(c *tls.Config) { c.MaxVersion = tls.VersionTLS10 }, //nolint:gosec // the test is that we refuse it
	} {
		var n atomic.Int32
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { n.Add(1) }))
		s.TLS = &tls.Config{} //nolint:gosec // of a server that is to be refused
		set(s.TLS)
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		c := faultClient(t, s.Listener.Addr().String())
		_, err := c.Get(t.Context(), s.URL+"/x")
		want(t, name, err, dealwatch.Failed)
		if n.Load() != 0 {
			t.Errorf("%s: a request was sent", name)
		}
	}
}

// A name that does not resolve fails fast, for all of its pages.
func TestNameFailures(t *testing.T) {
	for _, e := range []*net.DNSError{
		{Err: "no such host", Name: "www.example.com", IsNotFound: true},
		{Err: "server misbehaving", Name: "www.example.com", IsTemporary: true},
		{Err: "i/o timeout", Name: "www.example.com", IsTimeout: true},
	} {
		n := 0
		c := faultClient(t, "www.example.com", func(cfg *Config, _ *dealwatch.Host) {
			cfg.Base = roundTrip(func(*http.Request) (*http.Response, error) {
				n++
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: e}
			})
		})
		for range 50 {
			_, err := c.Get(t.Context(), "https://www.example.com/x")
			want(t, e.Err, err, dealwatch.Failed)
			if !strings.Contains(fmt.Sprint(err), e.Err) {
				t.Errorf("the error does not say why: %v", err)
			}
		}
		if n > tries {
			t.Errorf("%s: looked up %d times", e.Err, n)
		}
	}
}

// TestMemory reads bodies that would fill it: what is allocated at one time stays
// within a few times the limit of a body, and is given back.
func TestMemory(t *testing.T) {
	const limit = 8 << 20
	defer debug.SetGCPercent(debug.SetGCPercent(10)) // what is measured is in use, not waiting to be collected
	zeros := func(w http.ResponseWriter, r *http.Request) {
		for chunk := make([]byte, 1<<16); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	nest := func(times int) []byte {
		b := make([]byte, 1<<30>>times)
		for range times {
			var z bytes.Buffer
			w, _ := gzip.NewWriterLevel(&z, gzip.BestSpeed)
			w.Write(b)
			w.Close()
			b = z.Bytes()
		}
		return b
	}
	once, twice := nest(3), nest(4)
	encoded := func(body []byte, encoding string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", encoding)
			w.Write(body)
		}
	}
	for _, test := range []struct {
		name string
		h    http.HandlerFunc
		want dealwatch.Outcome
	}{
		{"endless", zeros, dealwatch.Truncated},
		{"a redirect with an endless body", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/x")
			w.WriteHeader(302)
			zeros(w, r)
		}, dealwatch.Truncated},
		{"a bomb in a bomb", encoded(once, "gzip, gzip, gzip"), dealwatch.Truncated},
		{"a bomb in too many", encoded(twice, strings.Repeat("gzip, ", 2000)+"gzip"), dealwatch.Unparsed},
		{"Latin-1 that doubles in UTF-8", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
			w.Write(bytes.Repeat([]byte{0xe9}, limit))
		}, dealwatch.Truncated},
		{"as long as allowed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Write(make([]byte, limit))
		}, dealwatch.OK},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/x": test.h}, func(_ *Config, h *dealwatch.Host) { h.MaxBody = limit })
		runtime.GC()
		before := heap()
		done := make(chan uint64)
		stop := make(chan struct{})
		go func() {
			peak := uint64(0)
			for tick := time.NewTicker(2 * time.Millisecond); ; {
				select {
				case <-tick.C:
					peak = max(peak, heap())
				case <-stop:
					done <- peak
					return
				}
			}
		}()
		_, err := s.client.Get(t.Context(), s.URL+"/x")
		close(stop)
		peak := <-done
		want(t, test.name, err, test.want)
		if grown := int64(peak) - int64(before); grown > 10*limit {
			t.Errorf("%s: the heap grew by %d MiB for a limit of %d", test.name, grown>>20, limit>>20)
		} else {
			t.Logf("%s: the heap grew by %d MiB", test.name, grown>>20)
		}
		left := int64(2*limit) + 1
		for i := 0; left > 2*limit && i < 40; i++ { // the site's own answer is memory, too, until it has noticed
			time.Sleep(time.Duration(i) * 5 * time.Millisecond)
			runtime.GC()
			left = int64(heap()) - int64(before)
		}
		if left > 2*limit {
			t.Errorf("%s: %d MiB stay in use", test.name, left>>20)
		}
		if files, _ := filepath.Glob(filepath.Join(s.archive, "*")); err != nil && len(files) > 0 {
			t.Errorf("%s: what is no content is in the archive", test.name)
		}
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What is good stays as it is, whatever comes after it.
func TestFaultsLeaveTheArchiveAlone(t *testing.T) {
	var turn atomic.Int32
	faults := []http.HandlerFunc{
		page(200, "text/html", "content"),
		page(500, "text/html", "no"), page(404, "text/html", "no"), page(200, "text/html", ""),
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "half")
		},
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		page(403, "text/html", "no"),
	}
	s := newSite(t, map[string]http.HandlerFunc{"/x": func(w http.ResponseWriter, r *http.Request) { faults[turn.Load()](w, r) }})
	var good []byte
	for i := range faults {
		turn.Store(int32(i))
		_, err := s.client.Get(t.Context(), s.URL+"/x")
		files, globErr := filepath.Glob(filepath.Join(s.archive, "*.warc.gz"))
		if globErr != nil || len(files) != 1 {
			t.Fatalf("%d files, %v", len(files), globErr)
		}
		now, readErr := os.ReadFile(files[0])
		if readErr != nil {
			t.Fatal(readErr)
		}
		if i == 0 {
			want(t, "content", err, dealwatch.OK)
			good = now
		} else if err == nil || !bytes.Equal(now, good) {
			t.Errorf("fault %d: %v, and the archive has changed: %t", i, err, !bytes.Equal(now, good))
		}
		s.passed += closedMost
	}
}

// An archive that cannot be written is our own trouble: no site is blamed for it, nor asked
// again for what could not be kept, until there is room.
func TestArchiveFails(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, "text/html", "content")})
	if err := os.RemoveAll(s.archive); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := s.client.Get(t.Context(), s.URL+"/x")
		var re *dealwatch.ReadError
		var ke *warc.KeepError
		if !errors.Is(err, dealwatch.ErrOurs) || errors.As(err, &re) || !errors.As(err, &ke) || ke.Dir != s.archive {
			t.Fatalf("Get = %v, want a *KeepError that names the archive", err)
		}
	}
	if n := s.asked("/x"); n != 1 {
		t.Errorf("the site was asked %d times, want once", n)
	}
	if err := os.Mkdir(s.archive, 0o755); err != nil {
		t.Fatal(err)
	}
	if c, err := s.client.Get(t.Context(), s.URL+"/x"); err != nil || c.Ref.Zero() {
		t.Errorf("with room again: %+v, %v", c.Ref, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.archive, ".writable-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
