package store

import (
	"testing"
	"time"
)

// TestClock shows that a clock tells the database's time whatever the local one says, and
// follows once it is compared again.
func TestClock(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		wrong := 2 * hour
		c, err := s.Clock(t.Context(), func() time.Time { return time.Now().Add(wrong) })
		must(t, err)
		near := func(when string) {
			t.Helper()
			if d := time.Since(c.Now()).Abs(); d > time.Minute { // the database is on this machine
				t.Errorf("%s: the clock is wrong by %s", when, d)
			}
		}
		near("a machine that is two hours ahead")
		wrong = -3 * hour
		must(t, c.Set(t.Context()))
		near("and is set back by five")
	})
}
