package store

import (
	"errors"
	"strings"
	"testing"
)

// TestJoin lets workers of one watchlist work together, and stops one that holds
// another while they do.
func TestJoin(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		first, err := s.Join(t.Context(), "a.yaml", "one")
		must(t, err)
		must(t, s.tx(t.Context(), func(q *tx) error { // as if it were another process
			return q.exec(`UPDATE worker SET owner = 'process 7 on elsewhere', place = ''`)
		}))
		same, err := s.Join(t.Context(), "copy-of-a.yaml", "one")
		must(t, err)
		must(t, same.Leave(t.Context()))
		_, err = s.Join(t.Context(), "b.yaml", "two")
		var other *WatchlistError
		if !errors.As(err, &other) || other.Mine != "b.yaml" || other.Theirs != "a.yaml" || other.Owner != "process 7 on elsewhere" {
			t.Fatalf("another watchlist: %v", err)
		}
		for _, name := range []string{"a.yaml", "b.yaml", "process 7"} {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%v does not name %s", err, name)
			}
		}
		must(t, s.tx(t.Context(), func(q *tx) error { return q.exec(`UPDATE worker SET until = 0`) })) // it died elsewhere
		next, err := s.Join(t.Context(), "b.yaml", "two")
		must(t, err)
		must(t, next.Change(t.Context(), "three"))
		must(t, next.Agree(t.Context()))
		must(t, s.tx(t.Context(), func(q *tx) error { // a worker elsewhere has taken over another file
			return q.exec(`INSERT INTO worker (owner, place, watchlist, version, until) VALUES ('process 8 on elsewhere', '', 'd.yaml', 'five', ` + s.dialect.now + ` + 3600000000)`)
		}))
		must(t, next.Agree(t.Context())) // it may still follow
		next.apart = next.apart.Add(-2 * s.lease)
		if err := next.Agree(t.Context()); !errors.As(err, &other) || other.Theirs != "d.yaml" {
			t.Errorf("another watchlist for long: %v", err)
		}
		must(t, next.Change(t.Context(), "five"))
		must(t, next.Agree(t.Context()))
		must(t, s.tx(t.Context(), func(q *tx) error { return q.exec(`DELETE FROM worker WHERE watchlist = 'd.yaml'`) }))
		must(t, next.Leave(t.Context()))
		must(t, first.Leave(t.Context()))
		again, err := s.Join(t.Context(), "c.yaml", "four")
		must(t, err)
		must(t, again.Leave(t.Context()))
	})
}
