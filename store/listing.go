package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/dealwatch/dealwatch"
)

// listingRow is what a listing last said of an item.
type listingRow struct {
	Key         string
	Title       string
	PublishedOn string `db:"published_on"`
	Content     string
	SeenAt      int64 `db:"seen_at"`
	Ground      int64
}

// First reports whether nothing of the stream is known ground yet.
func (l *Lease) First(ctx context.Context, stream string) (bool, error) {
	var n int
	err := l.store.reading(ctx, "look up "+l.source+"/"+stream, func(q *tx) error {
		return q.get(&n, `SELECT COUNT(*) FROM stream WHERE source = ? AND stream = ? AND (complete_at IS NOT NULL OR proved_to <> '')`, l.source, clean(stream))
	})
	return n == 0, err
}

// Ground reports how many of items are known from a complete listing of stream.
func (l *Lease) Ground(ctx context.Context, stream string, items []dealwatch.Item) (int, error) {
	known := make(map[string]bool, len(items))
	err := l.store.reading(ctx, "look for known ground of "+l.source+"/"+stream, func(q *tx) error {
		rows, err := l.listings(q, stream, keysOf(items))
		for key, r := range rows {
			known[key] = r.Ground == 1
		}
		return err
	})
	n := 0
	for _, it := range items {
		if known[clean(it.Key)] {
			n++
		}
	}
	return n, err
}

func (l *Lease) listings(q *tx, stream string, keys []any) (map[string]listingRow, error) {
	rows := make(map[string]listingRow, len(keys))
	err := in(keys, func(list string, keys []any) error {
		var found []listingRow
		err := q.all(&found, `
			SELECT key, title, published_on, content, seen_at, ground FROM listing
			WHERE source = ? AND stream = ? AND key IN (`+list+`)`,
			append([]any{l.source, clean(stream)}, keys...)...)
		for _, r := range found {
			rows[r.Key] = r
		}
		return err
	})
	return rows, err
}

// Note records the items of a listing in one transaction, as known ground where the
// listing is whole. A document that was read is due again once the listing states
// another title, date or content than before, and than the reading did. What is gone,
// and stands in the listing all the same, is due again a week later.
func (l *Lease) Note(ctx context.Context, stream string, items []dealwatch.Item, at time.Time, whole bool) (int, error) {
	fresh := 0
	err := l.writing(ctx, fmt.Sprintf("note %d items of %s/%s", len(items), l.source, stream), func(q *tx) error {
		fresh = 0
		listed, err := l.listings(q, stream, keysOf(items))
		if err != nil {
			return err
		}
		rows, err := l.sight(q, items, at)
		if err != nil {
			return err
		}
		now := instantOf(at)
		said := make(map[string]listingRow, len(items))
		for _, it := range items {
			said[clean(it.Key)] = saidOf(it, now, whole)
		}
		var states [][]any
		for _, r := range rows {
			key, is := r.Key, said[r.Key]
			fresh += bit(r.fresh)
			was, ok := listed[key]
			if !ok {
				was = r.before
			}
			if r.State != pending && is.SeenAt > was.SeenAt && is.differs(was) {
				other, err := l.unlikeReading(q, r, is)
				if err != nil {
					return err
				}
				if other || differ(is.Content, was.Content) {
					r.again("the listing has changed since it was read")
				}
			}
			if stream != "" && is.SeenAt > was.SeenAt {
				r.stillShown(at)
			}
			if is = is.over(was); !ok || is != was {
				states = append(states, []any{l.source, clean(stream), key, is.Title, is.PublishedOn, is.Content, is.SeenAt, is.Ground})
			}
		}
		if err := l.save(q, rows...); err != nil {
			return err
		}
		return q.insert(`listing (source, stream, key, title, published_on, content, seen_at, ground)`, states, `
			ON CONFLICT (source, stream, key) DO UPDATE SET title = excluded.title, published_on = excluded.published_on,
				content = excluded.content, seen_at = excluded.seen_at, ground = excluded.ground`)
	})
	return fresh, err
}

func saidOf(it dealwatch.Item, now int64, whole bool) listingRow {
	r := listingRow{Key: clean(it.Key), Title: clean(it.Title), PublishedOn: clean(it.PublishedOn), SeenAt: now}
	if it.Content != "" {
		r.Content = textDigest(it.Content)
	}
	if whole {
		r.Ground = 1
	}
	return r
}

// differs reports whether r states something else than before, where both state it.
func (r listingRow) differs(was listingRow) bool {
	return differ(r.Title, was.Title) || differ(r.PublishedOn, was.PublishedOn) || differ(r.Content, was.Content)
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }

// over is what is on record after r was said: the newer of both, and ground for ever.
func (r listingRow) over(was listingRow) listingRow {
	ground := max(r.Ground, was.Ground)
	if r.SeenAt < was.SeenAt {
		r, was = was, r
	}
	r.Title = cmp.Or(r.Title, was.Title)
	r.PublishedOn = cmp.Or(r.PublishedOn, was.PublishedOn)
	r.Content = cmp.Or(r.Content, was.Content)
	r.Ground = ground
	return r
}

// unlikeReading reports whether the listing states another title or date than the
// document's latest version does. An item of which nothing was ever read differs.
func (l *Lease) unlikeReading(q *tx, r *itemRow, is listingRow) (bool, error) {
	var last []struct {
		Title       string
		PublishedOn string `db:"published_on"`
	}
	err := q.all(&last, `
		SELECT v.title, v.published_on FROM document d
		JOIN version v ON v.document_id = d.document_id AND v.version = d.version
		WHERE d.document_id = ?`, r.Source+"/"+r.Key)
	for _, v := range last {
		return (is.Title != "" && is.Title != v.Title) || (is.PublishedOn != "" && is.PublishedOn != v.PublishedOn), err
	}
	return true, err
}
