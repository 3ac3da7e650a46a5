//go:build linux

package main

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/web"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
)

// slowClients ask a server and take no answer, or a byte a second of it, or ask a byte a
// second, until the test ends.
func slowClients(t *testing.T, addr string, n int, paths []string) {
	t.Helper()
	var slow []net.Conn
	var rest []string // of the question of those that ask slowly
	for i := range n {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatalf("client %d: %v", i, err)
		}
		t.Cleanup(func() { _ = c.Close() })
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		ask := "GET " + paths[i%len(paths)] + " HTTP/1.1\r\nHost: x\r\n\r\n"
		said := len(ask)
		if i%3 == 1 {
			said = 1 + i%10
		}
		if _, err := io.WriteString(c, ask[:said]); err != nil {
			t.Fatalf("client %d: %v", i, err)
		}
		if i%3 > 0 {
			slow, rest = append(slow, c), append(rest, ask[said:])
		}
	}
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		one := make([]byte, 1)
		for {
			for i, c := range slow {
				_ = c.SetDeadline(time.Now().Add(time.Millisecond))
				if rest[i] == "" {
					_, _ = c.Read(one)
				} else if _, err := io.WriteString(c, rest[i][:1]); err == nil {
					rest[i] = rest[i][1:]
				}
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
}

// A thousand clients that hold their connections keep neither a poll from its work nor
// another reader from what it found.
func TestThousandSlowClients(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "slow.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = time.Nanosecond
	}
	a := newApp(nil, io.Discard, io.Discard)
	client := crawl.New(crawl.Config{Hosts: hosts, Product: "dealwatch/test", Log: slog.New(slog.DiscardHandler), Base: newSite()})
	w := &worker{app: a, store: st, book: rules.Default, progress: newProgress(io.Discard, false), client: client}
	if err := a.adopt(t.Context(), st, w.book()); err != nil {
		t.Fatal(err)
	}
	// A feed of a size that no socket takes at once.
	fillStore(t, st, 600)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + ln.Addr().String()
	h, err := a.handler(t.Context(), st, st, w.book(), base, nil)
	if err != nil {
		t.Fatal(err)
	}
	srv := web.NewServer("", h)
	go func() { _ = srv.Serve(ln) }()
	defer srv.Close()
	read := func(path string) string {
		t.Helper()
		began := time.Now()
		tr := &http.Transport{}
		defer tr.CloseIdleConnections()
		resp, err := (&http.Client{Transport: tr, Timeout: 30 * time.Second}).Get(base + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, resp.StatusCode, err)
		}
		t.Logf("%s: %d bytes in %v", path, len(body), time.Since(began).Round(time.Millisecond))
		return string(body)
	}
	for range 100 { // until the feed is made for the first time; from then on nobody waits for it
		resp, err := http.Get(base + "/feeds/all.atom")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	read("/feeds/all.atom")
	before := memory()
	slowClients(t, ln.Addr().String(), 1000, []string{"/feeds/all.atom", "/feeds/all.rss", "/", "/feeds/all.json", "/documents/ftc-press/7", "/?q=agreement"})

	began := time.Now()
	sum := w.pollAll(t.Context(), dealwatch.Range{}, []string{"ftc-press"})
	if l := sum.lines[0]; sum.store != nil || l.outcome != dealwatch.OK || l.raised != 3 {
		t.Errorf("the poll: %+v, %v; want 3 raised", l, sum.store)
	}
	t.Logf("the poll took %v", time.Since(began).Round(time.Millisecond))
	for _, path := range []string{"/", "/feeds/all.atom", "/feeds/deals/openai-aws.rss", "/documents/ftc-press/900001", "/sources"} {
		read(path)
	}
	for n := 0; !strings.Contains(read("/feeds/all.atom"), "ftc-press/900001"); n++ {
		if n == 20 {
			t.Fatal("what the poll found is not in the feed")
		}
		time.Sleep(200 * time.Millisecond) // the store is asked for news once a second
	}
	if after := memory(); after > before+64<<20 {
		t.Errorf("the clients take %d MiB, want 64 at most", (after-before)>>20)
	} else {
		t.Logf("%d MiB more for the clients, of both sides", (max(after, before)-before)>>20)
	}
}

// memory is what this program holds of it, after what nobody needs is gone.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
