package web

import (
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// A source that nothing reads any more, or ever did, is not called healthy.
func TestOverdue(t *testing.T) {
	for name, tt := range map[string]struct {
		health  dealwatch.Health
		healthy bool
		overdue string
	}{
		"read in time":        {dealwatch.Health{LastOKAt: feedtest.Day, NextPollAt: feedtest.Day.Add(time.Hour)}, true, ""},
		"late by an hour":     {dealwatch.Health{LastOKAt: feedtest.Day, NextPollAt: feedtest.Day.Add(-time.Hour)}, true, ""},
		"late by two days":    {dealwatch.Health{LastOKAt: feedtest.Day, NextPollAt: feedtest.Day.Add(-48 * time.Hour)}, false, "overdue since 28 February 2026"},
		"due at once, of old": {dealwatch.Health{LastOKAt: feedtest.Day.Add(-48 * time.Hour)}, false, "overdue since 28 February 2026"},
		"never read":          {dealwatch.Health{State: "never"}, false, ""},
		"an incident":         {dealwatch.Health{LastOKAt: feedtest.Day, NextPollAt: feedtest.Day, Incident: "refused"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.time = feedtest.Day
			tt.health.Source = "ftc-press"
			w.reader.SetHealth([]dealwatch.Health{tt.health}, nil)
			want := `dealwatch_source_healthy{source="ftc-press"} 0`
			if tt.healthy {
				want = `dealwatch_source_healthy{source="ftc-press"} 1`
			}
			if got := w.get("/metrics").Body.String(); !strings.Contains(got, want) {
				t.Errorf("/metrics lacks %s", want)
			}
			if got := w.get("/healthz").Body.String(); strings.Contains(got, "overdue_since=never") != (tt.overdue == "") {
				t.Errorf("/healthz says %q", got)
			}
			page := w.get("/sources").Body.String()
			if !strings.Contains(page, tt.overdue) || tt.overdue == "" && strings.Contains(page, "overdue") {
				t.Errorf("/sources does not say %q, or says it wrongly:\n%s", tt.overdue, page)
			}
		})
	}
}
