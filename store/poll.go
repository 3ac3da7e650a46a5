package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dealwatch/dealwatch"
)

// streamRow is what is known of a stream after its last poll.
type streamRow struct {
	Good       int
	Since      int64
	OKAt       *int64 `db:"ok_at"`
	CompleteAt *int64 `db:"complete_at"`
	ProvedTo   string `db:"proved_to"`
	Incident   *int64 // when the incident was opened that the stream is part of
	Undated    *int64 // of 100 items of the last good listing; nil where that was too short to tell
	Untitled   *int64
}

// Close puts a poll on record. An incomplete one opens a gap, or widens the one that is
// open; a complete one closes the gaps that it covers.
func (l *Lease) Close(ctx context.Context, p dealwatch.Poll) error {
	p.Source = l.source
	for _, s := range []*string{&p.Stream, &p.Err, &p.CoversFrom, &p.CoversTo} {
		*s = clean(*s)
	}
	return l.writing(ctx, "close the poll of "+l.source+"/"+p.Stream, func(q *tx) error {
		var rows []streamRow
		err := q.all(&rows, `SELECT good, since, ok_at, complete_at, proved_to, incident, undated, untitled FROM stream WHERE source = ? AND stream = ?`, p.Source, p.Stream)
		if err != nil {
			return err
		}
		var was streamRow
		known := len(rows) > 0
		if known {
			was = rows[0]
		}
		if what := was.lost(p); what != "" {
			p.Outcome, p.Err = dealwatch.Unparsed, what
		}
		if err := q.gaps(p, was.ProvedTo); err != nil {
			return err
		}
		if p.Outcome == dealwatch.Absent || p.Outcome == dealwatch.Interrupted {
			if err := q.ourselves(p); err != nil {
				return err
			}
			return q.addPoll(p) // what an archive lacks, or we ended, says nothing of the site
		}
		is := was.after(p, known)
		err = q.exec(`
			INSERT INTO stream (source, stream, ended_at, outcome, err, good, since, ok_at, complete_at, proved_to, incident, undated, untitled)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (source, stream) DO UPDATE SET ended_at = excluded.ended_at, outcome = excluded.outcome,
				err = excluded.err, good = excluded.good, since = excluded.since, ok_at = excluded.ok_at,
				complete_at = excluded.complete_at, proved_to = excluded.proved_to, incident = excluded.incident,
				undated = excluded.undated, untitled = excluded.untitled`,
			p.Source, p.Stream, instantOf(p.EndedAt), p.Outcome, p.Err, is.Good, is.Since, is.OKAt, is.CompleteAt, is.ProvedTo, is.Incident,
			is.Undated, is.Untitled)
		if err != nil {
			return err
		}
		if err := q.incidents(p, is); err != nil {
			return err
		}
		if err := q.ourselves(p); err != nil {
			return err
		}
		if err := q.addPoll(p); err != nil {
			return err
		}
		return q.rhythm(p)
	})
}

const (
	few      = 5  // items that may well be without a field
	mostHave = 20 // of 100 items, those that may lack a field which most have
)

// lost says which field a listing that was read well has lost: one that most of its
// items had before, and fewer than half of them have now. What it shows is known, but it
// is an incident. "" stands for none.
func (r streamRow) lost(p dealwatch.Poll) string {
	if p.Outcome != dealwatch.OK || p.Listed < few {
		return ""
	}
	had := func(lacking *int64) bool { return lacking != nil && *lacking <= mostHave }
	switch {
	case p.CoversTo == "" && r.ProvedTo != "":
		return fmt.Sprintf("none of %d items has a date, and they had one before", p.Listed)
	case 2*p.Undated > p.Listed && had(r.Undated):
		return fmt.Sprintf("%d of %d items have no date, and nearly all had one before", p.Undated, p.Listed)
	case 2*p.Untitled > p.Listed && had(r.Untitled):
		return fmt.Sprintf("%d of %d items have no title, and nearly all had one before", p.Untitled, p.Listed)
	}
	return ""
}

func (q *tx) addPoll(p dealwatch.Poll) error {
	var id int64
	if err := q.get(&id, `UPDATE sequence SET poll_id = poll_id + 1 WHERE id = 1 RETURNING poll_id`); err != nil {
		return err
	}
	return q.exec(`
		INSERT INTO poll (poll_id, source, stream, started_at, ended_at, listed, fresh, read, raised, failed, outcome,
			err, complete, covers_from, covers_to)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, p.Source, p.Stream, instantOf(p.StartedAt), instantOf(p.EndedAt), p.Listed, p.Fresh, p.Read, p.Raised, p.Failed,
		p.Outcome, p.Err, bit(p.Complete), p.CoversFrom, p.CoversTo)
}

// after is the state of a stream once p is on record.
func (r streamRow) after(p dealwatch.Poll, known bool) streamRow {
	ended := instantOf(p.EndedAt)
	good := bit(p.Outcome == dealwatch.OK || p.Outcome == dealwatch.Unchanged)
	if good == 1 {
		r.OKAt, r.Incident = &ended, nil
	}
	if !known || good != r.Good {
		r.Since = ended
	}
	r.Good = good
	if p.Outcome == dealwatch.OK && p.Listed >= few {
		undated, untitled := int64(100*p.Undated/p.Listed), int64(100*p.Untitled/p.Listed)
		r.Undated, r.Untitled = &undated, &untitled
	}
	if p.Complete && p.Asked.Until == "" { // a range of the past does not read up to today
		r.CompleteAt = &ended
	}
	if whole(p) {
		r.ProvedTo = min(max(r.ProvedTo, p.CoversTo), p.EndedAt.UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	}
	return r
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Polls gives the polls that began at or after since, newest first; those of all
// sources for source "".
func (s *Store) Polls(ctx context.Context, source string, since time.Time) ([]dealwatch.Poll, error) {
	return s.PollsBetween(ctx, source, since, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC))
}

// PollsBetween are those that began at or after from and before to.
func (s *Store) PollsBetween(ctx context.Context, source string, from, to time.Time) ([]dealwatch.Poll, error) {
	var polls []dealwatch.Poll
	err := s.reading(ctx, "list polls", func(q *tx) error {
		var rows []struct {
			Source, Stream                      string
			StartedAt                           int64 `db:"started_at"`
			EndedAt                             int64 `db:"ended_at"`
			Listed, Fresh, Read, Raised, Failed int
			Outcome, Err                        string
			Complete                            int
			CoversFrom                          string `db:"covers_from"`
			CoversTo                            string `db:"covers_to"`
		}
		err := q.all(&rows, `
			SELECT source, stream, started_at, ended_at, listed, fresh, read, raised, failed, outcome, err, complete, covers_from, covers_to
			FROM poll WHERE (source = ? OR ? = '') AND started_at >= ? AND started_at < ? ORDER BY poll_id DESC`,
			clean(source), clean(source), instantOf(from), instantOf(to))
		polls = nil
		for _, r := range rows {
			polls = append(polls, dealwatch.Poll{
				Source: r.Source, Stream: r.Stream, StartedAt: timeOf(&r.StartedAt), EndedAt: timeOf(&r.EndedAt),
				Listed: r.Listed, Fresh: r.Fresh, Read: r.Read, Raised: r.Raised, Failed: r.Failed,
				Outcome: dealwatch.Outcome(r.Outcome), Err: r.Err, Complete: r.Complete == 1,
				CoversFrom: r.CoversFrom, CoversTo: r.CoversTo,
			})
		}
		return err
	})
	return polls, err
}
