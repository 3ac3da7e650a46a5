package store

import (
	"fmt"
	"testing"
	"time"

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

// A revision shows what it replaces, and what was told of an event stays as it was: neither
// a further version nor another matching of the same one changes it.
func TestEventsStay(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		told := map[int64]dealwatch.Event{}
		step := 0
		next := func(text string, cause dealwatch.Cause, want string, matches ...dealwatch.Match) {
			t.Helper()
			at := day0.Add(time.Duration(step) * hour)
			step++
			v := version(item("1"), text, at)
			v.Agency, v.Kind, v.URL, v.PublishedOn = "Agency "+text, "kind "+text, "https://www.ftc.gov/"+text, "2026-03-0"+text
			w.record(v, reach(cause, at, "d"), matches...)
			events, err := s.Events(t.Context(), dealwatch.Filter{})
			must(t, err)
			ev := events[0]
			got := fmt.Sprint(ev.What, " ", ev.Version, ": ", ev.Snippet, sentences(ev.Mentions), " before: ", ev.Before.Snippet, sentences(ev.Before.Mentions))
			if got != want {
				t.Errorf("event %d is %q, want %q", ev.ID, got, want)
			}
			for _, ev := range events {
				if f := ev.Flag; f.Agency != "Agency "+fmt.Sprint(ev.Version) || f.Kind != "kind "+fmt.Sprint(ev.Version) || f.URL != "https://www.ftc.gov/"+fmt.Sprint(ev.Version) {
					t.Errorf("event %d of version %d tells of another: %+v", ev.ID, ev.Version, f)
				}
				ev.Flag = dealwatch.Flag{} // the flag is as it is now
				if old, ok := told[ev.ID]; ok && !cmp.Equal(old, ev) {
					t.Errorf("after %s %s, event %d changed (-old +new):\n%s", cause, text, ev.ID, cmp.Diff(old, ev))
				}
				told[ev.ID] = ev
			}
			if n, err := s.CountEvents(t.Context(), dealwatch.Filter{Kind: ev.Flag.Kind}); err != nil || n == 0 {
				t.Errorf("%d events of kind %s, %v", n, ev.Flag.Kind, err)
			}
		}
		near := func(sentence string) dealwatch.Match { return match("d", dealwatch.InSentence, sentence, 0) }
		next("1", dealwatch.New, "raised 1: one[one one] before: []", near("one"))
		next("1", dealwatch.Rematch, "changed 1: two[two two] before: one[one one]", near("two"))
		next("1", dealwatch.Rematch, "changed 1: three[three three] before: two[two two]", near("three"))
		next("2", dealwatch.New, "changed 2: four[four four] before: three[three three]", near("four"))
		next("3", dealwatch.New, "withdrawn 3: four[four four] before: []")
		next("4", dealwatch.New, "returned 4: five[five five] before: four[four four]", near("five"))
		next("4", dealwatch.Rematch, "withdrawn 4: five[five five] before: []")
		next("4", dealwatch.Rematch, "returned 4: six[six six] before: five[five five]", near("six"))
		next("4", dealwatch.Rematch, "returned 4: six[six six] before: five[five five]", near("six"))
		if len(told) != 8 {
			t.Errorf("%d events, want 8", len(told))
		}
	})
}

func sentences(mentions []dealwatch.Mention) []string {
	out := []string{}
	for _, m := range mentions {
		out = append(out, m.Sentence)
	}
	return out
}
