package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// A run is told of when it has ended, or was cut short: then nothing is added to it.
func TestRun(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		for i := range 4 {
			w.record(version(item(fmt.Sprint(i)), "t", day0), reach(dealwatch.New, day0, "other"))
		}
		rematch := func(r *Run, key string) error {
			how := reach(dealwatch.Rematch, day0.Add(time.Hour), "d")
			how.Run = r.At
			m := match("d", dealwatch.InTitle, "s", 0)
			m.DealName = "Then"
			_, err := w.Record(t.Context(), version(item(key), "t", day0), []dealwatch.Match{m}, how)
			return err
		}
		entries := func() (got []string) {
			events, err := s.Events(t.Context(), dealwatch.Filter{})
			must(t, err)
			for _, ev := range events {
				got = append(got, fmt.Sprint(ev.EntryID, " ", ev.Summary, " ", ev.Open(), " ", ev.DealName))
			}
			return got
		}
		is := func(want dealwatch.Runs) {
			t.Helper()
			got, err := s.Runs(t.Context())
			must(t, err)
			if got != want {
				t.Errorf("runs are %v, want %v", got, want)
			}
		}
		first, err := s.BeginRun(t.Context(), day0)
		must(t, err)
		must(t, rematch(first, "0"))
		must(t, rematch(first, "1"))
		must(t, s.EndRuns(t.Context(), day0)) // its process lives
		is(dealwatch.Runs{Open: 1})
		must(t, first.lease.Release(t.Context())) // as if its process had died
		second, err := s.BeginRun(t.Context(), day0)
		must(t, err)
		is(dealwatch.Runs{Ended: 1})
		if err := rematch(first, "2"); err == nil {
			t.Error("a run that was ended brings more")
		}
		must(t, rematch(second, "2"))
		must(t, second.End(t.Context(), day0.Add(2*time.Hour)))
		third, err := s.BeginRun(t.Context(), day0)
		must(t, err)
		must(t, rematch(third, "3"))
		is(dealwatch.Runs{Ended: 2, Open: 4})
		must(t, third.lease.Release(t.Context()))
		summary := "rematch/d/" + first.At.UTC().Format("20060102T150405.000000Z")
		want := []string{
			"match/d/ftc-press/3  true Then", "match/d/ftc-press/2  false Then",
			"match/d/ftc-press/1 " + summary + " false Then", "match/d/ftc-press/0 " + summary + " false Then",
		}
		if diff := cmp.Diff(want, entries()); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		must(t, s.EndRuns(t.Context(), day0))
		is(dealwatch.Runs{Ended: 3})
		if !second.At.After(first.At) || !third.At.After(second.At) {
			t.Errorf("runs began at %v, %v and %v", first.At, second.At, third.At)
		}
	})
}

// A deal that was taken off the watchlist is known for ever.
func TestKnowsDeal(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		must(t, s.SetDeals(t.Context(), []dealwatch.Deal{{ID: "a", Name: "A"}, {ID: "b", Name: "B"}}))
		must(t, s.SetDeals(t.Context(), []dealwatch.Deal{{ID: "b", Name: "B"}}))
		for id, want := range map[string]bool{"a": true, "b": true, "c": false} {
			if got, err := s.KnowsDeal(t.Context(), id); err != nil || got != want {
				t.Errorf("deal %s: %v, %v", id, got, err)
			}
		}
	})
}
