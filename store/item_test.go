package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

func TestNoteMerges(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		first := item("1")
		first.Content, first.ContentAt, first.ContentSHA = "<p>whole", day0, "aa"
		first.ContentRef = dealwatch.Ref{File: "w.gz", Offset: 7}
		first.Extra = []string{"https://www.ftc.gov/print/1"}
		newer := dealwatch.Item{Source: "ftc-press", Key: "1", URL: "https://www.ftc.gov/new", Title: "New title", PublishedOn: "2026-03-03",
			PublishedAt: day0, Docket: "C-1"}
		older := dealwatch.Item{Source: "ftc-press", Key: "1", URL: "https://www.ftc.gov/old", Title: "Old title", PublishedOn: "2025-01-01", Subject: "s"}
		if n := w.note("news", day0, true, first, first); n != 1 {
			t.Errorf("%d fresh, want 1", n)
		}
		if n := w.note("news", day0.Add(hour), true, newer) + w.note("news", day0.Add(-hour), true, older); n != 0 {
			t.Errorf("%d fresh, want none", n)
		}
		items, err := w.Due(t.Context(), time.Time{})
		must(t, err)
		want := first
		want.URL, want.Title, want.PublishedOn, want.PublishedAt, want.Docket, want.Subject = newer.URL, newer.Title, newer.PublishedOn, day0, "C-1", "s"
		if diff := cmp.Diff([]dealwatch.Item{want}, items); diff != "" {
			t.Errorf("Due (-want +got):\n%s", diff)
		}
		for _, url := range []string{first.URL, newer.URL, first.Extra[0]} {
			at, err := s.ItemsAt(t.Context(), url)
			must(t, err)
			if diff := cmp.Diff([]dealwatch.Item{want}, at); diff != "" {
				t.Errorf("ItemsAt(%s) (-want +got):\n%s", url, diff)
			}
		}
		if at, err := s.ItemsAt(t.Context(), "https://www.ftc.gov/"); len(at) > 0 || err != nil {
			t.Errorf("ItemsAt of an unknown address: %v, %v", at, err)
		}
		if got := table(t, s, "SELECT first_seen_at FROM items"); got[0] != `[]interface {}{"2026-03-02T09:30:00.123456Z"}` {
			t.Errorf("first_seen_at = %s, want that of the first listing", got)
		}
	})
}

func TestNoteRefusesForeignItems(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		for _, it := range []dealwatch.Item{{Source: "edgar", Key: "1"}, {Source: "ftc-press"}} {
			if _, err := w.Note(t.Context(), "news", []dealwatch.Item{item("1"), it}, day0, true); err == nil {
				t.Errorf("%+v was noted", it)
			}
		}
		if n := len(table(t, s, "SELECT key FROM items")); n != 0 {
			t.Errorf("%d items are left of a listing that was refused", n)
		}
	})
}

// TestNoteDue shows when a document that was read is due again.
func TestNoteDue(t *testing.T) {
	with := func(change func(*dealwatch.Item)) dealwatch.Item {
		it := item("1")
		change(&it)
		return it
	}
	cases := []struct {
		name   string
		stream string
		later  time.Duration
		it     dealwatch.Item
		want   bool
	}{
		{"the same again", "news", hour, item("1"), false},
		{"another title", "news", hour, with(func(it *dealwatch.Item) { it.Title = "Corrected" }), true},
		{"another date", "news", hour, with(func(it *dealwatch.Item) { it.PublishedOn = "2026-03-02" }), true},
		{"no title", "news", hour, with(func(it *dealwatch.Item) { it.Title = "" }), false},
		{"another title, but an older listing", "news", -hour, with(func(it *dealwatch.Item) { it.Title = "Draft" }), false},
		{"the title of the page itself", "news", hour, with(func(it *dealwatch.Item) { it.Title = "As on the page" }), false},
		{"another title in a listing that shows it first", "other", hour, with(func(it *dealwatch.Item) { it.Title = "Corrected" }), true},
		{"the same in a listing that shows it first", "other", hour, item("1"), false},
		{"another whole text in the feed", "news", hour, with(func(it *dealwatch.Item) { it.Content = "new" }), true},
	}
	each(t, func(t *testing.T, s *Store) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				wipe(t, s)
				w := claim(t, s, "ftc-press")
				first := item("1")
				first.Content = "old"
				w.note("news", day0, true, first)
				v := version(first, "text", day0)
				v.Title = "As on the page"
				w.record(v, reach(dealwatch.New, day0.AddDate(1, 0, 0)))
				w.note(c.stream, day0.Add(c.later), true, c.it)
				if got := len(w.due(time.Time{})) == 1; got != c.want {
					t.Errorf("due = %t, want %t", got, c.want)
				}
				// It is due once, not at every listing.
				w.record(v, reach(dealwatch.New, day0.AddDate(1, 0, 0)))
				w.note(c.stream, day0.Add(c.later+time.Minute), true, c.it)
				if got := w.due(time.Time{}); len(got) > 0 {
					t.Errorf("due once more: %q", got)
				}
			})
		}
	})
}

