package web

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"time"

	"github.com/dealwatch/dealwatch"
)

// state is what the store last said.
type state struct {
	health []dealwatch.Health
	gaps   []dealwatch.Gap
	err    error            // of reading the store
	failed map[string]error // builds that failed, by key
	since  time.Time        // of the first of them
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
