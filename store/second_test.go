package store

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

func TestReconciled(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		on := func(key, date string) dealwatch.Item {
			it := item(key)
			it.PublishedOn = date
			return it
		}
		w.note("news", day0, true, on("1", "2026-03-01"), on("2", "2026-03-01"), on("3", "2026-02-28"))
		w.note("other", day0, true, on("9", "2026-03-01"))
		must(t, w.Close(t.Context(), poll(0, dealwatch.Failed, false, "", ""))) // a gap on 2026-03-02

		look := dealwatch.Look{Stream: "second: index", From: "2026-03-01", To: "2026-03-02", Proves: []string{"news"},
			Items: []dealwatch.Item{on("1", "2026-03-01"), on("3", "2026-02-28"), on("4", "2026-02-01"), on("4", "2026-02-01")}}
		unseen, err := w.Unseen(t.Context(), look.Items)
		must(t, err)
		if len(unseen) != 1 || unseen[0].Key != "4" {
			t.Fatalf("unseen: %+v, want item 4 once", unseen)
		}
		got, err := w.Reconciled(t.Context(), look, dealwatch.Poll{StartedAt: day0, EndedAt: day0, Listed: 3, Fresh: 1, Outcome: dealwatch.OK, Complete: true})
		must(t, err)
		want := dealwatch.Reconciled{Stream: "second: index", From: "2026-03-01", To: "2026-03-02", Second: 3, First: 2, Late: 1, Lacking: 1, Outcome: dealwatch.OK,
			Short: "it lacks 1 of what the listings show, the first is 2"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reconciled (-want +got):\n%s", diff)
		}
		rows := table(t, s, "SELECT stream, covers_from, covers_to, outcome, second_listed, first_listed, late, lacking FROM reconciliations")
		if diff := cmp.Diff([]string{`[]interface {}{"second: index", "2026-03-01", "2026-03-02", "ok", 3, 2, 1, 1}`}, rows); diff != "" {
			t.Errorf("reconciliations (-want +got):\n%s", diff)
		}
		lacks := `second channel 02 09:30 lacking "index, 2026-03-01 to 2026-03-02: it lacks 1 of what the listings show, the first is 2" index`
		if got := incidents(t, s); len(got) != 2 || got[1] != lacks {
			t.Errorf("incidents %q, want that of the listing and\n%s", got, lacks)
		}
		look.Items = append(look.Items, on("2", "2026-03-01"))
		at := day0.Add(24 * hour)
		got, err = w.Reconciled(t.Context(), look, dealwatch.Poll{StartedAt: at, EndedAt: at, Listed: 4, Outcome: dealwatch.OK, Complete: true})
		if err != nil || got.Short != "" {
			t.Errorf("compared again: %+v, %v", got, err)
		}
		if got := incidents(t, s); len(got) != 2 || got[1] != lacks+" until 03 09:30" {
			t.Errorf("incidents %q, want the second channel's over", got)
		}

		must(t, w.Prove(t.Context(), []string{"other"}, "2026-03-01", "2026-03-09", day0))
		must(t, w.Prove(t.Context(), []string{"news"}, "2026-03-03", "2026-03-09", day0))
		if gaps, err := s.Gaps(t.Context(), true); err != nil || len(gaps) != 1 {
			t.Errorf("%d open gaps (%v), want the one of another stream or day", len(gaps), err)
		}
		must(t, w.Prove(t.Context(), []string{"other", "news"}, "2026-03-01", "2026-03-09", day0))
		if gaps, err := s.Gaps(t.Context(), true); err != nil || len(gaps) != 0 {
			t.Errorf("%d open gaps (%v), want none", len(gaps), err)
		}
	})
}

// TestLate shows that what was missed is late whenever it is read, and so is what it
// leads to; an edit of it afterwards is not.
func TestLate(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		must(t, s.SetDeals(t.Context(), []dealwatch.Deal{{ID: "d", Name: "D", Rule: "r", RuleVersion: "r1"}}))
		m := match("d", dealwatch.InTitle, "s", 0)
		must(t, w.Late(t.Context(), []dealwatch.Item{item("missed")}))
		w.note("second: index", day0, false, item("missed"))
		w.note("news", day0, true, item("listed"))

		v := version(item("missed"), "text", day0)
		v.Found = []dealwatch.Item{item("annex"), item("listed")}
		w.record(v, reach(dealwatch.New, day0, "d"), m)
		w.record(version(item("annex"), "more", day0), reach(dealwatch.New, day0, "d"), m)
		w.record(version(item("listed"), "else", day0), reach(dealwatch.New, day0, "d"), m)
		again := match("d", dealwatch.InSentence, "other", 1)
		w.record(version(item("missed"), "edited", day0.Add(hour)), reach(dealwatch.New, day0.Add(hour), "d"), again)
		want := []string{
			`[]interface {}{"match/d/ftc-press/annex", "late"}`, `[]interface {}{"match/d/ftc-press/listed", "new"}`,
			`[]interface {}{"match/d/ftc-press/missed", "late"}`, `[]interface {}{"match/d/ftc-press/missed/2", "revised"}`,
		}
		got := table(t, s, "SELECT entry_id, cause FROM flag_events ORDER BY entry_id")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("causes (-want +got):\n%s", diff)
		}
	})
}

