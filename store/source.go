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
		return err
	})
	return all, err
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
