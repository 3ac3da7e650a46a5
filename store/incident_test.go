package store

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/dealwatch/dealwatch"
)

// told is what an incident says, in a line.
func told(i dealwatch.Incident) string {
	s := fmt.Sprintf("%s %s %s %q", i.Subject, i.OpenedAt.Format("02 15:04"), i.Outcome, i.What)
	if len(i.Listings) > 0 {
		s += " " + strings.Join(i.Listings, "+")
	}
	if !i.ClosedAt.IsZero() {
		s += " until " + i.ClosedAt.Format("02 15:04")
	}
	return s
}

func incidents(t *testing.T, s *Store) []string {
	t.Helper()
	all, err := s.Incidents(t.Context(), "", 10)
	must(t, err)
	var lines []string
	for _, i := range all {
		lines = append(lines, told(i))
	}
	return lines
}

func bad(day int, stream string, o dealwatch.Outcome, at time.Duration) dealwatch.Poll {
	p := poll(day, o, false, "", "")
	p.Stream, p.Err = stream, "refused "+stream
	p.EndedAt = p.EndedAt.Add(at)
	return p
}

// TestIncidents shows that an incident is opened once and closed once, whatever the trouble
// turns into, and that what breaks later is one of its own.
func TestIncidents(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		put := func(p dealwatch.Poll) { t.Helper(); must(t, w.Close(t.Context(), p)) }
		good := func(day int, stream string) {
			p := poll(day, dealwatch.OK, true, "2026-03-01", "2026-03-01")
			p.Stream = stream
			put(p)
		}
		want := func(when string, lines ...string) {
			t.Helper()
			if diff := cmp.Diff(lines, incidents(t, s)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		for _, stream := range []string{"a", "b", "c"} {
			good(0, stream)
		}
		want("all is well")
		put(bad(1, "a", dealwatch.Failed, 0))
		put(bad(1, "b", dealwatch.Failed, time.Second))
		want("two break in one run", `listings 03 09:31 error "a: refused a" a+b`)
		put(bad(1, "a", dealwatch.Blocked, hour))
		put(bad(1, "b", dealwatch.Blocked, hour))
		put(bad(1, "c", dealwatch.Unparsed, hour))
		want("they turn into something else, and another breaks",
			`listings 03 10:31 unparsed "c: refused c" c`, `listings 03 09:31 blocked "a: refused a" a+b`)
		good(2, "a")
		want("one is read again",
			`listings 03 10:31 unparsed "c: refused c" c`, `listings 03 09:31 blocked "b: refused b" b`)
		good(2, "b")
		want("and the other",
			`listings 03 10:31 unparsed "c: refused c" c`, `listings 03 09:31 blocked "b: refused b" b until 04 09:31`)
		h, err := s.Health(t.Context())
		must(t, err)
		if h[0].State != "failing" || h[0].Incident != "c: refused c" || len(h[0].Incidents) != 2 || h[0].Since != day0.AddDate(0, 0, 1).Add(time.Minute+hour) {
			t.Errorf("health %+v, want the incident that is left", h[0])
		}
		good(3, "c")
		put(bad(4, "a", dealwatch.Failed, 0))
		want("broken again", `listings 06 09:31 error "a: refused a" a`,
			`listings 03 10:31 unparsed "c: refused c" c until 05 09:31`, `listings 03 09:31 blocked "b: refused b" b until 04 09:31`)
	})
}

