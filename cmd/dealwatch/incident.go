package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// incidents logs those of a source that was polled. One that is open makes its line no
// good one, also where this poll did not meet with it: a page that still waits to be
// read, or a listing whose items have lost their dates.
func (w *worker) incidents(ctx context.Context, l *line) error {
	w.tellIncidents(ctx, l.source)
	open, err := w.store.Incidents(ctx, l.source, 0)
	if err == nil && len(open) > 0 && l.outcome == dealwatch.OK {
		i := open[len(open)-1] // the oldest
		l.outcome, l.remark = i.Outcome, remark(i.What)
	}
	return err
}

// tellIncidents logs what has become of incidents of a source, or of all for source "":
// each is told once when it is opened, once a day while it is open and once when it is
// over, by one of the processes that share the store, whichever is up.
func (w *worker) tellIncidents(ctx context.Context, source string) {
	untold, err := w.store.Untold(ctx, source)
	if err != nil {
		if ctx.Err() == nil {
			w.log.Error("incidents", "source", source, "err", err)
		}
		return
	}
	for _, i := range untold {
		switch {
		case !i.ClosedAt.IsZero():
			w.log.Info("incident over", "source", i.Source, "err", fmt.Sprintf("since %s: %s", stamp(i.OpenedAt), remark(i.What)))
		case i.Days > 0:
			w.log.Warn("incident still open", "source", i.Source, "err", incidentLine(i))
		default:
			w.log.Warn("incident", "source", i.Source, "err", incidentLine(i))
		}
	}
}

// incidentLine says of an open incident what it is, since when, what was last good, what
// shows it, when it is tried again and what can be done.
func incidentLine(i dealwatch.Incident) string {
	parts := []string{i.What, "since " + stamp(i.OpenedAt), "last read well " + everAt(i.LastOKAt)}
	if e := evidenceLine(i.Evidence); e != "" {
		parts = append(parts, e)
	}
	if !i.NextTryAt.IsZero() {
		parts = append(parts, "next try "+stamp(i.NextTryAt))
	}
	return strings.Join(append(parts, "`"+i.Command+"`"), "; ")
}

func everAt(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return stamp(t)
}

// evidenceLine says what shows an incident, and where that is kept.
func evidenceLine(e dealwatch.Evidence) string {
	s := e.URL
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if !e.Capture.Zero() {
		s += fmt.Sprintf(", kept in %s at byte %d", e.Capture.File, e.Capture.Offset)
	}
	return s
}