func TestGround(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		ground := func(stream string, items ...dealwatch.Item) int {
			n, err := w.Ground(t.Context(), stream, items)
			must(t, err)
			return n
		}
		first := func() bool {
			yes, err := w.First(t.Context(), "news")
			must(t, err)
			return yes
		}
		if !first() {
			t.Error("First = false before any poll")
		}
		w.note("news", day0, false, item("1"), item("2"))
		must(t, w.Close(t.Context(), dealwatch.Poll{Stream: "news", EndedAt: day0, Outcome: dealwatch.Failed}))
		if n := ground("news", item("1"), item("2")); n != 0 || !first() {
			t.Errorf("a listing that broke off is ground for %d items, First = %t", n, first())
		}
		w.note("news", day0, true, item("1"))
		must(t, w.Close(t.Context(), dealwatch.Poll{Stream: "news", EndedAt: day0, Outcome: dealwatch.OK, Complete: true}))
		w.note("news", day0.Add(hour), false, item("1"))
		if n := ground("news", item("1"), item("2")); n != 1 || first() {
			t.Errorf("Ground = %d, First = %t after a complete listing of one item, want 1, false", n, first())
		}
		if n := ground("other", item("1")); n != 0 {
			t.Errorf("one stream's listing is ground for %d items of another", n)
		}
		var many []dealwatch.Item
		for i := range 1000 {
			many = append(many, item(fmt.Sprint(i)))
		}
		w.note("news", day0, true, many...)
		if n := ground("news", many...); n != 1000 {
			t.Errorf("Ground = %d of 1000", n)
		}
		if n := ground("news"); n != 0 {
			t.Errorf("an empty page is ground for %d items", n)
		}
	})
}

func TestDueOrder(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		on := func(key, date string) dealwatch.Item {
			it := item(key)
			it.PublishedOn = date
			return it
		}
		w.note("news", day0, true, on("new", "2026-03-02"), on("dateless", ""), on("b", "2026-01-05"), on("a", "2026-01-05"), on("old", "2025-12-31"))
		want := []string{"old", "a", "b", "dateless", "new"}
		if got := w.due(day0); !cmp.Equal(got, want) {
			t.Errorf("due = %q, want oldest first %q", got, want)
		}
	})
}

// TestDueYoung shows when a document of a source whose documents are young for two days is read
// again.
func TestDueYoung(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		w.note("news", day0, true, item("1"))
		var reads []time.Duration
		for at := time.Duration(0); at < 200*hour; at += 30 * time.Minute {
			if len(w.due(day0.Add(at))) > 0 {
				reads = append(reads, at)
				w.record(version(item("1"), "text", day0.Add(at)), reach(dealwatch.New, day0.Add(at)))
			}
		}
		want := []time.Duration{0, hour, 2 * hour, 4 * hour, 8 * hour, 16 * hour, 32 * hour, 48 * hour}
		if diff := cmp.Diff(want, reads); diff != "" {
			t.Errorf("read at (-want +got):\n%s", diff)
		}
	})
}

func TestPostpone(t *testing.T) {
	fail := func(o dealwatch.Outcome) error { return &dealwatch.ReadError{Outcome: o, Err: errors.New("words")} }
	cases := []struct {
		name  string
		why   []error // an attempt an hour
		state string
		wait  time.Duration // from the last attempt; -1 for no time
	}{
		{"no answer", []error{fail(dealwatch.Failed)}, "pending", 5 * time.Minute},
		{"no answer twice", []error{fail(dealwatch.Failed), fail(dealwatch.Failed)}, "pending", 10 * time.Minute},
		{"a plain error", []error{errors.New("plain")}, "pending", 5 * time.Minute},
		{"no answer for ever", make([]error, 60), "pending", 24 * hour},
		{"blocked", []error{fail(dealwatch.Blocked)}, "pending", 6 * hour},
		{"unparsed", []error{fail(dealwatch.Unparsed)}, "pending", hour},
		{"absent", []error{fail(dealwatch.Absent)}, "pending", -1},
		{"the server names a time", []error{&dealwatch.ReadError{Outcome: dealwatch.Failed, Status: 429, RetryAfter: 3 * hour}}, "pending", 3 * hour},
		{"gone once", []error{fail(dealwatch.Gone)}, "pending", 24 * hour},
		{"gone twice within a day", []error{fail(dealwatch.Gone), fail(dealwatch.Gone)}, "pending", 23 * hour},
		{"gone, but not now", []error{fail(dealwatch.Gone), fail(dealwatch.Failed)}, "pending", 5 * time.Minute},
		{"gone for a day", slices.Repeat([]error{fail(dealwatch.Gone)}, 25), "gone", -1},
	}
	each(t, func(t *testing.T, s *Store) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				wipe(t, s)
				w := claim(t, s, "ftc-press")
				w.note("news", day0, true, item("1"))
				var last time.Time
				for i, why := range c.why {
					if why == nil {
						why = fail(dealwatch.Failed)
					}
					last = day0.Add(time.Duration(i) * hour)
					must(t, w.Postpone(t.Context(), item("1"), last, why))
				}
				got := table(t, s, "SELECT state, next_try_at FROM items")
				next := "interface {}(nil)"
				if c.wait >= 0 {
					next = fmt.Sprintf("%q", last.Add(c.wait).Format("2006-01-02T15:04:05.000000Z"))
				}
				if want := fmt.Sprintf("[]interface {}{%q, %s}", c.state, next); got[0] != want {
					t.Errorf("item is %s, want %s", got[0], want)
				}
				if c.state == "pending" && len(w.due(time.Time{})) != 1 {
					t.Error("a replay does not try it")
				}
				if c.wait > 0 && (len(w.due(last.Add(c.wait-time.Second))) != 0 || len(w.due(last.Add(c.wait))) != 1) {
					t.Error("it is not due at the time of its next try")
				}
			})
		}
	})
}

