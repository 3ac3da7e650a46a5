package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestUnchangedListings polls sites that say what has not changed: their listings are
// not sent again, the polls are complete, and what is new is found as ever.
func TestUnchangedListings(t *testing.T) {
	m := newMirror(t)
	hidden := m.pages[competitionFeed].body
	m.pages[competitionFeed] = answered{200, "application/rss+xml", []byte(strings.Replace(string(hidden),
		betweenTags(t, string(hidden), "<item>", "</item>"), "", 1))}
	validated := mischief(func(w http.ResponseWriter, r *http.Request, p answered) bool {
		etag := fmt.Sprintf(`"%x"`, sha256.Sum256(p.body))
		if p.status != 200 {
			return false
		}
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
		p.write(w)
		return true
	})
	m.fault.Store(&validated)
	db := filepath.Join(t.TempDir(), "x.db")
	now := time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC)
	scrape := func() (out string, unchanged []string) {
		t.Helper()
		before := len(rows(t, db, "SELECT poll_id FROM polls"))
		out, _, _ = scrapeFrom(t.Context(), m, 0, now, "--db", db)
		now = now.Add(20 * time.Minute)
		return out, rows(t, db, fmt.Sprintf(
			"SELECT source, stream FROM polls WHERE poll_id > %d AND outcome = 'unchanged' AND complete = 1 ORDER BY source, stream", before))
	}
	_, none := scrape()
	if len(none) != 0 {
		t.Errorf("a first poll takes %q for unchanged", none)
	}
	versions := goodRows(t, db)
	out, again := scrape()
	if len(again) < 6 || !strings.Contains(out, "ftc-hsr") {
		t.Errorf("unchanged in the second poll: %q\n%s", again, out)
	}
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "ftc-") && !strings.Contains(line, "  ok") {
			t.Errorf("an unchanged source is not well: %s", line)
		}
	}
	if diff := cmp.Diff(versions, goodRows(t, db)); diff != "" {
		t.Errorf("the second poll changed something:\n%s", diff)
	}
	t.Logf("%d listings unchanged: %q", len(again), again)

	m.pages[competitionFeed] = answered{200, "application/rss+xml", hidden}
	_, third := scrape()
	if len(third) != len(again)-1 {
		t.Errorf("unchanged in the third poll: %q, want all but the changed feed", third)
	}
	got := rows(t, db, "SELECT outcome, listed FROM polls WHERE source = 'ftc-press' AND stream = 'competition' ORDER BY poll_id")
	if want := []string{`"ok" "1"`, `"unchanged" "0"`, `"ok" "2"`}; !cmp.Equal(got, want) {
		t.Errorf("polls of the feed: %q, want %q", got, want)
	}
}

const competitionFeed = "https://www.ftc.gov/feeds/press-release-competition.xml"

func betweenTags(t *testing.T, s, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(s, from)
	inner, _, end := strings.Cut(rest, to)
	if !ok || !end {
		t.Fatalf("no %s in the page", from)
	}
	return from + inner + to
}