// TestIncidentTells shows what an incident says of itself: since when, what was last good,
// the page that shows it, when it is tried again and what a person can do.
func TestIncidentTells(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		must(t, w.Close(t.Context(), poll(0, dealwatch.OK, true, "2026-03-01", "2026-03-01")))
		p := poll(1, dealwatch.Unparsed, false, "", "")
		p.Evidence = dealwatch.Evidence{URL: "https://example.gov/news", Status: 200, Capture: dealwatch.Ref{File: "archive/a.warc.gz", Offset: 7}}
		must(t, w.Close(t.Context(), p))
		all, err := s.Incidents(t.Context(), "ftc-press", 0)
		must(t, err)
		if len(all) != 1 {
			t.Fatalf("%d incidents", len(all))
		}
		if all[0].Days < 1 {
			t.Errorf("open for %d days", all[0].Days)
		}
		all[0].Days = 0
		want := dealwatch.Incident{
			Source: "ftc-press", Subject: dealwatch.OfListings, OpenedAt: p.EndedAt, Outcome: dealwatch.Unparsed, What: "news: no answer", Opening: "news: no answer",
			Listings: []string{"news"}, LastOKAt: day0.Add(time.Minute), Evidence: p.Evidence, NextTryAt: p.EndedAt.Add(hour),
			Command: "dealwatch sources check ftc-press",
		}
		if diff := cmp.Diff(want, all[0]); diff != "" {
			t.Errorf("incident (-want +got):\n%s", diff)
		}
		p = poll(2, dealwatch.Blocked, false, "", "")
		p.Evidence = dealwatch.Evidence{URL: "https://example.gov/news", Status: 403, RetryAfter: 8 * hour}
		must(t, w.Close(t.Context(), p))
		all, err = s.Incidents(t.Context(), "ftc-press", 0)
		must(t, err)
		if len(all) != 1 || all[0].NextTryAt != p.EndedAt.Add(8*hour) || !all[0].Evidence.Capture.Zero() || all[0].Evidence.Status != 403 {
			t.Errorf("after a refusal: %+v, want the one incident, tried again in eight hours, and no page", all)
		}
		row := table(t, s, "SELECT opened_at, closed_at, outcome, listings, last_ok_at, url, capture, next_try_at, command FROM incidents")
		wantRow := `[]interface {}{"2026-03-03T09:31:00.123456Z", interface {}(nil), "blocked", "news", "2026-03-02T09:31:00.123456Z", ` +
			`"https://example.gov/news", interface {}(nil), "2026-03-04T17:31:00.123456Z", "dealwatch sources check ftc-press"}`
		if diff := cmp.Diff([]string{wantRow}, row); diff != "" {
			t.Errorf("view (-want +got):\n%s", diff)
		}
	})
}

// TestUntold shows that each turn of an incident is told once by all processes together,
// and that a reminder comes once a day.
func TestUntold(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		tell := func(when string, want ...string) {
			t.Helper()
			all, err := s.Untold(t.Context(), "")
			must(t, err)
			var got []string
			for _, i := range all {
				got = append(got, told(i))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", when, diff)
			}
		}
		now := time.Now().UTC()
		ended := func(ago time.Duration, o dealwatch.Outcome) dealwatch.Poll {
			p := poll(0, o, o == dealwatch.OK, "2026-03-01", "2026-03-01")
			p.StartedAt, p.EndedAt = now.Add(-ago), now.Add(-ago)
			return p
		}
		tell("nothing is wrong")
		open := ended(hour, dealwatch.Blocked)
		must(t, w.Close(t.Context(), open))
		line := fmt.Sprintf(`listings %s blocked "news: no answer" news`, open.EndedAt.Format("02 15:04"))
		tell("opened", line)
		tell("on the same day")
		// A day and two days later, by the clock of the database.
		for _, days := range []int{1, 2} {
			must(t, s.writing(t.Context(), "put the opening back", func(q *tx) error {
				if err := q.exec(`UPDATE stream SET incident = incident - ?`, day.Microseconds()); err != nil {
					return err
				}
				return q.exec(`UPDATE incident SET opened_at = opened_at - ?`, day.Microseconds())
			}))
			line = fmt.Sprintf(`listings %s blocked "news: no answer" news`, open.EndedAt.AddDate(0, 0, -days).Format("02 15:04"))
			tell(fmt.Sprintf("after %d days", days), line)
			tell("and not again")
		}
		must(t, w.Close(t.Context(), ended(0, dealwatch.OK)))
		tell("closed", line+" until "+now.Format("02 15:04"))
		tell("and not again")
	})
}

