package main

import (
	"context"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

// night is when the second channels are looked at, in UTC: EDGAR's daily index is made
// before it, and the last day is over in Washington.
const night = 7 * time.Hour

// nightly compares each of the named sources with its second channel once a night, and
// with its agency's index of the quarter once a week, until ctx ends. The store says when
// that was last done, so that many processes do it once, and one that was not running at
// night does it as it starts.
func (w *worker) nightly(ctx context.Context, names []string) {
	for ctx.Err() == nil {
		w.setClock(ctx)
		w.tellIncidents(ctx, "")
		for _, src := range reconcilers(w.client, names) {
			if src.Info().Contact && w.contact == "" {
				continue
			}
			if err := w.tonight(ctx, src); err != nil && ctx.Err() == nil {
				w.log.Error("not reconciled", "source", src.Info().Name, "err", err)
			}
		}
		pause(ctx, 10*time.Minute)
	}
}

// tonight compares a source where that is due. It is asked again under the lease, for
// which the others wait while one process compares; and not while another worker of the
// store holds another watchlist.
func (w *worker) tonight(ctx context.Context, src dealwatch.Reconciler) error {
	name := src.Info().Name
	if due, err := w.comparable(ctx, src); err != nil || !due {
		return err
	}
	if w.joined != nil {
		if err := w.joined.Agree(ctx); err != nil {
			return err
		}
	}
	_, err := w.underLease(ctx, src, func(lease *store.Lease, c *comparison) error {
		due, err := w.uncompared(ctx, name)
		if err == nil && due {
			err = w.compare(ctx, lease, src, dealwatch.Range{}, c)
		}
		q, ok := src.(dealwatch.Quarterly)
		if err != nil || !ok {
			return err
		}
		quarters, err := w.quartersDue(ctx, src)
		for _, r := range quarters {
			if err == nil && ctx.Err() == nil {
				err = w.quarter(ctx, lease, q, r, c)
			}
		}
		return err
	})
	return err
}

// comparable reports whether something of a source is due to be compared.
func (w *worker) comparable(ctx context.Context, src dealwatch.Reconciler) (bool, error) {
	due, err := w.uncompared(ctx, src.Info().Name)
	if _, ok := src.(dealwatch.Quarterly); ok && err == nil && !due {
		var quarters []dealwatch.Range
		quarters, err = w.quartersDue(ctx, src)
		due = len(quarters) > 0
	}
	return due, err
}

// uncompared reports whether no second channel of a source was looked at since the
// last night began.
func (w *worker) uncompared(ctx context.Context, source string) (bool, error) {
	polls, err := w.store.Polls(ctx, source, lastNight(w.now()))
	for _, p := range polls {
		if p.Second() && !p.Quarterly() {
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
