package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// A showing is one captured listing page and the keys that it shows, read off it
// without the source's own reader.
type showing struct {
	warc.Entry
	exchange warc.Exchange
	keys     []string
}

// captures gives the listing pages of a file of the corpus, in time order.
func captures(t *testing.T, file string, is func(warc.Entry) bool, keys func(body string) []string) []showing {
	t.Helper()
	dir, _ := corpus(t)
	tape, err := warc.OpenTape(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	client := crawl.New(crawl.Config{Hosts: scrapers.Hosts(), Tape: tape})
	var all []showing
	for _, e := range tape.Entries() {
		if !is(e) {
			continue
		}
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := client.Recorded(ex, e.Ref()); err == nil {
			all = append(all, showing{e, ex, keys(string(c.Body))})
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has no such capture", file)
	}
	return all
}

// tapeOf writes captures to a file of their own.
func tapeOf(t *testing.T, all []showing) string {
	t.Helper()
	dir := t.TempDir()
	var exchanges []warc.Exchange
	for _, s := range all {
		exchanges = append(exchanges, s.exchange)
	}
	if err := writeExchanges(dir, exchanges); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "dealwatch-000001.warc.gz")
}

// firstShown gives, for each key that any capture shows, when one first did.
func firstShown(all []showing) map[string]time.Time {
	first := make(map[string]time.Time)
	for _, s := range all {
		for _, k := range s.keys {
			if at, ok := first[k]; !ok || s.At.Before(at) {
				first[k] = s.At
			}
		}
	}
	return first
}

// pollInOrder replays the captures as of each of their moments in turn.
func pollInOrder(t *testing.T, source string, all []showing) (db string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "series.db")
	file := tapeOf(t, all)
	var done time.Time
	for _, s := range all {
		if s.At.Equal(done) {
			continue
		}
		done = s.At
		if _, errs, code := cli(t, "scrape", source, "--no-archive", "--db", db, "--replay", file, "--as-of", s.At.Format(time.RFC3339Nano)); code > exitSome {
			t.Fatalf("as of %s: exit %d\n%s", s.At, code, errs)
		}
	}
	return db
}

// itemsFound gives when each item of the source was first seen; it fails for one that is
// there twice.
func itemsFound(t *testing.T, db, source string) map[string]time.Time {
	t.Helper()
	seen := make(map[string]time.Time)
	for _, row := range rows(t, db, fmt.Sprintf("SELECT key, first_seen_at FROM items WHERE source = '%s'", source)) {
		cells := strings.Split(row, `" "`)
		key := strings.Trim(cells[0], `"`)
		at, err := time.Parse(time.RFC3339Nano, strings.Trim(cells[1], `"`))
		if _, twice := seen[key]; twice || err != nil {
			t.Errorf("item %s: twice, or its time is none (%v)", key, err)
		}
		seen[key] = at
	}
	return seen
}

// checkFound fails unless the items are exactly those that the captures show, each seen
// with the first listing that showed it.
func checkFound(t *testing.T, got, want map[string]time.Time) {
	t.Helper()
	for key, at := range want {
		seen, ok := got[key]
		switch {
		case !ok:
			t.Errorf("%s was shown at %s and never found", key, at)
		case seen.Before(at) || seen.Sub(at) >= seriesGap:
			t.Errorf("%s was first shown at %s and found at %s", key, at, seen)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			t.Errorf("%s was found, and no capture shows it", key)
		}
	}
}

// skip leaves out each of some captures in turn: what is then missed lies in a gap, or
// nothing is missed. The last page of the first listing is where the watch begins: what
// only it shows is older.
func skip(t *testing.T, source string, all []showing, skipped func(showing) bool) (harmless, gaps int) {
	t.Helper()
	begins := 0
	for i, s := range all {
		if s.At.Sub(all[0].At) < seriesGap/4 && page(s.URL) > page(all[begins].URL) {
			begins = i
		}
	}
	want := firstShown(all)
	for i, s := range all {
		if !skipped(s) {
			continue
		}
		left := slices.Delete(slices.Clone(all), i, i+1)
		db := filepath.Join(t.TempDir(), "skipped.db")
		if _, errs, code := cli(t, "scrape", source, "--no-archive", "--db", db, "--replay", tapeOf(t, left)); code > exitSome {
			t.Fatalf("exit %d\n%s", code, errs)
		}
		got := itemsFound(t, db, source)
		missed := 0
		for key := range want {
			if _, ok := got[key]; !ok {
				missed++
			}
		}
		open := len(rows(t, db, "SELECT stream FROM gaps WHERE source = '"+source+"'"))
		switch {
		case missed == 0, i == begins:
			harmless++
		case open > 0:
			gaps++
		default:
			t.Errorf("without %s at %s %d items are missed, and no gap says so", s.URL, s.At, missed)
		}
	}
	return harmless, gaps
}