// TestTriedLessOften shows that a source of which nothing can be read is polled the more
// seldom the longer that lasts, and never less than every six hours; and on schedule as
// long as one of its listings can be read.
func TestTriedLessOften(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press") // polled every hour
		wait := func(when string, want time.Duration) {
			t.Helper()
			h, err := s.Health(t.Context())
			must(t, err)
			var last time.Time
			for _, r := range h[0].Streams {
				if r.EndedAt.After(last) {
					last = r.EndedAt
				}
			}
			if at, err := s.NextPoll(t.Context(), "ftc-press"); err != nil || at != h[0].NextPollAt {
				t.Errorf("%s: due at %s (%v), and by its health at %s", when, at, err, h[0].NextPollAt)
			}
			if got := h[0].NextPollAt.Sub(last); got != want {
				t.Errorf("%s: polled again after %s, want %s", when, got, want)
			}
			if len(h[0].Incidents) > 0 && h[0].Incidents[0].ClosedAt.IsZero() && h[0].Incidents[0].NextTryAt != h[0].NextPollAt {
				t.Errorf("%s: the incident says %s, the source %s", when, h[0].Incidents[0].NextTryAt, h[0].NextPollAt)
			}
		}
		put := func(stream string, o dealwatch.Outcome, at time.Duration) {
			t.Helper()
			p := poll(0, o, o == dealwatch.OK, "2026-03-01", "2026-03-01")
			p.Stream, p.EndedAt = stream, day0.Add(at)
			must(t, w.Close(t.Context(), p))
		}
		if at, err := s.NextPoll(t.Context(), "ftc-press"); err != nil || !at.IsZero() {
			t.Errorf("never polled: due at %s (%v), want at once", at, err)
		}
		put("a", dealwatch.OK, 0)
		put("b", dealwatch.Failed, 0)
		put("b", dealwatch.Failed, 20*hour)
		wait("one listing can be read", hour)
		put("a", dealwatch.Failed, 20*hour)
		wait("none can", hour)
		put("a", dealwatch.Blocked, 24*hour)
		wait("for four hours", hour)
		put("a", dealwatch.Blocked, 32*hour)
		wait("for twelve hours", 3*hour)
		put("a", dealwatch.Blocked, 500*hour)
		wait("for weeks", 6*hour)
		put("a", dealwatch.OK, 501*hour)
		wait("it can be read again", hour)
	})
}

// TestIncidentsOfBefore shows that a store of before, in which listings were failing, has
// their incidents on record once it is opened, and closes them as any other.
func TestIncidentsOfBefore(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			name := dsn(t, db)
			old := &Store{dialect: sqlite, lease: time.Second, retry: time.Second}
			if db == "postgres" {
				old.dialect = postgres
				must(t, old.openPostgres(name))
			} else {
				must(t, old.openSQLite(t.Context(), name))
			}
			dir, err := fs.Sub(migrations, "migrations/"+db)
			must(t, err)
			p, err := goose.NewProvider(old.dialect.goose, old.write.DB, dir)
			must(t, err)
			_, err = p.UpTo(t.Context(), 7)
			must(t, err)
			since := day0.UnixMicro()
			must(t, old.writing(t.Context(), "fail", func(q *tx) error {
				for _, stream := range []string{"a", "b", "c"} {
					good, err := bit(stream == "c"), "refused "+stream
					if e := q.exec(`INSERT INTO stream (source, stream, ended_at, outcome, err, good, since, ok_at, complete_at, proved_to)
						VALUES ('ftc-press', ?, ?, 'blocked', ?, ?, ?, NULL, NULL, '')`, stream, since, err, good, since); e != nil {
						return e
					}
				}
				return nil
			}))
			must(t, old.Close())
			s := open(t, name)
			w := claim(t, s, "ftc-press")
			line := `listings 02 09:30 blocked "a: refused a" a+b`
			got := incidents(t, s)
			if len(got) != 1 || got[0] != line {
				t.Fatalf("incidents %q, want %q", got, line)
			}
			for _, stream := range []string{"a", "b"} {
				p := poll(1, dealwatch.OK, true, "2026-03-01", "2026-03-01")
				p.Stream = stream
				must(t, w.Close(t.Context(), p))
			}
			if got := incidents(t, s); len(got) != 1 || !strings.HasSuffix(got[0], " until 03 09:31") {
				t.Errorf("incidents %q, want it closed", got)
			}
		})
	}
}