func TestPrinted(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		register, house := claim(t, s, "federal-register"), claim(t, s, "whitehouse")
		put := func(w *worker, source, key, title, agency, on string) {
			v := version(item(key), "text", day0)
			v.Source, v.Title, v.Agency, v.PublishedOn = source, title, agency, on
			w.record(v, reach(dealwatch.New, day0))
		}
		put(house, "whitehouse", "post-1", "Regarding Supply", "White House", "2026-03-01")
		put(register, "federal-register", "2026-1@2026-03-05", "Regarding Supply", "White House", "2026-03-05")
		put(register, "federal-register", "2026-2@2026-03-05", "Regarding Nothing on Record", "White House", "2026-03-05")
		put(register, "federal-register", "2026-3@2026-03-05", "A Notice", "FTC", "2026-03-05")
		got, unpaired, err := house.Printed(t.Context(), "second: Federal Register", "2026-03-05", "2026-03-06", day0)
		must(t, err)
		want := dealwatch.Reconciled{Stream: "second: Federal Register", From: "2026-03-05", To: "2026-03-06", Second: 2, First: 1, Outcome: dealwatch.OK}
		if diff := cmp.Diff(want, got); diff != "" || len(unpaired) != 1 || unpaired[0] != "Regarding Nothing on Record" {
			t.Errorf("unpaired %q (-want +got):\n%s", unpaired, diff)
		}
		if got, _, err := house.Printed(t.Context(), "second: Federal Register", "2026-03-07", "2026-03-08", day0); err != nil || got.Second != 0 {
			t.Errorf("days without an order: %+v, %v", got, err)
		}
		if n := len(table(t, s, "SELECT stream FROM reconciliations")); n != 1 {
			t.Errorf("%d rows, want that of the first", n)
		}
	})
}

// TestSecondShort follows the incident of a second channel: it is opened by a look that
// proves nothing of days that are over, says what is the matter now, and is over once the
// days are proved or are looked at no more.
func TestSecondShort(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		must(t, w.Close(t.Context(), poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01")))
		today := item("today")
		today.PublishedOn = "2026-03-02"
		w.note("news", day0, true, today)
		compared := func(p dealwatch.Poll) {
			t.Helper()
			_, err := w.Reconciled(t.Context(), dealwatch.Look{Stream: p.Stream, From: p.CoversFrom, To: p.CoversTo, Proves: []string{"news"}}, p)
			must(t, err)
		}
		want := func(when string, lines ...string) {
			t.Helper()
			if diff := cmp.Diff(lines, incidents(t, s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		compared(look(0, dealwatch.OK, "2026-03-02"))
		want("a day that is not over may lack something")
		for _, o := range []dealwatch.Outcome{dealwatch.Absent, dealwatch.Interrupted} {
			compared(look(1, o, "2026-02-26"))
		}
		want("what an archive lacks, or we ended, is nobody's fault")
		must(t, w.Prove(t.Context(), []string{look(1, dealwatch.OK, "").Stream}, "2026-02-26", "2026-02-26", day0))

		compared(look(1, dealwatch.Gone, "2026-02-27"))
		compared(look(1, dealwatch.Failed, "2026-02-28"))
		name := `"` + strings.TrimPrefix(look(1, dealwatch.OK, "").Stream, "second: ")
		want("two days fail", `second channel 03 09:31 error `+name+`, 2026-02-27 to 2026-02-27: no answer" `+name[1:])
		if h, err := s.Health(t.Context()); err != nil || h[0].State != "failing" {
			t.Errorf("health %+v, %v; want it to fail", h, err)
		}
		must(t, w.Close(t.Context(), poll(2, dealwatch.OK, true, "2026-02-20", "2026-03-04")))
		want("the listings are well, which proves nothing of it", `second channel 03 09:31 error `+name+`, 2026-02-27 to 2026-02-27: no answer" `+name[1:])
		must(t, w.Close(t.Context(), poll(6, dealwatch.OK, true, "2026-02-20", "2026-03-08")))
		want("it is looked at no more", `second channel 03 09:31 error `+name+`, 2026-02-27 to 2026-02-27: no answer" `+name[1:]+` until 08 09:31`)
	})
}
