package web

import (
	"bytes"
	"context"
	"errors"
	"time"
)

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
	fresh, err := c.build(key, u, made)
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
func (c *cache) build(key string, u *unit, old *map[string]*content) (map[string]*content, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	start := time.Now()
	fresh, err := u.build(ctx)
	c.h.metrics.built(time.Since(start), err)
	if err != nil {
		return nil, err
	}
	for name, now := range fresh {
		if old != nil {
			if was := (*old)[name]; was != nil && bytes.Equal(was.plain.bytes, now.plain.bytes) {
				fresh[name] = was
				continue
			}
		}
		fresh[name] = c.dates.settle(key+" "+name, now)
	}
	return fresh, nil
}
