package web

import (
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// sick is a source with all that can be told of one.
func sick() dealwatch.Health {
	at := feedtest.Day
	return dealwatch.Health{
		Source: "edgar", Agency: "SEC", State: "blocked", Incident: "8-K: refused", LastOKAt: at, NextPollAt: at.Add(time.Minute), QuietAt: at.Add(time.Hour),
		Incidents: []dealwatch.Incident{
			{Source: "edgar", Subject: "listings", Outcome: dealwatch.Blocked, OpenedAt: at.Add(-time.Minute), Listings: []string{"D"}},
			{Source: "edgar", Subject: "listings", Outcome: dealwatch.Blocked, OpenedAt: at.Add(-time.Hour), Listings: []string{"8-K", "6-K"}},
			{Source: "edgar", Subject: "documents", Outcome: dealwatch.Unparsed, OpenedAt: at.Add(-2 * time.Hour)},
			{Source: "edgar", Subject: "listings", Outcome: dealwatch.Failed, OpenedAt: at.Add(-3 * time.Hour), ClosedAt: at.Add(-2 * time.Hour)},
		},
		Streams: []dealwatch.StreamRead{{Name: "8-K", Outcome: dealwatch.Blocked, EndedAt: at, LastOKAt: at.Add(-time.Hour)}},
		Second: []dealwatch.Compared{{LookedAt: at, AllLate: 5, Reconciled: dealwatch.Reconciled{
			Stream: "second: daily index", From: "2026-02-27", To: "2026-02-27", Second: 40, First: 39, Late: 2, Lacking: 1, Outcome: dealwatch.OK}}},
	}
}

func TestHealthzLists(t *testing.T) {
	w := newWorld(t)
	w.reader.SetHealth([]dealwatch.Health{sick()}, nil)
	got := w.get("/healthz")
	want := `ok
source=edgar state=blocked last_ok=2026-03-02T09:30:00Z last_new=never quiet_from=2026-03-02T10:30:00Z next_poll=2026-03-02T09:31:00Z overdue_since=2026-03-02T09:31:00Z pending=0 open_gaps=0 incident="8-K: refused"
source=edgar stream="8-K" outcome=blocked last_poll=2026-03-02T09:30:00Z last_ok=2026-03-02T08:30:00Z complete=never
source=edgar second="daily index" outcome=ok looked=2026-03-02T09:30:00Z from=2026-02-27 to=2026-02-27 second_listed=40 first_listed=39 late=2 lacking=1 all_late=5
`
	if got.Code != 200 || got.Body.String() != want {
		t.Errorf("/healthz: %d\n%s\nwant\n%s", got.Code, got.Body, want)
	}
}

func TestSourceMetrics(t *testing.T) {
	w := newWorld(t)
	w.reader.SetHealth([]dealwatch.Health{sick(), {Source: "ftc-press", State: "quiet"}}, nil)
	got := w.get("/metrics").Body.String()
	for _, want := range []string{
		`dealwatch_source_open_incidents{source="edgar"} 3`,
		`dealwatch_source_open_incidents{source="ftc-press"} 0`,
		`dealwatch_incident_listings{outcome="blocked",source="edgar",subject="listings"} 3`,
		`dealwatch_incident_opened_timestamp_seconds{outcome="blocked",source="edgar",subject="listings"} 1.772440200123e+09`,
		`dealwatch_incident_opened_timestamp_seconds{outcome="unparsed",source="edgar",subject="documents"} 1.772436600123e+09`,
		`dealwatch_stream_last_success_timestamp_seconds{source="edgar",stream="8-K"} 1.772440200123e+09`,
		`dealwatch_source_quiet_from_timestamp_seconds{source="edgar"} 1.772447400123e+09`,
		`dealwatch_source_quiet{source="ftc-press"} 1`,
		`dealwatch_second_channel_last_look_timestamp_seconds{channel="daily index",source="edgar"} 1.772443800123e+09`,
		`dealwatch_second_channel_items{channel="daily index",side="first",source="edgar"} 39`,
		`dealwatch_second_channel_items{channel="daily index",side="second",source="edgar"} 40`,
		`dealwatch_second_channel_late_items{channel="daily index",source="edgar"} 2`,
		`dealwatch_second_channel_lacking_items{channel="daily index",source="edgar"} 1`,
		`dealwatch_second_channel_late_items_total{channel="daily index",source="edgar"} 5`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if strings.Contains(got, `outcome="error"`) {
		t.Error("/metrics tells of an incident that is over")
	}
	if strings.Contains(got, `complete_timestamp_seconds{source="edgar"`) {
		t.Error("/metrics gives a time for what never was")
	}
}
