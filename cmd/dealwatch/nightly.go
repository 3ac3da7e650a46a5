package main

import (
	"context"
	"time"

	"github.com/dealwatch/dealwatch"
)

// night is when the second channels are looked at, in UTC: EDGAR's daily index is made
// before it, and the last day is over in Washington.
const night = 7 * time.Hour

// nightly compares each of the named sources with its second channel once a night,
// until ctx ends. The store says when that was last done, so that many processes do it
// once, and one that was not running at night does it as it starts.
func (w *worker) nightly(ctx context.Context, names []string) {
	for ctx.Err() == nil {
		w.tellIncidents(ctx, "")
		for _, src := range reconcilers(w.client, names) {
			if src.Info().Contact && w.contact == "" {
				continue
			}
			due, err := w.uncompared(ctx, src.Info().Name)
			if err == nil && due {
				_, err = w.reconcile(ctx, src, dealwatch.Range{})
			}
			if err != nil && ctx.Err() == nil {
				w.log.Error("not reconciled", "source", src.Info().Name, "err", err)
			}
		}
		pause(ctx, 10*time.Minute)
	}
}

// uncompared reports whether no second channel of a source was looked at since the
// last night began.
func (w *worker) uncompared(ctx context.Context, source string) (bool, error) {
	polls, err := w.store.Polls(ctx, source, lastNight(w.now()))
	for _, p := range polls {
		if p.Second() {
			return false, err
		}
	}
	return true, err
}

func lastNight(now time.Time) time.Time {
	at := now.UTC().Truncate(24 * time.Hour).Add(night)
	if at.After(now) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}
