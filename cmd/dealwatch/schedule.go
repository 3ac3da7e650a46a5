package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

// schedule polls each of the named sources (all by default) whenever it is due, and
// compares it with its second channel every night, until ctx ends. A poll that fails is
// followed by the next one on schedule, later the longer nothing can be read, and a source
// is never dropped.
func (w *worker) schedule(ctx context.Context, names []string) {
	var wg sync.WaitGroup
	wg.Go(func() { w.nightly(ctx, names) })
	for _, src := range chosen(w.client, names) {
		if info := src.Info(); info.Contact && w.contact == "" {
			w.log.Warn("not polled", "source", info.Name, "err", "needs a contact address: set --contact")
			continue
		}
		wg.Go(func() {
			for w.waitDue(ctx, src) {
				if err := w.pollDue(ctx, src); err != nil && ctx.Err() == nil {
					w.log.Error("poll failed", "source", src.Info().Name, "err", err)
					pause(ctx, time.Minute)
				}
			}
		})
	}
	wg.Wait()
}

// pollDue polls src if it is still due once its lease is had: where several servers
// share a store, the others wait for the lease while one of them polls. It is not
// polled while another worker of the store holds another watchlist.
func (w *worker) pollDue(ctx context.Context, src dealwatch.Source) error {
	if w.joined != nil {
		if err := w.joined.Agree(ctx); err != nil {
			return err
		}
	}
	lease, err := w.store.Claim(ctx, src.Info().Name)
	var held *store.HeldError
	if errors.As(err, &held) {
		w.log.Debug("polled elsewhere", "source", held.Source, "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }() // a lease that is not released expires
	w.setClock(ctx)
	if at, err := w.nextPoll(ctx, src.Info()); err != nil || at.After(w.now()) {
		return err
	}
	_, err = w.pollUnder(ctx, lease, src, dealwatch.Range{})
	return err
}

// waitDue waits until the store says that src is due, and reports false when ctx
// ended. The time comes from the store and is compared with its clock, so that a poll by
// another process counts, whatever the clocks of the machines say.
func (w *worker) waitDue(ctx context.Context, src dealwatch.Source) bool {
	for ctx.Err() == nil {
		w.setClock(ctx)
		wait := time.Minute
		if at, err := w.nextPoll(ctx, src.Info()); err != nil {
			w.log.Error("schedule", "source", src.Info().Name, "err", err)
		} else if wait = at.Sub(w.now()); wait <= 0 {
			return true
		}
		pause(ctx, min(wait, time.Minute))
	}
	return false
}

const (
	// seldom is how often a source is polled, at least, of which nothing can be read.
	seldom = 6 * time.Hour
	// setBack is how far a poll may have ended ahead of us: one that lies further ahead is
	// left over from a clock that was set back, and would keep its source waiting for as long.
	setBack = 5 * time.Minute
)

func (w *worker) nextPoll(ctx context.Context, info dealwatch.Info) (time.Time, error) {
	at, err := w.store.NextPoll(ctx, info.Name)
	if at.Sub(w.now()) > max(info.Every, seldom)+setBack {
		return w.now(), err
	}
	return at, err
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
