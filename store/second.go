package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Unseen gives those of items, each once, that the store knows nothing of.
func (l *Lease) Unseen(ctx context.Context, items []dealwatch.Item) ([]dealwatch.Item, error) {
	known := make(map[string]bool, len(items))
	err := l.store.reading(ctx, "look for what "+l.source+" has not listed", func(q *tx) error {
		return in(keysOf(items), func(list string, keys []any) error {
			var found []string
			err := q.all(&found, `SELECT key FROM item WHERE source = ? AND key IN (`+list+`)`, append([]any{l.source}, keys...)...)
			for _, key := range found {
				known[key] = true
			}
			return err
		})
	})
	var unseen []dealwatch.Item
	for _, it := range items {
		if key := clean(it.Key); !known[key] {
			known[key] = true
			unseen = append(unseen, it)
		}
	}
	return unseen, err
}

// Late marks items that only a second channel showed. Their first readings are late, and
// so are those of what they lead to, whoever reads them and when.
func (l *Lease) Late(ctx context.Context, items []dealwatch.Item) error {
	return l.writing(ctx, "mark what "+l.source+" missed", func(q *tx) error { return l.late(q, keysOf(items)) })
}

func (l *Lease) late(q *tx, keys []any) error {
	var rows [][]any
	for _, key := range keys {
		rows = append(rows, []any{l.source, key})
	}
	return q.insert(`late (source, key)`, rows, `ON CONFLICT DO NOTHING`)
}

// isLate reports whether v was missed and is read for the first time, as far as its
// cause goes.
func (l *Lease) isLate(q *tx, v dealwatch.Version, how dealwatch.Reach) (bool, error) {
	if how.Cause != dealwatch.New && how.Cause != dealwatch.Late {
		return false, nil
	}
	var n int
	err := q.get(&n, `SELECT COUNT(*) FROM late WHERE source = ? AND key = ?`, l.source, v.Key)
	return n > 0, err
}

// Reconciled puts a look at a second channel on record: the poll that p says of it, how
// many items it and the source's own listings show of its days, and a gap and an incident
// where it showed nothing, or less than they of days that are over. p.Fresh is how many
// items no listing had shown.
func (l *Lease) Reconciled(ctx context.Context, look dealwatch.Look, p dealwatch.Poll) (dealwatch.Reconciled, error) {
	p.Source, p.Stream, p.Err = l.source, clean(look.Stream), clean(p.Err)
	p.CoversFrom, p.CoversTo = clean(look.From), clean(look.To)
	r := dealwatch.Reconciled{Stream: p.Stream, From: p.CoversFrom, To: p.CoversTo, Second: p.Listed, Late: p.Fresh, Outcome: p.Outcome}
	err := l.writing(ctx, "reconcile "+l.source, func(q *tx) error {
		first, err := l.listed(q, look)
		if err != nil {
			return err
		}
		r.First, r.Lacking = len(first), 0
		if p.Complete {
			for _, key := range keysOf(look.Items) {
				delete(first, key.(string))
			}
			r.Lacking = len(first)
		}
		p := p
		if lacks := overBy(first, p.StartedAt); p.Complete && len(lacks) > 0 {
			p.Complete = false
			p.Err = fmt.Sprintf("it lacks %d of what the listings show, the first is %s", len(lacks), lacks[0])
		}
		if r.Short = p.Err; p.Complete {
			r.Short = ""
		}
		if err := q.gaps(p, ""); err != nil {
			return err
		}
		if err := q.addPoll(p); err != nil {
			return err
		}
		if err := l.addReconciled(q, r, p.StartedAt); err != nil {
			return err
		}
		return q.reconciled(p, r)
	})
	return r, err
}

