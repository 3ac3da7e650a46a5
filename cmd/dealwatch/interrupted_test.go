package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// blamed is all that a run left on record of what went wrong, and that feeds and pages tell.
const blamed = `SELECT 'incident ' || source || ' ' || what FROM incidents UNION ALL SELECT 'gap ' || source || ' ' || reason FROM gaps
	UNION ALL SELECT 'item ' || source || ' ' || reason FROM items WHERE reason IS NOT NULL`

// TestArchiveFull takes the archive away while a scrape runs: that is told once, with what
// to do, and as no fault of a site; what the next run reads is all there is.
func TestArchiveFull(t *testing.T) {
	m := newMirror(t)
	dir := t.TempDir()
	db, archive := filepath.Join(dir, "x.db"), filepath.Join(dir, "archive")
	now := time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
	gone := mischief(func(http.ResponseWriter, *http.Request, answered) bool {
		if err := os.RemoveAll(archive); err != nil {
			t.Error(err)
		}
		return false
	})
	m.fault.Store(&gone)
	args := []string{"--db", db, "--no-archive=false", "--archive", archive, "ftc-press", "ftc-hsr"}
	out, errs, code := scrapeFrom(t.Context(), m, 0, now, args...)
	if code != exitStore || strings.Count(errs, "dealwatch: ") != 1 || !matches(t, `dealwatch: keep http.* in the archive `+archive+`: `, errs) ||
		!strings.Contains(errs, "hint: free space there") || !matches(t, `ftc-hsr +0 +0 +0 +0 +interrupted`, out) {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
	for _, row := range rows(t, db, blamed) {
		if strings.Contains(row, "item ") || !strings.Contains(row, "a trouble of our own") || strings.Contains(row, dir) {
			t.Errorf("on record: %s", row)
		}
	}
	open := "SELECT source, subject, outcome FROM incidents WHERE closed_at IS NULL ORDER BY source"
	if got := rows(t, db, open); len(got) != 2 || !matches(t, `ftc-press.*ourselves.*interrupted`, got[1]) {
		t.Errorf("incidents %q, want ours", got)
	}
	m.fault.Store(nil)
	if out, errs, code := scrapeFrom(t.Context(), m, 0, now.Add(time.Minute), args...); code != exitOK {
		t.Errorf("with an archive again: exit %d\n%s\n%s", code, out, errs)
	}
	if left := append(rows(t, db, "SELECT source FROM gaps WHERE closed_at IS NULL"), rows(t, db, open)...); len(left) > 0 {
		t.Errorf("gaps and incidents left of %q", left)
	}
}

// TestStopInListing stops a scrape in the midst of a listing: what it had shown is noted,
// and the next run goes on from there.
func TestStopInListing(t *testing.T) {
	m := newMirror(t)
	db := filepath.Join(t.TempDir(), "x.db")
	now := time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	second := mischief(func(w http.ResponseWriter, r *http.Request, _ answered) bool {
		if !strings.HasPrefix(r.Header.Get(asking), "https://www.ftc.gov/legal-library/browse/cases-proceedings?page=1") {
			return false
		}
		stop()
		<-r.Context().Done()
		return true
	})
	m.fault.Store(&second)
	out, errs, code := scrapeFrom(ctx, m, 0, now, "--db", db, "ftc-cases")
	if code != exitSome || !matches(t, `ftc-cases .* interrupted +we were told to stop`, out) || !strings.Contains(errs, "run the same command again") {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
	if got := rows(t, db, "SELECT count(*) FROM items WHERE state = 'pending'"); len(got) != 1 || got[0] == "0" {
		t.Errorf("%q items are noted", got)
	}
	if got := rows(t, db, "SELECT stream, outcome, complete FROM polls WHERE outcome <> 'ok'"); len(got) != 1 || !strings.Contains(got[0], "interrupted") {
		t.Errorf("polls that were not well: %q, want one interrupted", got)
	}
	if got := rows(t, db, blamed); len(got) != 1 || !strings.Contains(got[0], "gap ftc-cases we were told to stop") {
		t.Errorf("on record: %q", got)
	}
	m.fault.Store(nil)
	if out, errs, code := scrapeFrom(t.Context(), m, 0, now.Add(time.Minute), "--db", db, "ftc-cases"); code != exitOK {
		t.Errorf("again: exit %d\n%s\n%s", code, out, errs)
	}
	if left := rows(t, db, "SELECT source FROM gaps WHERE closed_at IS NULL"); len(left) > 0 {
		t.Errorf("gaps left of %q", left)
	}
}
