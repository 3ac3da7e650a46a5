package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

func TestPollsOf(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		other := poll(1, dealwatch.OK, true, "", "")
		other.Stream = "other"
		for _, p := range []dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-03-01", "2026-03-02"), other, poll(2, dealwatch.Failed, false, "", "")} {
			must(t, w.Close(t.Context(), p))
		}
		for _, c := range []struct {
			name     string
			streams  []string
			from, to int
			want     []string
		}{
			{"all", []string{"news", "other"}, 0, 3, []string{"news ok true", "other ok true", "news error false no answer"}},
			{"one stream", []string{"news"}, 0, 3, []string{"news ok true", "news error false no answer"}},
			{"one day", []string{"news", "other"}, 1, 2, []string{"other ok true"}},
			{"before the first", []string{"news"}, -3, 0, nil},
			{"no stream", nil, 0, 3, nil},
		} {
			polls, err := s.PollsOf(t.Context(), "ftc-press", c.streams, day0.AddDate(0, 0, c.from), day0.AddDate(0, 0, c.to))
			must(t, err)
			var got []string
			for _, p := range polls {
				line := p.Stream + " " + string(p.Outcome)
				if p.Complete {
					line += " true"
				} else {
					line += " false " + p.Err
				}
				got = append(got, line)
				if p.EndedAt.Sub(p.StartedAt) != time.Minute {
					t.Errorf("%s: from %v to %v", c.name, p.StartedAt, p.EndedAt)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	})
}

func TestCovered(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		check := func(name, wantFrom string, wantLast time.Time) {
			t.Helper()
			from, last, err := s.Covered(t.Context(), "ftc-press", "news")
			must(t, err)
			if from != wantFrom || !last.Equal(wantLast) {
				t.Errorf("%s: since %q, last %v; want %q, %v", name, from, last, wantFrom, wantLast)
			}
		}
		check("never polled", "", time.Time{})
		must(t, w.Close(t.Context(), poll(0, dealwatch.Failed, false, "2026-01-01", "2026-01-02")))
		check("never complete", "", time.Time{})
		must(t, w.Close(t.Context(), poll(1, dealwatch.Unchanged, true, "", "")))
		check("without a date", day0.AddDate(0, 0, 1).Format(time.DateOnly), day0.AddDate(0, 0, 1))
		must(t, w.Close(t.Context(), poll(2, dealwatch.OK, true, "2026-02-03", "2026-03-02")))
		must(t, w.Close(t.Context(), poll(3, dealwatch.OK, true, "2026-02-10", "2026-03-02")))
		must(t, w.Close(t.Context(), poll(4, dealwatch.Failed, false, "2025-01-01", "2026-03-02")))
		check("the earliest date of complete polls", "2026-02-03", day0.AddDate(0, 0, 3))
	})
}
