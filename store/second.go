package store

import (
	"context"
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
// many items it and the source's own listings show of its days, and a gap where it
// showed nothing. p.Fresh is how many items no listing had shown.
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
		if err := q.gaps(p, ""); err != nil {
			return err
		}
		if err := q.addPoll(p); err != nil {
			return err
		}
		return l.addReconciled(q, r, p.StartedAt)
	})
	return r, err
}

// listed are the keys that the streams which the look proves showed of its days.
func (l *Lease) listed(q *tx, look dealwatch.Look) (map[string]bool, error) {
	keys := make(map[string]bool)
	err := in(streamsOf(look.Proves), func(list string, streams []any) error {
		var found []string
		args := append([]any{l.source, clean(look.From), clean(look.To)}, streams...)
		err := q.all(&found, `
			SELECT key FROM listing WHERE source = ? AND published_on BETWEEN ? AND ? AND stream IN (`+list+`)`, args...)
		for _, key := range found {
			keys[key] = true
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
