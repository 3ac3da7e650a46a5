package store

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// reading is one step of a flag's life: a text at the n-th hour, its match if any, and
// the event that must come of it ("" for none).
type reading struct {
	name  string
	text  string
	match *dealwatch.Match
	want  string
}

func TestFlagEvents(t *testing.T) {
	p := func(m dealwatch.Match) *dealwatch.Match { return &m }
	near := func(sentence string, offset int) *dealwatch.Match {
		return p(match("d", dealwatch.InSentence, sentence, offset))
	}
	readings := []reading{
		{"no match", "a", nil, ""},
		{"a match of a further version", "b", p(match("d", dealwatch.InParagraph, "s", 0)), "raised revised paragraph match/d/ftc-press/1"},
		{"the same evidence elsewhere", "c", p(match("d", dealwatch.InParagraph, "s", 70)), ""},
		{"a tighter unit", "d", near("s", 0), "closer revised sentence match/d/ftc-press/1/4"},
		{"another sentence", "e", near("other", 0), "changed revised sentence match/d/ftc-press/1/5"},
		{"a looser unit", "f", p(match("d", dealwatch.InDocument, "other", 0)), "changed revised document match/d/ftc-press/1/6"},
		{"as tight as it was once", "g", near("other", 0), "changed revised sentence match/d/ftc-press/1/7"},
		{"the match is gone", "h", nil, "withdrawn revised sentence match/d/ftc-press/1/8"},
		{"it stays gone", "i", nil, ""},
		{"it is back", "j", near("other", 0), "returned revised sentence match/d/ftc-press/1/10"},
	}
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		seen := int64(0)
		for i, r := range readings {
			at := day0.AddDate(0, 0, i)
			var matches []dealwatch.Match
			if r.match != nil {
				matches = append(matches, *r.match)
			}
			rec := w.record(version(item("1"), r.text, at), reach(dealwatch.New, at, "d"), matches...)
			events, err := s.Events(t.Context(), dealwatch.Filter{After: seen})
			must(t, err)
			got := ""
			for _, e := range events {
				got += fmt.Sprintf("%s %s %s %s", e.What, e.Cause, e.Closeness, e.EntryID)
				seen = e.ID
				if e.HappenedAt != at || e.Version != i+1 || e.Title != "Title 1" {
					t.Errorf("%s: event is %+v", r.name, e)
				}
				if len(e.Mentions) != 2 {
					t.Errorf("%s: %d mentions show it, want 2", r.name, len(e.Mentions))
				}
			}
			if got != r.want || rec.Events != len(events) {
				t.Errorf("%s: events %q, want %q; recorded %+v", r.name, got, r.want, rec)
			}
		}
		flags, err := s.Flagged(t.Context(), dealwatch.Filter{})
		must(t, err)
		want := []dealwatch.Flag{{
			ID: 1, DealID: "d", DealName: "Deal d", DocumentID: "ftc-press/1", Source: "ftc-press", Agency: "FTC", Kind: "press-release",
			Title: "Title 1", URL: "https://www.ftc.gov/node/1", PublishedOn: "2026-03-01", FlaggedAt: day0.AddDate(0, 0, 1), Version: 10,
			Closeness: dealwatch.InSentence, Snippet: "other", Cause: dealwatch.Revised, State: "active", RuleVersion: "r1",
			SHA256: textDigest("<p>j"),
		}}
		if diff := cmp.Diff(want, flags); diff != "" {
			t.Errorf("Flagged (-want +got):\n%s", diff)
		}
		// An edit that moved the evidence kept it: all hits of each version are stored.
		if got := table(t, s, "SELECT version, start_byte FROM mentions WHERE alias = 'OpenAI' AND version IN (2, 3) ORDER BY version"); !cmp.Equal(got,
			[]string{"[]interface {}{2, 0}", "[]interface {}{3, 70}"}) {
			t.Errorf("mentions of versions 2 and 3: %s", got)
		}
	})
}

func TestFlagWithdrawal(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		w.record(version(item("1"), "a", day0), reach(dealwatch.New, day0, "d", "e"),
			match("d", dealwatch.InTitle, "of d", 0), match("e", dealwatch.InSentence, "of e", 0))
		// Deal e was not matched this time, so nothing is known of it.
		w.record(version(item("1"), "b", day0.Add(hour)), reach(dealwatch.New, day0.Add(hour), "d"))
		got := table(t, s, "SELECT deal_id, state, version, closeness, snippet, sha256 FROM flagged_items ORDER BY deal_id")
		want := []string{
			fmt.Sprintf(`[]interface {}{"d", "withdrawn", 1, "title", "of d", %q}`, textDigest("<p>a")),
			fmt.Sprintf(`[]interface {}{"e", "active", 1, "sentence", "of e", %q}`, textDigest("<p>a")),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("flagged_items (-want +got):\n%s", diff)
		}
		events, err := s.Events(t.Context(), dealwatch.Filter{Limit: 1})
		must(t, err)
		if e := events[0]; e.What != dealwatch.Withdrawn || e.Snippet != "of d" || len(e.Mentions) != 2 || e.Mentions[0].Sentence != "of d" {
			t.Errorf("a withdrawal shows what was there before; got %+v", e)
		}
	})
}

