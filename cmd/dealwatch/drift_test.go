package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

// TestDrift polls a listing that loses a field which most of its items had: it is told
// of for some days, whatever comes in between, and then taken for what the listing is.
func TestDrift(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "drift.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	now := day(1)
	d := drift{st, "ftc-press", func() time.Time { return now }}
	items := func(n, dockets int) []dealwatch.Item {
		all := make([]dealwatch.Item, n)
		for i := range all {
			all[i].Title, all[i].PublishedOn = "A title", "2026-03-01"
			if i < dockets {
				all[i].Docket = "26-1"
			}
		}
		return all
	}
	stream := dealwatch.Stream{Name: "all"}
	quiet := dealwatch.Stream{Name: "quiet", Quiet: true}
	for _, step := range []struct {
		days   int
		stream dealwatch.Stream
		page   int
		items  []dealwatch.Item
		said   string
	}{
		{0, stream, 0, items(10, 9), ""},
		{1, stream, 0, items(10, 6), ""}, // fewer, but most
		{2, stream, 1, items(10, 0), ""}, // not most had it, on the page that is compared with
		{2, stream, 0, items(10, 9), ""}, // as ever
		{2, stream, 1, items(10, 4), "docket in 4 of 10 items, where it was in 9 of 10"},
		{3, stream, 0, items(10, 4), "docket in 4 of 10 items, where it was in 9 of 10"},
		{3, stream, 0, items(2, 2), "2 items, where 10 were"},
		{3, stream, 0, nil, ""}, // an empty listing has an outcome of its own
		{4, stream, 0, items(10, 0), "since 2026-03-03"},
		{5, stream, 0, items(10, 0), ""},
		{6, stream, 0, items(10, 0), ""},
		{6, quiet, 0, items(10, 0), ""},
		{6, quiet, 0, items(1, 0), ""},
	} {
		now = day(1).AddDate(0, 0, step.days)
		said, err := d.lost(t.Context(), step.stream, step.page, step.items)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(said, step.said) || step.said == "" && said != "" {
			t.Errorf("day %d, page %d with %d items: %q, want %q", step.days, step.page, len(step.items), said, step.said)
		}
	}
}
