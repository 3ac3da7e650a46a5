package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What --dry-run says comes to pass: no more and no less.
func TestRematchDoesWhatItForesees(t *testing.T) {
	dir := t.TempDir()
	if err := writeWARCs(dir); err != nil {
		t.Fatal(err)
	}
	const parties = "parties:\n  openai: {name: OpenAI}\n  aws: {name: Amazon Web Services}\ndeals:\n"
	write := func(name, deals string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(parties+deals), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	old := write("old.yaml", `
  - {id: pair, parties: [openai, aws]}
  - {id: shrinks, rule: 'OpenAI OR agency'}
  - {id: other, rule: '"compute agreement"'}
  - {id: ends, rule: 'compute /s agreement'}
`)
	list := write("new.yaml", `
  - {id: pair, parties: [openai, aws]}
  - {id: shrinks, rule: '"compute agreement"'}
  - {id: other, rule: 'compute /s OpenAI'}
  - {id: begins, rule: 'agency'}
`)
	db := filepath.Join(dir, "x.db")
	run := func(args ...string) (string, string) {
		t.Helper()
		out, errs, code := cli(t, append(args, "--db", db)...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
		return out, errs
	}
	run("scrape", "--no-archive", "--watchlist", old, "--replay", dir+"/dealwatch-000001.warc.gz")
	foresee := func() map[string]int {
		t.Helper()
		out, _ := run("rematch", "--dry-run", "--watchlist", list, "--format", "json")
		var rows []struct {
			Change     string
			DealID     string `json:"deal_id"`
			DocumentID string `json:"document_id"`
			Sentence   string
		}
		if err := json.Unmarshal([]byte(out), &rows); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		n := map[string]int{}
		for _, r := range rows {
			n[r.DealID+" "+r.Change]++
			if r.Sentence == "" || r.DocumentID == "" {
				t.Errorf("%+v shows no sentence or document", r)
			}
		}
		return n
	}
	count := func(query string) map[string]int {
		t.Helper()
		n := map[string]int{}
		for _, row := range rows(t, db, query) {
			var deal, what string
			if _, err := fmt.Sscan(strings.ReplaceAll(row, `"`, ""), &deal, &what); err != nil {
				t.Fatalf("%v in %q", err, row)
			}
			n[deal+" "+what]++
		}
		return n
	}

	events := len(rows(t, db, "SELECT event_id FROM flag_events"))
	before := foresee()
	for _, deal := range []string{"pair kept", "shrinks lost", "other changed", "ends unfollowed", "begins gained"} {
		if before[deal] == 0 {
			t.Errorf("foreseen: %v; want %s among them", before, deal)
		}
	}
	if n := len(rows(t, db, "SELECT event_id FROM flag_events")); n != events {
		t.Errorf("a dry run made %d events", n-events)
	}
	text, errs := run("rematch", "--dry-run", "--watchlist", list)
	if n := strings.Count(text, "\n") - 1; n != sum(before) {
		t.Errorf("%d rows, want %d:\n%s", n, sum(before), text)
	}
	for _, line := range []string{fmt.Sprintf("pair: 0 gained, 0 lost, %d kept\n", before["pair kept"]), "of a deal that it has no longer", "nothing was stored"} {
		if !strings.Contains(errs, line) {
			t.Errorf("%q is not in:\n%s", line, errs)
		}
	}

	run("rematch", "--watchlist", list)
	did := count(fmt.Sprintf("SELECT f.deal_id, e.what FROM flag_events e JOIN flagged_items f ON f.flag_id = e.flag_id WHERE e.event_id > %d", events))
	for deal, n := range before {
		id, what, _ := strings.Cut(deal, " ")
		var got int
		switch what {
		case "gained":
			got = did[id+" raised"] + did[id+" returned"]
		case "lost":
			got = did[id+" withdrawn"]
		case "changed":
			got = did[id+" changed"] + did[id+" closer"]
		default:
			continue
		}
		if got != n {
			t.Errorf("%s: foreseen %d, done %d of %v", deal, n, got, did)
		}
	}
	if n := sum(before) - before["pair kept"] - before["ends unfollowed"] - before["shrinks kept"] - before["other kept"] - before["begins kept"]; n != sum(did) {
		t.Errorf("%v was done, %v foreseen", did, before)
	}
	after := foresee()
	for deal := range after {
		if !slices.Contains([]string{"pair kept", "shrinks kept", "other kept", "begins kept"}, deal) {
			t.Errorf("once applied, the same list would do %v", after)
		}
	}
}

func sum(n map[string]int) (all int) {
	for _, v := range n {
		all += v
	}
	return all
}
