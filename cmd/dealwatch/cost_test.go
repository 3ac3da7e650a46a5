//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
	"github.com/dealwatch/dealwatch/store/storetest"
)

// TestCostOfManyFlags serves a store of 100,000 flags, and measures requests a second,
// the slowest hundredth and the memory, and how long a document takes to be recorded
// then. `make cost` runs it.
func TestCostOfManyFlags(t *testing.T) {
	if os.Getenv("DEALWATCH_COST") == "" {
		t.Skip("set DEALWATCH_COST to measure a large store")
	}
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		t.Skip("wrk is not installed")
	}
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "dealwatch.db")
			if db == "postgres" {
				dsn = storetest.Postgres(t)
			}
			st, err := store.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = st.Close() }()
			empty, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "empty.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = empty.Close() }()
			fillStore(t, st, 100_000)
			pollCost(t, "an empty SQLite file", empty)
			pollCost(t, "100,000 flags", st)
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			base := "http://" + ln.Addr().String()
			_ = ln.Close()
			serveCost(t, wrk, dsn, base)
		})
	}
}

// pollCost measures a poll that reads four documents, one that finds nothing new, and
// what the schedule asks before.
func pollCost(t *testing.T, name string, st *store.Store) {
	t.Helper()
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = time.Nanosecond
	}
	a := newApp(nil, io.Discard, io.Discard)
	client := crawl.New(crawl.Config{Hosts: hosts, Product: "dealwatch/test", Log: slog.New(slog.DiscardHandler), Base: newSite()})
	w := &worker{app: a, store: st, book: rules.Default, progress: newProgress(io.Discard, false), client: client}
	took := func(what string, do func()) {
		began := time.Now()
		do()
		t.Logf("%s: %s takes %v", name, what, time.Since(began).Round(100*time.Microsecond))
	}
	took("to take over the watchlist", func() {
		if err := a.adopt(t.Context(), st, w.book()); err != nil {
			t.Fatal(err)
		}
	})
	for _, what := range []string{"a poll with four documents", "a poll with nothing new", "another"} {
		took(what, func() {
			if sum := w.pollAll(t.Context(), dealwatch.Range{}, []string{"ftc-press"}); sum.store != nil || sum.lines[0].outcome != dealwatch.OK {
				t.Errorf("%s: %+v", what, sum)
			}
		})
	}
	took("to ask what is due", func() {
		if _, err := w.nextPoll(t.Context(), scrapers.Infos()[0]); err != nil {
			t.Fatal(err)
		}
	})
}

