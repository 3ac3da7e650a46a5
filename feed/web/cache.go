package web

import (
	"bytes"
	"context"
	"errors"
	"reflect"
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
	maxNews     = 500 // events that are looked at one by one; more make everything stale
	maxBuilds   = 4   // at a time
	maxAsides   = 2
	maxPages    = 8
	maxFiles    = 16
	maxQueries  = 64 // feeds and pages of a query that are kept
)

// errBusy is a request that would have to wait for too many builds.
var errBusy = errors.New("too many feeds are being made at once")

// unit is what is built together: the three formats of a feed, or a page.
type unit struct {
	filter dealwatch.Filter // an event that it chooses makes the unit stale
	health bool             // a change of health makes it stale
	lasts  time.Duration    // it is stale after so long; 0 for never
	build  func(context.Context) (map[string]*content, error)

	mu      sync.Mutex // held while it is built
	stale   atomic.Bool
	made    atomic.Pointer[map[string]*content]
	due     atomic.Int64 // when it is stale by its age, in nanoseconds; 0 for never
	retryAt time.Time    // guarded by mu
	used    int64        // guarded by the cache
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

	check  sync.Mutex // held while the store is asked
	events time.Time  // of the last question
	healed time.Time
	newest int64

	state atomic.Pointer[state]
}

// state is what the store last said.
type state struct {
	health []dealwatch.Health
	gaps   []dealwatch.Gap
	err    error            // of reading the store
	failed map[string]error // builds that failed, by key
	since  time.Time        // of the first of them
}

func newCache(h *Handler) *cache {
	c := &cache{
		h: h, builds: make(chan struct{}, maxBuilds), asides: make(chan struct{}, maxAsides),
		pages: make(chan struct{}, maxPages), files: make(chan struct{}, maxFiles),
		units: map[string]*unit{}, queries: map[string]*unit{},
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

// get gives the content of a unit by its name, built anew where it is stale. While
// another request builds it, or after a build that failed, it is the last good one.
func (c *cache) get(ctx context.Context, key string, u *unit, name string) (*content, error) {
	c.refresh(ctx)
	if due := u.due.Load(); due > 0 && c.h.cfg.Now().UnixNano() > due {
		u.stale.Store(true)
	}
	made := u.made.Load()
	if made != nil && !u.stale.Load() {
		return (*made)[name], nil
	}
	if made != nil && !u.mu.TryLock() {
		return (*made)[name], nil
	} else if made == nil {
		u.mu.Lock()
	}
	defer u.mu.Unlock()
	made = u.made.Load()
	if made != nil && (!u.stale.Load() || c.h.cfg.Now().Before(u.retryAt)) {
		return (*made)[name], nil
	}
	done, err := wait(ctx, c.builds)
	if err != nil {
		if made != nil {
			return (*made)[name], nil
		}
		return nil, err
	}
	defer done()
	u.stale.Store(false) // before the store is read: an event that comes meanwhile makes it stale again
	fresh, err := c.build(ctx, u, made)
	c.note(key, err)
	if err != nil {
		u.stale.Store(true)
		u.retryAt = c.h.cfg.Now().Add(retryBuild)
		if made != nil {
			c.h.cfg.Log.Error("feed kept", "path", key, "err", err) // the last good one is served
			return (*made)[name], nil
		}
		return nil, err
	}
	u.made.Store(&fresh)
	if u.lasts > 0 {
		u.due.Store(c.h.cfg.Now().Add(u.lasts).UnixNano())
	}
	return fresh[name], nil
}

// wait gives a place among so many as places has, which done gives back.
func wait(ctx context.Context, places chan struct{}) (done func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(2 * time.Second):
		return nil, errBusy
	}
}

// build makes a unit's contents and keeps the old one of each that has not changed.
func (c *cache) build(ctx context.Context, u *unit, old *map[string]*content) (map[string]*content, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	start := time.Now()
	fresh, err := u.build(ctx)
	c.h.metrics.built(time.Since(start), err)
	if err != nil || old == nil {
		return fresh, err
	}
	for name, now := range fresh {
		was := (*old)[name]
		if was == nil {
			continue
		}
		if bytes.Equal(was.plain.bytes, now.plain.bytes) {
			fresh[name] = was
		} else if next := was.modified.Add(time.Second); now.modified.Before(next) {
			fresh[name] = newContent(now.mediaType, now.policy, now.plain.bytes, next)
		}
	}
	return fresh, nil
}

// note remembers how a build ended, for the health page and feed.
func (c *cache) note(key string, err error) {
	c.check.Lock()
	defer c.check.Unlock()
	s := *c.state.Load()
	if err == nil && s.failed[key] == nil {
		return
	}
	failed := map[string]error{}
	for k, e := range s.failed {
		failed[k] = e
	}
	if err != nil {
		failed[key] = err
	} else {
		delete(failed, key)
	}
	if len(s.failed) == 0 {
		s.since = c.h.cfg.Now()
	}
	s.failed = failed
	c.state.Store(&s)
	c.staleHealth()
}

// refresh asks the store, now and then, whether there is news, and marks what it
// touches. A request that comes while another asks does not wait.
func (c *cache) refresh(ctx context.Context) {
	if !c.check.TryLock() {
		return
	}
	defer c.check.Unlock()
	now := c.h.cfg.Now()
	if now.Sub(c.events) < checkEvents && !c.events.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	s := *c.state.Load()
	before := s.err
	s.err = c.ask(ctx, now, &s)
	if s.err != nil && before == nil {
		c.h.cfg.Log.Error("store read", "err", s.err)
	}
	c.events = now
	c.state.Store(&s)
}

func (c *cache) ask(ctx context.Context, now time.Time, s *state) error {
	r := c.h.cfg.Reader
	newest, err := r.Events(ctx, dealwatch.Filter{Limit: 1})
	if err != nil {
		return err
	}
	if len(newest) > 0 && newest[0].ID != c.newest {
		if c.newest != 0 {
			fresh, err := r.Events(ctx, dealwatch.Filter{After: c.newest, Limit: maxNews})
			if err != nil {
				return err
			}
			if len(fresh) == maxNews {
				fresh = nil
			}
			c.staleEvents(fresh)
		} else {
			c.staleEvents(nil)
		}
		c.newest = newest[0].ID
	}
	if now.Sub(c.healed) < checkHealth && !c.healed.IsZero() {
		return nil
	}
	health, err := r.Health(ctx)
	if err != nil {
		return err
	}
	gaps, err := r.Gaps(ctx, false)
	if err != nil {
		return err
	}
	c.healed = now
	if !reflect.DeepEqual(health, s.health) || !reflect.DeepEqual(gaps, s.gaps) {
		s.health, s.gaps = health, gaps
		c.staleHealth()
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
