package ftc

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// served is a client for which the site holds these pages of testdata and no other.
func served(t *testing.T, pages map[string]string) *crawl.Client {
	t.Helper()
	dir := t.TempDir()
	archive, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for url, file := range pages {
		body, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		_, err = archive.Keep(warc.Exchange{URL: url, At: time.Date(2026, 1, 16, 15, 0, 0, 0, time.UTC), Method: http.MethodGet, Status: 200,
			Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, Body: body})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	tape, err := warc.OpenTape(filepath.Join(dir, "dealwatch-000001.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return crawl.New(crawl.Config{Hosts: hosts(), Tape: tape})
}

func TestSecond(t *testing.T) {
	whole := map[string]string{releasesListing: "releases-page0.html", releasesListing + "?page=1": "releases-page1.html"}
	refused := map[string]string{releasesListing: "refused.html"}
	cases := []struct {
		name         string
		pages        map[string]string
		since, until string
		want         string
		outcome      dealwatch.Outcome
	}{
		{"two days", whole, "2026-01-15", "2026-01-16", "330011 330002", dealwatch.OK},
		{"one of the past", whole, "2025-12-01", "2026-01-15", "330002 329950", dealwatch.OK},
		{"no release in them", whole, "2026-01-05", "2026-01-06", "", dealwatch.OK},
		{"a refusal", refused, "2026-01-15", "2026-01-16", "", dealwatch.Blocked},
	}
	for _, c := range cases {
		n := 0
		for look := range (Releases{Client: served(t, c.pages)}).Second(t.Context(), dealwatch.Range{Since: c.since, Until: c.until}) {
			n++
			var keys []string
			for _, it := range look.Items {
				keys = append(keys, it.Key)
			}
			if got := strings.Join(keys, " "); got != c.want || dealwatch.OutcomeOf(look.Err) != c.outcome {
				t.Errorf("%s: %q, %v; want %q, %s", c.name, got, look.Err, c.want, c.outcome)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d looks, want one", c.name, n)
		}
	}
}
