package feed

import (
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// The health feed says of a trouble what it is of: one of ours blames no site.
func TestHealthNamesTheTrouble(t *testing.T) {
	at := feedtest.Day
	for subject, want := range map[string][2]string{
		dealwatch.OfListings:  {"The source cannot be read as it should: broken", "read well again, after 1 hour"},
		dealwatch.OfDocuments: {"The source cannot be read as it should: broken", "documents are read again, after 1 hour"},
		dealwatch.OfSecond:    {"The second channel cannot be relied on as it should: broken", "proved by its second channel again, after 1 hour"},
		dealwatch.Ourselves:   {"What the source shows cannot be kept as it should: broken", "kept again, after 1 hour"},
	} {
		entries := site.HealthEntries([]dealwatch.Health{{Source: "edgar", State: "ok", Incidents: []dealwatch.Incident{
			{Source: "edgar", Subject: subject, OpenedAt: at, ClosedAt: at.Add(3600e9), What: "broken", Opening: "broken"}}}}, nil)
		if len(entries) != 2 {
			t.Fatalf("%s: %d entries, want two", subject, len(entries))
		}
		closed, opened := entries[0], entries[1]
		if opened.Summary != want[0] || !strings.HasSuffix(closed.Title, ": "+want[1]) {
			t.Errorf("%s: %q, then %q", subject, opened.Summary, closed.Title)
		}
	}
}
