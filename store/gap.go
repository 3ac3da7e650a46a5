package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/dealwatch/dealwatch"
)

// gaps opens, widens or closes the gaps of a stream after a poll. provedTo is the newest
// date that a poll covered before.
func (q *tx) gaps(p dealwatch.Poll, provedTo string) error {
	if p.Outcome == dealwatch.Unchanged {
		return nil // no page was seen
	}
	if p.Complete {
		if err := q.closeGaps(p); err != nil {
			return err
		}
	}
	// A range that begins above what was proved leaves a hole below it, and hides it from
	// the next poll: that ends where it meets the range. There is none where the listing
	// reached down to what was proved, and showed nothing new between.
	reached := p.CoversFrom != "" && p.CoversFrom <= provedTo && p.Passed == 0
	if since := p.Asked.Since; provedTo != "" && provedTo < since && !reached && !p.Second() {
		if err := q.openGap(p, provedTo, since, "a range was read from "+since+" on, and not what is older"); err != nil {
			return err
		}
	}
	if p.Complete {
		return nil
	}
	from, to := stretch(p, provedTo)
	why := cmp.Or(p.Err, string(p.Outcome))
	if p.Err == "" && whole(p) {
		why = "the listing ended before known ground"
	}
	return q.openGap(p, from, to, why)
}

// openGap puts a gap on record, or widens one that it touches.
func (q *tx) openGap(p dealwatch.Poll, from, to, why string) error {
	var open []struct {
		From string `db:"gap_from"`
		To   string `db:"gap_to"`
	}
	err := q.all(&open, `SELECT gap_from, gap_to FROM gap WHERE source = ? AND stream = ? AND closed_at IS NULL`, p.Source, p.Stream)
	if err != nil {
		return err
	}
	for _, g := range open {
		if g.From > to || g.To < from {
			continue
		}
		wideFrom, wideTo := min(g.From, from), max(g.To, to)
		return q.exec(`
			UPDATE gap SET gap_from = ?, gap_to = ?, reason = ?, command = ?
			WHERE source = ? AND stream = ? AND gap_from = ? AND gap_to = ? AND closed_at IS NULL`,
			wideFrom, wideTo, why, fill(p, wideFrom, wideTo), p.Source, p.Stream, g.From, g.To)
	}
	return q.exec(`
		INSERT INTO gap (source, stream, gap_from, gap_to, opened_at, closed_at, reason, command)
		VALUES (?, ?, ?, ?, ?, NULL, ?, ?)`,
		p.Source, p.Stream, from, to, instantOf(p.EndedAt), why, fill(p, from, to))
}

// stretch is what an incomplete poll leaves unproved. A listing that ended of itself
// leaves what lies between the newest date proved before, or the start of the range that
// was asked for, and the oldest that it saw.
// One that broke off leaves all from the newest date proved before, or the oldest that
// it saw where that is older, to the newest date that it saw. The day of the poll stands
// for a date that no listing stated.
func stretch(p dealwatch.Poll, provedTo string) (from, to string) {
	if p.Second() {
		return p.CoversFrom, p.CoversTo // the days that were asked for
	}
	if p.Asked.Since != "" {
		provedTo = p.Asked.Since
	}
	if whole(p) && p.CoversFrom != "" && provedTo != "" && provedTo <= p.CoversFrom {
		return provedTo, p.CoversFrom
	}
	if to = p.CoversTo; to == "" {
		to = p.EndedAt.UTC().Format(time.DateOnly)
	}
	from = to
	for _, date := range []string{p.CoversFrom, provedTo} {
		if date != "" {
			from = min(from, date)
		}
	}
	return from, to
}

// whole reports whether the listing of p did not break off: what it showed is proved,
// even where it did not reach back to what was proved before.
func whole(p dealwatch.Poll) bool { return p.Complete || p.Outcome == dealwatch.OK }

// fill is the command that fills a gap.
func fill(p dealwatch.Poll, from, to string) string {
	command := "scrape"
	if p.Second() {
		command = "reconcile"
	}
	if p.Quarterly() {
		return fmt.Sprintf("dealwatch reconcile %s --quarter %s", p.Source, quarterOf(from))
	}
	return fmt.Sprintf("dealwatch %s %s --since %s --until %s", command, p.Source, from, to)
}

// quarterOf names the quarter of a date, 2026-Q1.
func quarterOf(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return fmt.Sprintf("%d-Q%d", day.Year(), (int(day.Month())+2)/3)
}

// closeGaps closes the gaps that a complete poll reaches over. Its newest date need not
// be the gap's: an agency publishes nothing on some days, so a poll that saw the
// newest that its stream ever showed has seen all up to its own day. A listing without
// dates shows everything, but for one of a range.
func (q *tx) closeGaps(p dealwatch.Poll) error {
	from, to := p.CoversFrom, p.CoversTo
	if p.Asked.Since != "" {
		from = p.Asked.Since
	}
	if p.Asked.Until != "" {
		to = max(to, min(p.Asked.Until, p.EndedAt.UTC().Format(time.DateOnly)))
	}
	var newest string
	err := q.get(&newest, `SELECT COALESCE(MAX(published_on), '') FROM listing WHERE source = ? AND stream = ?`, p.Source, p.Stream)
	if err != nil {
		return err
	}
	newest = min(newest, p.EndedAt.UTC().AddDate(0, 0, 1).Format(time.DateOnly)) // no date to come is proved
	if to >= newest && p.Asked.Until == "" && !p.Second() {
		to = max(to, p.EndedAt.UTC().Format(time.DateOnly))
	}
	return q.exec(`
		UPDATE gap SET closed_at = ?
		WHERE source = ? AND stream = ? AND closed_at IS NULL AND (? = '' OR gap_from >= ? AND gap_to <= ?)`,
		instantOf(p.EndedAt), p.Source, p.Stream, from, from, to)
}

// Gaps gives the stretches that no poll has proved, newest first; without those that
// were closed where openOnly is set.
func (s *Store) Gaps(ctx context.Context, openOnly bool) ([]dealwatch.Gap, error) {
	var gaps []dealwatch.Gap
	err := s.reading(ctx, "list gaps", func(q *tx) error {
		var rows []struct {
			Source, Stream  string
			From            string `db:"gap_from"`
			To              string `db:"gap_to"`
			OpenedAt        int64  `db:"opened_at"`
			ClosedAt        *int64 `db:"closed_at"`
			Reason, Command string
		}
		err := q.all(&rows, `
			SELECT source, stream, gap_from, gap_to, opened_at, closed_at, reason, command FROM gap
			WHERE closed_at IS NULL OR ? = 0 ORDER BY opened_at DESC, source, stream, gap_from`, bit(openOnly))
		gaps = nil
		for _, r := range rows {
			gaps = append(gaps, dealwatch.Gap{Source: r.Source, Stream: r.Stream, From: r.From, To: r.To,
				OpenedAt: timeOf(&r.OpenedAt), ClosedAt: timeOf(r.ClosedAt), Reason: r.Reason, Command: r.Command})
		}
		return err
	})
	return gaps, err
}
