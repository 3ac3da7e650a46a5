package web

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dealwatch/dealwatch"
)

const (
	checkEvents = time.Second      // how often the store is asked for a newer event, at most
	checkHealth = 10 * time.Second // and for the health of the sources
	retryBuild  = 10 * time.Second // a failed build is not tried again before
	readTimeout = 30 * time.Second
	waitCheck   = 250 * time.Millisecond  // for word from the store, before what is in memory is served
	waitBuild   = 750 * time.Millisecond  // for newer bytes, where there are good ones
	waitWell    = 1500 * time.Millisecond // a store that is silent for longer cannot be read
	maxNews     = 500                     // events that are looked at one by one; more make everything stale
	maxBuilds   = 4                       // at a time
	maxAsides   = 2
	maxPages    = 8
	maxFiles    = 16
	maxQueries  = 64 // feeds and pages of a query that are kept
)

// errBusy is a request that would have to wait for too many builds.
var errBusy = errors.New("too many feeds are being made at once")

// errSlow is a request that the store left without an answer.
var errSlow = errors.New("the store does not answer")

// unit is what is built together: the three formats of a feed, or a page.
type unit struct {
	filter dealwatch.Filter // an event that it chooses makes the unit stale
	health bool             // a change of health makes it stale
	lasts  time.Duration    // it is stale after so long; 0 for never
	build  func(context.Context) (map[string]*content, error)

	stale atomic.Bool
	busy  atomic.Bool // it is being built
	made  atomic.Pointer[map[string]*content]
	due   atomic.Int64 // when it is stale by its age, in nanoseconds; 0 for never
	used  int64        // guarded by the cache

	mu      sync.Mutex    // of what follows; held for no longer than a look
	making  chan struct{} // closed when it is built; nil while it is not
	err     error         // of the last build
	retryAt time.Time
}

// cache keeps what was built, and knows when it has to be built anew.
type cache struct {
	h      *Handler
	builds chan struct{}
	asides chan struct{} // searches and evidence, which no feed has to wait for
	pages  chan struct{} // of documents, whose texts are large
	files  chan struct{} // of evidence, until they are sent

	mu      sync.Mutex
	units   map[string]*unit
	queries map[string]*unit // bounded, unlike units
	clock   int64

	dates dates

	check  sync.Mutex    // of what follows; held for no longer than a look
	asking chan struct{} // closed when the store has answered; nil while it is not asked
	asked  time.Time     // when that began, by the clock of the machine
	events time.Time     // of the last question
	healed time.Time     // guarded by there being one question at a time, as is what follows
	newest int64
	ended  int // runs of changed watchlists

	note  sync.Mutex // held while the state is changed
	state atomic.Pointer[state]
}

func newCache(h *Handler) *cache {
	c := &cache{
		h: h, builds: make(chan struct{}, maxBuilds), asides: make(chan struct{}, maxAsides),
		pages: make(chan struct{}, maxPages), files: make(chan struct{}, maxFiles),
		units: map[string]*unit{}, queries: map[string]*unit{}, dates: dates{of: map[string]dated{}},
	}
	c.state.Store(&state{})
	return c
}

// unit is the one of that key, made by makeUnit where there is none. Those of a query
// are forgotten when there are too many.
func (c *cache) unit(key string, query bool, makeUnit func() *unit) *unit {
	c.mu.Lock()
	defer c.mu.Unlock()
	units := c.units
	if query {
		units = c.queries
	}
	u := units[key]
	if u == nil {
		u = makeUnit()
		u.stale.Store(true)
		units[key] = u
	}
	c.clock++
	u.used = c.clock
	if query && len(units) > maxQueries {
		oldest := key
		for k, u := range units {
			if u.used < units[oldest].used {
				oldest = k
			}
		}
		delete(units, oldest)
	}
	return u
}

// get gives the content of a unit by its name, built anew where it is stale. Where the
// store is slow or cannot be read, or another build of it failed just now, it is the last
// good one: what is in memory never waits for the store longer than a moment.
func (c *cache) get(ctx context.Context, key string, u *unit, name string) (*content, error) {
	up := c.refresh(waitCheck)
	if due := u.due.Load(); due > 0 && c.h.cfg.Now().UnixNano() > due {
		u.stale.Store(true)
	}
	made := u.made.Load()
	if made != nil && (!up || !u.stale.Load() && !u.busy.Load()) {
		return (*made)[name], nil
	}
	patience := readTimeout
	if made != nil || !up {
		patience = waitBuild
	}
	select {
	case <-c.make(key, u):
	case <-ctx.Done():
	case <-time.After(patience):
	}
	if made = u.made.Load(); made != nil {
		return (*made)[name], nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.err != nil:
		return nil, u.err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, errSlow
}

// peek is what was made of a unit, if it is kept.
func (c *cache) peek(key, name string) *content {
	c.mu.Lock()
	defer c.mu.Unlock()
	if u := c.queries[key]; u != nil {
		if made := u.made.Load(); made != nil {
			c.clock++
			u.used = c.clock
			return (*made)[name]
		}
	}
	return nil
}

// staleEvents marks what the events touch; nil touches all.
func (c *cache) staleEvents(events []dealwatch.Event) {
	c.each(func(u *unit) bool {
		if events == nil {
			return true
		}
		for _, ev := range events {
			if chooses(u.filter, ev) {
				return true
			}
		}
		return false
	})
}

func (c *cache) staleHealth() {
	c.each(func(u *unit) bool { return u.health })
}

func (c *cache) each(touched func(*unit) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, units := range []map[string]*unit{c.units, c.queries} {
		for _, u := range units {
			if touched(u) {
				u.stale.Store(true)
			}
		}
	}
}

// chooses reports whether an event can change what the filter shows. It may say yes
// too often: a build that changes nothing keeps the old bytes.
func chooses(f dealwatch.Filter, ev dealwatch.Event) bool {
	return (f.Deal == "" || f.Deal == ev.Flag.DealID) &&
		(f.Source == "" || f.Source == ev.Flag.Source) &&
		(f.Kind == "" || f.Kind == ev.Flag.Kind)
}
