package store

import (
	"context"
	"sync/atomic"
	"time"
)

// Clock tells the time as the database does, for a machine whose own clock may be wrong:
// what several workers write and compare is then by one clock.
type Clock struct {
	store *Store
	local func() time.Time
	ahead atomic.Int64 // how far the database's clock is ahead of the local one, in microseconds
}

// Clock compares a local clock with the database's.
func (s *Store) Clock(ctx context.Context, local func() time.Time) (*Clock, error) {
	c := &Clock{store: s, local: local}
	return c, c.Set(ctx)
}

// Set compares the two clocks anew, as either may be set at any time.
func (c *Clock) Set(ctx context.Context) error {
	return c.store.reading(ctx, "ask for the time", func(q *tx) error {
		var now int64
		asked := c.local()
		if err := q.get(&now, `SELECT `+c.store.dialect.now+` AS now`); err != nil {
			return err
		}
		told := c.local()
		c.ahead.Store(now - asked.Add(told.Sub(asked)/2).UnixMicro())
		return nil
	})
}

// Now is the time by the database's clock.
func (c *Clock) Now() time.Time {
	return c.local().Add(time.Duration(c.ahead.Load()) * time.Microsecond)
}
