package web

import (
	"bytes"
	"context"
	"errors"
	"maps"
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

// done is a channel that is closed.
var done = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// make builds a unit, if nobody does and its last build did not fail just now. The
// channel that it gives is closed when that is over.
func (c *cache) make(key string, u *unit) <-chan struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	made := u.made.Load()
	switch {
	case u.making != nil:
		return u.making
	case made != nil && (!u.stale.Load() || c.h.cfg.Now().Before(u.retryAt)):
		return done
	}
	over := make(chan struct{})
	u.making, u.err = over, nil
	u.busy.Store(true)
	go func() {
		defer close(over)
		err := c.remake(key, u, made)
		u.mu.Lock()
		defer u.mu.Unlock()
		u.making, u.err = nil, err
		u.busy.Store(false)
		if err != nil && !errors.Is(err, errBusy) {
			u.retryAt = c.h.cfg.Now().Add(retryBuild)
		}
	}()
	return over
}

func (c *cache) remake(key string, u *unit, made *map[string]*content) error {
	leave, err := wait(context.Background(), c.builds)
	if err != nil {
		return err
	}
	defer leave()
	u.stale.Store(false) // before the store is read: an event that comes meanwhile makes it stale again
	fresh, err := c.build(u, made)
	c.record(key, err)
	if err != nil {
		u.stale.Store(true)
		if made != nil {
			c.h.cfg.Log.Error("feed kept", "path", key, "err", err) // the last good one is served
		}
		return err
	}
	u.made.Store(&fresh)
	if u.lasts > 0 {
		u.due.Store(c.h.cfg.Now().Add(u.lasts).UnixNano())
	}
	return nil
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
func (c *cache) build(u *unit, old *map[string]*content) (map[string]*content, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
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

// record remembers how a build ended, for the health page and feed.
func (c *cache) record(key string, err error) {
	if p := (*problem)(nil); errors.As(err, &p) {
		return // there is no such page: nothing failed
	}
	c.change(func(s *state) {
		if err == nil && s.failed[key] == nil {
			return
		}
		if len(s.failed) == 0 {
			s.since = c.h.cfg.Now()
		}
		s.failed = maps.Clone(s.failed)
		if s.failed == nil {
			s.failed = map[string]error{}
		}
		if s.failed[key] = err; err == nil {
			delete(s.failed, key)
		}
		c.staleHealth()
	})
}

// change changes the state, for all at once.
func (c *cache) change(by func(*state)) {
	c.note.Lock()
	defer c.note.Unlock()
	s := *c.state.Load()
	by(&s)
	c.state.Store(&s)
}

// refresh has the store asked, now and then, whether there is news, which marks what it
// touches, and reports whether the store can be read. It waits for the answer until the
// question is so old, and no longer: a driver may hang for as long as its server does.
// One question is out at a time.
func (c *cache) refresh(patience time.Duration) (up bool) {
	c.check.Lock()
	now := c.h.cfg.Now()
	if c.asking == nil && (c.events.IsZero() || now.Sub(c.events) >= checkEvents) {
		over := make(chan struct{})
		c.asking, c.asked, c.events = over, time.Now(), now
		go func() {
			defer close(over)
			c.look(now)
			c.check.Lock()
			defer c.check.Unlock()
			c.asking = nil
		}()
	}
	over, left := c.asking, patience-time.Since(c.asked)
	c.check.Unlock()
	if over != nil {
		select {
		case <-over:
		case <-time.After(left):
			return false
		}
	}
	return c.state.Load().err == nil
}

// look asks the store, and has what failed before made again.
func (c *cache) look(now time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	s := *c.state.Load()
	before := s.err
	err := c.ask(ctx, now, &s)
	if err != nil && before == nil {
		c.h.cfg.Log.Error("store read", "err", err)
	}
	c.change(func(to *state) { to.health, to.gaps, to.err = s.health, s.gaps, err })
	if err == nil {
		c.retry(now)
	}
}

// retry makes again what could not be made. Of a query nothing is owed to anybody: it
// is made when somebody asks.
func (c *cache) retry(now time.Time) {
	s := c.state.Load()
	if len(s.failed) == 0 || now.Sub(s.since) < retryBuild {
		return
	}
	for key := range s.failed {
		c.mu.Lock()
		u := c.units[key]
		c.mu.Unlock()
		if u == nil {
			c.record(key, nil)
			continue
		}
		u.mu.Lock()
		early := now.Before(u.retryAt)
		u.mu.Unlock()
		if !early {
			c.make(key, u)
		}
	}
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
	runs, err := r.Runs(ctx)
	if err != nil {
		return err
	}
	if runs.Ended != c.ended {
		c.staleEvents(nil) // feeds tell of what it brought from now on
		c.ended = runs.Ended
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