// page is the number in the address of a listing's page, 0 for the first.
func page(address string) int {
	n := 0
	if m := regexp.MustCompile(`(?:/page/|start=)(\d+)`).FindStringSubmatch(address); m != nil {
		_, _ = fmt.Sscan(m[1], &n)
	}
	return n
}

var shownPost = regexp.MustCompile(`<li [^>]*class="wp-block-post (post-\d+) `)

// TestFirstNight polls the White House's listing as it was captured in the night of
// 20 January 2025, when orders came by the minute, some of them below the top.
func TestFirstNight(t *testing.T) {
	slow(t)
	night := time.Date(2025, 1, 21, 0, 0, 0, 0, time.UTC)
	all := captures(t, "whitehouse.warc.gz", func(e warc.Entry) bool {
		return e.At.After(night) && e.At.Before(night.Add(3*time.Hour)) && strings.Contains(e.URL, "whitehouse.gov/presidential-actions/") &&
			!strings.Contains(e.URL, "/2025/")
	}, func(body string) []string {
		var keys []string
		for _, m := range shownPost.FindAllStringSubmatch(body, -1) {
			keys = append(keys, m[1])
		}
		return keys
	})
	want := firstShown(all)
	checkFound(t, itemsFound(t, pollInOrder(t, "whitehouse", all), "whitehouse"), want)
	harmless, gaps := skip(t, "whitehouse", all, func(showing) bool { return true })
	t.Logf("%d captures show %d items; leaving out one was harmless %d times and left a gap %d times", len(all), len(want), harmless, gaps)
}

// TestLatestFilings polls EDGAR's latest filings as they were captured: two lists a
// minute apart, and one walk to the end of the list.
func TestLatestFilings(t *testing.T) {
	slow(t)
	entry := regexp.MustCompile(`(?s)<entry>.*?</entry>`)
	accession := regexp.MustCompile(`accession-number=(\d{10}-\d{2}-\d{6})`)
	form := regexp.MustCompile(`<category [^>]*term="([^"]*)"`)
	kinds := make(map[string]bool)
	for _, info := range scrapers.Infos() {
		for _, k := range info.Kinds {
			if info.Name == "edgar" && !strings.HasPrefix(k, "EX-") {
				kinds[k] = true
			}
		}
	}
	all := captures(t, "edgar.warc.gz", func(e warc.Entry) bool {
		return strings.Contains(e.URL, "action=getcurrent&count=100&") && strings.Contains(e.URL, "&type=&")
	}, func(body string) []string {
		var keys []string
		for _, e := range entry.FindAllString(body, -1) {
			a, f := accession.FindStringSubmatch(e), form.FindStringSubmatch(e)
			if a != nil && f != nil && kinds[f[1]] {
				keys = append(keys, a[1])
			}
		}
		return keys
	})
	pair := func(s showing) bool { return s.At.Format(time.DateOnly) == "2025-12-12" }
	i := slices.IndexFunc(all, func(s showing) bool { return pair(s) != pair(all[0]) })
	if i < 0 {
		t.Fatal("the pair or the walk is missing")
	}
	for _, part := range [][]showing{all[:i], all[i:]} {
		want := firstShown(part)
		checkFound(t, itemsFound(t, pollInOrder(t, "edgar", part), "edgar"), want)
		n := 0
		harmless, gaps := skip(t, "edgar", part, func(showing) bool { n++; return len(part) < 20 || n%7 == 3 })
		t.Logf("from %s: %d captures show %d filings; leaving out one was harmless %d times and left a gap %d times",
			part[0].At.Format(time.RFC3339), len(part), len(want), harmless, gaps)
	}
}
