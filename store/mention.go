package store

import (
	"slices"

	"github.com/dealwatch/dealwatch"
)

// shown is a flag on a version.
type shown struct {
	flag    int64
	version int
}

// mentionRow is a mention as both of its tables have it.
type mentionRow struct {
	PartyID   string `db:"party_id"`
	Alias     string
	Hit       string
	Field     string
	StartByte int `db:"start_byte"`
	EndByte   int `db:"end_byte"`
	Sentence  string
}

const mentionColumns = `place, party_id, alias, hit, field, start_byte, end_byte, sentence`

func (r mentionRow) mention() dealwatch.Mention {
	return dealwatch.Mention{Party: r.PartyID, Alias: r.Alias, Hit: r.Hit,
		Field: dealwatch.Field(r.Field), Start: r.StartByte, End: r.EndByte, Sentence: r.Sentence}
}

// mention stores all hits of a version. Where an earlier matching of the same version
// found others, these are replaced, and kept for the events that show them.
func (q *tx) mention(s step, version int) error {
	flag := s.flag.ID
	now := make([]dealwatch.Mention, 0, len(s.match.Mentions))
	for _, m := range s.match.Mentions {
		now = append(now, dealwatch.Mention{Party: clean(m.Party), Alias: clean(m.Alias), Hit: clean(m.Hit), Field: m.Field,
			Start: m.Start, End: m.End, Sentence: clean(m.Sentence)})
	}
	if s.flag.Version == version {
		then, err := q.mentions([]any{flag})
		if err != nil || slices.Equal(then[shown{flag, version}], now) {
			return err
		}
		if err := q.keepShown(flag, version); err != nil {
			return err
		}
		if err := q.exec(`DELETE FROM mention WHERE flag_id = ? AND version = ?`, flag, version); err != nil {
			return err
		}
	}
	rows := make([][]any, 0, len(now))
	for i, m := range now {
		rows = append(rows, []any{flag, version, i + 1, m.Party, m.Alias, m.Hit, m.Field, m.Start, m.End, m.Sentence})
	}
	return q.insert(`mention (flag_id, version, `+mentionColumns+`)`, rows, ``)
}

// keepShown copies the mentions of a version for the events that show them.
func (q *tx) keepShown(flag int64, version int) error {
	return q.exec(`
		INSERT INTO event_mention (event_id, `+mentionColumns+`)
		SELECT e.event_id, m.place, m.party_id, m.alias, m.hit, m.field, m.start_byte, m.end_byte, m.sentence
		FROM event e JOIN mention m ON m.flag_id = e.flag_id AND m.version = e.evidence
		WHERE e.flag_id = ? AND e.evidence = ?
			AND NOT EXISTS (SELECT 1 FROM event_mention k WHERE k.event_id = e.event_id)`, flag, version)
}

// mentions gives the mentions of the flags, version by version.
func (q *tx) mentions(flags []any) (map[shown][]dealwatch.Mention, error) {
	all := make(map[shown][]dealwatch.Mention)
	err := in(flags, func(list string, flags []any) error {
		var rows []struct {
			FlagID  int64 `db:"flag_id"`
			Version int
			Place   int
			mentionRow
		}
		err := q.all(&rows, `
			SELECT flag_id, version, `+mentionColumns+` FROM mention
			WHERE flag_id IN (`+list+`) ORDER BY flag_id, version, place`, flags...)
		// A flag of two chunks' events comes twice.
		fresh := make(map[shown][]dealwatch.Mention)
		for _, r := range rows {
			k := shown{r.FlagID, r.Version}
			fresh[k] = append(fresh[k], r.mention())
		}
		for k, m := range fresh {
			all[k] = m
		}
		return err
	})
	return all, err
}

// eventMentions are the mentions that events show.
type eventMentions struct {
	kept    map[int64][]dealwatch.Mention // by event
	present map[shown][]dealwatch.Mention
}

func (m eventMentions) of(event, flag int64, evidence int) []dealwatch.Mention {
	if kept, ok := m.kept[event]; ok {
		return kept
	}
	return m.present[shown{flag, evidence}]
}

// shown gives the mentions that the events of the flags show.
func (q *tx) shown(events, flags []any) (m eventMentions, err error) {
	if m.present, err = q.mentions(flags); err != nil {
		return m, err
	}
	m.kept = make(map[int64][]dealwatch.Mention)
	slices.SortFunc(events, func(a, b any) int { return int(a.(int64) - b.(int64)) })
	err = in(slices.Compact(events), func(list string, ids []any) error {
		var rows []struct {
			EventID int64 `db:"event_id"`
			Place   int
			mentionRow
		}
		err := q.all(&rows, `
			SELECT event_id, `+mentionColumns+` FROM event_mention
			WHERE event_id IN (`+list+`) ORDER BY event_id, place`, ids...)
		for _, r := range rows {
			m.kept[r.EventID] = append(m.kept[r.EventID], r.mention())
		}
		return err
	})
	return m, err
}
