package store

import (
	"context"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// Events gives the events that f chooses, newest first, each with its flag as it is now,
// the mentions that show it and what the event before showed. What was told of an event
// stays as it was: the document is that of its version, and its mentions never change.
func (s *Store) Events(ctx context.Context, f dealwatch.Filter) ([]dealwatch.Event, error) {
	var events []dealwatch.Event
	err := s.reading(ctx, "list events", func(q *tx) error {
		events = nil
		f, some, err := q.skip(f)
		if err != nil || !some {
			return err
		}
		w := where(f, "e.happened_at", "e.event_id", "e.closeness")
		var rows []struct {
			EventID    int64 `db:"event_id"`
			Version    int
			Evidence   int
			What       string
			Cause      string
			Closeness  string
			Snippet    string
			HappenedAt int64  `db:"happened_at"`
			EntryID    string `db:"entry_id"`
			Run        int64
			ToldAt     int64 `db:"told_at"`
			Summary    string
			EventDeal  string `db:"event_deal"`
			shownFlag
		}
		err = q.all(&rows, `
			SELECT e.event_id, e.version, e.evidence, e.what, e.cause, e.closeness, e.snippet, e.happened_at, e.entry_id,
				e.run, e.told_at, e.summary, e.deal_name AS event_deal, `+flagColumns+`
			FROM event e JOIN flag f ON f.flag_id = e.flag_id `+eventJoin+w.sql+w.order, w.args...)
		if err != nil {
			return err
		}
		var ids, revised, flags, documents []any
		for _, r := range rows {
			ids = append(ids, r.EventID)
			if r.What != string(dealwatch.Raised) && r.What != string(dealwatch.Withdrawn) {
				revised = append(revised, r.EventID)
			}
			flags = append(flags, r.FlagID)
			documents = append(documents, r.DocumentID)
		}
		before, err := q.before(revised)
		if err != nil {
			return err
		}
		for _, b := range before {
			ids = append(ids, b.EventID)
		}
		mentions, err := q.shown(ids, flags)
		if err != nil {
			return err
		}
		raised, err := q.raised(documents)
		if err != nil {
			return err
		}
		events = make([]dealwatch.Event, 0, len(rows))
		for _, r := range rows {
			ev := dealwatch.Event{
				ID: r.EventID, What: dealwatch.What(r.What), Cause: dealwatch.Cause(r.Cause),
				Closeness: dealwatch.Closeness(r.Closeness), Snippet: r.Snippet, HappenedAt: timeOf(&r.HappenedAt),
				EntryID: r.EntryID, Version: r.Version, Title: r.Title, Flag: r.flag(), Mentions: mentions.of(r.EventID, r.FlagID, r.Evidence),
				Others: others(raised[r.DocumentID], r.DealID, r.HappenedAt), DealName: r.EventDeal, Summary: r.Summary,
			}
			if b, ok := before[r.EventID]; ok {
				ev.Before = dealwatch.Shown{Snippet: b.Snippet, Mentions: mentions.of(b.EventID, r.FlagID, b.Evidence)}
			}
			if r.Run > 0 {
				ev.Run = timeOf(&r.Run)
			}
			if r.ToldAt > 0 {
				ev.ToldAt = timeOf(&r.ToldAt)
			}
			events = append(events, ev)
		}
		return nil
	})
	return events, err
}

// eventBefore is what the event before another one of the same flag showed.
type eventBefore struct {
	Of       int64
	EventID  int64 `db:"event_id"`
	Evidence int
	Snippet  string
}

// before gives the events before, by the id of the event that came after.
func (q *tx) before(events []any) (map[int64]eventBefore, error) {
	all := make(map[int64]eventBefore, len(events))
	err := in(events, func(list string, ids []any) error {
		var rows []eventBefore
		err := q.all(&rows, `
			SELECT e.event_id AS of, b.event_id, b.evidence, b.snippet FROM event e
			JOIN event b ON b.event_id = (SELECT MAX(p.event_id) FROM event p WHERE p.flag_id = e.flag_id AND p.event_id < e.event_id)
			WHERE e.event_id IN (`+list+`)`, ids...)
		for _, r := range rows {
			all[r.Of] = r
		}
		return err
	})
	return all, err
}

// raisedAt is when a document was first flagged for a deal.
type raisedAt struct {
	DocumentID string `db:"document_id"`
	DealID     string `db:"deal_id"`
	FlaggedAt  int64  `db:"flagged_at"`
}

// raised gives the deals that the documents were flagged for, by the id of the document.
func (q *tx) raised(documents []any) (map[string][]raisedAt, error) {
	slices.SortFunc(documents, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	all := make(map[string][]raisedAt)
	err := in(slices.Compact(documents), func(list string, ids []any) error {
		var rows []raisedAt
		err := q.all(&rows, `SELECT document_id, deal_id, flagged_at FROM flag WHERE document_id IN (`+list+`) ORDER BY flag_id`, ids...)
		for _, r := range rows {
			all[r.DocumentID] = append(all[r.DocumentID], r)
		}
		return err
	})
	return all, err
}

// others are the deals but one that a document had been flagged for by a time.
func others(all []raisedAt, deal string, at int64) []string {
	var out []string
	for _, r := range all {
		if r.DealID != deal && r.FlaggedAt <= at {
			out = append(out, r.DealID)
		}
	}
	return out
}
