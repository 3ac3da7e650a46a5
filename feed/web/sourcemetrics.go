package web

import (
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/dealwatch/dealwatch"
)

// sourceMetrics shows the health of the sources as the store last told it.
type sourceMetrics struct{ h *Handler }

var (
	storeUp = metric("store_up", "1 where the store answered when it was last asked, else 0.")

	sourceUp        = metric("source_healthy", "1 where the source is read as it should be; 0 where an incident is open, where it was never read, or where its next read is overdue by three of its intervals, and by a day at least.", "source")
	sourceLastOK    = metric("source_last_success_timestamp_seconds", "When the source was last read without a fault.", "source")
	sourceLastNew   = metric("source_last_new_timestamp_seconds", "When the source last showed something new.", "source")
	sourceNext      = metric("source_next_poll_timestamp_seconds", "When the next poll of the source is due.", "source")
	sourceQuietFrom = metric("source_quiet_from_timestamp_seconds", "From when the source will have been without news for longer than it usually is on such a weekday.", "source")
	sourceQuiet     = metric("source_quiet", "1 where the source is read well but without news for longer than it usually is, else 0.", "source")
	sourcePending   = metric("source_pending_items", "Items listed but not read yet.", "source")
	sourceGaps      = metric("source_open_gaps", "Stretches that no poll has proved complete.", "source")
	sourceIncidents = metric("source_open_incidents", "Incidents of the source that are open.", "source")

	incidentSince    = metric("incident_opened_timestamp_seconds", "When an open incident began.", "source", "subject", "outcome")
	incidentListings = metric("incident_listings", "Listings of the source that an open incident is about.", "source", "subject", "outcome")

	streamLastPoll = metric("stream_last_poll_timestamp_seconds", "When the listing was last polled.", "source", "stream")
	streamLastOK   = metric("stream_last_success_timestamp_seconds", "When the listing was last read without a fault.", "source", "stream")
	streamComplete = metric("stream_last_complete_timestamp_seconds", "When the listing was last read to known ground.", "source", "stream")

	secondLooked  = metric("second_channel_last_look_timestamp_seconds", "When the second channel was last looked at.", "source", "channel")
	secondOK      = metric("second_channel_healthy", "1 where the last look showed its days, else 0.", "source", "channel")
	secondItems   = metric("second_channel_items", "Items of the days of the last look, by who shows them: the second channel, or the source's own listings (first).", "source", "channel", "side")
	secondLate    = metric("second_channel_late_items", "Items of the last look that no listing had shown.", "source", "channel")
	secondLacking = metric("second_channel_lacking_items", "Items of the listings that the last look did not show.", "source", "channel")
	secondAllLate = metric("second_channel_late_items_total", "Items that only the second channel had shown, of all looks.", "source", "channel")
)

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("dealwatch_"+name, help, labels, nil)
}

// Describe implements [prometheus.Collector].
func (m sourceMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		storeUp, sourceUp, sourceLastOK, sourceLastNew, sourceNext, sourceQuietFrom, sourceQuiet, sourcePending, sourceGaps, sourceIncidents,
		incidentSince, incidentListings, streamLastPoll, streamLastOK, streamComplete,
		secondLooked, secondOK, secondItems, secondLate, secondLacking, secondAllLate,
	} {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (m sourceMetrics) Collect(out chan<- prometheus.Metric) {
	g := gauges{out}
	g.set(storeUp, is(m.h.cache.refresh(waitWell)))
	for _, s := range m.h.cache.state.Load().health {
		g.source(s, !m.h.overdueSince(s).IsZero())
		g.incidents(s)
		for _, r := range s.Streams {
			g.at(streamLastPoll, r.EndedAt, s.Source, r.Name)
			g.at(streamLastOK, r.LastOKAt, s.Source, r.Name)
			g.at(streamComplete, r.CompleteAt, s.Source, r.Name)
		}
		for _, c := range s.Second {
			name := channelName(c.Stream)
			g.at(secondLooked, c.LookedAt, s.Source, name)
			g.set(secondOK, is(c.Outcome == dealwatch.OK), s.Source, name)
			g.set(secondItems, float64(c.Second), s.Source, name, "second")
			g.set(secondItems, float64(c.First), s.Source, name, "first")
			g.set(secondLate, float64(c.Late), s.Source, name)
			g.set(secondLacking, float64(c.Lacking), s.Source, name)
			out <- prometheus.MustNewConstMetric(secondAllLate, prometheus.CounterValue, float64(c.AllLate), s.Source, name)
		}
	}
}

// gauges writes gauges. Names that came from outside are made fit to be labels by the
// store, which holds UTF-8 only.
type gauges struct{ out chan<- prometheus.Metric }

func (g gauges) set(d *prometheus.Desc, v float64, labels ...string) {
	g.out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

// at is set for an instant; the zero time, which stands for never, is left out.
func (g gauges) at(d *prometheus.Desc, t time.Time, labels ...string) {
	if !t.IsZero() {
		g.set(d, float64(t.UnixMilli())/1000, labels...)
	}
}

// overdueSince is since when a source that nothing reads should have been read, the zero
// time for one that is read. A schedule from outside may miss a run, so that it is not
// called overdue within a day.
func (h *Handler) overdueSince(s dealwatch.Health) time.Time {
	due := s.NextPollAt
	if due.IsZero() { // it is due at once, as it was since it was last read
		due = s.LastOKAt
	}
	margin := 24 * time.Hour
	for _, in := range h.cfg.Sources {
		if in.Name == s.Source {
			margin = max(margin, 3*in.Every)
		}
	}
	if due.IsZero() || h.cfg.Now().Sub(due) <= margin {
		return time.Time{}
	}
	return due
}

func (g gauges) source(s dealwatch.Health, overdue bool) {
	g.set(sourceUp, is(s.Incident == "" && !s.LastOKAt.IsZero() && !overdue), s.Source)
	g.at(sourceLastOK, s.LastOKAt, s.Source)
	g.at(sourceLastNew, s.LastNewAt, s.Source)
	g.at(sourceNext, s.NextPollAt, s.Source)
	g.at(sourceQuietFrom, s.QuietAt, s.Source)
	g.set(sourceQuiet, is(s.State == "quiet"), s.Source)
	g.set(sourcePending, float64(s.Pending), s.Source)
	g.set(sourceGaps, float64(s.OpenGaps), s.Source)
}

// incidents tells of those that are open; of several with the same labels, the oldest.
func (g gauges) incidents(s dealwatch.Health) {
	type labels struct{ subject, outcome string }
	oldest := make(map[labels]dealwatch.Incident)
	n := 0
	for _, i := range s.Incidents { // newest first
		if i.ClosedAt.IsZero() {
			n++
			l := labels{i.Subject, string(i.Outcome)}
			i.Listings = slices.Concat(i.Listings, oldest[l].Listings)
			oldest[l] = i
		}
	}
	for l, i := range oldest {
		g.at(incidentSince, i.OpenedAt, s.Source, l.subject, l.outcome)
		g.set(incidentListings, float64(len(i.Listings)), s.Source, l.subject, l.outcome)
	}
	if n == 0 {
		n = int(is(s.Incident != "")) // of what is not on record
	}
	g.set(sourceIncidents, float64(n), s.Source)
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// channelName is the name of a second channel without what marks it as one.
func channelName(stream string) string { return strings.TrimPrefix(stream, "second: ") }
