package store

import (
	"context"
	"time"

	"github.com/dealwatch/dealwatch"
)

// SetSources puts the sources on record, with their schedules. It is called before a
// source is claimed, since a lease knows by it how long a document is young.
func (s *Store) SetSources(ctx context.Context, sources []dealwatch.Info) error {
	return s.writing(ctx, "store the sources", func(q *tx) error {
		for _, i := range sources {
			err := q.exec(`
				INSERT INTO source (source, title, agency, every, young) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (source) DO UPDATE SET title = excluded.title, agency = excluded.agency,
					every = excluded.every, young = excluded.young`,
				i.Name, i.Title, i.Agency, i.Every.Microseconds(), i.Young.Microseconds())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// NextPoll is when the next poll of a source is due, by the clock of the database; zero
// for at once.
func (s *Store) NextPoll(ctx context.Context, source string) (time.Time, error) {
	var at time.Time
	err := s.reading(ctx, "look when "+source+" is due", func(q *tx) error {
		var rows []struct {
			NextAt *int64 `db:"next_at"`
		}
		err := q.all(&rows, `SELECT next_at FROM next_poll WHERE source = ?`, clean(source))
		at = time.Time{}
		for _, r := range rows {
			at = timeOf(r.NextAt)
		}
		return err
	})
	return at, err
}

// Health gives the state of each source on record, by name.
func (s *Store) Health(ctx context.Context) ([]dealwatch.Health, error) {
	var all []dealwatch.Health
	err := s.reading(ctx, "read the health of the sources", func(q *tx) error {
		var rows []struct {
			Source, Agency, State string
			LastOKAt              *string `db:"last_ok_at"`
			LastNewAt             *string `db:"last_new_at"`
			NextPollAt            *string `db:"next_poll_at"`
			Pending               int
			OpenGaps              int `db:"open_gaps"`
			Incident              *string
			Since                 *string
		}
		err := q.all(&rows, `
			SELECT source, agency, state, last_ok_at, last_new_at, next_poll_at, pending, open_gaps, incident, since
			FROM source_health ORDER BY source`)
		all = nil
		for _, r := range rows {
			h := dealwatch.Health{Source: r.Source, Agency: r.Agency, State: r.State, LastOKAt: shownTime(r.LastOKAt),
				LastNewAt: shownTime(r.LastNewAt), NextPollAt: shownTime(r.NextPollAt), Pending: r.Pending, OpenGaps: r.OpenGaps,
				Since: shownTime(r.Since)}
			if r.Incident != nil {
				h.Incident = *r.Incident
			}
			all = append(all, h)
		}
		if err != nil {
			return err
		}
		return q.details(s.dialect.now, all)
	})
	return all, err
}

// closedShown is how many incidents that are over are shown of a source.
const closedShown = 50

// details adds what the view source_health does not show.
func (q *tx) details(now string, all []dealwatch.Health) error {
	of := make(map[string]*dealwatch.Health, len(all))
	for i := range all {
		of[all[i].Source] = &all[i]
	}
	var quiet []struct {
		Source  string
		QuietAt *int64 `db:"quiet_at"`
	}
	if err := q.all(&quiet, `SELECT source, quiet_at FROM source WHERE quiet_at IS NOT NULL`); err != nil {
		return err
	}
	for _, r := range quiet {
		of[r.Source].QuietAt = timeOf(r.QuietAt)
	}
	for _, h := range of {
		var err error
		if h.Incidents, err = q.incidentsOf(now, h.Source, closedShown); err != nil {
			return err
		}
	}
	var streams []struct {
		Source, Stream, Outcome string
		EndedAt                 int64  `db:"ended_at"`
		OKAt                    *int64 `db:"ok_at"`
		CompleteAt              *int64 `db:"complete_at"`
	}
	err := q.all(&streams, `SELECT source, stream, outcome, ended_at, ok_at, complete_at FROM stream ORDER BY source, stream`)
	if err != nil {
		return err
	}
	for _, r := range streams {
		if h := of[r.Source]; h != nil {
			h.Streams = append(h.Streams, dealwatch.StreamRead{Name: r.Stream, Outcome: dealwatch.Outcome(r.Outcome),
				EndedAt: timeOf(&r.EndedAt), LastOKAt: timeOf(r.OKAt), CompleteAt: timeOf(r.CompleteAt)})
		}
	}
	var looks []struct {
		Source, Stream, Outcome string
		LookedAt                int64  `db:"looked_at"`
		From                    string `db:"covers_from"`
		To                      string `db:"covers_to"`
		Second                  int    `db:"second_listed"`
		First                   int    `db:"first_listed"`
		Late, Lacking           int
		AllLate                 int `db:"all_late"`
	}
	err = q.all(&looks, `
		SELECT r.source, r.stream, r.looked_at, r.covers_from, r.covers_to, r.outcome, r.second_listed, r.first_listed, r.late, r.lacking,
			l.all_late
		FROM reconciliation r
		JOIN (SELECT source, stream, MAX(looked_at) AS looked_at, SUM(late) AS all_late FROM reconciliation GROUP BY source, stream) l
			ON l.source = r.source AND l.stream = r.stream AND l.looked_at = r.looked_at
		ORDER BY r.source, r.stream, r.covers_from`)
	for _, r := range looks {
		h := of[r.Source]
		if h == nil {
			continue
		}
		c := dealwatch.Compared{LookedAt: timeOf(&r.LookedAt), AllLate: r.AllLate, Reconciled: dealwatch.Reconciled{
			Stream: r.Stream, From: r.From, To: r.To, Second: r.Second, First: r.First, Late: r.Late, Lacking: r.Lacking,
			Outcome: dealwatch.Outcome(r.Outcome)}}
		if n := len(h.Second); n > 0 && h.Second[n-1].Stream == c.Stream { // of looks at one moment, the newest days
			h.Second[n-1] = c
		} else {
			h.Second = append(h.Second, c)
		}
	}
	return err
}

// shownTime is an instant as the views show it.
func shownTime(s *string) time.Time {
	if s == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, *s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
