package store

import (
	"context"
	"time"
)

// wholeEvery is how long a listing may be taken for unchanged because its server says
// so; then it is read in full, at least once a day.
const wholeEvery = 23 * time.Hour

// Validators gives what the server said of the first page of a stream when it was last
// read whole. They are "" where that page is to be read in full: when it was not for
// most of a day, and when the last poll of the stream was not a complete one.
func (s *Store) Validators(ctx context.Context, source, stream, url string) (etag, lastModified string, err error) {
	err = s.reading(ctx, "read the validators of "+source+"/"+stream, func(q *tx) error {
		var rows []struct {
			Etag         string
			LastModified string `db:"last_modified"`
		}
		err := q.all(&rows, `
			SELECT v.etag, v.last_modified FROM validator v
			JOIN stream t ON t.source = v.source AND t.stream = v.stream
			WHERE v.source = ? AND v.stream = ? AND v.url = ? AND v.read_at > `+s.dialect.now+` - ?
				AND t.good = 1 AND t.complete_at = t.ended_at`,
			clean(source), clean(stream), clean(url), wholeEvery.Microseconds())
		etag, lastModified = "", ""
		for _, r := range rows {
			etag, lastModified = r.Etag, r.LastModified
		}
		return err
	})
	return etag, lastModified, err
}

// SetValidators keeps what the server said of the first page of a stream, once all that
// the listing showed is on record.
func (s *Store) SetValidators(ctx context.Context, source, stream, url, etag, lastModified string) error {
	return s.writing(ctx, "keep the validators of "+source+"/"+stream, func(q *tx) error {
		return q.exec(`
			INSERT INTO validator (source, stream, url, etag, last_modified, read_at) VALUES (?, ?, ?, ?, ?, `+s.dialect.now+`)
			ON CONFLICT (source, stream) DO UPDATE SET url = excluded.url, etag = excluded.etag,
				last_modified = excluded.last_modified, read_at = excluded.read_at`,
			clean(source), clean(stream), clean(url), clean(etag), clean(lastModified))
	})
}
