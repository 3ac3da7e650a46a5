package store

import (
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// weekdays are the times at which an office with news at these hours, Washington time,
// had news on the business days of some weeks before day0, newest first.
func weekdays(weeks int, hours ...int) []time.Time {
	var news []time.Time
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, washington)
	for d := 0; d > -7*weeks; d-- {
		day := monday.AddDate(0, 0, d-3) // from Friday back
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		for i := len(hours) - 1; i >= 0; i-- {
			news = append(news, day.Add(time.Duration(hours[i])*time.Hour))
		}
	}
	return news
}

func TestQuietFrom(t *testing.T) {
	friday := func(hour int) time.Time { return time.Date(2026, 2, 27, hour, 0, 0, 0, washington) }
	daily := weekdays(10, 16)
	cases := []struct {
		name  string
		news  []time.Time
		floor time.Duration
		want  time.Duration // after the newest; 0 for never
	}{
		{"nothing known", nil, hour, 0},
		{"too little to tell", daily[:8], hour, 0},
		{"a weekend is not quiet", daily, hour, 72 * hour},
		{"a Thursday's news are followed by Friday's", daily[1:], hour, 24 * hour},
		{"too few of the weekday: those of all", weekdays(5, 16), hour, 72 * hour},
		{"never sooner than the floor", daily[1:], 30 * hour, 30 * hour},
		{"many a day: one pause in twenty counts", weekdays(4, 9, 10, 11, 12, 13, 14, 15, 16), hour, 65 * hour},
	}
	for _, c := range cases {
		got := quietFrom(c.news, c.floor)
		if c.want == 0 {
			if !got.IsZero() {
				t.Errorf("%s: quiet from %s, want never", c.name, got)
			}
			continue
		}
		if want := c.news[0].Add(c.want); !got.Equal(want) {
			t.Errorf("%s: quiet %s after the newest news, want %s", c.name, got.Sub(c.news[0]), c.want)
		}
	}
	if !daily[0].Equal(friday(16)) {
		t.Fatalf("the newest news are of %s", daily[0])
	}
}

// TestQuiet shows that a source whose news stopped says so, and one with fresh news does
// not.
func TestQuiet(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		state := func() string {
			h, err := s.Health(t.Context())
			must(t, err)
			return h[0].State
		}
		last := func(at time.Time) {
			p := poll(0, dealwatch.OK, true, "", "")
			p.StartedAt, p.EndedAt = at, at.Add(time.Minute)
			must(t, w.Close(t.Context(), p))
		}
		now := time.Now()
		for n := range 30 {
			last(now.AddDate(0, 0, n-40))
		}
		if got := state(); got != "quiet" {
			t.Errorf("news every day until ten days ago: state %q, want quiet", got)
		}
		last(now.Add(-hour))
		if got := state(); got != "ok" {
			t.Errorf("news an hour ago: state %q, want ok", got)
		}
		p := poll(0, dealwatch.Failed, false, "", "")
		p.StartedAt, p.EndedAt = now, now
		must(t, w.Close(t.Context(), p))
		if got := state(); got != "failing" {
			t.Errorf("state %q, want failing", got)
		}
	})
}
