package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// TestRobotsKept shows that an answer outlives a try that failed, and ages by the clock of
// the database.
func TestRobotsKept(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		const host = "https://www.example.gov"
		see := func(when string, want dealwatch.Robots) {
			t.Helper()
			got, err := s.Robots(t.Context(), host)
			must(t, err)
			if got.Age > hour || got.Failed > hour {
				t.Errorf("%s: an age of %s and %s", when, got.Age, got.Failed)
			}
			got.Age, got.Failed = 0, 0
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		see("never asked", dealwatch.Robots{Host: host})
		must(t, s.SetRobots(t.Context(), dealwatch.Robots{Host: host, Err: "no answer"}))
		see("not to be had", dealwatch.Robots{Host: host, Err: "no answer"})
		file := dealwatch.Robots{Host: host, Status: 200, Body: "User-agent: *\nDisallow: /\x00x"}
		must(t, s.SetRobots(t.Context(), file))
		file.Body = "User-agent: *\nDisallow: / x"
		see("read", file)
		must(t, s.SetRobots(t.Context(), dealwatch.Robots{Host: host, Err: "it failed"}))
		kept := file
		kept.Err = "it failed"
		see("not to be had again", kept)
		must(t, s.SetRobots(t.Context(), dealwatch.Robots{Host: host, Status: 404}))
		see("gone", dealwatch.Robots{Host: host, Status: 404})
		must(t, s.writing(t.Context(), "age", func(q *tx) error {
			return q.exec(`UPDATE robots SET read_at = read_at - ?`, (30 * hour).Microseconds())
		}))
		all, err := s.AllRobots(t.Context())
		must(t, err)
		if len(all) != 1 || all[0].Age < 30*hour || all[0].Age > 31*hour {
			t.Errorf("all of them: %+v, want one of thirty hours ago", all)
		}
	})
}
