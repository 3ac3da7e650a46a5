package web

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// coverage has a day of each kind: the newest is not over, one has a gap, the others were
// read; edgar's first was not.
func coverage(_ context.Context, source string, from, to time.Time) ([]feed.CoveredDay, error) {
	var out []feed.CoveredDay
	for at := to; !at.Before(from); at = at.AddDate(0, 0, -1) {
		d := feed.CoveredDay{Day: at.UTC().Format(time.DateOnly), State: feed.Proved, Full: feed.Clocks{"00:05", "03:05", "06:05", "09:05", "23:55"}}
		switch n := len(out); {
		case n == 0 && to.After(from):
			d.State, d.Full = feed.SoFar, feed.Clocks{"00:05"}
		case n == 1 && source == "edgar":
			d.State, d.Unread, d.Full = feed.Hole, feed.Clocks{"03:05-15:10"}, nil
			d.Why, d.Fill = "8-K: blocked (HTTP 403)", "dealwatch scrape edgar --since "+d.Day
		}
		out = append(out, d)
	}
	return out, nil
}

// The page of a document and that of a deal say whether the sources were read, and what
// they say grows old.
func TestCoverageOnPages(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	asked := 0
	var fail error
	w.cfg.Coverage = func(ctx context.Context, source string, from, to time.Time) ([]feed.CoveredDay, error) {
		asked++
		days, err := coverage(ctx, source, from, to)
		if asked > 5 {
			days[0].State = feed.Unproved
		}
		return days, errors.Join(err, fail)
	}
	for path, want := range map[string][]string{
		"/documents/ftc-press/1001": {"<h3>2026-03-01, the day of its date</h3>", "<h3>2026-03-02, the day it was first seen</h3>",
			"proved: every listing was read to known ground after the day was over<br>read in full at 00:05, 03:05 … 23:55 (5 times)"},
		"/deals/openai-aws": {"<summary>FTC press releases: 6 proved, today read so far</summary>", "<summary>Company filings: 5 proved, today read so far, 1 gap</summary>",
			"not read 03:05-15:10<br>8-K: blocked (HTTP 403)<br>fill it with <code>dealwatch scrape edgar --since 2026-04-12</code>"},
	} {
		page := w.get(path).Body.String()
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s lacks %q:\n%s", path, text, page)
			}
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times, want 4: two days of one source, and two sources", asked)
	}
	w.get("/deals/openai-aws")
	w.get("/documents/ftc-press/1002")
	if asked != 4 {
		t.Errorf("asked %d times, though all was known", asked)
	}
	w.wait(2 * time.Minute)
	for path, want := range map[string]string{"/deals/openai-aws": "6 proved, 1 unproved", "/documents/ftc-press/1001": "unproved"} {
		w.get(path)
		w.wait(2 * time.Minute)
		if page := w.get(path).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s does not say %q:\n%s", path, want, page)
		}
	}
	fail = errors.New("broken")
	w.wait(2 * time.Minute)
	if got := w.get("/deals/openai-aws"); got.Code != 200 {
		t.Errorf("a coverage that cannot be read takes the last good page with it: %d", got.Code)
	}
	if got := w.get("/documents/ftc-press/1001"); got.Code != 503 {
		t.Errorf("a coverage that cannot be read gives %d, want 503", got.Code)
	}
}

// Days of which the same is to be said are told as one; a document without a date has
// but the day it was first seen.
func TestCoverageIsBrief(t *testing.T) {
	ev := feedtest.Event("openai-aws", 1)
	ev.Flag.PublishedOn = ""
	w := newWorld(t, ev)
	w.cfg.Coverage = func(_ context.Context, _ string, from, to time.Time) ([]feed.CoveredDay, error) {
		var out []feed.CoveredDay
		for at := to; !at.Before(from); at = at.AddDate(0, 0, -1) {
			out = append(out, feed.CoveredDay{Day: at.Format(time.DateOnly), State: feed.Unproved, Why: "never listed in full: all"})
		}
		return out, nil
	}
	for path, want := range map[string]string{
		"/deals/openai-aws":         "<dt>2026-04-07 to 2026-04-13</dt><dd><p><strong class=\"alarm\">unproved</strong><br>never listed in full: all</p></dd>",
		"/documents/ftc-press/1001": "<h3>2026-03-02, the day it was first seen</h3>",
	} {
		page := w.get(path).Body.String()
		if strings.Count(page, "never listed in full") > 2 || !strings.Contains(page, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, page)
		}
	}
}
