package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

func TestClaimHeld(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		s.lease = 2 * time.Second // a busy machine may be late with a beat
		w := claim(t, s, "ftc-press")
		claim(t, s, "edgar") // another source is free
		_, err := s.Claim(t.Context(), "ftc-press")
		var held *HeldError
		if !errors.As(err, &held) || held.Source != "ftc-press" || held.Owner != owner() {
			t.Fatalf("claiming what is held gave %v, want the holder", err)
		}
		// The holder renewed it for all that time.
		w.note("news", day0, true, item("1"))
	})
}

func TestClaimAfterRelease(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for range 3 {
			l, err := s.Claim(t.Context(), "ftc-press")
			must(t, err)
			must(t, l.Release(t.Context()))
		}
	})
}

func TestClaimEndsWithContext(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		claim(t, s, "ftc-press")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		var held *HeldError
		if _, err := s.Claim(ctx, "ftc-press"); !errors.As(err, &held) {
			t.Errorf("the end of a wait gave %v, want the holder", err)
		}
	})
}

// TestFence shows that a worker that slept through its lease is refused.
func TestFence(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		s.lease = 200 * time.Millisecond
		slow, err := s.Claim(t.Context(), "ftc-press")
		must(t, err)
		slow.stop() // as if the process were frozen
		slow.done.Wait()
		next, err := s.Claim(t.Context(), "ftc-press") // waits for the lease to run out
		must(t, err)
		v := version(item("1"), "x", day0)
		for name, err := range map[string]error{
			"Record":   second(slow.Record(t.Context(), v, nil, reach(dealwatch.New, day0))),
			"Note":     second(slow.Note(t.Context(), "news", []dealwatch.Item{item("1")}, day0, true)),
			"Postpone": slow.Postpone(t.Context(), item("1"), day0, errors.New("x")),
			"Close":    slow.Close(t.Context(), poll(0, dealwatch.OK, true, "", "")),
		} {
			if !errors.Is(err, ErrLeaseLost) {
				t.Errorf("%s under a lost lease: %v", name, err)
			}
		}
		must(t, slow.Release(t.Context()))
		(&worker{next, t}).record(v, reach(dealwatch.New, day0)) // the late release took nothing away
		must(t, next.Release(t.Context()))
		if got := table(t, s, "SELECT version FROM document_versions"); len(got) != 1 {
			t.Errorf("%d versions, want 1", len(got))
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestDead shows that the lease of a process that ended here is free at once.
func TestDead(t *testing.T) {
	if place() == "" {
		t.Skip("this system does not tell which processes live")
	}
	if dead(place()) || dead("") || dead("another kernel 1 1") {
		t.Error("a process that lives, or is not known, counts as dead")
	}
	each(t, func(t *testing.T, s *Store) {
		l, err := s.Claim(t.Context(), "ftc-press")
		must(t, err)
		l.stop()
		l.done.Wait()
		var boot, space, pid, start string
		_, err = fmt.Sscan(place(), &boot, &space, &pid, &start)
		must(t, err)
		must(t, s.tx(t.Context(), func(q *tx) error {
			return q.exec(`UPDATE lease SET place = ?`, boot+" "+space+" "+pid+" 1") // an earlier process of this number
		}))
		began := time.Now()
		next, err := s.Claim(t.Context(), "ftc-press")
		must(t, err)
		must(t, next.Release(t.Context()))
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %s to take over from the dead", took)
		}
	})
}

// TestCommitOrder shows that ids appear in order while many write: who has seen event n
// has seen all before it.
func TestCommitOrder(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		const writers, documents = 6, 15
		ctx, stop := context.WithCancel(t.Context())
		var reader, work sync.WaitGroup
		reader.Go(func() {
			for ctx.Err() == nil {
				events, err := s.Events(t.Context(), dealwatch.Filter{})
				if err != nil {
					t.Error(err)
					return
				}
				if len(events) > 0 && events[0].ID != int64(len(events)) {
					t.Errorf("event %d is seen with %d events", events[0].ID, len(events))
				}
			}
		})
		for i := range writers {
			w := claim(t, s, fmt.Sprint("source-", i))
			work.Go(func() {
				for n := range documents {
					it := dealwatch.Item{Source: fmt.Sprint("source-", i), Key: fmt.Sprint(n), URL: "https://example.gov/"}
					_, err := w.Record(t.Context(), version(it, "the same text", day0), []dealwatch.Match{match("d", dealwatch.InTitle, "s", 0)}, reach(dealwatch.New, day0, "d"))
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		work.Wait()
		stop()
		reader.Wait()
		got := table(t, s, "SELECT COUNT(*), MAX(flag_id), COUNT(DISTINCT document_id) FROM flagged_items")
		if want := "[]interface {}{90, 90, 90}"; got[0] != want {
			t.Errorf("flags: %s, want %s", got[0], want)
		}
	})
}

// TestClaimSkips shows that a claim on PostgreSQL waits for no other transaction, though one
// holds the row of the lease: it is told at once that the source is taken.
func TestClaimSkips(t *testing.T) {
	s := open(t, dsn(t, "postgres"))
	l, err := s.Claim(t.Context(), "ftc-press")
	must(t, err)
	must(t, s.tx(t.Context(), func(q *tx) error { return q.exec(`UPDATE lease SET until = 0`) })) // it has run out
	inside, done := make(chan struct{}), make(chan struct{})
	var long sync.WaitGroup
	long.Go(func() {
		err := l.writing(context.WithoutCancel(t.Context()), "take long", func(*tx) error {
			close(inside)
			<-done
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-inside
	for range 3 {
		_, err := s.claim(t.Context(), "ftc-press")
		var held *HeldError
		if !errors.As(err, &held) || !strings.HasPrefix(held.Owner, "process ") {
			t.Errorf("claim while a transaction holds the row: %v, want who holds it", err)
		}
	}
	other, err := s.Claim(t.Context(), "edgar")
	must(t, err)
	must(t, other.Release(t.Context()))
	close(done)
	long.Wait()
	must(t, l.Release(t.Context()))
	next, err := s.Claim(t.Context(), "ftc-press")
	must(t, err)
	must(t, next.Release(t.Context()))
}
