package store

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// An event knows for which other deals the document had been flagged when it happened, and
// not what came later.
func TestEventsKnowOtherDeals(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		w.record(version(item("1"), "one", day0), reach(dealwatch.New, day0, "a", "b"), match("a", dealwatch.InSentence, "s", 0), match("b", dealwatch.InSentence, "s", 0))
		w.record(version(item("2"), "two", day0), reach(dealwatch.New, day0, "a"), match("a", dealwatch.InSentence, "s", 0))
		later := day0.Add(hour)
		w.record(version(item("1"), "one more", later), reach(dealwatch.New, later, "a", "b", "c"), match("a", dealwatch.InTitle, "s", 0),
			match("b", dealwatch.InSentence, "s", 0), match("c", dealwatch.InSentence, "s", 0))
		events, err := s.Events(t.Context(), dealwatch.Filter{Oldest: true})
		must(t, err)
		var got []string
		for _, ev := range events {
			got = append(got, fmt.Sprint(ev.Flag.DocumentID, " ", ev.Flag.DealID, " ", ev.What, " ", ev.Others))
		}
		want := []string{"ftc-press/1 a raised [b]", "ftc-press/1 b raised [a]", "ftc-press/2 a raised []", "ftc-press/1 a closer [b c]", "ftc-press/1 c raised [a b]"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
