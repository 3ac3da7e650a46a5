package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// poll is a poll of stream news at the n-th day.
func poll(day int, o dealwatch.Outcome, complete bool, from, to string) dealwatch.Poll {
	at := day0.AddDate(0, 0, day)
	p := dealwatch.Poll{Source: "ftc-press", Stream: "news", StartedAt: at, EndedAt: at.Add(time.Minute), Listed: 3, Fresh: 2, Read: 2,
		Raised: 1, Failed: 1, Outcome: o, Complete: complete, CoversFrom: from, CoversTo: to}
	if o != dealwatch.OK {
		p.Err = "no answer"
	}
	return p
}

func asked(p dealwatch.Poll, since, until string) dealwatch.Poll {
	p.Asked = dealwatch.Range{Since: since, Until: until}
	return p
}

func passed(p dealwatch.Poll) dealwatch.Poll {
	p.Passed = 1
	return p
}

// look is one at the second channel for one date.
func look(day int, o dealwatch.Outcome, date string) dealwatch.Poll {
	p := poll(day, o, o == dealwatch.OK, date, date)
	p.Stream = "second: index"
	return p
}

func TestPolls(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		a, b := poll(0, dealwatch.OK, true, "2026-03-01", "2026-03-02"), poll(1, dealwatch.Failed, false, "", "")
		must(t, w.Close(t.Context(), a))
		must(t, w.Close(t.Context(), b))
		for _, c := range []struct {
			name   string
			source string
			since  time.Time
			want   []dealwatch.Poll
		}{
			{"of all sources", "", time.Time{}, []dealwatch.Poll{b, a}},
			{"of one source", "ftc-press", time.Time{}, []dealwatch.Poll{b, a}},
			{"of another", "edgar", time.Time{}, nil},
			{"since", "", day0.AddDate(0, 0, 1), []dealwatch.Poll{b}},
		} {
			got, err := s.Polls(t.Context(), c.source, c.since)
			must(t, err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
	})
}