// fillStore records documents of 5 kB with five flags each.
func fillStore(t *testing.T, st *store.Store, flags int) {
	t.Helper()
	ctx := t.Context()
	deals := rules.Default().Deals()
	if err := st.SetSources(ctx, scrapers.Infos()); err != nil {
		t.Fatal(err)
	}
	if err := st.SetDeals(ctx, deals); err != nil {
		t.Fatal(err)
	}
	l, err := st.Claim(ctx, "ftc-press")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Release(context.Background()) }()
	const each = 5
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	// Listed long before they are read, none is due to be read again.
	var listed []dealwatch.Item
	for i := range flags / each {
		listed = append(listed, dealwatch.Item{Source: "ftc-press", Key: fmt.Sprint(i), URL: fmt.Sprintf("https://www.ftc.gov/node/%d", i), Kind: "press-release", Agency: "FTC"})
	}
	if _, err := l.Note(ctx, "all", listed, begin.AddDate(-1, 0, 0), true); err != nil {
		t.Fatal(err)
	}
	start, last, chunk := time.Now(), time.Now(), flags/each/10
	for i := range flags / each {
		at := begin.Add(time.Duration(i) * 40 * time.Minute)
		sentence := fmt.Sprintf("OpenAI and Amazon Web Services signed agreement number %d.", i)
		v := dealwatch.Version{
			Item: dealwatch.Item{Source: "ftc-press", Key: fmt.Sprint(i), URL: fmt.Sprintf("https://www.ftc.gov/node/%d", i), Title: fmt.Sprintf("Release %d", i),
				Kind: "press-release", Agency: "FTC", PublishedOn: at.Format(time.DateOnly)},
			Text: sentence + strings.Repeat(fmt.Sprintf(" Words of release w%d and x%d.", i, i%97), 160), Channel: "page", ReadAt: at, SHA256: strings.Repeat("0", 64),
		}
		var matches []dealwatch.Match
		for j := range each {
			d := deals[(i+j)%len(deals)]
			matches = append(matches, dealwatch.Match{DealID: d.ID, DealName: d.Name, RuleVersion: d.RuleVersion, Closeness: dealwatch.InSentence, Snippet: sentence,
				Mentions: []dealwatch.Mention{
					{Party: "openai", Alias: "OpenAI", Hit: "OpenAI", Field: dealwatch.Text, Start: 0, End: 6, Sentence: sentence},
					{Party: "aws", Alias: "Amazon Web Services", Hit: "Amazon Web Services", Field: dealwatch.Text, Start: 11, End: 30, Sentence: sentence},
				}})
		}
		if _, err := l.Record(ctx, v, matches, dealwatch.Reach{Cause: dealwatch.New, At: at, Deals: deals}); err != nil {
			t.Fatal(err)
		}
		if (i+1)%chunk == 0 {
			if i < chunk || i+1 == flags/each {
				t.Logf("after %d documents one takes %v", i+1, (time.Since(last) / time.Duration(chunk)).Round(time.Microsecond))
			}
			last = time.Now()
		}
	}
	t.Logf("%d flags recorded in %v", flags, time.Since(start).Round(time.Second))
}

// serveCost measures a server of its own.
func serveCost(t *testing.T, wrk, dsn, base string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "dealwatch") // the test binary is the program under this name
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "serve", "--no-scrape", "--db", dsn, "--addr", strings.TrimPrefix(base, "http://"), "--log-format", "json")
	cmd.Dir = t.TempDir()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	curl := func(path string) string {
		out, _ := exec.Command("curl", "-s", "-o", os.DevNull, "-w", "%{http_code} %{size_download} bytes in %{time_total} s", base+path).Output()
		return string(out)
	}
	for n := 0; !strings.HasPrefix(curl("/healthz"), "200"); n++ {
		if n == 300 {
			t.Fatalf("the server does not answer: %s", errs.String())
		}
		time.Sleep(100 * time.Millisecond)
	}
	for _, path := range []string{"/feeds/all.atom", "/feeds/deals/openai-aws.atom", "/", "/?before=50000", "/?q=agreement", "/?q=w777", "/?q=%22release+w19999%22",
		"/deals/openai-aws", "/documents/ftc-press/19999", "/feeds/all/archive/1000.atom", "/sources"} {
		first := curl(path)
		if !strings.HasPrefix(first, "200 ") {
			t.Errorf("%s: %s", path, first)
		}
		t.Logf("%s: first %s, then %s", path, first, curl(path))
	}
	for _, path := range []string{"/feeds/all.atom", "/", "/?q=w777"} {
		out, err := exec.Command(wrk, "-t1", "-c16", "-d4s", "--latency", "-H", "Accept-Encoding: gzip", base+path).CombinedOutput()
		if err != nil || strings.Contains(string(out), "Non-2xx") {
			t.Errorf("wrk %s: %v %s", path, err, out)
			continue
		}
		p99 := regexp.MustCompile(`99%\s+(\S+)`).FindStringSubmatch(string(out))[1]
		t.Logf("%s: %s, p99 %s", path, strings.TrimSpace(regexp.MustCompile(`Requests/sec: *\S+`).FindString(string(out))), p99)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("memory: %s", strings.Join(strings.Fields(regexp.MustCompile(`VmHWM:.*`).FindString(string(status))), " "))
}
