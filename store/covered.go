package store

import (
	"context"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// PollsOf gives the polls of these streams of a source that began at or after from and
// before to, oldest first; of each its stream, times, outcome, error and whether it was
// complete.
func (s *Store) PollsOf(ctx context.Context, source string, streams []string, from, to time.Time) ([]dealwatch.Poll, error) {
	var polls []dealwatch.Poll
	if len(streams) == 0 {
		return nil, nil
	}
	err := s.reading(ctx, "list the polls of "+source, func(q *tx) error {
		args := []any{source, instantOf(from), instantOf(to)}
		for _, stream := range streams {
			args = append(args, stream)
		}
		var rows []struct {
			Stream    string
			StartedAt int64 `db:"started_at"`
			EndedAt   int64 `db:"ended_at"`
			Outcome   string
			Err       string
			Complete  int
		}
		err := q.all(&rows, `
			SELECT stream, started_at, ended_at, outcome, err, complete FROM poll
			WHERE source = ? AND started_at >= ? AND started_at < ? AND stream IN (?`+strings.Repeat(", ?", len(streams)-1)+`)
			ORDER BY poll_id`, args...)
		polls = make([]dealwatch.Poll, 0, len(rows))
		for _, r := range rows {
			polls = append(polls, dealwatch.Poll{
				Source: source, Stream: r.Stream, StartedAt: timeOf(&r.StartedAt), EndedAt: timeOf(&r.EndedAt),
				Outcome: dealwatch.Outcome(r.Outcome), Err: r.Err, Complete: r.Complete == 1,
			})
		}
		return err
	})
	return polls, err
}

// Covered says of a stream from which date on complete polls cover it, "" for never, and
// when the newest of them began. Where a poll states no date, its own day counts.
func (s *Store) Covered(ctx context.Context, source, stream string) (from string, last time.Time, err error) {
	err = s.reading(ctx, "read what covers "+source+"/"+stream, func(q *tx) error {
		const complete = ` FROM poll WHERE source = ? AND stream = ? AND complete = 1`
		var dated *string
		var undated, newest *int64
		if err := q.get(&dated, `SELECT MIN(covers_from)`+complete+` AND covers_from > ''`, source, stream); err != nil {
			return err
		}
		if err := q.get(&undated, `SELECT MIN(started_at)`+complete+` AND covers_from = ''`, source, stream); err != nil {
			return err
		}
		if err := q.get(&newest, `SELECT MAX(started_at)`+complete, source, stream); err != nil {
			return err
		}
		from, last = "", timeOf(newest)
		if dated != nil {
			from = *dated
		}
		if undated != nil {
			if day := timeOf(undated).Format(time.DateOnly); from == "" || day < from {
				from = day
			}
		}
		return nil
	})
	return from, last, err
}