func TestGaps(t *testing.T) {
	type gap struct{ From, To, Reason string }
	cases := []struct {
		name   string
		listed string // newest date that the stream ever showed
		polls  []dealwatch.Poll
		want   []gap // that are open at the end
	}{
		{"complete polls open none", "", []dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-02")}, nil},
		{"no answer, nothing known", "", []dealwatch.Poll{poll(0, dealwatch.Failed, false, "", "")},
			[]gap{{"2026-03-02", "2026-03-02", "no answer"}}},
		{"no answer since the last complete poll", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(3, dealwatch.Blocked, false, "", "")},
			[]gap{{"2026-03-01", "2026-03-05", "no answer"}}},
		{"an outage of days is one gap", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(1, dealwatch.Failed, false, "", ""), poll(2, dealwatch.Failed, false, "", "")},
			[]gap{{"2026-03-01", "2026-03-04", "no answer"}}},
		{"a listing that does not reach back", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(9, dealwatch.OK, false, "2026-03-08", "2026-03-11")},
			[]gap{{"2026-03-01", "2026-03-08", "the listing ended before known ground"}}},
		{"closed by a poll that reaches over it", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(1, dealwatch.Failed, false, "", ""), poll(2, dealwatch.OK, true, "2026-02-28", "2026-03-04")}, nil},
		{"closed though nothing was published on its last days", "2026-03-01",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(1, dealwatch.Failed, false, "", ""), poll(2, dealwatch.OK, true, "2026-02-28", "2026-03-01")}, nil},
		{"closed by a listing without dates", "",
			[]dealwatch.Poll{poll(0, dealwatch.Failed, false, "", ""), poll(1, dealwatch.OK, true, "", "")}, nil},
		{"not closed by one that reaches less far back", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(1, dealwatch.Failed, false, "", ""), poll(2, dealwatch.OK, true, "2026-03-02", "2026-03-04")},
			[]gap{{"2026-03-01", "2026-03-03", "no answer"}}},
		{"closed by the range that was asked for, though its last days were empty", "2026-03-05",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(1, dealwatch.Failed, false, "", ""),
				asked(poll(2, dealwatch.OK, true, "2026-02-27", "2026-03-02"), "2026-03-01", "2026-03-03")}, nil},
		{"not closed by an empty range beside it", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(1, dealwatch.Failed, false, "", ""),
				asked(poll(2, dealwatch.OK, true, "", ""), "2025-03-01", "2025-03-03")},
			[]gap{{"2026-03-01", "2026-03-03", "no answer"}}},
		{"a range that the listing does not reach back to", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"),
				asked(poll(1, dealwatch.OK, false, "2026-02-20", "2026-03-02"), "2025-12-01", "")},
			[]gap{{"2025-12-01", "2026-02-20", "the listing ended before known ground"}}},
		{"a range above what was read leaves a hole, which the next poll does not see", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"),
				asked(poll(20, dealwatch.OK, true, "2026-03-10", "2026-03-21"), "2026-03-10", ""), poll(21, dealwatch.OK, true, "2026-03-19", "2026-03-22")},
			[]gap{{"2026-03-01", "2026-03-10", "a range was read from 2026-03-10 on, and not what is older"}}},
		{"a range of long ago does not read up to today", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), asked(poll(20, dealwatch.OK, true, "2026-01-01", "2026-01-31"), "2026-01-01", "2026-01-31"),
				asked(poll(20, dealwatch.OK, true, "2026-03-10", "2026-03-21"), "2026-03-10", "")},
			[]gap{{"2026-03-01", "2026-03-10", "a range was read from 2026-03-10 on, and not what is older"}}},
		{"a range above days on which nothing was published, as its listing shows", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-02-26"), asked(poll(1, dealwatch.OK, true, "2026-02-25", "2026-03-03"), "2026-03-02", "")}, nil},
		{"a range above what its listing shows and it leaves out", "",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-02-26"), asked(passed(poll(1, dealwatch.OK, true, "2026-02-25", "2026-03-03")), "2026-03-02", "")},
			[]gap{{"2026-02-26", "2026-03-02", "a range was read from 2026-03-02 on, and not what is older"}}},
		{"a look at a second channel that failed, and the next day's", "",
			[]dealwatch.Poll{look(1, dealwatch.Gone, "2026-02-27"), look(1, dealwatch.OK, "2026-03-02")},
			[]gap{{"2026-02-27", "2026-02-27", "no answer"}}},
		{"tried again", "",
			[]dealwatch.Poll{look(1, dealwatch.Gone, "2026-02-27"), look(2, dealwatch.Gone, "2026-02-27"), look(3, dealwatch.OK, "2026-02-27")}, nil},
		{"not closed by one of the past", "2026-03-01",
			[]dealwatch.Poll{poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01"), poll(1, dealwatch.Failed, false, "", ""), poll(2, dealwatch.OK, true, "2025-01-01", "2025-12-31")},
			[]gap{{"2026-03-01", "2026-03-03", "no answer"}}},
	}
	each(t, func(t *testing.T, s *Store) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				wipe(t, s)
				w := claim(t, s, "ftc-press")
				if c.listed != "" {
					it := item("1")
					it.PublishedOn = c.listed
					w.note("news", day0, true, it)
				}
				for _, p := range c.polls {
					if p.Second() {
						_, err := w.Reconciled(t.Context(), dealwatch.Look{Stream: p.Stream, From: p.CoversFrom, To: p.CoversTo}, p)
						must(t, err)
					} else {
						must(t, w.Close(t.Context(), p))
					}
				}
				open, err := s.Gaps(t.Context(), true)
				must(t, err)
				var got []gap
				for _, g := range open {
					got = append(got, gap{g.From, g.To, g.Reason})
					want := "dealwatch scrape ftc-press --since "
					if strings.HasPrefix(g.Stream, "second: ") {
						want = strings.Replace(want, "scrape", "reconcile", 1)
					}
					if want += g.From + " --until " + g.To; g.Command != want {
						t.Errorf("Command = %q, want %q", g.Command, want)
					}
				}
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("open gaps (-want +got):\n%s", diff)
				}
				all, err := s.Gaps(t.Context(), false)
				must(t, err)
				for _, g := range all {
					if (len(open) == 0) == g.ClosedAt.IsZero() {
						t.Errorf("gap %+v, with %d open", g, len(open))
					}
				}
			})
		}
	})
}

