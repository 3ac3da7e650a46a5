package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

func TestVersionsAndAttachments(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		for i, text := range []string{"one", "two", "three"} {
			at := day0.Add(time.Duration(i) * hour)
			v := version(item("1"), text, at)
			v.Found = []dealwatch.Item{{Source: "ftc-press", Key: "pdf", URL: "https://example.gov/pdf", Title: "Complaint"}}
			w.record(v, reach(dealwatch.New, at, "d"))
		}
		w.record(version(item("2"), "other", day0), reach(dealwatch.New, day0, "d"))
		versions, err := s.Versions(t.Context(), "ftc-press/1", 2)
		must(t, err)
		var got []string
		for _, v := range versions {
			got = append(got, fmt.Sprint(v.ID, v.Number, v.Text))
		}
		if diff := cmp.Diff([]string{"ftc-press/13three", "ftc-press/12two"}, got); diff != "" {
			t.Errorf("versions (-want +got):\n%s", diff)
		}
		listed, err := s.Attachments(t.Context(), "ftc-press", "1", 10)
		must(t, err)
		if len(listed) != 1 || listed[0].Key != "pdf" || listed[0].State != "pending" || listed[0].Title != "Complaint" {
			t.Errorf("attachments %+v, want the one", listed)
		}
		if listed, err = s.Attachments(t.Context(), "ftc-press", "", 10); len(listed) != 0 || err != nil {
			t.Errorf("%d hang on nothing (%v)", len(listed), err)
		}
	})
}

func TestWeeksAndCounts(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		sunday := time.Date(2026, 3, 8, 23, 59, 59, 0, time.UTC)
		for i, at := range []time.Time{sunday, sunday.Add(time.Second), sunday.AddDate(0, 0, 7)} {
			w.record(version(item(fmt.Sprint(i)), "text", at), reach(dealwatch.New, at, "d"), match("d", dealwatch.InSentence, "s", 0))
		}
		weeks, err := s.Weeks(t.Context(), "d")
		must(t, err)
		want := []dealwatch.WeekCount{
			{Source: "ftc-press", Week: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Flags: 1},
			{Source: "ftc-press", Week: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC), Flags: 2},
		}
		if diff := cmp.Diff(want, weeks); diff != "" {
			t.Errorf("weeks (-want +got):\n%s", diff)
		}
		flags, err := s.Flagged(t.Context(), dealwatch.Filter{Limit: 2})
		must(t, err)
		mentions, err := s.Mentions(t.Context(), flags)
		must(t, err)
		if len(mentions) != 2 || len(mentions[3]) == 0 || len(mentions[2]) == 0 || len(mentions[1]) != 0 {
			t.Errorf("mentions %+v, want those of the flags 2 and 3", mentions)
		}
		for _, tt := range []struct {
			f    dealwatch.Filter
			want int
		}{
			{dealwatch.Filter{}, 3}, {dealwatch.Filter{After: 1}, 2}, {dealwatch.Filter{Deal: "d"}, 3}, {dealwatch.Filter{Deal: "e"}, 0},
			{dealwatch.Filter{Source: "ftc-press", After: 2}, 1}, {dealwatch.Filter{Kind: "press-release"}, 3}, {dealwatch.Filter{Kind: "8-K"}, 0},
			{dealwatch.Filter{Document: "ftc-press/1"}, 1}, {dealwatch.Filter{Closeness: dealwatch.InTitle}, 0},
		} {
			if got, err := s.CountEvents(t.Context(), tt.f); got != tt.want || err != nil {
				t.Errorf("%+v chooses %d events (%v), want %d", tt.f, got, err, tt.want)
			}
		}
	})
}
