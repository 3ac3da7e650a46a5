package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch/store"
	"github.com/dealwatch/dealwatch/store/storetest"
)

// corpus gives the folder of real captures, and the arguments that replay all of
// them with the labelled watchlist.
func corpus(t *testing.T) (dir string, args []string) {
	t.Helper()
	dir = os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS names no folder of captures")
		}
		t.Skip("real captures are missing: DEALWATCH_CORPUS is not set")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no WARC files in %s (%v)", dir, err)
	}
	args = []string{"scrape", "--no-archive", "--watchlist", filepath.Join(dir, "eval-watchlist.yaml"), "--replay"}
	return dir, append(args, files...)
}

// disturbed gives the arguments of a replay that is to be killed again and again: of
// all captures where DEALWATCH_TORTURE is set, of those of the FTC and the Antitrust
// Division otherwise.
func disturbed(t *testing.T) (args []string, kills int) {
	t.Helper()
	_, args = corpus(t)
	if os.Getenv("DEALWATCH_TORTURE") != "" {
		return args, 50
	}
	return slices.DeleteFunc(args, func(arg string) bool {
		name := filepath.Base(arg)
		return strings.HasSuffix(name, ".warc.gz") && name != "ftc.warc.gz" && name != "doj.warc.gz"
	}), 5
}

// cli runs the program in this process and gives what it printed.
func cli(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), code
}

// rows gives the rows of a query as text, a line each.
func rows(t *testing.T, dsn, query string) []string {
	t.Helper()
	st, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var all []string
	err = st.Query(t.Context(), query, func(_ []string, row []any) error {
		if row != nil {
			cells := make([]string, len(row))
			for i, v := range row {
				cells[i] = fmt.Sprintf("%q", plain(v))
			}
			all = append(all, strings.Join(cells, " "))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// comparable lists, for each view, every column that two databases must agree on:
// all but integer ids and our own clock.
var comparable = map[string]string{
	"flagged_items": `SELECT deal_id, deal_name, document_id, source, agency, kind, title, url, published_on, published_at,
		version, closeness, snippet, cause, state, rule_version, sha256 FROM flagged_items ORDER BY deal_id, document_id`,
	"flag_events": `SELECT entry_id, version, what, cause, closeness, snippet FROM flag_events ORDER BY entry_id`,
	"documents": `SELECT document_id, source, key, parent_id, subject_id, agency, kind, docket, title, url, published_on, published_at,
		first_seen_at, version, read_at, text, sha256, text_sha256, capture FROM documents ORDER BY document_id`,
	"document_versions": `SELECT document_id, version, title, published_on, read_at, text_sha256, capture
		FROM document_versions ORDER BY document_id, version`,
	"mentions": `SELECT f.deal_id, f.document_id, m.version, m.party_id, m.alias, m.hit, m.field, m.start_byte, m.end_byte, m.sentence
		FROM mentions m JOIN flagged_items f ON f.flag_id = m.flag_id
		ORDER BY f.deal_id, f.document_id, m.version, m.field, m.start_byte, m.end_byte, m.party_id, m.alias`,
	"items": `SELECT source, key, url, title, published_on, state, reason, first_seen_at FROM items ORDER BY source, key`,
	"polls": `SELECT source, stream, started_at, ended_at, listed, read, raised, failed, outcome, complete, covers_from, covers_to
		FROM polls ORDER BY source, stream, started_at, poll_id`,
	"gaps": `SELECT source, stream, gap_from, gap_to, reason, command FROM gaps ORDER BY source, stream, gap_from`,
}

func TestReplayIsTheSameOnBothDatabases(t *testing.T) {
	slow(t)
	_, args := corpus(t)
	lite := filepath.Join(t.TempDir(), "replay.db")
	post := storetest.Postgres(t)
	for _, dsn := range []string{lite, post} {
		began := time.Now()
		_, errs, code := cli(t, append(args, "--db", dsn)...)
		if code != exitSome { // the captures hold refusals
			t.Fatalf("replay into %s: exit %d, want %d\n%s", dsn, code, exitSome, errs)
		}
		t.Logf("replay took %s\n%s", time.Since(began).Round(time.Millisecond), errs)
	}
	for view, query := range comparable {
		a, b := rows(t, lite, query), rows(t, post, query)
		if len(a) == 0 && view != "gaps" {
			t.Errorf("%s has no rows", view)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s differs (-SQLite +PostgreSQL):\n%.3000s", view, diff)
		}
	}
	if n := rows(t, lite, "SELECT source FROM flagged_items GROUP BY source"); len(n) < 3 {
		t.Errorf("flags in %d sources, want 3 or more: %v", len(n), n)
	}
	if n := rows(t, lite, "SELECT flag_id FROM flagged_items"); len(n) < 12 {
		t.Errorf("%d flags, want 12 or more", len(n))
	}

	before := rows(t, lite, comparable["flag_events"])
	if out, errs, code := cli(t, append(args, "--db", lite)...); code != exitSome || !strings.Contains(out, "nothing newly flagged") {
		t.Errorf("the same replay again: exit %d, printed\n%s%s", code, out, errs)
	}
	if diff := cmp.Diff(before, rows(t, lite, comparable["flag_events"])); diff != "" {
		t.Errorf("the same replay again raised something:\n%s", diff)
	}
}

// exitCode is that of a command that has run; the captures hold refusals, so that a
// replay of them all ends with 1.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// TestKilledReplay kills a replay at random moments, again and again on the same
// store, then lets it finish: flags and events are those of an undisturbed run.
func TestKilledReplay(t *testing.T) {
	slow(t)
	args, kills := disturbed(t)
	program := filepath.Join(t.TempDir(), "dealwatch")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	calm := filepath.Join(t.TempDir(), "calm.db")
	began := time.Now()
	if out, err := exec.Command(program, append(args, "--db", calm)...).CombinedOutput(); exitCode(err) != exitSome {
		t.Fatalf("undisturbed: %v\n%s", err, out)
	}
	whole := time.Since(began)

	db := filepath.Join(t.TempDir(), "killed.db")
	for range kills {
		cmd := exec.Command(program, append(args, "--db", db)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(whole)))) // the moment of the kill, not a wait for something
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if out, err := exec.Command(program, append(args, "--db", db)...).CombinedOutput(); exitCode(err) != exitSome {
		t.Fatalf("finishing run: %v\n%s", err, out)
	}
	for _, view := range []string{"flagged_items", "flag_events", "documents", "document_versions", "mentions", "items"} {
		if diff := cmp.Diff(rows(t, calm, comparable[view]), rows(t, db, comparable[view])); diff != "" {
			t.Errorf("%s differs after %d kills (-undisturbed +killed):\n%.3000s", view, kills, diff)
		}
	}
}
