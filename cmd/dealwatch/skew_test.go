package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
)

// TestWrongClocks has workers share a store whose machines' clocks are two hours ahead,
// right, and two hours behind: of each schedule one of them polls, nothing is read twice,
// nothing is skipped, and what they write is by the one clock of the database.
func TestWrongClocks(t *testing.T) {
	eachStore(t, func(t *testing.T, dsn string, _ *store.Store) {
		net := newSite()
		hosts := scrapers.Hosts()
		for i := range hosts {
			hosts[i].Every = time.Nanosecond
		}
		var workers []*worker
		for _, wrong := range []time.Duration{2 * time.Hour, 0, -2 * time.Hour} {
			a := newApp(nil, io.Discard, io.Discard)
			a.db = dsn
			a.machine = func() time.Time { return time.Now().Add(wrong) }
			a.crawling = func(c *crawl.Config) { c.Hosts, c.Base, c.Log = hosts, net, slog.New(slog.DiscardHandler) }
			st, err := a.openStore(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = st.Close() })
			book := rules.Default()
			w := &worker{app: a, store: st, book: func() *rules.Book { return book }, progress: newProgress(io.Discard, false), client: a.newClient(st, nil, nil, true)}
			if err := a.adopt(t.Context(), st, book); err != nil {
				t.Fatal(err)
			}
			workers = append(workers, w)
		}
		press := func(w *worker) dealwatch.Source { return chosen(w.client, []string{"ftc-press"})[0] }
		every := press(workers[0]).Info().Every
		asked := make(map[string]int)
		round := func(when string, polls int) {
			t.Helper()
			var work sync.WaitGroup
			for _, w := range workers {
				work.Go(func() {
					if err := w.pollDue(t.Context(), press(w)); err != nil {
						t.Error(err)
					}
				})
			}
			work.Wait()
			feeds := 0
			for _, u := range net.take() {
				if asked[u]++; u == competitionFeed {
					feeds++
				}
			}
			if feeds != polls {
				t.Errorf("%s: the feed was asked for %d times, want %d", when, feeds, polls)
			}
		}
		pass := func(d time.Duration) {
			t.Helper()
			for _, column := range []string{"stream SET ended_at = ended_at", "item SET next_try_at = next_try_at", "item SET first_seen_at = first_seen_at"} {
				if err := execOn(t.Context(), dsn, "UPDATE "+column+" - ", d.Microseconds()); err != nil {
					t.Fatal(err)
				}
			}
		}
		round("at first", 1)
		round("moments later", 0)
		for _, w := range workers {
			at, err := w.nextPoll(t.Context(), press(w).Info())
			if wait := at.Sub(w.now()); err != nil || wait > every || wait < every-time.Minute {
				t.Errorf("the next poll is due in %s (%v), want %s, whoever looks", wait, err, every)
			}
		}
		reads := func(when string, want int) {
			t.Helper()
			for u, n := range asked {
				if strings.Contains(u, "/press-releases/") && n != want {
					t.Errorf("%s: %s was read %d times, want %d", when, u, n, want)
				}
			}
		}
		pass(every / 2)
		round("half a schedule later", 0)
		reads("half a schedule later", 1)
		pass(every/2 + time.Minute)
		round("a schedule later", 1)
		reads("a schedule later, when young documents are read again", 2)
		if got := rows(t, dsn, "SELECT key FROM items WHERE state = 'pending' AND source = 'ftc-press'"); len(got) != 0 {
			t.Errorf("skipped: %q", got)
		}
		now := time.Now().UTC()
		late := rows(t, dsn, "SELECT started_at FROM polls UNION SELECT ended_at FROM polls UNION SELECT happened_at FROM flag_events UNION SELECT read_at FROM documents")
		for _, at := range late {
			if when, err := time.Parse(time.RFC3339Nano, strings.Trim(at, `"`)); err != nil || now.Sub(when).Abs() > 10*time.Minute {
				t.Errorf("something is dated %s (%v), at %s", at, err, now.Format(time.RFC3339))
			}
		}
	})
}

// execOn changes a store by hand.
func execOn(ctx context.Context, dsn, query string, by int64) error {
	driver := "sqlite"
	if strings.HasPrefix(dsn, "postgres") {
		driver = "postgres"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, fmt.Sprint(query, by))
	return err
}