// reconciled opens an incident where a look has not proved its days, and closes one where
// none is left that did not.
func (q *tx) reconciled(p dealwatch.Poll, r dealwatch.Reconciled) error {
	if p.Outcome == dealwatch.Absent || p.Outcome == dealwatch.Interrupted || p.Quarterly() {
		return nil
	}
	open, err := q.openIncidents(p.Source)
	if err != nil {
		return err
	}
	if p.Complete {
		return q.short(p, nil, open)
	}
	return q.short(p, &r, open)
}

// again is how long a second channel that did not prove its days is looked at again, and
// its incident open: what it lacks for good stays a gap, and is no news then.
const again = 3*day + 12*time.Hour

// short opens an incident of the second channels of a source that have just not proved
// their days, as r says of one, keeps it up, or closes it.
func (q *tx) short(p dealwatch.Poll, r *dealwatch.Reconciled, open []incidentRow) error {
	at := int64(0)
	for _, i := range open {
		if i.Subject == dealwatch.OfSecond {
			at = i.OpenedAt
		}
	}
	if at == 0 && r == nil {
		return nil
	}
	ended := instantOf(p.EndedAt)
	var gaps []struct {
		Stream, Reason, Command string
		From                    string `db:"gap_from"`
		To                      string `db:"gap_to"`
	}
	err := q.all(&gaps, `
		SELECT stream, reason, command, gap_from, gap_to FROM gap
		WHERE source = ? AND closed_at IS NULL AND opened_at >= ? AND stream LIKE 'second: %' AND stream NOT LIKE 'second: quarterly %'
		ORDER BY opened_at, stream, gap_from`, p.Source, ended-again.Microseconds())
	if err != nil {
		return err
	}
	if len(gaps) == 0 {
		return q.exec(`UPDATE incident SET closed_at = ? WHERE source = ? AND subject = ? AND closed_at IS NULL`, ended, p.Source, dealwatch.OfSecond)
	}
	if at == 0 {
		at = ended
		var lastOK *int64
		if err := q.get(&lastOK, `SELECT MAX(looked_at) FROM reconciliation WHERE source = ? AND outcome = 'ok' AND lacking = 0`, p.Source); err != nil {
			return err
		}
		if err := q.openIncident(p.Source, dealwatch.OfSecond, at, lastOK); err != nil {
			return err
		}
	}
	first, names := gaps[0], []string(nil)
	for _, g := range gaps {
		if name := strings.TrimPrefix(g.Stream, "second: "); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	what := fmt.Sprintf("%s, %s to %s: %s", strings.TrimPrefix(first.Stream, "second: "), first.From, first.To, first.Reason)
	err = q.exec(`UPDATE incident SET what = ?, opening = CASE WHEN opening = '' THEN ? ELSE opening END, listings = ?, command = ?
		WHERE source = ? AND subject = ? AND opened_at = ?`,
		what, what, strings.Join(names, ", "), first.Command, p.Source, dealwatch.OfSecond, at)
	if err != nil || r == nil {
		return err
	}
	outcome := p.Outcome
	if outcome == dealwatch.OK {
		outcome = dealwatch.Lacking
	}
	err = q.exec(`UPDATE incident SET outcome = ? WHERE source = ? AND subject = ? AND opened_at = ?`, outcome, p.Source, dealwatch.OfSecond, at)
	if err != nil {
		return err
	}
	e := p.Evidence
	e.RetryAfter = max(e.RetryAfter, untilNight(p.EndedAt))
	return q.evidence(p.Source, dealwatch.OfSecond, at, e, p.EndedAt)
}

// untilNight is how long it is to 7:00 UTC, when second channels are looked at again.
func untilNight(at time.Time) time.Duration {
	next := at.UTC().Truncate(day).Add(7 * time.Hour)
	if !next.After(at) {
		next = next.Add(day)
	}
	return next.Sub(at)
}

// dayOver is when a day is over in Washington, as seen from its midnight in UTC.
const dayOver = 29 * time.Hour

// overBy are the keys of what is dated to days that were over at a time, in order.
func overBy(listed map[string]string, at time.Time) []string {
	last := at.UTC().Add(-dayOver).Format(time.DateOnly)
	var keys []string
	for key, on := range listed {
		if on <= last {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// listed are the keys that the streams which the look proves showed of its days, with
// their dates.
func (l *Lease) listed(q *tx, look dealwatch.Look) (map[string]string, error) {
	keys := make(map[string]string)
	err := in(streamsOf(look.Proves), func(list string, streams []any) error {
		var found []listingRow
		args := append([]any{l.source, clean(look.From), clean(look.To)}, streams...)
		err := q.all(&found, `
			SELECT key, published_on FROM listing WHERE source = ? AND published_on BETWEEN ? AND ? AND stream IN (`+list+`)`, args...)
		for _, r := range found {
			keys[r.Key] = r.PublishedOn
		}
		return err
	})
	return keys, err
}

func streamsOf(names []string) []any {
	var all []any
	for _, name := range names {
		all = append(all, clean(name))
	}
	return all
}

// Printed compares the presidential documents that the Federal Register printed on some
// days with the White House's pages, by subject, as far as both are read. It needs no
// network. unpaired are the titles of those without a page: what was signed before the
// watch began, or a page that was missed. Days without one leave no record.
func (l *Lease) Printed(ctx context.Context, stream, from, to string, at time.Time) (r dealwatch.Reconciled, unpaired []string, err error) {
	r = dealwatch.Reconciled{Stream: clean(stream), From: clean(from), To: clean(to), Outcome: dealwatch.OK}
	err = l.writing(ctx, "compare orders with the Federal Register", func(q *tx) error {
		var printed []struct {
			Title string
			Pages int
		}
		err := q.all(&printed, `
			SELECT v.title AS title, (SELECT COUNT(*) FROM document w JOIN subjects p ON p.document_id = w.document_id
				WHERE w.source = 'whitehouse' AND p.subject_id = s.subject_id) AS pages
			FROM document d JOIN version v ON v.document_id = d.document_id AND v.version = d.version
			JOIN subjects s ON s.document_id = d.document_id
			WHERE d.source = 'federal-register' AND v.agency = 'White House' AND v.published_on BETWEEN ? AND ?
			ORDER BY v.published_on, d.document_id`, r.From, r.To)
		if err != nil || len(printed) == 0 {
			return err
		}
		r.Second, r.First, unpaired = len(printed), 0, nil
		for _, p := range printed {
			if p.Pages > 0 {
				r.First++
			} else {
				unpaired = append(unpaired, p.Title)
			}
		}
		poll := dealwatch.Poll{Source: l.source, Stream: r.Stream, StartedAt: at, EndedAt: at, Listed: r.Second, Outcome: r.Outcome,
			Complete: true, CoversFrom: r.From, CoversTo: r.To}
		if err := q.addPoll(poll); err != nil {
			return err
		}
		return l.addReconciled(q, r, at)
	})
	return r, unpaired, err
}

func (l *Lease) addReconciled(q *tx, r dealwatch.Reconciled, at time.Time) error {
	return q.exec(`
		INSERT INTO reconciliation (source, stream, looked_at, covers_from, covers_to, outcome, second_listed, first_listed, late, lacking)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		l.source, r.Stream, instantOf(at), r.From, r.To, r.Outcome, r.Second, r.First, r.Late, r.Lacking)
}

// Prove closes the gaps of the streams that lie within some days of which a second
// channel showed everything.
func (l *Lease) Prove(ctx context.Context, streams []string, from, to string, at time.Time) error {
	return l.writing(ctx, "close gaps of "+l.source, func(q *tx) error {
		return in(streamsOf(streams), func(list string, names []any) error {
			args := append([]any{instantOf(at), l.source, clean(from), clean(to)}, names...)
			return q.exec(`
				UPDATE gap SET closed_at = ?
				WHERE source = ? AND closed_at IS NULL AND gap_from >= ? AND gap_to <= ? AND stream IN (`+list+`)`, args...)
		})
	})
}
