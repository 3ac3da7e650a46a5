package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dealwatch/dealwatch"
)

// found are the keys that a search gives, each with + where it is flagged, and "more"
// where there is an older page.
func found(t *testing.T, s *Store, query string, f dealwatch.Filter) string {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 50
	}
	hits, next, err := s.Search(t.Context(), dealwatch.Terms(query), f)
	must(t, err)
	var keys []string
	for _, h := range hits {
		key := h.Key
		if h.Flagged {
			key += "+"
		}
		keys = append(keys, key)
	}
	if next > 0 {
		keys = append(keys, "more")
	}
	return strings.Join(keys, " ")
}

func TestSearch(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		record := func(key, text string, m ...dealwatch.Match) {
			w.record(version(item(key), text, day0), reach(dealwatch.New, day0, "d"), m...)
		}
		record("1", "A Second Request was issued\nto Amazon.")
		record("2", "The request came a second time. Ünïted ﬁne 漢字 it's", match("d", dealwatch.InSentence, "s", 0))
		record("3", strings.Repeat("long ", 300000)+"amazon", match("d", dealwatch.InParagraph, "s", 0))
		record("4", "first words")
		w.record(version(item("4"), "later words, x"+strings.Repeat("y", 300), day0.Add(hour)), reach(dealwatch.New, day0.Add(hour), "d"))
		for query, want := range map[string]string{
			"amazon":                             "3+ 1",
			"AMAZON request":                     "1",
			`"second request"`:                   "1",
			"second request":                     "2+ 1",
			"ÜNÏTED":                             "2+",
			"漢字 ﬁne":                             "2+",
			"first":                              "", // no longer in the latest version
			"later":                              "4",
			"title":                              "4 3+ 2+ 1", // the titles are searched too
			"ama":                                "",
			"ama*":                               "3+ 1",
			"AMA* req*":                          "1",
			`"sec* request"`:                     "1",
			`"request sec*"`:                     "",
			"Ünï* 漢字*":                           "2+",
			"lat* fir*":                          "",
			"a*":                                 "2+ 1", // a root of one letter is a word
			"x" + strings.Repeat("y", 280) + "*": "4",
			`ama*") OR "x*`:                      "",
			`NOT amazon*`:                        "",
			`") OR 1=1 -- '`:                     "",
			"":                                   "",
			"& | ! : <-> ( )":                    "",
			"x" + strings.Repeat("y", 300):       "4",
		} {
			if got := found(t, s, query, dealwatch.Filter{}); got != want {
				t.Errorf("search %q gives %q, want %q", query, got, want)
			}
		}
		for want, f := range map[string]dealwatch.Filter{
			"4 3+ more":  {Limit: 2},
			"2+ 1":       {Before: 3},
			"3+ 2+":      {Deal: "d"},
			"2+":         {Closeness: dealwatch.InSentence},
			"":           {Source: "edgar"},
			"4 3+ 2+ 1":  {Kind: "press-release", Source: "ftc-press"},
			"4 3+ 2+ 1 ": {Limit: 4},
		} {
			if got := found(t, s, "title", f); got != strings.TrimSpace(want) {
				t.Errorf("search with %+v gives %q, want %q", f, got, want)
			}
		}
	})
}

// A store of before the search gets its index when it is opened, once.
func TestIndexOld(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			name := dsn(t, db)
			s := open(t, name)
			w := claim(t, s, "ftc-press")
			for i := range 120 {
				w.record(version(item(fmt.Sprintf("%03d", i)), "some words", day0), reach(dealwatch.New, day0, "d"))
			}
			must(t, s.tx(t.Context(), func(q *tx) error {
				for _, sql := range []string{"DELETE FROM words", "DELETE FROM searched", "DELETE FROM meta WHERE name = 'indexed'"} {
					if err := q.exec(sql); err != nil {
						return err
					}
				}
				return nil
			}))
			again := open(t, name)
			hits, next, err := again.Search(t.Context(), dealwatch.Terms("some words"), dealwatch.Filter{Limit: 500})
			must(t, err)
			if len(hits) != 120 || next != 0 {
				t.Errorf("%d documents are found, want 120", len(hits))
			}
			w.record(version(item("new"), "some words", day0), reach(dealwatch.New, day0, "d"))
			if got := found(t, open(t, name), "new", dealwatch.Filter{}); got != "new" {
				t.Errorf("after it %q is found, want the new one", got)
			}
		})
	}
}

// Whatever is typed into the search box, both databases find the same, and none takes it
// for its own language.
func TestSearchAnything(t *testing.T) {
	var stores []*Store
	for _, db := range []string{"sqlite", "postgres"} {
		s := open(t, dsn(t, db))
		w := claim(t, s, "ftc-press")
		for i, text := range []string{"a second request", "requests OR seconds and c", "É 漢字 second", "not near a*b & col:x", "reque st"} {
			w.record(version(item(fmt.Sprint(i)), text, day0), reach(dealwatch.New, day0, "d"))
		}
		stores = append(stores, s)
	}
	parts := []string{"a", "b", "sec", "second", "REQUEST", "reque", "or", "AND", "NOT", "near", "é", "漢", " ", " ", " ", "*", "*", `"`, `"`, "'", ":", "&", "|", "!",
		"(", ")", "<->", "-", "^", "+", "\\", "%", "_", "{", "}", "$1", "?", ";", "--", "\x00", "\n", "\xff", "\u0301", "1"}
	rapid.Check(t, func(rt *rapid.T) {
		query := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 12).Draw(rt, "query"), "")
		var got []string
		for _, s := range stores {
			hits, _, err := s.Search(t.Context(), dealwatch.Terms(query), dealwatch.Filter{Limit: 50})
			if err != nil {
				rt.Fatalf("%s: %q: %v", s.dialect.name, query, err)
			}
			keys := ""
			for _, h := range hits {
				keys += h.Key + " "
			}
			got = append(got, keys)
		}
		if got[0] != got[1] {
			rt.Errorf("%q gives %q in SQLite, %q in PostgreSQL", query, got[0], got[1])
		}
	})
}

// Pages of flags and events, from either end.
func TestPages(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		for i := range 7 {
			w.record(version(item(fmt.Sprint(i)), "text", day0), reach(dealwatch.New, day0, "d"), match("d", dealwatch.InSentence, "s", 0))
		}
		for _, tt := range []struct {
			f    dealwatch.Filter
			want []int64
		}{
			{dealwatch.Filter{Limit: 3}, []int64{7, 6, 5}},
			{dealwatch.Filter{Limit: 3, Before: 5}, []int64{4, 3, 2}},
			{dealwatch.Filter{Limit: 3, After: 2, Oldest: true}, []int64{3, 4, 5}},
			{dealwatch.Filter{Limit: 3, Skip: 3, Oldest: true}, []int64{4, 5, 6}},
			{dealwatch.Filter{Limit: 3, Skip: 6}, []int64{1}},
		} {
			flags, err := s.Flagged(t.Context(), tt.f)
			must(t, err)
			events, err := s.Events(t.Context(), tt.f)
			must(t, err)
			var flagIDs, eventIDs []int64
			for _, f := range flags {
				flagIDs = append(flagIDs, f.ID)
			}
			for _, ev := range events {
				eventIDs = append(eventIDs, ev.ID)
			}
			if diff := cmp.Diff(tt.want, flagIDs) + cmp.Diff(tt.want, eventIDs); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", tt.f, diff)
			}
		}
	})
}
