package web

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

const (
	coveredDays = 7           // of each source, on a deal's page
	coveredFor  = time.Minute // what was read of them is shown again
	coveredKept = 500         // answers that are kept, about
)

// covered remembers for a while what was read of the sources' days: many pages show the
// same.
type covered struct {
	mu   sync.Mutex
	days map[string]coveredAnswer
}

type coveredAnswer struct {
	at   time.Time
	days []feed.CoveredDay
}

// covered gives the days of a source from one to another, newest first.
func (h *Handler) covered(ctx context.Context, source string, from, to time.Time) ([]feed.CoveredDay, error) {
	if h.cfg.Coverage == nil {
		return nil, nil
	}
	c, now := h.days, h.cfg.Now()
	key := strings.Join([]string{source, from.Format(time.DateOnly), to.Format(time.DateOnly)}, "/")
	c.mu.Lock()
	defer c.mu.Unlock() // who comes meanwhile finds it made
	if a, ok := c.days[key]; ok && now.Sub(a.at) < coveredFor {
		return a.days, nil
	}
	days, err := h.cfg.Coverage(ctx, source, from, to)
	if err != nil {
		return nil, fmt.Errorf("read the coverage of %s: %w", source, err)
	}
	if len(c.days) >= coveredKept {
		clear(c.days)
	}
	c.days[key] = coveredAnswer{now, days}
	return days, nil
}

// dayView is a covered day as a page tells it.
type dayView struct {
	Day, State              string
	From                    string // first of several days, of which Day is the last; "" for one
	Note, Meaning           string // what that day is to a document, and its state in words
	Full, Unread, Why, Fill string
	Lacking                 bool
}

// same reports whether nothing but their days parts two of them, and nothing was read.
func (v dayView) same(o dayView) bool {
	v.Day, v.From, o.Day = "", "", ""
	return v == o && v.Full == ""
}

func newDayView(d feed.CoveredDay) dayView {
	return dayView{
		Day: d.Day, State: d.State, Full: d.Full.String(), Unread: d.Unread.String(), Why: line(d.Why), Fill: line(d.Fill),
		Lacking: d.State == feed.Unproved || d.State == feed.Hole,
	}
}

// documentDays are the days on which a document was dated and first seen: whether all of
// its source was read on them.
func (h *Handler) documentDays(ctx context.Context, doc dealwatch.Document) ([]dayView, error) {
	seen := doc.FirstSeenAt.UTC().Truncate(24 * time.Hour)
	dated, err := time.Parse(time.DateOnly, doc.PublishedOn)
	notes := []struct {
		day  time.Time
		note string
	}{{dated, "the day of its date"}, {seen, "the day it was first seen"}}
	switch {
	case err != nil:
		notes = notes[1:]
	case dated.Equal(seen):
		notes = notes[1:]
		notes[0].note = "the day of its date, and the day it was first seen"
	}
	var out []dayView
	for _, n := range notes {
		if n.day.IsZero() {
			continue
		}
		days, err := h.covered(ctx, doc.Source, n.day, n.day)
		if err != nil {
			return nil, err
		}
		for _, d := range days {
			v := newDayView(d)
			v.Note = n.note
			for _, s := range feed.CoveredStates {
				if s.Word == d.State {
					v.Meaning = s.Meaning
				}
			}
			out = append(out, v)
		}
	}
	return out, nil
}

// sourceDays are the newest days of a source on a deal's page.
type sourceDays struct {
	Title, Page string
	Summary     string
	Lacking     bool // some day is
	Days        []dayView
}

// recentDays tells of each source whether it was read on the last days. Every source is
// read in full for every deal.
func (h *Handler) recentDays(ctx context.Context) ([]sourceDays, error) {
	var out []sourceDays
	now := h.cfg.Now()
	for _, in := range h.cfg.Sources {
		days, err := h.covered(ctx, in.Name, now.AddDate(0, 0, 1-coveredDays), now)
		if err != nil {
			return nil, err
		}
		if len(days) == 0 {
			continue
		}
		v := sourceDays{Title: line(cmp.Or(in.Title, in.Name)), Page: h.path(h.site.Base + "/sources#" + in.Name)}
		counts := map[string]int{}
		for _, d := range days {
			day := newDayView(d)
			counts[d.State]++
			v.Lacking = v.Lacking || day.Lacking
			if n := len(v.Days) - 1; n >= 0 && v.Days[n].same(day) {
				v.Days[n].From = day.Day // days of which the same is to be said are told as one
				continue
			}
			v.Days = append(v.Days, day)
		}
		var parts []string
		for _, s := range feed.CoveredStates {
			switch n := counts[s.Word]; {
			case n > 0 && s.Word == feed.SoFar:
				parts = append(parts, "today read so far")
			case n > 0:
				parts = append(parts, fmt.Sprintf("%d %s", n, s.Word))
			}
		}
		v.Summary = strings.Join(parts, ", ")
		out = append(out, v)
	}
	return out, nil
}
