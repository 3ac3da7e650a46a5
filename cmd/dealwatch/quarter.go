package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

// quarterDays are the days of the quarter that was asked for, up to today.
func (r *reconciling) quarterDays(days dealwatch.Range, names []string) (dealwatch.Range, error) {
	if days.Since != "" {
		return days, usage("leave one of them out", "--quarter does not go with --since and --until")
	}
	with := quarterlies(names)
	for _, n := range names {
		if !slices.Contains(with, n) {
			return days, usage("sources with one are "+strings.Join(with, ", "), "%s has no index of a quarter", n)
		}
	}
	now := r.now().UTC()
	start := quarterStart(now)
	if r.quarter != "now" {
		var year, n int
		if _, err := fmt.Sscanf(r.quarter, "%4d-Q%1d", &year, &n); err != nil || n < 1 || n > 4 || fmt.Sprintf("%d-Q%d", year, n) != r.quarter {
			return days, usage("write it as 2026-Q4, or now", "%q is no quarter", r.quarter)
		}
		start = time.Date(year, time.Month(3*n-2), 1, 0, 0, 0, 0, time.UTC)
	}
	if start.After(now) {
		return days, usage("give one that has begun", "quarter %s has not begun", r.quarter)
	}
	return quarterUntil(start, now), nil
}

func quarterStart(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month()-(day.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)
}

// quarterUntil are the days of the quarter that begins at start, up to the given one.
func quarterUntil(start, now time.Time) dealwatch.Range {
	return dealwatch.Range{Since: start.Format(time.DateOnly), Until: min(start.AddDate(0, 3, -1).Format(time.DateOnly), now.Format(time.DateOnly))}
}

// quarterlies names those of the sources, or of all, whose agency has an index of a quarter.
func quarterlies(names []string) []string {
	var all []string
	for _, src := range reconcilers(nil, nil) {
		if _, ok := src.(dealwatch.Quarterly); ok {
			all = append(all, src.Info().Name)
		}
	}
	return all
}

// reconcileQuarter compares one source with the index of the quarter whose days r are,
// under its lease.
func (w *worker) reconcileQuarter(ctx context.Context, src dealwatch.Reconciler, r dealwatch.Range) (comparison, error) {
	q, ok := src.(dealwatch.Quarterly)
	if !ok {
		return comparison{source: src.Info().Name, remark: "has no index of a quarter"}, nil
	}
	return w.underLease(ctx, src, func(lease *store.Lease, c *comparison) error { return w.quarter(ctx, lease, q, r, c) })
}

// quarter compares the days of r, which lie in one quarter, from the first on of which
// everything was listed: what came before was never looked for.
func (w *worker) quarter(ctx context.Context, lease *store.Lease, src dealwatch.Quarterly, r dealwatch.Range, c *comparison) error {
	for _, s := range src.Streams() {
		began, _, err := w.store.Covered(ctx, c.source, s.Name)
		if err != nil {
			return err
		}
		if day, err := time.Parse(time.DateOnly, began); err == nil { // that day may have begun before what was listed of it
			r.Since = max(r.Since, day.AddDate(0, 0, 1).Format(time.DateOnly))
		}
	}
	if r.Since > r.Until {
		c.remark = "the watch began after " + r.Until
		return nil
	}
	look := src.Quarter(ctx, r)
	if look.To < look.From {
		c.remark = "nothing can be known of these days yet"
		return nil
	}
	p := w.poller(lease)
	p.Cause = dealwatch.Late
	l, err := w.look(ctx, lease, p, src, look)
	if err != nil {
		return err
	}
	c.looks = append(c.looks, l)
	if l.short() {
		return nil
	}
	return lease.Prove(ctx, look.Proves, look.From, look.To, w.now())
}

// quartersDue are the quarters whose index is to be compared: once a week, from Sunday on,
// the present one and, in its first days, the one before; tried again each night for
// some days where the index could not be read. A watch that began later in the week waits
// for its first Sunday.
func (w *worker) quartersDue(ctx context.Context, src dealwatch.Source) ([]dealwatch.Range, error) {
	source, now := src.Info().Name, w.now().UTC()
	sunday := lastNight(now)
	for sunday.Weekday() != time.Sunday {
		sunday = sunday.AddDate(0, 0, -1)
	}
	began, _, err := w.store.Covered(ctx, source, src.Streams()[0].Name)
	if err != nil || began == "" || began >= sunday.Format(time.DateOnly) {
		return nil, err
	}
	polls, err := w.store.Polls(ctx, source, sunday)
	if err != nil {
		return nil, err
	}
	polls = slices.DeleteFunc(polls, func(p dealwatch.Poll) bool { return !p.Quarterly() })
	start := quarterStart(now)
	starts := []time.Time{start}
	if now.Sub(start) < 8*24*time.Hour {
		starts = append(starts, start.AddDate(0, -3, 0))
	}
	var due []dealwatch.Range
	for _, start := range starts {
		r := quarterUntil(start, now)
		done := false
		for _, p := range polls { // newest first
			if r.Since <= p.CoversTo && p.CoversTo <= r.Until {
				done = p.Complete || p.StartedAt.After(lastNight(now)) || now.Sub(sunday) > patience
				break
			}
		}
		if !done {
			due = append(due, r)
		}
	}
	return due, nil
}
