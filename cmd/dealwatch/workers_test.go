package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
	"github.com/dealwatch/dealwatch/store/storetest"
)

// workFor names, in its environment, the mirror and the store of a further process of
// this test.
const workFor = "DEALWATCH_TEST_WORKER"

var workDay = time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)

// TestWorker is that process: it scrapes once.
func TestWorker(t *testing.T) {
	args := strings.Split(os.Getenv(workFor), "\n")
	if len(args) != 2 {
		t.Skip("runs in a process of its own")
	}
	out, errs, code := scrapeFrom(t.Context(), mirrored(args[0]), 0, workDay, "--db", args[1])
	fmt.Printf("%s\n%s\nexit %d\n", out, errs, code)
}

func startWorker(t *testing.T, m *mirror, dsn string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWorker$", "-test.v")
	cmd.Env = append(os.Environ(), workFor+"="+m.URL+"\n"+dsn)
	said := &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, said
}

// TestManyWorkers has three processes scrape into one store at once, and kills some of
// them: in the end all is there that an undisturbed run finds, and no document was read
// twice but for one that a killed process had in hand.
func TestManyWorkers(t *testing.T) {
	calm := filepath.Join(t.TempDir(), "calm.db")
	scrapeFrom(t.Context(), newMirror(t), 0, workDay, "--db", calm)
	const documents = "SELECT document_id, version, title, published_on, text_sha256 FROM document_versions ORDER BY document_id, version"
	const shown = "SELECT source, key, state FROM items ORDER BY source, key"

	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "shared.db")
			if db == "postgres" {
				dsn = storetest.Postgres(t)
			}
			m := newMirror(t)
			heard := make(chan int, 10000)
			slow := mischief(func(http.ResponseWriter, *http.Request, answered) bool {
				m.mu.Lock()
				n := len(m.asked)
				m.mu.Unlock()
				heard <- n
				time.Sleep(5 * time.Millisecond) // a server takes its time, so that a kill falls within a run
				return false
			})
			m.fault.Store(&slow)
			var workers []*exec.Cmd
			var said []*bytes.Buffer
			start := func() {
				cmd, out := startWorker(t, m, dsn)
				workers, said = append(workers, cmd), append(said, out)
			}
			const kills = 3
			for range 3 {
				start()
			}
			for i := range kills {
				for n := 0; n < 20*(i+1); {
					select {
					case n = <-heard:
					case <-time.After(time.Minute):
						t.Fatalf("%d pages were asked for, want %d before kill %d", n, 20*(i+1), i+1)
					}
				}
				if err := workers[i].Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = workers[i].Wait()
				start()
			}
			for i, w := range workers[kills:] {
				if err := w.Wait(); err != nil {
					t.Errorf("worker %d: %v\n%s", i, err, said[kills+i])
				}
			}
			m.fault.Store(nil)
			if diff := cmp.Diff(rows(t, calm, documents), rows(t, dsn, documents)); diff != "" {
				t.Errorf("documents differ (-undisturbed +many workers):\n%.3000s", diff)
			}
			if diff := cmp.Diff(rows(t, calm, shown), rows(t, dsn, shown)); diff != "" {
				t.Errorf("items differ (-undisturbed +many workers):\n%.3000s", diff)
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			read, again := 0, 0
			for _, row := range rows(t, dsn, "SELECT DISTINCT url FROM documents") {
				address := strings.Trim(row, `"`)
				read++
				again += max(0, m.asked[address]-1)
			}
			t.Logf("%d documents, %d of them asked for again after %d kills of 6 processes", read, again, kills)
			if most := kills * len(scrapers.Infos()); again > most {
				t.Errorf("%d documents were asked for twice, want at most the %d in hand at a kill", again, most)
			}
		})
	}
}

// TestServersShareTheWork lets two servers find the same sources due at once: one of
// them polls each, and the other sees under the lease that it is due no more.
func TestServersShareTheWork(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "shared.db")
			if db == "postgres" {
				dsn = storetest.Postgres(t)
			}
			m := newMirror(t)
			var work sync.WaitGroup
			for range 2 {
				st, err := store.Open(t.Context(), dsn)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = st.Close() })
				a := newApp(nil, io.Discard, io.Discard)
				a.contact = "you@example.org"
				a.now = func() time.Time { return workDay }
				a.crawling = crawlFrom(m, 0)
				w := &worker{app: a, store: st, book: rules.Default, client: a.newClient(st, nil, nil, true), progress: newProgress(io.Discard, false)}
				if err := a.adopt(t.Context(), st, w.book()); err != nil {
					t.Fatal(err)
				}
				for _, src := range chosen(w.client, nil) {
					work.Go(func() {
						if err := w.pollDue(t.Context(), src); err != nil {
							t.Error(err)
						}
					})
				}
			}
			work.Wait()
			polls := rows(t, dsn, "SELECT source, stream, COUNT(*) FROM polls GROUP BY source, stream HAVING COUNT(*) <> 1")
			if len(polls) != 0 {
				t.Errorf("polled more than once: %q", polls)
			}
			if n := len(rows(t, dsn, "SELECT DISTINCT source FROM polls")); n != len(scrapers.Infos()) {
				t.Errorf("%d sources were polled, want all %d", n, len(scrapers.Infos()))
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			if n := m.asked[competitionFeed]; n != 1 {
				t.Errorf("a listing was asked for %d times", n)
			}
		})
	}
}

// TestOtherWatchlist stops a worker whose watchlist is not that of one at work.
func TestOtherWatchlist(t *testing.T) {
	db := filepath.Join(t.TempDir(), "x.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w, err := st.Join(t.Context(), "theirs.yaml", "another version")
	if err != nil {
		t.Fatal(err)
	}
	out, errs, code := scrapeFrom(t.Context(), newMirror(t), 0, workDay, "--db", db)
	if code != exitUsage || !strings.Contains(errs, "theirs.yaml") || !strings.Contains(errs, "built-in list") || !strings.Contains(errs, fmt.Sprint("process ", os.Getpid())) || !strings.Contains(errs, "hint:") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if n := rows(t, db, "SELECT source, key FROM items"); len(n) != 0 {
		t.Errorf("it worked all the same: %q", n)
	}
	if _, errs, code := cli(t, "rematch", "--db", db); code != exitUsage || !strings.Contains(errs, "theirs.yaml") {
		t.Errorf("rematch: exit %d\n%s", code, errs)
	}
	if err := w.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := scrapeFrom(t.Context(), newMirror(t), 0, workDay, "--db", db); code == exitUsage {
		t.Errorf("when the other has left: exit %d\n%s", code, errs)
	}
}