// TestGoneAgain shows that what is gone is tried again a week after it was seen to be
// listed still, time and again, and not at all where no listing shows it; and that a
// replay leaves it gone.
func TestGoneAgain(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		lose := func(at time.Time) {
			t.Helper()
			for _, key := range []string{"shown", "dropped"} {
				must(t, w.Postpone(t.Context(), item(key), at, &dealwatch.ReadError{Outcome: dealwatch.Gone, Status: 404}))
			}
		}
		due := func(at time.Time, want ...string) {
			t.Helper()
			if diff := cmp.Diff(append([]string{}, want...), w.due(at)); diff != "" {
				t.Errorf("due at %s (-want +got):\n%s", at, diff)
			}
		}
		w.note("news", day0, true, item("shown"), item("dropped"))
		lose(day0)
		gone := day0.Add(24 * hour)
		lose(gone)
		due(gone.AddDate(1, 0, 0))
		w.note("news", day0.Add(-hour), true, item("dropped")) // an older listing
		w.note("", gone.Add(hour), false, item("dropped"))     // and none at all
		w.note("news", gone.Add(hour), true, item("shown"))
		w.note("news", gone.Add(2*hour), true, item("shown"))
		again := gone.Add(hour).AddDate(0, 0, 7)
		due(again.Add(-time.Second))
		due(again, "shown")
		due(time.Time{})
		must(t, w.Postpone(t.Context(), item("shown"), again, &dealwatch.ReadError{Outcome: dealwatch.Gone, Status: 404}))
		due(again.Add(hour))
		w.note("news", again.Add(hour), true, item("shown"))
		due(again.Add(hour).AddDate(0, 0, 7), "shown")
		w.record(version(item("shown"), "x", again.AddDate(0, 1, 0)), reach(dealwatch.New, again.AddDate(0, 1, 0)))
		if got := table(t, s, "SELECT state, reason FROM items WHERE key = 'shown'"); got[0] != `[]interface {}{"read", interface {}(nil)}` {
			t.Errorf("after it is back it is %s", got[0])
		}
	})
}

// TestPostponeAfterReading shows that a document that was read stays so when a later look fails.
func TestPostponeAfterReading(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		w.record(version(item("1"), "text", day0), reach(dealwatch.New, day0))
		blocked := &dealwatch.ReadError{Outcome: dealwatch.Blocked, Status: 403, Err: errors.New("a challenge page")}
		must(t, w.Postpone(t.Context(), item("1"), day0.Add(hour), blocked))
		got := table(t, s, "SELECT state, reason, next_try_at FROM items")
		if want := `[]interface {}{"read", "blocked (HTTP 403): a challenge page", "2026-03-02T16:30:00.123456Z"}`; got[0] != want {
			t.Errorf("item is %s, want %s", got[0], want)
		}
		if got := w.due(day0.Add(7 * hour)); len(got) != 1 {
			t.Errorf("it is not looked at again: due = %q", got)
		}
	})
}

func TestPostponeUnknownItem(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		must(t, w.Postpone(t.Context(), item("1"), day0, errors.New("x")))
		got := table(t, s, "SELECT key, state, first_seen_at FROM items")
		if want := `[]interface {}{"1", "pending", "2026-03-02T09:30:00.123456Z"}`; len(got) != 1 || got[0] != want {
			t.Errorf("items are %s, want %s", got, want)
		}
	})
}
