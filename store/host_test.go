package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// shift moves what is on record of a budget back, as if that much time had passed.
func shift(t *testing.T, s *Store, budget string, d time.Duration) {
	t.Helper()
	must(t, s.tx(t.Context(), func(q *tx) error {
		return q.exec(`UPDATE host SET next_at = next_at - ?, closed_until = closed_until - ?, probe_until = probe_until - ? WHERE budget = ?`,
			d.Microseconds(), d.Microseconds(), d.Microseconds(), budget)
	}))
}

func TestTurns(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		const every = time.Hour // so that the time of the test itself does not count
		for i := range 5 {
			wait, probe, err := s.TakeTurn(t.Context(), "sec.gov", every, false)
			must(t, err)
			if want := time.Duration(i) * every; wait > want || wait < want-time.Minute || probe {
				t.Errorf("turn %d: a wait of %s (probe %t), want %s", i, wait, probe, want)
			}
		}
		wait, _, err := s.TakeTurn(t.Context(), "www.ftc.gov", every, false)
		must(t, err)
		if wait > 0 {
			t.Errorf("another budget waits for %s", wait)
		}
		got, err := s.Budgets(t.Context())
		must(t, err)
		if len(got) != 2 || got[0].Name != "sec.gov" || got[0].Today != 5 || got[0].Every != every || !got[0].ClosedUntil.IsZero() {
			t.Errorf("budgets: %+v", got)
		}

		// A slower pace counts from the last turn on, whoever takes the next.
		_, _, err = s.TakeTurn(t.Context(), "slow", time.Second, false)
		must(t, err)
		shift(t, s, "slow", 10*time.Minute)
		if wait, _, err = s.TakeTurn(t.Context(), "slow", every, false); err != nil || wait > 50*time.Minute || wait < 48*time.Minute {
			t.Errorf("after a turn ten minutes ago, at a pace of seconds: a wait of %s (%v), want 50 minutes", wait, err)
		}
		shift(t, s, "slow", 3*every)
		if wait, _, err = s.TakeTurn(t.Context(), "slow", 2*every, false); err != nil || wait > 0 {
			t.Errorf("after a turn long ago: a wait of %s (%v)", wait, err)
		}

		// A clock that was set back leaves no turn that nobody can reach.
		shift(t, s, "sec.gov", -2*lookAhead*every)
		wait, _, err = s.TakeTurn(t.Context(), "sec.gov", every, false)
		must(t, err)
		if wait > 0 {
			t.Errorf("after a clock was set back: a wait of %s", wait)
		}
		// Yesterday's turns do not count today.
		must(t, s.tx(t.Context(), func(q *tx) error { return q.exec(`UPDATE host SET today = today - 1`) }))
		got, err = s.Budgets(t.Context())
		must(t, err)
		if got[0].Today != 0 {
			t.Errorf("%d requests today, want none", got[0].Today)
		}
	})
}

// TestRefusal closes a budget, for other workers too, and lets one of them try when
// the time is over.
func TestRefusal(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		take := func(probing bool) (bool, *dealwatch.ReadError) {
			t.Helper()
			_, probe, err := s.TakeTurn(t.Context(), "sec.gov", time.Microsecond, probing)
			var re *dealwatch.ReadError
			if err != nil && !errors.As(err, &re) {
				t.Fatal(err)
			}
			return probe, re
		}
		refused := &dealwatch.ReadError{Outcome: dealwatch.Blocked, Status: 403, Err: errors.New("the server \x00refused")}
		must(t, s.CloseBudget(t.Context(), "sec.gov", time.Hour, refused)) // no row, nothing to close
		if _, re := take(false); re != nil {
			t.Fatalf("an open budget: %v", re)
		}
		for i, rest := range []time.Duration{2, 4, 8, 16, 24, 24} {
			must(t, s.CloseBudget(t.Context(), "sec.gov", 2*time.Hour, refused))
			must(t, s.CloseBudget(t.Context(), "sec.gov", time.Minute, &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: errors.New("busy")}))
			_, re := take(false)
			if rest *= time.Hour; re == nil || re.RetryAfter > rest || re.RetryAfter < rest-time.Minute {
				t.Fatalf("refusal %d: %+v, want a rest of %s", i, re, rest)
			}
			shift(t, s, "sec.gov", rest)
			if probe, re := take(false); re != nil || !probe {
				t.Fatalf("when the rest is over: probe %t, %v", probe, re)
			}
			if _, re := take(false); re == nil || re.RetryAfter > probeTime {
				t.Fatalf("a second worker beside the probe: %v", re)
			}
			if probe, re := take(true); re != nil || !probe {
				t.Fatalf("the probe's next request: probe %t, %v", probe, re)
			}
		}
		shift(t, s, "sec.gov", probeTime) // the prober died
		if probe, re := take(false); re != nil || !probe {
			t.Fatalf("after a dead probe: probe %t, %v", probe, re)
		}
		must(t, s.OpenBudget(t.Context(), "sec.gov"))
		if probe, re := take(false); re != nil || probe {
			t.Errorf("once it answered: probe %t, %v", probe, re)
		}
		must(t, s.CloseBudget(t.Context(), "sec.gov", 2*time.Hour, refused))
		got, err := s.Budgets(t.Context())
		must(t, err)
		if b := got[0]; b.ClosedUntil.IsZero() || b.Outcome != dealwatch.Blocked || b.Why != "the server  refused" {
			t.Errorf("a closed budget: %+v", b)
		}
	})
}

