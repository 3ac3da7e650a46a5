package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// TestUnreadDocuments shows when documents that cannot be read are an incident.
func TestUnreadDocuments(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		var own, hung []dealwatch.Item
		for n := range 4 {
			it := item(fmt.Sprintf("own%d", n))
			it.URL = "https://example.gov/" + it.Key
			own = append(own, it)
			it = item(fmt.Sprintf("hung%d", n))
			it.ParentKey = "own0"
			hung = append(hung, it)
		}
		w.note("news", day0, true, append(own, hung...)...)
		fail := func(it dealwatch.Item, o dealwatch.Outcome, after time.Duration) {
			t.Helper()
			must(t, w.Postpone(t.Context(), it, day0.Add(after), &dealwatch.ReadError{Outcome: o}))
		}
		close := func(when string, after time.Duration, failed int, want ...string) {
			t.Helper()
			p := poll(0, dealwatch.OK, true, "2026-03-01", "2026-03-01")
			p.EndedAt, p.Failed = day0.Add(after), failed
			must(t, w.Close(t.Context(), p))
			if diff := cmp.Diff(want, incidents(t, s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		close("nothing was tried", 0, 0)
		fail(own[0], dealwatch.Failed, 0)
		fail(hung[0], dealwatch.Empty, 0)
		fail(hung[1], dealwatch.Unparsed, 0)
		close("a server that failed once, and two attachments without text", 0, 3)
		kept := dealwatch.Ref{File: "archive/a.warc.gz", Offset: 42}
		must(t, w.Postpone(t.Context(), own[1], day0, &dealwatch.ReadError{Outcome: dealwatch.Unparsed, Capture: kept}))
		fail(own[2], dealwatch.Empty, 0)
		open := `documents 02 09:30 unparsed "2 documents cannot be read, the first is own1: unparsed"`
		close("two pages that lost their shape", 0, 2, open)
		h, err := s.Health(t.Context())
		must(t, err)
		if h[0].State != "failing" || !strings.Contains(h[0].Incident, "own1") || h[0].Incidents[0].Evidence != (dealwatch.Evidence{URL: own[1].URL, Capture: kept}) {
			t.Errorf("health %+v, want a source that fails", h[0])
		}
		w.record(version(own[1], "x", day0), reach(dealwatch.New, day0))
		w.record(version(own[2], "x", day0), reach(dealwatch.New, day0))
		over := strings.Replace(open, `unparsed"`, `unparsed" until 02 10:30`, 1)
		close("they are read", hour, 0, over)
		fail(hung[2], dealwatch.Empty, 2*hour)
		again := `documents 02 11:30 empty "3 documents cannot be read, the first is hung0: empty"`
		close("three attachments of three fail", 2*hour, 1, again, over)
		w.record(version(hung[2], "x", day0), reach(dealwatch.New, day0))
		over2 := strings.Replace(again, `empty"`, `empty" until 02 12:30`, 1)
		close("one of them is read", 3*hour, 0, over2, over)
		fail(own[0], dealwatch.Failed, 73*hour)
		close("a page that could not be had for three days", 73*hour, 1,
			`documents 05 10:30 error "a document cannot be read: own0: error"`, over2, over)
		close("and is of old", 15*24*hour, 0,
			`documents 05 10:30 error "a document cannot be read: own0: error" until 17 09:30`, over2, over)
	})
}

// TestLostDocuments shows that documents which are listed and not there are an incident
// where they are many of the newest, and none where one was withdrawn; and that it ends
// once they are read.
func TestLostDocuments(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		all := []dealwatch.Item{item("a"), item("b"), item("c"), item("d"), item("e")}
		w.note("news", day0, true, all...)
		lose := func(it dealwatch.Item) {
			t.Helper()
			must(t, w.Postpone(t.Context(), it, day0, &dealwatch.ReadError{Outcome: dealwatch.Gone, Status: 404}))
		}
		close := func(when string, after time.Duration, want ...string) {
			t.Helper()
			p := poll(0, dealwatch.OK, true, "2026-03-01", "2026-03-01")
			p.EndedAt = day0.Add(after)
			must(t, w.Close(t.Context(), p))
			if diff := cmp.Diff(want, incidents(t, s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		lose(all[0])
		lose(all[1])
		close("two of two are too few to tell", 0)
		for _, it := range all {
			must(t, w.Postpone(t.Context(), it, day0, &dealwatch.ReadError{Outcome: dealwatch.Absent}))
		}
		close("what a replay's files do not hold", 0)
		for _, it := range all[:3] {
			lose(it)
		}
		w.record(version(all[3], "x", day0), reach(dealwatch.New, day0))
		open := `documents 02 10:30 gone "3 of 4 documents that were listed lately are not there, the first is a: gone (HTTP 404)"`
		close("three of four", hour, open)
		if h, err := s.Health(t.Context()); err != nil || h[0].State != "failing" {
			t.Errorf("health %+v, %v; want a source that fails", h, err)
		}
		w.record(version(all[0], "x", day0), reach(dealwatch.New, day0))
		w.record(version(all[1], "x", day0), reach(dealwatch.New, day0))
		close("but one is read", 2*hour, strings.Replace(open, `404)"`, `404)" until 02 11:30`, 1))
		for _, n := range []string{"f", "g", "h", "i"} {
			w.note("news", day0.Add(hour), true, item(n))
			w.record(version(item(n), "x", day0.Add(hour)), reach(dealwatch.New, day0.Add(hour)))
		}
		lose(item("f2"))
		lose(item("g2"))
		close("three of eleven", 3*hour, strings.Replace(open, `404)"`, `404)" until 02 11:30`, 1))
	})
}