// TestInterrupted shows that a poll which we ended ourselves leaves a gap and no incident,
// and that the next is due at once. A trouble of our own is an incident of ours.
func TestInterrupted(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		must(t, w.Close(t.Context(), poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01")))
		before, err := s.NextPoll(t.Context(), "ftc-press")
		must(t, err)
		must(t, w.Close(t.Context(), poll(1, dealwatch.Interrupted, false, "2026-03-02", "2026-03-03")))
		if got := incidents(t, s); len(got) > 0 {
			t.Errorf("incidents %q", got)
		}
		if at, err := s.NextPoll(t.Context(), "ftc-press"); err != nil || !at.Equal(before) {
			t.Errorf("next poll %s (%v), want %s", at, err, before)
		}
		if h, err := s.Health(t.Context()); err != nil || h[0].State == "failing" || h[0].OpenGaps != 1 {
			t.Errorf("health %+v, %v; want a gap and no failure", h, err)
		}
		if got := table(t, s, "SELECT outcome, complete FROM polls ORDER BY poll_id"); len(got) != 2 || !strings.Contains(got[1], `"interrupted", 0`) {
			t.Errorf("polls %q", got)
		}
		ours := poll(1, dealwatch.Interrupted, false, "", "")
		ours.Ours, ours.EndedAt = true, ours.EndedAt.Add(hour)
		must(t, w.Close(t.Context(), ours))
		must(t, w.Close(t.Context(), poll(2, dealwatch.Interrupted, false, "", "")))
		want := `ourselves 03 10:31 interrupted "what comes of it cannot be kept, by a trouble of our own"`
		if got := incidents(t, s); len(got) != 1 || got[0] != want {
			t.Errorf("a trouble of our own: %q, want\n%s", got, want)
		}
		must(t, w.Close(t.Context(), poll(2, dealwatch.OK, true, "2026-02-28", "2026-03-04")))
		if got := incidents(t, s); len(got) != 1 || got[0] != want+" until 04 09:31" {
			t.Errorf("after a poll without one: %q", got)
		}
		if gaps, err := s.Gaps(t.Context(), true); err != nil || len(gaps) > 0 {
			t.Errorf("gaps %+v, %v; want none after a whole listing", gaps, err)
		}
	})
}

// TestRefusedDocument shows that the refusal of a document is an incident of documents, at
// once, and that a rule of robots.txt about it is none.
func TestRefusedDocument(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		w.note("news", day0, true, item("a"), item("b"))
		p := poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-02")
		must(t, w.Postpone(t.Context(), item("b"), day0, &dealwatch.ReadError{Outcome: dealwatch.Blocked, Err: errors.New("robots.txt of x disallows it")}))
		must(t, w.Close(t.Context(), p))
		if got := incidents(t, s); len(got) > 0 {
			t.Errorf("a rule of robots.txt: %q", got)
		}
		must(t, w.Postpone(t.Context(), item("a"), day0, &dealwatch.ReadError{Outcome: dealwatch.Blocked, Status: 403, RetryAfter: 2 * hour, Err: errors.New("it refused")}))
		must(t, w.Close(t.Context(), p))
		want := []string{`documents 02 09:31 blocked "a document cannot be read: a: blocked (HTTP 403): it refused"`}
		if diff := cmp.Diff(want, incidents(t, s)); diff != "" {
			t.Errorf("a refusal (-want +got):\n%s", diff)
		}
		w.record(version(item("a"), "text", day0.Add(hour)), reach(dealwatch.New, day0.Add(hour)))
		p.EndedAt = p.EndedAt.Add(hour)
		must(t, w.Close(t.Context(), p))
		if got := incidents(t, s); len(got) != 1 || !strings.HasSuffix(got[0], " until 02 10:31") {
			t.Errorf("once it is read: %q", got)
		}
	})
}
