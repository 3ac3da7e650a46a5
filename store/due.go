package store

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Due returns the items of the source whose time to be read has come at the given
// time, oldest first, so that a backlog is read in the order in which it was
// published: what was never tried, what failed and whose next try has come,
// documents young enough to be read again, and what is gone but was still shown. At the zero time, which is that of a
// replay, it returns all that is pending, whenever its next try is.
func (l *Lease) Due(ctx context.Context, at time.Time) ([]dealwatch.Item, error) {
	where, args := `state = 'pending'`, []any{l.source}
	if !at.IsZero() {
		where = `(state = 'pending' AND (next_try_at IS NULL OR next_try_at <= ?) OR state IN ('read', 'gone') AND next_try_at <= ?)`
		args = append(args, instantOf(at), instantOf(at))
	}
	var rows []*itemRow
	err := l.store.reading(ctx, "look for what is due of "+l.source, func(q *tx) error {
		rows = nil
		return q.all(&rows, `SELECT `+itemColumns+` FROM item WHERE source = ? AND `+where, args...)
	})
	sort.Slice(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		if a.date() != b.date() {
			return a.date() < b.date()
		}
		if a.FirstSeenAt != b.FirstSeenAt {
			return a.FirstSeenAt < b.FirstSeenAt
		}
		return a.Key < b.Key
	})
	var items []dealwatch.Item
	for _, r := range rows {
		items = append(items, r.item())
	}
	return items, err
}

// date is the stated date, or that of first sight.
func (r *itemRow) date() string {
	if r.PublishedOn != "" {
		return r.PublishedOn
	}
	return timeOf(&r.FirstSeenAt).Format(time.DateOnly)
}

// waits says how long a failed item waits for its second try; each further try waits
// twice as long, up to most. No item is ever given up.
var waits = map[dealwatch.Outcome]struct{ first, most time.Duration }{
	dealwatch.Failed:    {5 * time.Minute, 24 * time.Hour},
	dealwatch.Truncated: {5 * time.Minute, 24 * time.Hour},
	dealwatch.Empty:     {time.Hour, 7 * 24 * time.Hour},
	dealwatch.Unparsed:  {time.Hour, 7 * 24 * time.Hour},
	dealwatch.Moved:     {time.Hour, 7 * 24 * time.Hour},
	dealwatch.Blocked:   {6 * time.Hour, 24 * time.Hour},
}

// Postpone keeps an item with the reason why it could not be read and the time of its
// next try. What is gone is looked at again a day later before it counts as gone, and then
// only as long as something shows it. What
// a replay's archive does not hold waits without a time. A document that was read once
// stays read, whatever a later attempt gives, unless it is gone.
func (l *Lease) Postpone(ctx context.Context, it dealwatch.Item, at time.Time, why error) error {
	return l.writing(ctx, "postpone "+it.ID(), func(q *tx) error {
		r, err := l.known(q, it, at)
		if err != nil {
			return err
		}
		var had int
		if err := q.get(&had, `SELECT COUNT(*) FROM document WHERE document_id = ?`, r.Source+"/"+r.Key); err != nil {
			return err
		}
		r.postpone(at, why, had > 0)
		return l.save(q, r)
	})
}

func (r *itemRow) postpone(at time.Time, why error, had bool) {
	r.dirty = true
	r.Reason = clean(reason(why))
	outcome := dealwatch.OutcomeOf(why)
	kept := dealwatch.EvidenceOf(why).Capture
	r.FailedFile, r.FailedOffset = clean(kept.File), kept.Offset
	next := func(d time.Duration) { r.NextTryAt = micros(at.Add(d)) }
	switch outcome {
	case dealwatch.Absent:
		if !had {
			r.State = pending
		}
		r.NextTryAt = nil
		return
	case dealwatch.Gone:
		first := timeOf(r.GoneAt)
		switch {
		case r.GoneAt == nil:
			r.GoneAt = micros(at)
			next(day)
		case at.Sub(first) < day:
			r.NextTryAt = micros(first.Add(day))
		default:
			r.State, r.NextTryAt = gone, nil
			return
		}
	default:
		r.GoneAt = nil
		w, ok := waits[outcome]
		if !ok {
			w = waits[dealwatch.Failed]
		}
		wait := w.first
		for range r.Tries {
			if wait = min(2*wait, w.most); wait == w.most {
				break
			}
		}
		var re *dealwatch.ReadError
		if errors.As(why, &re) {
			wait = max(wait, re.RetryAfter)
		}
		r.Tries++
		next(wait)
	}
	if r.State = pending; had {
		r.State = read
	}
}

// goneAgain is how long what is gone is left alone once it was seen to be shown still.
const goneAgain = 7 * day

// stillShown has an item that is gone tried again, seldom, for something still leads to
// it: a site that loses its pages may find them again, and says so nowhere.
func (r *itemRow) stillShown(at time.Time) {
	if r.State == gone && r.NextTryAt == nil && r.GoneAt != nil && instantOf(at) > *r.GoneAt {
		r.NextTryAt, r.dirty = micros(at.Add(goneAgain)), true
	}
}

// reason is why without the address, which stands beside it.
func reason(why error) string {
	var re *dealwatch.ReadError
	if !errors.As(why, &re) {
		return fmt.Sprintf("%s: %v", dealwatch.Failed, why)
	}
	s := string(re.Outcome)
	if re.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", re.Status)
	}
	if re.Err != nil {
		s += ": " + re.Err.Error()
	}
	return s
}

// wasRead marks an item as read at the given time. A document younger than the
// source's Young is read again on a spacing that grows with its age, and a last time
// when that ends.
func (r *itemRow) wasRead(at time.Time, young time.Duration) {
	r.State, r.Reason, r.NextTryAt, r.Tries, r.GoneAt, r.dirty = read, "", nil, 0, nil, true
	r.FailedFile, r.FailedOffset = "", 0
	end := timeOf(&r.FirstSeenAt).Add(young)
	if !at.Before(end) {
		return
	}
	next := at.Add(max(time.Hour, at.Sub(timeOf(&r.FirstSeenAt))))
	if next.After(end) {
		next = end
	}
	r.NextTryAt = micros(next)
}
