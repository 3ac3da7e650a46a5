package whitehouse

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dealwatch/dealwatch"
)

// The listing of 2026 is a captured page without an archive about it.
func TestListingOf2026(t *testing.T) {
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: set DEALWATCH_CORPUS to the folder that holds them")
	}
	body, err := os.ReadFile(filepath.Join(dir, "whitehouse", "listing-2026", "news-2026-02-04-dom.html"))
	if err != nil {
		t.Fatal(err)
	}
	s, ok := Actions{}.Recognise(dealwatch.Capture{URL: home + "/news/", Status: 200, Body: body})
	if !ok || s.Err != nil || s.Stream != newsStream {
		t.Fatalf("sight %+v, %v", s, ok)
	}
	want := []string{
		"post-34999 article 2026-02-04", "post-34995 briefing-statement 2026-02-04", "post-34989 nomination 2026-02-04",
		"post-34968 briefing-statement 2026-02-04", "post-34905 briefing-statement 2026-02-03", "post-34871 article 2026-02-03",
		"post-34875 proclamation 2026-02-03", "post-34793 briefing-statement 2026-02-02", "post-34748 article 2026-02-02",
		"post-34657 article 2026-02-02",
	}
	if len(s.Items) != len(want) {
		t.Fatalf("%d items, want %d", len(s.Items), len(want))
	}
	for i, it := range s.Items {
		if got := it.Key + " " + it.Kind + " " + it.PublishedOn; got != want[i] {
			t.Errorf("item %d = %s, want %s", i, got, want[i])
		}
	}
}
