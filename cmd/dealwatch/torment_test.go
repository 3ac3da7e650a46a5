package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
	"github.com/dealwatch/dealwatch/store/storetest"
)

// serveFor names, in its environment, the site, the store and the pace of a process that
// polls on schedule until it is killed.
const serveFor = "DEALWATCH_TEST_SERVER"

// TestPollingProcess is that process. Its clock stands still, so that each source is due
// once.
func TestPollingProcess(t *testing.T) {
	args := strings.Split(os.Getenv(serveFor), "\n")
	if len(args) != 3 {
		t.Skip("runs in a process of its own")
	}
	st, err := store.Open(t.Context(), args[1])
	if err != nil {
		fmt.Println("no store:", err) // it may be down just now
		os.Exit(exitStore)
	}
	a := newApp(nil, io.Discard, os.Stdout)
	a.contact = "you@example.org"
	a.now = func() time.Time { return workDay }
	a.crawling = func(c *crawl.Config) {
		c.Base, c.AllowPrivate, c.Log = mirrored(args[0]), true, a.log
		for i := range c.Hosts {
			if c.Hosts[i].Every = paceOf(c.Hosts[i].Budget, c.Hosts[i].Every); args[2] == "at once" {
				c.Hosts[i].Every = time.Microsecond
			}
		}
	}
	book := rules.Default()
	joined, _, err := a.join(t.Context(), st, book)
	if err != nil {
		fmt.Println("not joined:", err)
		os.Exit(exitStore)
	}
	if err := a.adopt(t.Context(), st, book); err != nil {
		fmt.Println("not adopted:", err)
		os.Exit(exitStore)
	}
	w := &worker{app: a, store: st, joined: joined, book: rules.Default, client: a.newClient(st, nil, nil, true), progress: newProgress(io.Discard, false)}
	w.schedule(t.Context(), nil)
}

// paceOf is the pace of a host in these tests: the SEC's own, and twentyfold elsewhere.
func paceOf(budget string, every time.Duration) time.Duration {
	if budget == "sec.gov" {
		return every
	}
	return every / 20
}

// A crew is some processes that poll into one store. One that ends is replaced.
type crew struct {
	mu    sync.Mutex
	procs []*exec.Cmd
	over  bool
	ended int
	wg    sync.WaitGroup
	said  string // last words of one that was not killed
}

func hire(t *testing.T, n int, site *corpusSite, dsn, pace string) *crew {
	t.Helper()
	c := &crew{procs: make([]*exec.Cmd, n)}
	for i := range n {
		c.wg.Go(func() {
			for {
				var out strings.Builder
				cmd := exec.Command(os.Args[0], "-test.run=^TestPollingProcess$", "-test.timeout=1h")
				cmd.Env = append(os.Environ(), serveFor+"="+site.URL+"\n"+dsn+"\n"+pace)
				cmd.Stdout, cmd.Stderr = &out, &out
				c.mu.Lock()
				if c.over {
					c.mu.Unlock()
					return
				}
				if err := cmd.Start(); err != nil {
					c.mu.Unlock()
					t.Error(err)
					return
				}
				c.procs[i] = cmd
				c.mu.Unlock()
				_ = cmd.Wait() // killed, or without a store
				c.mu.Lock()
				c.procs[i] = nil
				c.ended++
				if !strings.Contains(cmd.ProcessState.String(), "killed") {
					c.said = out.String()
				}
				c.mu.Unlock()
				time.Sleep(100 * time.Millisecond) // as whoever keeps it running would
			}
		})
	}
	return c
}

// kill kills one of the processes, and reports whether there was one to kill.
func (c *crew) kill(i int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.procs[i] != nil && c.procs[i].Process.Kill() == nil
}

func (c *crew) dismiss() {
	c.mu.Lock()
	c.over = true
	for _, p := range c.procs {
		if p != nil {
			_ = p.Process.Kill()
		}
	}
	c.mu.Unlock()
	c.wg.Wait()
}

