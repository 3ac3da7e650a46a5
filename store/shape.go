package store

import (
	"context"
	"time"
)

// Shape gives how a page of a source looked when it was last read well, as it was given
// to SetShape, and when that was; "" where it never was.
func (s *Store) Shape(ctx context.Context, source, page string) (shape string, seenAt time.Time, err error) {
	err = s.reading(ctx, "look up the shape of "+source+"/"+page, func(q *tx) error {
		var rows []struct {
			Shape  string
			SeenAt int64 `db:"seen_at"`
		}
		err := q.all(&rows, `SELECT shape, seen_at FROM shape WHERE source = ? AND page = ?`, clean(source), clean(page))
		for _, r := range rows {
			shape, seenAt = r.Shape, timeOf(&r.SeenAt)
		}
		return err
	})
	return shape, seenAt, err
}

// SetShape puts on record how a page of a source looks.
func (s *Store) SetShape(ctx context.Context, source, page, shape string, at time.Time) error {
	return s.writing(ctx, "store the shape of "+source+"/"+page, func(q *tx) error {
		return q.exec(`
			INSERT INTO shape (source, page, seen_at, shape) VALUES (?, ?, ?, ?)
			ON CONFLICT (source, page) DO UPDATE SET seen_at = excluded.seen_at, shape = excluded.shape`,
			clean(source), clean(page), instantOf(at), clean(shape))
	})
}