// turner names the store on which a further process of this test takes turns.
const turner = "DEALWATCH_TEST_TURNER"

// turnEvery is SEC's ten a second with a fifth to spare.
const turnEvery = 125 * time.Millisecond

// TestTurner is what that process does until it is killed: it prints when it used
// each of its turns.
func TestTurner(t *testing.T) {
	name := os.Getenv(turner)
	if name == "" {
		t.Skip("runs in a process of its own")
	}
	s := open(t, name)
	for t.Context().Err() == nil {
		began := time.Now()
		wait, _, err := s.TakeTurn(t.Context(), "sec.gov", turnEvery, false)
		must(t, err)
		time.Sleep(wait)
		if used := time.Now(); used.Sub(began)-wait < 50*time.Millisecond { // as crawl gives late turns up
			fmt.Printf("used %d\n", used.UnixMicro())
		}
	}
}

// TestRate has four processes take turns on one store while they are killed and
// replaced: all together never exceed the rate, and a death leaves nothing stuck.
func TestRate(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			name := dsn(t, db)
			open(t, name)
			uses := make(chan int64, 1000)
			start := func() *exec.Cmd {
				cmd := exec.Command(os.Args[0], "-test.run=^TestTurner$", "-test.v")
				cmd.Env = append(os.Environ(), turner+"="+name)
				cmd.Stderr = os.Stderr
				out, err := cmd.StdoutPipe()
				must(t, err)
				must(t, cmd.Start())
				go func() {
					said := ""
					for buf := make([]byte, 4096); ; {
						n, err := out.Read(buf)
						said += string(buf[:n])
						for line, rest, ok := strings.Cut(said, "\n"); ok; line, rest, ok = strings.Cut(said, "\n") {
							said = rest
							if at, ok := strings.CutPrefix(line, "used "); ok {
								if us, err := strconv.ParseInt(at, 10, 64); err == nil {
									uses <- us
								}
							}
						}
						if err != nil {
							return
						}
					}
				}()
				return cmd
			}
			var workers []*exec.Cmd
			for range 4 {
				workers = append(workers, start())
			}
			t.Cleanup(func() {
				for _, w := range workers {
					_ = w.Process.Kill()
					_ = w.Wait()
				}
			})
			var all []int64
			for want := 40; len(all) < want; {
				select {
				case us := <-uses:
					all = append(all, us)
				case <-time.After(20 * time.Second):
					t.Fatalf("no turn for 20 s after %d of them", len(all))
				}
				if len(all)%10 == 0 { // kill -9, and one in its place
					i := len(all) / 10 % 4
					must(t, workers[i].Process.Kill())
					_ = workers[i].Wait()
					workers[i] = start()
				}
			}
			slices.Sort(all)
			most, longest := 0, int64(0)
			for i := range all {
				n := 0
				for n < len(all)-i && all[i+n] < all[i]+1e6 {
					n++
				}
				most = max(most, n)
				if i > 0 {
					longest = max(longest, all[i]-all[i-1])
				}
			}
			t.Logf("%d requests by 4 processes in %.1f s: at most %d in any second, at most %d ms apart", len(all), float64(all[len(all)-1]-all[0])/1e6, most, longest/1000)
			if most > 9 {
				t.Errorf("%d requests within a second, want at most 9 of the SEC's 10", most)
			}
			if longest > 3e6 {
				t.Errorf("no turn for %d ms: something was stuck", longest/1000)
			}
		})
	}
}

func BenchmarkTakeTurn(b *testing.B) {
	s, err := Open(context.Background(), b.TempDir()+"/x.db")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if _, _, err := s.TakeTurn(context.Background(), "sec.gov", time.Microsecond, false); err != nil {
			b.Fatal(err)
		}
	}
}
