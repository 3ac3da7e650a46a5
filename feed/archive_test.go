package feed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

func idsOf(t *testing.T, rendered map[string][]byte) []string {
	t.Helper()
	ids, err := Formats[0].ids(rendered["atom"])
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// What no archive page holds yet stays in the feed, however old or large it is.
func TestKeep(t *testing.T) {
	entries := make([]Entry, 200)
	for i := range entries {
		at := feedtest.Day.Add(-time.Duration(i) * 24 * time.Hour)
		entries[i] = Entry{ID: fmt.Sprintf("tag:x,2026:%03d", i), Title: "t", Link: "https://example.org/", HTML: strings.Repeat("x", 30<<10), Published: at, Updated: at}
		entries[i].last = int64(1000 - i)
	}
	ch := site.All(dealwatch.Filter{})
	out, err := Render(ch, entries)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(idsOf(t, out)); got > 35 {
		t.Fatalf("%d entries of 30 kB in a feed of 1 MiB", got)
	}
	Keep(entries, 960)
	entries[150].last = 990 // of an old date, but told lately
	Keep(entries, 960)
	out, err = Render(ch, entries)
	if err != nil {
		t.Fatal(err)
	}
	ids := idsOf(t, out)
	want := map[string]bool{"tag:x,2026:150": true}
	for i := range 41 {
		want[fmt.Sprintf("tag:x,2026:%03d", i)] = true
	}
	for _, id := range ids {
		delete(want, id)
	}
	if len(want) > 0 {
		t.Errorf("the feed of %d entries lacks %v", len(ids), want)
	}
}