func TestFlagRematch(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		v := version(item("1"), "a", day0)
		w.record(v, reach(dealwatch.New, day0, "d"), match("d", dealwatch.InSentence, "s", 0))
		again := func(want string, matches ...dealwatch.Match) {
			t.Helper()
			rec := w.record(v, reach(dealwatch.Rematch, day0.Add(hour), "d", "e"), matches...)
			events, err := s.Events(t.Context(), dealwatch.Filter{Limit: rec.Events})
			must(t, err)
			got := ""
			for i := rec.Events - 1; i >= 0; i-- {
				got += fmt.Sprintf("%s %s %s;", events[i].What, events[i].Cause, events[i].EntryID)
			}
			if got != want || rec.Outcome != dealwatch.Unchanged || rec.Version != 1 {
				t.Errorf("rematch: %q, %+v, want %q", got, rec, want)
			}
		}
		again("withdrawn rematch match/d/ftc-press/1/1;")
		again("returned rematch match/d/ftc-press/1/1-2;raised rematch match/e/ftc-press/1;",
			match("d", dealwatch.InSentence, "s", 0), match("e", dealwatch.InTitle, "t", 0))
		again("changed rematch match/d/ftc-press/1/1-3;withdrawn rematch match/e/ftc-press/1/1;", match("d", dealwatch.InSentence, "other", 0))
		w.record(version(item("1"), "b", day0.Add(hour)), reach(dealwatch.New, day0.Add(hour), "d"), match("d", dealwatch.InSentence, "other", 0))
		if rec := w.record(v, reach(dealwatch.Rematch, day0.Add(2*hour), "d")); rec.Events != 0 || rec.Version != 2 {
			t.Errorf("a rematch of what is no longer the latest version: %+v", rec)
		}
	})
}

// TestReplayTwice shows that the same readings again, from the first to the last, change nothing.
func TestReplayTwice(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		replay := func() {
			for i, text := range []string{"a", "b", "a", "c"} {
				at := day0.Add(hour*2).AddDate(0, 0, i)
				w.note("news", at, true, item("1"), item("2"))
				var m []dealwatch.Match
				if text == "a" {
					m = append(m, match("d", dealwatch.InSentence, "s", 0))
				}
				w.record(version(item("1"), text, at), reach(dealwatch.New, at, "d"), m...)
			}
		}
		all := func() []string {
			var rows []string
			for _, v := range Views {
				rows = append(rows, table(t, s, "SELECT * FROM "+v.Name)...)
			}
			return rows
		}
		replay()
		first := all()
		replay()
		if diff := cmp.Diff(first, all()); diff != "" {
			t.Errorf("the second replay changed (-first +second):\n%s", diff)
		}
		if got := table(t, s, "SELECT what FROM flag_events ORDER BY event_id"); len(got) != 4 {
			t.Errorf("events %s, want raised, withdrawn, returned, withdrawn", got)
		}
	})
}

func TestFilter(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		for i, c := range []dealwatch.Closeness{dealwatch.InTitle, dealwatch.InSentence, dealwatch.InSentence} {
			at := day0.AddDate(0, 0, i)
			it := item(fmt.Sprint(i))
			it.Kind = fmt.Sprint("kind-", i)
			w.record(version(it, "x", at), reach(dealwatch.New, at, "d", "e"), match("d", c, "s", 0), match("e", c, "s", 0))
		}
		for _, c := range []struct {
			name   string
			filter dealwatch.Filter
			want   []int64
		}{
			{"all", dealwatch.Filter{}, []int64{6, 5, 4, 3, 2, 1}},
			{"deal", dealwatch.Filter{Deal: "e"}, []int64{6, 4, 2}},
			{"document", dealwatch.Filter{Document: "ftc-press/1"}, []int64{4, 3}},
			{"source", dealwatch.Filter{Source: "edgar"}, nil},
			{"kind", dealwatch.Filter{Kind: "kind-2"}, []int64{6, 5}},
			{"closeness", dealwatch.Filter{Closeness: dealwatch.InTitle}, []int64{2, 1}},
			{"since", dealwatch.Filter{Since: day0.AddDate(0, 0, 1)}, []int64{6, 5, 4, 3}},
			{"after", dealwatch.Filter{After: 4}, []int64{6, 5}},
			{"limit", dealwatch.Filter{Deal: "d", Limit: 2}, []int64{5, 3}},
		} {
			flags, err := s.Flagged(t.Context(), c.filter)
			must(t, err)
			events, err := s.Events(t.Context(), c.filter)
			must(t, err)
			var ids, eventIDs []int64
			for _, f := range flags {
				ids = append(ids, f.ID)
			}
			for _, e := range events {
				eventIDs = append(eventIDs, e.ID)
			}
			if !cmp.Equal(ids, c.want) || !cmp.Equal(eventIDs, c.want) {
				t.Errorf("%s: flags %d, events %d, want %d", c.name, ids, eventIDs, c.want)
			}
		}
	})
}