func TestHealth(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		health := func() dealwatch.Health {
			t.Helper()
			h, err := s.Health(t.Context())
			must(t, err)
			if len(h) != 1 {
				t.Fatalf("health of %d sources", len(h))
			}
			h[0].Incidents, h[0].Streams = nil, nil // tests of their own
			return h[0]
		}
		want := dealwatch.Health{Source: "ftc-press", Agency: "FTC", State: "never"}
		if diff := cmp.Diff(want, health()); diff != "" {
			t.Errorf("never polled (-want +got):\n%s", diff)
		}
		ended := func(day int) time.Time { return day0.AddDate(0, 0, day).Add(time.Minute) }
		w.note("news", day0, true, item("1"))
		must(t, w.Close(t.Context(), poll(0, dealwatch.OK, true, "2026-03-01", "2026-03-01")))
		must(t, w.Close(t.Context(), poll(1, dealwatch.OK, true, "2026-03-01", "2026-03-01")))
		want = dealwatch.Health{Source: "ftc-press", Agency: "FTC", State: "ok", LastOKAt: ended(1), LastNewAt: day0, NextPollAt: ended(1).Add(hour),
			Pending: 1, Since: ended(0)}
		if diff := cmp.Diff(want, health()); diff != "" {
			t.Errorf("well (-want +got):\n%s", diff)
		}
		must(t, w.Close(t.Context(), poll(2, dealwatch.Failed, false, "", "")))
		must(t, w.Close(t.Context(), poll(3, dealwatch.Failed, false, "", "")))
		other := poll(3, dealwatch.OK, true, "", "")
		other.Stream = "other"
		must(t, w.Close(t.Context(), other))
		want = dealwatch.Health{Source: "ftc-press", Agency: "FTC", State: "failing", LastOKAt: ended(3), LastNewAt: day0, NextPollAt: ended(3).Add(hour),
			Pending: 1, OpenGaps: 1, Incident: "news: no answer", Since: ended(2)}
		if diff := cmp.Diff(want, health()); diff != "" {
			t.Errorf("one stream fails (-want +got):\n%s", diff)
		}
		must(t, w.Close(t.Context(), poll(4, dealwatch.Blocked, false, "", "")))
		if h := health(); h.State != "blocked" || !h.Since.Equal(ended(2)) {
			t.Errorf("blocked: %+v", h)
		}
		must(t, w.Close(t.Context(), poll(4, dealwatch.Absent, false, "", "")))
		if h := health(); h.State != "blocked" || !h.Since.Equal(ended(2)) {
			t.Errorf("a replay says nothing of the site, but: %+v", h)
		}
		must(t, w.Close(t.Context(), poll(5, dealwatch.OK, true, "2026-03-01", "2026-03-05")))
		if h := health(); h.State != "ok" || h.Incident != "" || h.OpenGaps != 0 || !h.Since.Equal(ended(5)) {
			t.Errorf("well again: %+v", h)
		}
	})
}

