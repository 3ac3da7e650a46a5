package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/dealwatch/dealwatch"
)

// runLease is the lease of whoever applies a changed watchlist; no source has its name.
const runLease = "(rematch)"

// Run is one application of a watchlist to what is stored. What it brings is told of in
// feeds once it has ended, so that what they say of it never changes.
type Run struct {
	At    time.Time // when it began; no two are of the same time
	lease *Lease
}

// BeginRun waits until no other worker has a run. A run that was cut short has then ended
// too: what it brought is told of by itself.
func (s *Store) BeginRun(ctx context.Context, now time.Time) (*Run, error) {
	var held *HeldError
	l, err := s.Claim(ctx, runLease)
	for errors.As(err, &held) && ctx.Err() == nil {
		l, err = s.Claim(ctx, runLease)
	}
	if err != nil {
		return nil, err
	}
	r := &Run{lease: l}
	err = l.writing(ctx, "begin to apply the watchlist", func(q *tx) error {
		if err := q.endRun(now); err != nil {
			return err
		}
		var at int64
		err := q.get(&at, `
			UPDATE sequence SET run = CASE WHEN run >= ? THEN run + 1 ELSE ? END, run_open = 1 WHERE id = 1 RETURNING run`,
			instantOf(now), instantOf(now))
		r.At = timeOf(&at)
		return err
	})
	if err != nil {
		_ = l.Release(context.WithoutCancel(ctx)) // the first error says more
		return nil, err
	}
	return r, nil
}

// End ends the run, finished or not.
func (r *Run) End(ctx context.Context, now time.Time) error {
	err := r.lease.writing(ctx, "end a run of the watchlist", func(q *tx) error { return q.endRun(now) })
	return errors.Join(err, r.lease.Release(ctx))
}

// EndRuns ends a run whose process is dead.
func (s *Store) EndRuns(ctx context.Context, now time.Time) error {
	return s.writing(ctx, "end a run of the watchlist", func(q *tx) error {
		var open int
		if err := q.get(&open, `SELECT run_open FROM sequence WHERE id = 1`); err != nil || open == 0 {
			return err
		}
		var l struct {
			Place      string
			Until, Now int64
		}
		err := q.get(&l, `SELECT place, until, `+s.dialect.now+` AS now FROM lease WHERE source = ?`, runLease)
		if err != nil && !errors.Is(err, sql.ErrNoRows) || l.Until > l.Now && !dead(l.Place) {
			return err
		}
		return q.endRun(now)
	})
}

// endRun lets feeds tell of what the run has brought, if one is open: from now on nothing
// can be added to it. Several things that it did to a deal are one entry.
func (q *tx) endRun(now time.Time) error {
	n, err := q.changed(`UPDATE sequence SET run_open = 0, runs = runs + 1 WHERE id = 1 AND run_open = 1`)
	if err != nil || n == 0 {
		return err
	}
	var several []struct {
		Run    int64
		DealID string `db:"deal_id"`
	}
	err = q.all(&several, `
		SELECT e.run, f.deal_id FROM event e JOIN flag f ON f.flag_id = e.flag_id
		WHERE e.told_at = 0 GROUP BY e.run, f.deal_id HAVING COUNT(*) > 1`)
	if err != nil {
		return err
	}
	for _, d := range several {
		summary := "rematch/" + d.DealID + "/" + timeOf(&d.Run).UTC().Format("20060102T150405.000000Z")
		err := q.exec(`UPDATE event SET summary = ? WHERE told_at = 0 AND run = ? AND flag_id IN (SELECT flag_id FROM flag WHERE deal_id = ?)`,
			summary, d.Run, d.DealID)
		if err != nil {
			return err
		}
	}
	return q.exec(`UPDATE event SET told_at = ? WHERE told_at = 0`, instantOf(now))
}

// Runs says how many runs have ended, and which event is the first of the one that has not.
func (s *Store) Runs(ctx context.Context) (dealwatch.Runs, error) {
	var runs dealwatch.Runs
	err := s.reading(ctx, "read the runs of the watchlist", func(q *tx) error {
		if err := q.get(&runs.Ended, `SELECT runs FROM sequence WHERE id = 1`); err != nil {
			return err
		}
		return q.get(&runs.Open, `SELECT COALESCE(MIN(event_id), 0) FROM event WHERE told_at = 0`)
	})
	return runs, err
}
