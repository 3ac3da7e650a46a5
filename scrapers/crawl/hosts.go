package crawl

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealwatch/dealwatch"
)

const (
	defaultBody  = 16 << 20
	defaultEvery = time.Second
)

// hosts knows the declared hosts by name, and their budgets.
type hosts struct {
	byName map[string]*host
	other  *host // for what no source declares: recorded captures only
}

// host is one declared host, with what was learnt of it.
type host struct {
	name    string
	maxBody int64
	maxPDF  int64
	exempt  []string
	judges  []func(dealwatch.Capture) *dealwatch.ReadError
	budget  *budget
	robots  robots
	trouble trouble
}

// limit is the length up to which a body with these headers is read, on the wire and
// decoded.
func (h *host) limit(header http.Header) int64 {
	limit := h.maxBody
	if limit <= 0 {
		limit = defaultBody
	}
	if mediaType(header.Get("Content-Type"), nil) == pdf {
		limit = max(limit, h.maxPDF)
	}
	return limit
}

// budget is a rate that one or more hosts share.
type budget struct {
	name    string
	limiter *rate.Limiter
	asking  chan struct{} // holds a token while somebody asks for a turn
	mu      sync.Mutex
	every   time.Duration
	last    time.Time // when the limiter last let somebody through; zero for never
}

// pause is the least time between two requests.
func (b *budget) pause() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.every
}

// slower lengthens the time between two requests, from the last one on; it never
// shortens it.
func (b *budget) slower(every time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if every > b.every {
		b.every = every
		b.limiter = rate.NewLimiter(rate.Every(every), 1)
		if !b.last.IsZero() {
			b.limiter.ReserveN(b.last, 1)
		}
	}
}

// wait waits for the limiter.
func (b *budget) wait(ctx context.Context) error {
	b.mu.Lock()
	l := b.limiter
	b.mu.Unlock()
	if err := l.Wait(ctx); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = time.Now()
	return nil
}

// trouble is a time until which nothing is tried, and why.
type trouble struct {
	mu      sync.Mutex
	strikes int // failures since the last answer
	until   time.Time
	err     *dealwatch.ReadError
}

func (t *trouble) set(until time.Time, err *dealwatch.ReadError) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until, t.err = until, err
}

// strike counts a failure, and gives how many there were since the last answer.
func (t *trouble) strike() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.strikes++
	return t.strikes
}

func (t *trouble) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.strikes = 0
}

// at gives the trouble that holds at a time, with the time left, or nil.
func (t *trouble) at(now time.Time) *dealwatch.ReadError {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil || !now.Before(t.until) {
		return nil
	}
	told := *t.err
	told.RetryAfter = t.until.Sub(now)
	return &told
}

// newHosts merges what sources declare: of one host's several declarations the
// longest time and the largest body hold, and all judges are asked.
func newHosts(declared []dealwatch.Host) *hosts {
	hs := &hosts{byName: map[string]*host{}, other: &host{}}
	budgets := map[string]*budget{}
	for _, d := range declared {
		name := strings.ToLower(d.Name)
		h := hs.byName[name]
		if h == nil {
			h = &host{name: name, robots: robots{turn: make(chan struct{}, 1)}}
			hs.byName[name] = h
		}
		h.maxBody = max(h.maxBody, d.MaxBody)
		h.maxPDF = max(h.maxPDF, d.MaxPDF)
		if d.Exempt != "" {
			h.exempt = append(h.exempt, d.ExemptPaths...)
		}
		if d.Judge != nil {
			h.judges = append(h.judges, d.Judge)
		}
		shared := d.Budget
		if shared == "" {
			shared = name
		}
		if h.budget == nil {
			h.budget = budgets[shared]
		}
		if h.budget == nil {
			h.budget = &budget{name: shared, asking: make(chan struct{}, 1)}
		}
		budgets[shared] = h.budget
		every := d.Every
		if every <= 0 {
			every = defaultEvery
		}
		h.budget.slower(every)
	}
	return hs
}

// find gives the host of an address: by name and port, else by name for the ports of
// the web.
func (hs *hosts) find(u *url.URL) *host {
	if h := hs.byName[strings.ToLower(u.Host)]; h != nil {
		return h
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		return nil
	}
	return hs.byName[strings.ToLower(u.Hostname())]
}

func (hs *hosts) declared(u *url.URL) bool { return hs.find(u) != nil }

// of gives the host of an address, and defaults for one that nobody declares.
func (hs *hosts) of(address string) *host {
	if u, err := url.Parse(address); err == nil {
		if h := hs.find(u); h != nil {
			return h
		}
	}
	return hs.other
}