func TestDeals(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		a, b := dealwatch.Deal{ID: "z", Name: "Z", Rule: "z", RuleVersion: "1"}, dealwatch.Deal{ID: "b", Name: "B", Rule: "b", RuleVersion: "1"}
		must(t, s.SetDeals(t.Context(), []dealwatch.Deal{a, b}))
		w.record(version(item("1"), "x", day0), reach(dealwatch.New, day0, "z", "b"), match("z", dealwatch.InTitle, "s", 0), match("b", dealwatch.InTitle, "s", 0))
		w.record(version(item("1"), "y", day0.Add(hour)), reach(dealwatch.New, day0.Add(hour), "b"))
		got := table(t, s, "SELECT deal_id, flags, last_flagged_at FROM deals ORDER BY deal_id")
		want := []string{`[]interface {}{"b", 0, "2026-03-02T09:30:00.123456Z"}`, `[]interface {}{"z", 1, "2026-03-02T09:30:00.123456Z"}`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("deals (-want +got):\n%s", diff)
		}
		b.Name = "Renamed"
		must(t, s.SetDeals(t.Context(), []dealwatch.Deal{b}))
		deals, err := s.Deals(t.Context())
		must(t, err)
		if diff := cmp.Diff([]dealwatch.Deal{b}, deals); diff != "" {
			t.Errorf("Deals (-want +got):\n%s", diff)
		}
		if n := len(table(t, s, "SELECT deal_id FROM flagged_items")); n != 2 {
			t.Errorf("%d flags are left when a deal left the watchlist, want 2", n)
		}
	})
}

// TestLostDates shows that a listing which suddenly states no date is an incident, and
// none where it never stated one.
func TestLostDates(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		many := func(day int, stream, from, to string) {
			p := poll(day, dealwatch.OK, true, from, to)
			p.Stream, p.Listed = stream, 10
			must(t, w.Close(t.Context(), p))
		}
		incident := func() string {
			h, err := s.Health(t.Context())
			must(t, err)
			return h[0].State + ": " + h[0].Incident
		}
		many(0, "news", "2026-02-20", "2026-03-01")
		many(0, "other", "", "")
		many(1, "other", "", "")
		if got := incident(); got != "ok: " {
			t.Errorf("a listing that never had dates: %q", got)
		}
		many(1, "news", "", "")
		if got, want := incident(), "failing: news: none of 10 items has a date, and they had one before"; got != want {
			t.Errorf("health %q, want %q", got, want)
		}
		if gaps, err := s.Gaps(t.Context(), true); err != nil || len(gaps) != 0 {
			t.Errorf("gaps %+v (%v), want none: the items are known", gaps, err)
		}
		many(2, "news", "2026-02-20", "2026-03-03")
		if got := incident(); got != "ok: " {
			t.Errorf("with dates again: %q", got)
		}
	})
}

// TestLostFields shows that a listing of which most items have lost a field is an
// incident, where nearly all had it before, and that its loss is not taken for the rule.
func TestLostFields(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		put := func(day, listed, undated, untitled int, want string) {
			t.Helper()
			p := poll(day, dealwatch.OK, true, "2026-02-20", "2026-03-01")
			p.Listed, p.Undated, p.Untitled = listed, undated, untitled
			must(t, w.Close(t.Context(), p))
			h, err := s.Health(t.Context())
			must(t, err)
			if h[0].Incident != want {
				t.Errorf("day %d: incident %q, want %q", day, h[0].Incident, want)
			}
		}
		put(0, 20, 18, 0, "") // it never had dates
		put(1, 20, 20, 11, "news: 11 of 20 items have no title, and nearly all had one before")
		put(2, 20, 4, 12, "news: 12 of 20 items have no title, and nearly all had one before")
		put(3, 20, 4, 2, "")
		put(4, 20, 10, 0, "")
		put(5, 4, 4, 4, "") // too few to tell
		put(6, 20, 2, 0, "")
		put(7, 20, 11, 0, "news: 11 of 20 items have no date, and nearly all had one before")
		put(8, 20, 11, 0, "news: 11 of 20 items have no date, and nearly all had one before")
		put(9, 20, 0, 0, "")
	})
}
