package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// TestDays tells a story of three days: polled every hour, then not at all for a night,
// then refused; and what can be said of each day.
func TestDays(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }
	var polls []dealwatch.Poll
	add := func(t time.Time, stream string, err string) {
		p := dealwatch.Poll{Stream: stream, StartedAt: t, EndedAt: t.Add(time.Minute), Outcome: dealwatch.OK, Complete: err == "", Err: err}
		if err != "" {
			p.Outcome = dealwatch.Blocked
		}
		polls = append(polls, p)
	}
	for hour := 6; hour <= 20; hour++ { // of the second
		add(at(2, hour), "a", "")
		add(at(2, hour), "b", "")
	}
	for _, hour := range []int{8, 9} {
		add(at(3, hour), "a", "")
		add(at(3, hour), "b", "")
	}
	for hour := 10; hour <= 23; hour++ {
		add(at(3, hour), "a", "")
		add(at(3, hour), "b", "read https://example.gov/b: blocked (HTTP 403): refused")
	}
	add(at(4, 6), "a", "") // interrupted
	add(at(4, 7), "a", "")
	add(at(4, 7), "b", "")
	base := past{
		info: dealwatch.Info{Name: "source", Every: time.Hour}, streams: []string{"a", "b"},
		began: map[string]string{"a": "2026-02-20", "b": "2026-03-01"},
		last:  map[string]time.Time{"a": at(4, 7), "b": at(4, 7)}, until: at(4, 8), now: at(4, 8),
	}
	say := func(p past) []string {
		var lines []string
		for _, d := range p.days(at(1, 12), p.now) {
			lines = append(lines, strings.Join([]string{d.Day, d.State, d.Full.String(), strings.Join(d.Unread, ", "), d.Why, d.Fill}, " | "))
		}
		return lines
	}
	story := base
	story.polls = polls
	want := []string{
		"2026-03-04 | so far | 07:01 | 00:00-07:00 | b: blocked (HTTP 403): refused | ",
		"2026-03-03 | proved | 08:01, 09:01 | 00:00-08:00, 09:01-24:00 | nothing was polled | ",
		"2026-03-02 | proved | 06:01, 07:01 … 20:01 (15 times) | 20:01-24:00 | nothing was polled | ",
		"2026-03-01 | before |  |  | the first listing of b began on 2026-03-01 | dealwatch scrape source --since 2026-03-01",
	}
	if diff := cmp.Diff(want, say(story)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	story.gaps = []dealwatch.Gap{{Stream: "b", From: "2026-03-02", To: "2026-03-03", Reason: "no answer", Command: "fill it"}}
	story.now, story.until = at(4, 20), at(4, 20)
	want = []string{
		"2026-03-04 | unproved | 07:01 | 00:00-07:00, 07:01-20:00 | b: blocked (HTTP 403): refused | ",
		"2026-03-03 | gap | 08:01, 09:01 | 00:00-08:00, 09:01-24:00 | b: no answer | fill it",
		"2026-03-02 | gap | 06:01, 07:01 … 20:01 (15 times) | 20:01-24:00 | b: no answer | fill it",
		want[3],
	}
	if diff := cmp.Diff(want, say(story)); diff != "" {
		t.Errorf("with a gap, and silent since (-want +got):\n%s", diff)
	}

	never := past{info: base.info, streams: base.streams, until: at(1, 20), now: at(1, 20)}
	if got := fmt.Sprint(say(never)); got != "[2026-03-01 | unproved |  |  | never listed in full: a | ]" {
		t.Errorf("never polled: %s", got)
	}
}
