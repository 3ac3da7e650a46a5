package store

import (
	"context"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Versions gives the versions of a document, newest first, at most limit of them.
func (s *Store) Versions(ctx context.Context, id string, limit int) ([]dealwatch.Document, error) {
	var out []dealwatch.Document
	err := s.reading(ctx, "read the versions of "+id, func(q *tx) error {
		var rows []versionRow
		err := q.all(&rows, allVersions+`
			WHERE d.document_id = ? ORDER BY v.version DESC LIMIT ?`, clean(id), limit)
		out = nil
		for _, r := range rows {
			out = append(out, r.document())
		}
		return err
	})
	return out, err
}

// Mentions gives the mentions that show the flags as they are now, by the id of the flag.
func (s *Store) Mentions(ctx context.Context, flags []dealwatch.Flag) (map[int64][]dealwatch.Mention, error) {
	var out map[int64][]dealwatch.Mention
	err := s.reading(ctx, "list mentions", func(q *tx) error {
		ids := make([]any, len(flags))
		for i, f := range flags {
			ids[i] = f.ID
		}
		found, err := q.mentions(ids)
		out = make(map[int64][]dealwatch.Mention, len(flags))
		for _, f := range flags {
			out[f.ID] = found[shown{f.ID, f.Version}]
		}
		return err
	})
	return out, err
}

// Attachments gives what hangs on a document, in the order in which it was found.
func (s *Store) Attachments(ctx context.Context, source, key string, limit int) ([]dealwatch.Listed, error) {
	var out []dealwatch.Listed
	err := s.reading(ctx, "list the attachments of "+key, func(q *tx) error {
		var rows []struct {
			Key, URL, Title, Kind, State, Reason string
		}
		err := q.all(&rows, `
			SELECT i.key, i.url, COALESCE(NULLIF(i.title, ''), v.title, '') AS title, i.kind, i.state, i.reason FROM item i
			LEFT JOIN document d ON d.source = i.source AND d.key = i.key
			LEFT JOIN version v ON v.document_id = d.document_id AND v.version = d.version
			WHERE i.source = ? AND i.parent_key = ? AND i.parent_key <> '' ORDER BY i.first_seen_at, i.key LIMIT ?`,
			clean(source), clean(key), limit)
		out = nil
		for _, r := range rows {
			out = append(out, dealwatch.Listed{
				Item:  dealwatch.Item{Source: source, Key: r.Key, URL: r.URL, Title: r.Title, Kind: r.Kind, ParentKey: key},
				State: r.State, Reason: r.Reason,
			})
		}
		return err
	})
	return out, err
}

const (
	weekMicros = int64(7*24*time.Hour) / int64(time.Microsecond)
	monday     = int64(3*24*time.Hour) / int64(time.Microsecond) // 1970 began on a Thursday
)

// Weeks counts the flags of a deal that were raised in each week, by source, oldest first.
func (s *Store) Weeks(ctx context.Context, deal string) ([]dealwatch.WeekCount, error) {
	var out []dealwatch.WeekCount
	err := s.reading(ctx, "count the flags of "+deal, func(q *tx) error {
		var rows []struct {
			Source      string
			Week, Flags int64
		}
		err := q.all(&rows, `
			SELECT w.source, w.week, COUNT(*) AS flags FROM (
				SELECT d.source AS source, (f.flagged_at + ?) / ? AS week
				FROM flag f JOIN document d ON d.document_id = f.document_id WHERE f.deal_id = ?) w
			GROUP BY w.source, w.week ORDER BY w.week, w.source`, monday, weekMicros, clean(deal))
		out = nil
		for _, r := range rows {
			at := r.Week*weekMicros - monday
			out = append(out, dealwatch.WeekCount{Source: r.Source, Week: timeOf(&at), Flags: int(r.Flags)})
		}
		return err
	})
	return out, err
}

// CountEvents says how many events f chooses; its Limit and Skip do not count.
func (s *Store) CountEvents(ctx context.Context, f dealwatch.Filter) (int, error) {
	w := where(f, "e.happened_at", "e.event_id", "e.closeness")
	var n int
	err := s.reading(ctx, "count events", func(q *tx) error {
		return q.get(&n, `SELECT COUNT(*) FROM `+eventTables(f)+w.sql, w.args...)
	})
	return n, err
}

// eventTables are the tables that where needs to choose events, and no more.
func eventTables(f dealwatch.Filter) string {
	switch {
	case f.Kind != "":
		return `event e JOIN flag f ON f.flag_id = e.flag_id ` + eventJoin
	case f.Source != "":
		return `event e JOIN flag f ON f.flag_id = e.flag_id JOIN document d ON d.document_id = f.document_id`
	case f.Deal != "" || f.Document != "":
		return `event e JOIN flag f ON f.flag_id = e.flag_id`
	}
	return `event e`
}

// skip gives a filter without Skip that chooses the same events: those that are left out
// are passed over without their flags and versions. It reports whether any is left.
func (q *tx) skip(f dealwatch.Filter) (dealwatch.Filter, bool, error) {
	if f.Skip == 0 || f.Limit == 0 {
		return f, true, nil
	}
	one := f
	one.Limit = 1
	w := where(one, "e.happened_at", "e.event_id", "e.closeness")
	var ids []int64
	err := q.all(&ids, `SELECT e.event_id FROM `+eventTables(f)+w.sql+w.order, w.args...)
	if err != nil || len(ids) == 0 {
		return f, false, err
	}
	f.Skip = 0
	if f.Oldest {
		f.After = ids[0] - 1
	} else {
		f.Before = ids[0] + 1
	}
	return f, true, nil
}