// TestTorment has three processes poll all sources into one PostgreSQL while some of
// them are killed and the database crashes, at random moments. What is in the tables
// in the end is what one undisturbed process leaves, no host is asked more often than it
// allows in any second, and no page more often than the kills and crashes explain.
func TestTorment(t *testing.T) {
	slow(t)
	rounds, kills, crashes := 1, 6, 1
	if torture() {
		rounds, kills, crashes = 10, 20, 2
	}
	srv := storetest.Start(t)
	site := newCorpusSite(t)
	calm := srv.Schema(t)
	began := time.Now()
	one := hire(t, 1, site, calm, "at once")
	untilRead(t, calm, site)
	one.dismiss()
	undisturbed := site.hits()
	t.Logf("undisturbed: %d requests, %d documents, %s", len(undisturbed), len(rows(t, calm, "SELECT document_id FROM documents")), time.Since(began).Round(time.Second))
	tally := map[string]int{}
	for round := range rounds {
		seed := uint64(time.Now().UnixNano())
		chance := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // no secret
		site.mu.Lock()
		site.log = nil
		site.mu.Unlock()
		dsn := srv.Schema(t)
		began := time.Now()
		crew := hire(t, 3, site, dsn, "as allowed")
		for n := 1; n <= kills; {
			time.Sleep(time.Duration(200+chance.IntN(2000)) * time.Millisecond) // the moment of the kill, not a wait for something
			if crew.kill(chance.IntN(3)) {
				tally["kills"]++
				if n%(kills/crashes) == (kills/crashes)/2 {
					srv.Stop(t)
					srv.Start(t)
					tally["crashes"]++
				}
				n++
			}
		}
		untilRead(t, dsn, site)
		crew.dismiss()
		hits := site.hits()
		t.Logf("round %d (seed %d): %d processes ended, %d requests, %s", round+1, seed, crew.ended, len(hits), time.Since(began).Round(time.Second))
		tally["requests"] += len(hits)
		compareTables(t, calm, dsn)
		tally["again"] += askedAgain(t, undisturbed, hits, kills, crashes)
		for host, most := range busiest(hits) {
			tally["most in a second: "+host] = max(tally["most in a second: "+host], most)
		}
		if t.Failed() {
			t.Logf("last words: %.3000s", crew.said)
			break
		}
	}
	allowed := map[string]int{"sec.gov": 8}
	for _, h := range scrapers.Hosts() {
		name := h.Budget
		if name == "" {
			name = h.Name
		}
		if name != "sec.gov" {
			allowed[name] = int(time.Second/paceOf(h.Budget, h.Every)) + 1
		}
	}
	for host, most := range allowed {
		if got := tally["most in a second: "+host]; got > most {
			t.Errorf("%s was asked %d times within a second, want at most %d", host, got, most)
		}
	}
	t.Logf("%v; allowed in a second: %v", tally, allowed)
}

// untilRead waits until every listing was polled and nothing is left to read.
func untilRead(t *testing.T, dsn string, site *corpusSite) {
	t.Helper()
	streams := 0
	for _, src := range scrapers.All(nil) {
		streams += len(src.Streams())
	}
	last, n := time.Now(), 0
	for {
		time.Sleep(500 * time.Millisecond)
		if now := len(site.hits()); now != n {
			last, n = time.Now(), now
		}
		polled := len(rows(t, dsn, "SELECT DISTINCT source, stream FROM polls WHERE stream NOT LIKE 'second:%'"))
		left := rows(t, dsn, "SELECT source, key FROM items WHERE state = 'pending' AND next_try_at IS NULL")
		if polled == streams && len(left) == 0 {
			return
		}
		if time.Since(last) > 3*time.Minute {
			t.Fatalf("nobody asks for anything any more: %d of %d listings are polled, and %d items are unread: %.500q", polled, streams, len(left), left)
		}
	}
}

// compareTables compares all but the polls, whose number tells of the kills.
func compareTables(t *testing.T, calm, shaken string) {
	t.Helper()
	for _, view := range []string{"items", "documents", "document_versions", "flagged_items", "flag_events", "mentions", "gaps"} {
		if diff := cmp.Diff(rows(t, calm, comparable[view]), rows(t, shaken, comparable[view])); diff != "" {
			t.Errorf("%s differ (-undisturbed +killed):\n%.3000s", view, diff)
		}
	}
}

// askedAgain counts the pages that were asked for more often than undisturbed. Each
// source of a process that dies has one in hand, on top of what it lists.
func askedAgain(t *testing.T, calm, hits []hit, kills, crashes int) int {
	t.Helper()
	count := func(hits []hit) map[string]int {
		n := map[string]int{}
		for _, h := range hits {
			n[h.url]++
		}
		return n
	}
	was, again := count(calm), 0
	listings := map[string]bool{}
	for _, src := range scrapers.All(nil) {
		for _, s := range src.Streams() {
			listings[s.URL] = true
		}
	}
	for url, n := range count(hits) {
		more := n - was[url]
		if listings[url] || strings.HasSuffix(url, "/robots.txt") || more <= 0 {
			if most := was[url] + kills + 3*crashes + 3; n > most {
				t.Errorf("%s was asked for %d times, want at most %d", url, n, most)
			}
			continue
		}
		again += more
	}
	// A document of the register is two pages, and so may be one of EDGAR's.
	if most := 2 * (kills + 3*crashes) * len(scrapers.Infos()); again > most {
		t.Errorf("%d pages of documents were asked for again, want at most %d", again, most)
	}
	return again
}

// busiest gives the most requests in any one second, by host or shared budget.
func busiest(hits []hit) map[string]int {
	at := map[string][]time.Time{}
	for _, h := range hits {
		at[h.host] = append(at[h.host], h.at)
	}
	most := map[string]int{}
	for host, times := range at {
		slices.SortFunc(times, time.Time.Compare)
		from := 0
		for i := range times {
			for times[i].Sub(times[from]) >= time.Second {
				from++
			}
			most[host] = max(most[host], i-from+1)
		}
	}
	return most
}
