package store

import (
	"context"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// Events gives the events that f chooses, newest first, each with its flag as it is now
// and the mentions that show it.
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
			EventTitle string `db:"event_title"`
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
				e.run, e.told_at, e.summary, e.deal_name AS event_deal, t.title AS event_title, `+flagColumns+`
			FROM event e JOIN flag f ON f.flag_id = e.flag_id `+flagJoin+`
			JOIN version t ON t.document_id = f.document_id AND t.version = e.version`+w.sql+w.order, w.args...)
		if err != nil {
			return err
		}
		var flags, documents []any
		for _, r := range rows {
			flags = append(flags, r.FlagID)
			documents = append(documents, r.DocumentID)
		}
		mentions, err := q.mentions(flags)
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
				EntryID: r.EntryID, Version: r.Version, Title: r.EventTitle, Flag: r.flag(), Mentions: mentions[shown{r.FlagID, r.Evidence}],
				Others: others(raised[r.DocumentID], r.DealID, r.HappenedAt), DealName: r.EventDeal, Summary: r.Summary,
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

// shown is a flag on a version.
type shown struct {
	flag    int64
	version int
}

func (q *tx) mentions(flags []any) (map[shown][]dealwatch.Mention, error) {
	all := make(map[shown][]dealwatch.Mention)
	err := in(flags, func(list string, flags []any) error {
		var rows []struct {
			FlagID    int64 `db:"flag_id"`
			Version   int
			PartyID   string `db:"party_id"`
			Alias     string
			Hit       string
			Field     string
			StartByte int `db:"start_byte"`
			EndByte   int `db:"end_byte"`
			Sentence  string
		}
		err := q.all(&rows, `
			SELECT flag_id, version, party_id, alias, hit, field, start_byte, end_byte, sentence FROM mention
			WHERE flag_id IN (`+list+`) ORDER BY flag_id, version, place`, flags...)
		// A flag of two chunks' events comes twice.
		fresh := make(map[shown][]dealwatch.Mention)
		for _, r := range rows {
			k := shown{r.FlagID, r.Version}
			fresh[k] = append(fresh[k], dealwatch.Mention{Party: r.PartyID, Alias: r.Alias, Hit: r.Hit,
				Field: dealwatch.Field(r.Field), Start: r.StartByte, End: r.EndByte, Sentence: r.Sentence})
		}
		for k, m := range fresh {
			all[k] = m
		}
		return err
	})
	return all, err
}
