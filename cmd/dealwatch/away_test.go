//go:build linux

package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/web"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/store"
	"github.com/dealwatch/dealwatch/store/storetest"
)

// While a real PostgreSQL is dead, or hangs with every connection open, what is in memory is
// served, all else is an error with a sentence, the machines are told, and all is well again
// by itself.
func TestStoreAway(t *testing.T) {
	srv := storetest.Start(t)
	dsn := srv.Schema(t)
	dir := t.TempDir()
	tape := filepath.Join(dir, "tape")
	if err := writeExchanges(tape, week()); err != nil {
		t.Fatal(err)
	}
	captures, _ := filepath.Glob(filepath.Join(tape, "*.warc.gz"))
	archive := filepath.Join(dir, "archive")
	if _, errs, code := cli(t, append([]string{"scrape", "--db", dsn, "--archive", archive, "--replay"}, captures...)...); code != exitOK && code != exitSome {
		t.Fatalf("scrape: %d %s", code, errs)
	}
	st, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	a := newApp(nil, nil, nil)
	a.log = slog.New(slog.DiscardHandler)
	var ahead atomic.Int64
	a.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	list, err := a.newWatched(t.Context(), st, rules.Default(), "http://127.0.0.1:8080", archive)
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewUnstartedServer(list)
	site.Config.WriteTimeout = web.NewServer("", nil).WriteTimeout
	site.Start()
	defer site.Close()
	get := func(path string) (int, string) {
		resp, err := http.Get(site.URL + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return 0, ""
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	kept := []string{"/", "/feeds/all.atom", "/feeds/deals/openai-aws.json", "/deals/openai-aws", "/feeds"}
	flags, err := st.Flagged(t.Context(), dealwatch.Filter{})
	if err != nil || len(flags) == 0 {
		t.Fatalf("%d flags: %v", len(flags), err)
	}
	id := flags[0].DocumentID
	asked := []string{"/documents/" + id, "/evidence/" + id, "/?q=agreement", "/deals/nobody-knows"}
	good := map[string]string{}
	well := func(when string) {
		t.Helper()
		for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(200 * time.Millisecond) {
			code, _ := get("/healthz")
			doc, _ := get(asked[0])
			pack, _ := get(asked[1])
			if doc == 200 && pack == 200 && code != 0 {
				if _, metrics := get("/metrics"); strings.Contains(metrics, "dealwatch_store_up 1\n") {
					return
				}
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: /healthz %d, document %d, evidence %d", when, code, doc, pack)
			}
		}
	}
	for _, p := range kept {
		code, body := get(p)
		if code != 200 {
			t.Fatalf("%s: %d", p, code)
		}
		good[p] = body
	}
	well("at first")
	away := func(when string) {
		t.Helper()
		ahead.Add(int64(2 * time.Second)) // the store is asked again
		var all sync.WaitGroup
		for _, p := range kept {
			all.Go(func() {
				if code, body := get(p); code != 200 || body != good[p] {
					t.Errorf("%s: %s: %d, want the bytes from memory", when, p, code)
				}
			})
		}
		for range 5 { // more than there are places
			for _, p := range asked {
				all.Go(func() {
					if code, body := get(p); code != 503 || !strings.Contains(body, "cannot be shown at the moment") {
						t.Errorf("%s: %s: %d %.300s", when, p, code, body)
					}
				})
			}
		}
		all.Wait()
		if code, body := get("/healthz"); code != 503 || !strings.Contains(body, "store") {
			t.Errorf("%s: /healthz: %d %s", when, code, body)
		}
	}
	srv.Stop(t)
	away("dead")
	srv.Start(t)
	well("after death")
	srv.Pause(t)
	t.Cleanup(func() { srv.Resume(t) })
	away("hung")
	srv.Resume(t)
	well("after the hang")
}
