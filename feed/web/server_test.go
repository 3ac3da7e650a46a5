package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// A slow client holds a connection, not the rest: the limits are those of NewServer.
func TestServerLimits(t *testing.T) {
	srv := NewServer("", http.NotFoundHandler())
	if srv.ReadHeaderTimeout == 0 || srv.ReadTimeout == 0 || srv.WriteTimeout == 0 || srv.IdleTimeout == 0 || srv.MaxHeaderBytes == 0 {
		t.Errorf("a limit is missing: %+v", srv)
	}
}

// Where there are too many connections, those go that hold one for nothing.
func TestGuests(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := NewServer("", w)
	most := 10
	guests := newGuests(most)
	srv.ConnState = guests.see
	go func() { _ = srv.Serve(ln) }()
	t.Cleanup(func() { _ = srv.Close() })

	var held []net.Conn
	for i := range 5 * most {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		held = append(held, c)
		request := "GET /feeds/all.atom HTTP/1.1\r\nHost: x\r\n"
		if i%2 == 0 { // the others stop in the middle of their question
			request += "\r\n"
		}
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			resp, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("client %d: %v %v", i, resp, err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil || !strings.HasSuffix(string(body), "</feed>\n") {
				t.Fatalf("client %d reads %d bytes: %v", i, len(body), err)
			}
		}
	}
	guests.mu.Lock()
	n := len(guests.since)
	guests.mu.Unlock()
	if n > most {
		t.Errorf("%d connections are held, want %d at most", n, most)
	}
	_ = held[0].SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := held[0].Read(make([]byte, 1)); err != io.EOF && !strings.Contains(err.Error(), "reset") {
		t.Errorf("the oldest idle connection is still there: %v", err)
	}
}
