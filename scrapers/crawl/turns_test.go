package crawl

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// turns hands out what a test wants, and notes what it was told.
type turns struct {
	every  time.Duration
	take   func(n int, probing bool) (time.Duration, bool, error)
	took   int
	closed []time.Duration
	opened int
}

func (f *turns) TakeTurn(_ context.Context, budget string, every time.Duration, probing bool) (time.Duration, bool, error) {
	f.took++
	if budget != "example" || every != f.every {
		return 0, false, errors.New("another budget")
	}
	return f.take(f.took, probing)
}

func (f *turns) CloseBudget(_ context.Context, _ string, d time.Duration, _ *dealwatch.ReadError) error {
	f.closed = append(f.closed, d)
	return nil
}

func (f *turns) OpenBudget(context.Context, string) error { f.opened++; return nil }

// TestTurnsAreTaken asks a store for each request's turn, waits for it and heeds its no.
func TestTurnsAreTaken(t *testing.T) {
	busy := &dealwatch.ReadError{Outcome: dealwatch.Failed, RetryAfter: 7 * time.Second, Err: errors.New("busy")}
	refused := &dealwatch.ReadError{Outcome: dealwatch.Blocked, RetryAfter: time.Second, Err: errors.New("refused")}
	for _, test := range []struct {
		name   string
		status int
		take   func(n int, probing bool) (time.Duration, bool, error)
		want   dealwatch.Outcome
		took   int
		slept  []time.Duration
		closed []time.Duration
		opened int
	}{
		{"a wait", 200, func(int, bool) (time.Duration, bool, error) { return 3 * time.Second, false, nil },
			dealwatch.OK, 1, []time.Duration{3 * time.Second}, nil, 0},
		{"a store that fails", 200, func(int, bool) (time.Duration, bool, error) { return 0, false, errors.New("no store") },
			dealwatch.Failed, 1, nil, nil, 0},
		{"busy for a moment", 200, func(n int, _ bool) (time.Duration, bool, error) {
			if n == 1 {
				return 0, false, busy
			}
			return 0, false, nil
		}, dealwatch.OK, 2, []time.Duration{7 * time.Second}, nil, 0},
		{"busy again and again", 200, func(int, bool) (time.Duration, bool, error) { return 0, false, busy },
			dealwatch.Failed, tries + 1, []time.Duration{7 * time.Second, 7 * time.Second, 7 * time.Second}, nil, 0},
		{"refused, if only for a moment", 200, func(int, bool) (time.Duration, bool, error) { return 0, false, refused },
			dealwatch.Blocked, 1, nil, nil, 0},
		{"a probe that is answered", 200, func(int, bool) (time.Duration, bool, error) { return 0, true, nil },
			dealwatch.OK, 1, nil, nil, 1},
		{"a probe that is refused", 403, func(int, bool) (time.Duration, bool, error) { return 0, true, nil },
			dealwatch.Blocked, 1, nil, []time.Duration{refusedFor}, 0},
		{"a probe that is told to wait", 503, func(n int, probing bool) (time.Duration, bool, error) {
			if (n > 1) != probing {
				return 0, false, errors.New("the probe is not told by its next turn")
			}
			return 0, true, nil
		}, dealwatch.Failed, tries, nil, nil, 0},
	} {
		f := &turns{every: time.Minute, take: test.take}
		s := newSite(t, map[string]http.HandlerFunc{"/x": page(test.status, "text/plain", "content")}, func(c *Config, h *dealwatch.Host) {
			c.Turns, h.Budget, h.Every, h.Exempt, h.ExemptPaths = f, "example", time.Minute, "x", []string{"/"}
		})
		s.client.hosts.byName[s.Listener.Addr().String()].budget.limiter.SetLimit(1e9) // the turns are what is tested
		_, err := s.client.Get(t.Context(), s.URL+"/x")
		want(t, test.name, err, test.want)
		if f.took != test.took || f.opened != test.opened || !slices.Equal(f.closed, test.closed) {
			t.Errorf("%s: %d turns, opened %d times, closed for %v", test.name, f.took, f.opened, f.closed)
		}
		if test.status != 503 && !slices.Equal(s.slept, test.slept) {
			t.Errorf("%s: slept %v, want %v", test.name, s.slept, test.slept)
		}
	}
}

// A turn that is used late is given up for another; a machine that is always late
// gets on all the same.
func TestLateTurns(t *testing.T) {
	f := &turns{every: time.Millisecond, take: func(int, bool) (time.Duration, bool, error) { return time.Nanosecond, false, nil }}
	s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, "text/plain", "content")}, func(c *Config, h *dealwatch.Host) {
		c.Turns, h.Budget, h.Every, h.Exempt, h.ExemptPaths = f, "example", time.Millisecond, "x", []string{"/"}
	})
	b := s.client.hosts.byName[s.Listener.Addr().String()].budget
	for _, test := range []struct{ late, turns int }{{0, 1}, {1, 2}, {4, 5}, {99, 11}} {
		b.limiter.SetLimit(1e9)
		n := 0
		f.took = 0
		s.client.sleep = func(context.Context, time.Duration) error {
			if n++; n <= test.late {
				time.Sleep(60 * time.Millisecond) // what is tested
			}
			return nil
		}
		if _, err := s.client.Get(t.Context(), s.URL+"/x"); err != nil {
			t.Error(err)
		}
		if f.took != test.turns {
			t.Errorf("late %d times: %d turns, want %d", test.late, f.took, test.turns)
		}
	}
}
