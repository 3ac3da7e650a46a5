package web

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// mostConns is how many connections a server holds at once, if the system allows that
// many open files and as many again.
const mostConns = 2000

// NewServer gives a server for h whose limits keep slow and greedy clients from the rest
// of the program. The caller listens, and shuts it down.
func NewServer(addr string, h http.Handler) *http.Server {
	guests := newGuests(max(min(mostConns, openFiles()/2), 16))
	return &http.Server{
		Addr: addr, Handler: h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ConnState:         guests.see,
		ConnContext:       withConn,
	}
}

// guests are the open connections. Where there are too many, the one that has been idle
// for longest is closed, or else the one that has been busy for longest: a client that
// takes a feed as it comes is gone in no time.
type guests struct {
	most  int
	mu    sync.Mutex
	since map[net.Conn]guest
	left  map[net.Conn]bool // those that were closed, until the server knows
}

func newGuests(most int) *guests {
	return &guests{most: most, since: map[net.Conn]guest{}, left: map[net.Conn]bool{}}
}

type guest struct {
	idle bool
	at   time.Time // since when it is, or is not
}

// see is told of each change of a connection.
func (g *guests) see(c net.Conn, s http.ConnState) {
	if leaving := g.note(c, s); leaving != nil {
		_ = leaving.Close() // its request ends with an error, which is the client's
	}
}

// note gives the connection that has to make room, nil for none.
func (g *guests) note(c net.Conn, s http.ConnState) (leaving net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch s {
	case http.StateClosed, http.StateHijacked:
		delete(g.since, c)
		delete(g.left, c)
		return nil
	case http.StateNew, http.StateActive, http.StateIdle:
		if g.left[c] {
			return nil
		}
		g.since[c] = guest{s == http.StateIdle, time.Now()}
	}
	if len(g.since) <= g.most {
		return nil
	}
	var oldest guest
	for other, is := range g.since {
		if other != c && (leaving == nil || is.before(oldest)) {
			leaving, oldest = other, is
		}
	}
	delete(g.since, leaving)
	g.left[leaving] = true
	return leaving
}

// before reports whether g makes room before o does.
func (g guest) before(o guest) bool {
	if g.idle != o.idle {
		return g.idle
	}
	return g.at.Before(o.at)
}
