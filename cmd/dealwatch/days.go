package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// dayOver is when a day is over in Washington, as seen from its midnight in UTC. It is an
// hour late in summer.
const dayOver = 29 * time.Hour

// past is what is on record of one source.
type past struct {
	info    dealwatch.Info
	streams []string             // that it declares
	began   map[string]string    // by stream, the oldest date that a complete poll covered
	polls   []dealwatch.Poll     // oldest first, up to a while after the days asked for
	gaps    []dealwatch.Gap      // open ones
	last    map[string]time.Time // by stream, the start of the newest complete poll
	until   time.Time            // of what the polls tell, not after now
	now     time.Time
}

// A round is one run over all listings of a source.
type round struct {
	from, to time.Time
	why      string // why it did not read them all in full; "" when it did
}

// rounds takes polls together that one run made: a listing that comes again begins the
// next run.
func (p past) rounds() []round {
	var all []round
	var seen []string
	for _, poll := range p.polls {
		if len(all) == 0 || slices.Contains(seen, poll.Stream) {
			all, seen = append(all, round{from: poll.StartedAt}), nil
			all[len(all)-1].why = p.lacking(nil)
		}
		r := &all[len(all)-1]
		failed := r.why != "" && !strings.HasPrefix(r.why, notPolled)
		seen = append(seen, poll.Stream)
		r.to = poll.EndedAt
		switch {
		case !poll.Complete:
			if !failed {
				r.why = poll.Stream + ": " + remark(cmp.Or(poll.Err, string(poll.Outcome)))
			}
		case !failed:
			r.why = p.lacking(seen)
		}
	}
	return all
}

const notPolled = "not polled: "

// lacking says which listings a run did not come to.
func (p past) lacking(seen []string) string {
	var left []string
	for _, s := range p.streams {
		if !slices.Contains(seen, s) {
			left = append(left, s)
		}
	}
	if len(left) == 0 {
		return ""
	}
	return notPolled + strings.Join(left, ", ")
}

// A stretch is a time in which a source was not read in full, though it should have been.
type stretch struct {
	from, to time.Time
	why      string
}

// stretches gives those between two rounds that read everything that are longer
// than two rounds are apart by schedule, up to what the polls tell.
func (p past) stretches(rounds []round) []stretch {
	var all []stretch
	var last time.Time
	why := ""
	add := func(to time.Time) {
		if !last.IsZero() && to.Sub(last) > 2*p.info.Every+5*time.Minute {
			all = append(all, stretch{last, to, cmp.Or(why, "nothing was polled")})
		}
	}
	for _, r := range rounds {
		if r.why != "" {
			why = cmp.Or(why, r.why)
			continue
		}
		add(r.from)
		last, why = r.to, ""
	}
	add(p.until)
	return all
}

const clock = "15:04"

// days covers the days from one to another, but none to come, newest first.
func (p past) days(from, to time.Time) []feed.CoveredDay {
	rounds := p.rounds()
	unread := p.stretches(rounds)
	var all []feed.CoveredDay
	if to.After(p.now) {
		to = p.now
	}
	for day := to.UTC().Truncate(24 * time.Hour); !day.Before(from.UTC().Truncate(24 * time.Hour)); day = day.AddDate(0, 0, -1) {
		d := feed.CoveredDay{Day: day.Format(time.DateOnly), Full: feed.Clocks{}, Unread: feed.Clocks{}}
		next := day.AddDate(0, 0, 1)
		for _, r := range rounds {
			if r.why == "" && !r.to.Before(day) && r.to.Before(next) {
				d.Full = append(d.Full, r.to.UTC().Format(clock))
			}
		}
		for _, u := range unread {
			if u.from.Before(next) && u.to.After(day) {
				d.Unread = append(d.Unread, within(u, day, next))
				d.Why = cmp.Or(d.Why, u.why)
			}
		}
		p.judge(&d, day)
		all = append(all, d)
	}
	return all
}

// within is the part of a stretch that lies in a day.
func within(u stretch, day, next time.Time) string {
	from, to := "00:00", "24:00"
	if u.from.After(day) {
		from = u.from.UTC().Format(clock)
	}
	if u.to.Before(next) {
		to = u.to.UTC().Format(clock)
	}
	return from + "-" + to
}

// judge says whether a day is proved.
func (p past) judge(d *feed.CoveredDay, day time.Time) {
	for _, g := range p.gaps {
		if g.From <= d.Day && d.Day <= g.To {
			d.State, d.Fill = feed.Hole, g.Command
			d.Why = g.Stream + ": " + remark(g.Reason)
			return
		}
	}
	over := day.Add(dayOver)
	d.State = feed.Proved
	for _, s := range p.streams {
		began, listed := p.began[s]
		switch last := p.last[s]; {
		case !listed:
			d.State, d.Why = feed.Unproved, "never listed in full: "+s
			return
		case d.Day <= began: // that day may have begun before what was listed of it
			d.State, d.Fill = feed.Before, fmt.Sprintf("dealwatch scrape %s --since %s", p.info.Name, d.Day)
			d.Why = fmt.Sprintf("the first listing of %s began on %s", s, began)
			return
		case last.Before(over) && p.now.Before(over):
			if d.State = feed.SoFar; p.now.Sub(last) > 2*p.info.Every+5*time.Minute {
				d.State = feed.Unproved
			}
		case last.Before(over):
			d.State, d.Why, d.Fill = feed.Unproved, cmp.Or(d.Why, "no complete poll since: "+s), "dealwatch scrape "+p.info.Name
			return
		}
	}
}
