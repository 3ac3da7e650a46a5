package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

// TestIncidentIsTold shows that the logs tell an incident once for all processes, that it
// makes the exit code 1 also where a poll did not meet with it, and that `sources --long`
// says all of it.
func TestIncidentIsTold(t *testing.T) {
	db := filepath.Join(t.TempDir(), "x.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.SetSources(t.Context(), scrapers.Infos()); err != nil {
		t.Fatal(err)
	}
	lease, err := st.Claim(t.Context(), "ftc-press")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	at := func(ago time.Duration, o dealwatch.Outcome, err string) {
		t.Helper()
		p := dealwatch.Poll{Stream: "competition", StartedAt: now.Add(-ago), EndedAt: now.Add(-ago), Outcome: o, Err: err, Complete: err == ""}
		if err != "" {
			p.Evidence = dealwatch.Evidence{URL: "https://www.ftc.gov/feeds/press-release-competition.xml", Status: 403, RetryAfter: 2 * time.Hour}
		}
		if err := lease.Close(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	at(50*time.Hour, dealwatch.OK, "")
	at(49*time.Hour, dealwatch.Blocked, "the server refused")
	if err := lease.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	w := &worker{app: &app{now: time.Now, log: slog.New(slog.NewTextHandler(&log, nil))}, store: st}
	l := line{source: "ftc-press", outcome: dealwatch.OK}
	for range 2 {
		if err := w.incidents(t.Context(), &l); err != nil {
			t.Fatal(err)
		}
	}
	if l.outcome != dealwatch.Blocked || !strings.Contains(l.remark, "the server refused") {
		t.Errorf("the line says %s, %q, want that the source is blocked", l.outcome, l.remark)
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 {
		t.Errorf("told %d times, want once:\n%s", n, log.String())
	}
	said := []string{"competition: the server refused", "since " + stamp(now.Add(-49*time.Hour)), "last read well " + stamp(now.Add(-50*time.Hour)),
		"https://www.ftc.gov/feeds/press-release-competition.xml (HTTP 403)", "`dealwatch sources check ftc-press`", "next try"}
	if err := st.SetRobots(t.Context(), dealwatch.Robots{Host: "https://www.ftc.gov", Status: 200, Body: "User-agent: *\nCrawl-delay: 5\n"}); err != nil {
		t.Fatal(err)
	}
	out, _, code := cli(t, "sources", "--long", "--db", db)
	if !strings.Contains(out, "https://www.ftc.gov has one of 29 bytes, read ") || !strings.Contains(out, ", crawl-delay 5s") {
		t.Errorf("code %d: sources --long says nothing of robots.txt:\n%s", code, out)
	}
	for _, want := range said {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
		if !strings.Contains(out, want) {
			t.Errorf("code %d: sources --long lacks %q:\n%s", code, want, out)
		}
	}
	lines := strings.Split(out, "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "what to do") }); i < 0 || !strings.Contains(lines[i], "refuses") {
		t.Errorf("sources --long says not what to do:\n%s", out)
	}
	if lease, err = st.Claim(t.Context(), "ftc-press"); err != nil {
		t.Fatal(err)
	}
	at(0, dealwatch.OK, "")
	if err := lease.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	log.Reset()
	w.tellIncidents(t.Context(), "")
	w.tellIncidents(t.Context(), "")
	if n := strings.Count(log.String(), "incident over"); n != 1 || strings.Contains(log.String(), "WARN") {
		t.Errorf("its end is told %d times, want once:\n%s", n, log.String())
	}
}
