package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/dealwatch/dealwatch"
)

// documentRow is a row of document.
type documentRow struct {
	DocumentID string `db:"document_id"`
	Channel    string
	Version    int
	LastReadAt int64  `db:"last_read_at"`
	Hash       string // of the latest version
}

// Record stores one reading of a document, the attachments that it found, and what it
// does to the flags of the deals in how, in one transaction.
//
// A reading adds no version and touches no flag when it is older than the last one,
// when it came by another channel than the first one, or when title, text and stated
// date are those of the latest version. With the cause Rematch nothing is read anew: v is the
// latest version, and only its flags are looked at.
func (l *Lease) Record(ctx context.Context, v dealwatch.Version, matches []dealwatch.Match, how dealwatch.Reach) (dealwatch.Recorded, error) {
	var rec dealwatch.Recorded
	err := l.writing(ctx, "record "+v.ID(), func(q *tx) (err error) {
		rec, err = l.record(q, v, matches, how)
		return err
	})
	if err != nil {
		return dealwatch.Recorded{}, err
	}
	return rec, nil
}

func (l *Lease) record(q *tx, v dealwatch.Version, matches []dealwatch.Match, how dealwatch.Reach) (dealwatch.Recorded, error) {
	rec := dealwatch.Recorded{Outcome: dealwatch.Unchanged}
	if how.At.IsZero() {
		how.At = v.ReadAt
	}
	v = cleanVersion(v)
	late, err := l.isLate(q, v, how)
	if err != nil {
		return rec, err
	}
	if late {
		how.Cause = dealwatch.Late
	}
	item, attachments, err := l.settle(q, v, how, late)
	if err != nil {
		return rec, err
	}
	if v.Index {
		if attachments > 0 {
			rec.Outcome = dealwatch.OK
		}
		return rec, nil
	}
	doc, err := q.document(v.ID())
	if err != nil {
		return rec, err
	}
	hash := hashOf(v)
	rec.Version = doc.Version
	if how.Cause != dealwatch.Rematch {
		if news, err := q.news(doc, v, hash); err != nil || !news {
			return rec, err
		}
		rec.Outcome, rec.Version = dealwatch.OK, doc.Version+1
		if err := q.addVersion(v, rec.Version, hash, item.FirstSeenAt); err != nil {
			return rec, err
		}
		if err := q.index(l.store.dialect.words, v.ID(), v.Title, v.Text); err != nil {
			return rec, err
		}
		if rec.Version > 1 {
			how.Cause = dealwatch.Revised
		}
	} else if hash != doc.Hash {
		return rec, nil // a newer version came in between, and was matched when it did
	}
	rec.Raised, rec.Events, err = q.flag(v.ID(), rec.Version, matches, how)
	return rec, err
}

// settle marks the item as read and notes the attachments that the reading found, which
// are late where it is. It returns how many of these are new.
func (l *Lease) settle(q *tx, v dealwatch.Version, how dealwatch.Reach, late bool) (*itemRow, int, error) {
	item, err := l.known(q, v.Item, v.ReadAt)
	if err != nil {
		return nil, 0, err
	}
	if how.Cause != dealwatch.Rematch {
		item.wasRead(how.At, l.young)
	}
	if err := l.save(q, item); err != nil {
		return nil, 0, err
	}
	found := slices.Clone(v.Found)
	for i := range found {
		if found[i].Source == "" {
			found[i].Source = v.Source
		}
		if found[i].ParentKey == "" && found[i].Key != v.Key && !v.Index {
			found[i].ParentKey = v.Key
		}
	}
	rows, err := l.sight(q, found, v.ReadAt)
	if err != nil {
		return nil, 0, err
	}
	var fresh []any
	for _, r := range rows {
		r.stillShown(v.ReadAt)
		if r.fresh {
			fresh = append(fresh, r.Key)
		}
	}
	if late {
		if err := l.late(q, fresh); err != nil {
			return nil, 0, err
		}
	}
	return item, len(fresh), l.save(q, rows...)
}

// document is the row of a document; its Version is 0 when there is none yet.
func (q *tx) document(id string) (documentRow, error) {
	var d documentRow
	err := q.get(&d, `
		SELECT d.document_id, d.channel, d.version, d.last_read_at, v.hash FROM document d
		JOIN version v ON v.document_id = d.document_id AND v.version = d.version
		WHERE d.document_id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return d, err
}

// news reports whether v is a further version of the document, and remembers that it
// was read.
func (q *tx) news(d documentRow, v dealwatch.Version, hash string) (bool, error) {
	readAt := instantOf(v.ReadAt)
	if d.Version == 0 {
		return true, nil
	}
	if readAt < d.LastReadAt || v.Channel != d.Channel {
		return false, nil
	}
	if readAt == d.LastReadAt {
		var n int
		err := q.get(&n, `SELECT COUNT(*) FROM version WHERE document_id = ? AND hash = ?`, d.DocumentID, hash)
		if n > 0 || err != nil {
			return false, err
		}
	}
	if hash != d.Hash {
		return true, nil
	}
	return false, q.exec(`UPDATE document SET last_read_at = ? WHERE document_id = ?`, readAt, d.DocumentID)
}

// hashOf is the digest of what makes a version another one.
func hashOf(v dealwatch.Version) string {
	at := ""
	if m := micros(v.PublishedAt); m != nil {
		at = fmt.Sprint(*m)
	}
	return digest(v.Title, v.Text, v.PublishedOn, at)
}

func (q *tx) addVersion(v dealwatch.Version, number int, hash string, firstSeenAt int64) error {
	text := textDigest(v.Text)
	err := q.exec(`INSERT INTO body (text_sha256, text) VALUES (?, ?) ON CONFLICT DO NOTHING`, text, v.Text)
	if err != nil {
		return err
	}
	err = q.exec(`
		INSERT INTO version (document_id, version, hash, url, title, kind, agency, docket, published_on, published_at,
			parent_key, filers, read_at, sha256, text_sha256, capture_file, capture_offset)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		v.ID(), number, hash, v.URL, v.Title, v.Kind, v.Agency, v.Docket, v.PublishedOn, micros(v.PublishedAt),
		v.ParentKey, jsonOf(v.Filers), instantOf(v.ReadAt), v.SHA256, text, v.Capture.File, v.Capture.Offset)
	if err != nil {
		return err
	}
	t := topicOf(v)
	return q.exec(`
		INSERT INTO document (document_id, source, key, channel, first_seen_at, version, last_read_at, subject, topic, topic_day, topic_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (document_id) DO UPDATE SET version = excluded.version, last_read_at = excluded.last_read_at,
			subject = CASE WHEN excluded.subject <> '' THEN excluded.subject ELSE document.subject END,
			topic = excluded.topic, topic_day = excluded.topic_day, topic_id = excluded.topic_id`,
		v.ID(), v.Source, v.Key, v.Channel, firstSeenAt, number, instantOf(v.ReadAt), v.Subject, t.title, t.day, t.id)
}

// cleanVersion makes all text of v storable. Offsets into its title and text hold.
func cleanVersion(v dealwatch.Version) dealwatch.Version {
	for _, s := range []*string{&v.Source, &v.Key, &v.URL, &v.Title, &v.Kind, &v.Agency, &v.Docket, &v.PublishedOn,
		&v.ParentKey, &v.Subject, &v.Text, &v.Channel, &v.SHA256, &v.Capture.File} {
		*s = clean(*s)
	}
	return v
}
