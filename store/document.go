package store

import (
	"context"
	"fmt"

	"github.com/dealwatch/dealwatch"
)

// versionRow is a version with its document.
type versionRow struct {
	DocumentID    string `db:"document_id"`
	Source, Key   string
	Channel       string
	FirstSeenAt   int64  `db:"first_seen_at"`
	SubjectID     string `db:"subject_id"`
	Version       int
	URL, Title    string
	Kind, Agency  string
	Docket        string
	PublishedOn   string `db:"published_on"`
	PublishedAt   *int64 `db:"published_at"`
	ParentKey     string `db:"parent_key"`
	Filers        string
	ReadAt        int64 `db:"read_at"`
	SHA256        string
	CaptureFile   string `db:"capture_file"`
	CaptureOffset int64  `db:"capture_offset"`
	Text          string
}

// latestVersions select the latest version of each document.
const latestVersions = `SELECT ` + versionColumns + latest

// allVersions select every version.
const allVersions = `SELECT ` + versionColumns + every

// versionColumns are the columns of a version with its document.
const versionColumns = ` d.document_id, d.source, d.key, d.channel, d.first_seen_at,
		COALESCE((SELECT s.subject_id FROM subjects s WHERE s.document_id = d.document_id), '') AS subject_id,
		v.version, v.url, v.title, v.kind, v.agency, v.docket, v.published_on, v.published_at, v.parent_key, v.filers,
		v.read_at, v.sha256, v.capture_file, v.capture_offset, b.text`

const (
	latest = `
	FROM document d
	JOIN version v ON v.document_id = d.document_id AND v.version = d.version
	JOIN body b ON b.text_sha256 = v.text_sha256`
	every = `
	FROM document d
	JOIN version v ON v.document_id = d.document_id
	JOIN body b ON b.text_sha256 = v.text_sha256`
)

func (r *versionRow) document() dealwatch.Document {
	d := dealwatch.Document{
		Version: dealwatch.Version{
			Item: dealwatch.Item{
				Source: r.Source, Key: r.Key, URL: r.URL, Title: r.Title, Kind: r.Kind, Agency: r.Agency, Docket: r.Docket,
				PublishedOn: r.PublishedOn, PublishedAt: timeOf(r.PublishedAt), ParentKey: r.ParentKey, Subject: r.SubjectID,
				Filers: listOf[dealwatch.Filer](r.Filers),
			},
			Text: r.Text, Channel: r.Channel, ReadAt: timeOf(&r.ReadAt), SHA256: r.SHA256,
			Capture: dealwatch.Ref{File: r.CaptureFile, Offset: r.CaptureOffset},
		},
		ID: r.DocumentID, Number: r.Version, FirstSeenAt: timeOf(&r.FirstSeenAt),
	}
	if r.ParentKey != "" {
		d.ParentID = r.Source + "/" + r.ParentKey
	}
	return d
}

// Document gives a document's latest version and its flags, newest first. It fails with
// ErrNotFound where no document has that id.
func (s *Store) Document(ctx context.Context, id string) (dealwatch.Document, []dealwatch.Flag, error) {
	var doc dealwatch.Document
	var flags []dealwatch.Flag
	err := s.reading(ctx, "read "+id, func(q *tx) error {
		var rows []versionRow
		if err := q.all(&rows, latestVersions+` WHERE d.document_id = ?`, clean(id)); err != nil {
			return err
		}
		if len(rows) == 0 {
			return fmt.Errorf("document %s: %w", id, ErrNotFound)
		}
		doc = rows[0].document()
		var found []shownFlag
		err := q.all(&found, `SELECT `+flagColumns+` FROM flag f `+flagJoin+` WHERE f.document_id = ? ORDER BY f.flag_id DESC`, clean(id))
		flags = nil
		for _, r := range found {
			flags = append(flags, r.flag())
		}
		return err
	})
	return doc, flags, err
}

// Documents calls each with the latest version of every document of source, in order
// of key, until each fails. A rematch begins here.
func (s *Store) Documents(ctx context.Context, source string, each func(dealwatch.Document) error) error {
	for last := ""; ; {
		var rows []versionRow
		err := s.reading(ctx, "read the documents of "+source, func(q *tx) error {
			rows = nil
			return q.all(&rows, latestVersions+` WHERE d.source = ? AND d.key > ? ORDER BY d.key LIMIT 50`, clean(source), last)
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			if err := each(r.document()); err != nil {
				return err
			}
		}
		last = rows[len(rows)-1].Key
	}
}

// LastCaptureFile is the file with the highest number that some capture on record is
// named by, "" for none: where nothing is kept, or under names that are not ours.
func (s *Store) LastCaptureFile(ctx context.Context) (string, error) {
	var last string
	err := s.reading(ctx, "find the last capture", func(q *tx) error {
		return q.get(&last, `
			SELECT COALESCE(MAX(f.file), '') FROM (
				SELECT MAX(capture_file) AS file FROM version WHERE capture_file LIKE 'dealwatch-______.warc.gz'
				UNION ALL SELECT MAX(content_file) FROM item WHERE content_file LIKE 'dealwatch-______.warc.gz'
				UNION ALL SELECT MAX(capture_file) FROM incident WHERE capture_file LIKE 'dealwatch-______.warc.gz') f`)
	})
	return last, err
}
