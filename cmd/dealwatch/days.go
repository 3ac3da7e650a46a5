package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// What is known of a source's day.
const (
	proved   = "proved"   // every listing was read to known ground after the day was over
	soFar    = "so far"   // the day is not over, and the last poll read every listing in full
	unproved = "unproved" // no complete poll has come since
	hole     = "gap"      // a poll could not prove it
	before   = "before"   // not later than the oldest that was ever listed
)

// dayOver is when a day is over in Washington, as seen from its midnight in UTC. It is an
// hour late in summer.
const dayOver = 29 * time.Hour

// past is what is on record of one source.
type past struct {
	info    dealwatch.Info
	streams []string             // that it declares
	began   map[string]string    // by stream, the oldest date that a complete poll covered
	polls   []dealwatch.Poll     // oldest first, without those of second channels
	gaps    []dealwatch.Gap      // open ones
	last    map[string]time.Time // by stream, the start of the newest complete poll
	flagged map[string]int       // flags of the deal asked for, by day
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
// than two rounds are apart by schedule, up to now.
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
	add(p.now)
	return all
}

// A covered day is what can be said of one source and day.
type coveredDay struct {
	day, state string
	full       clocks   // when everything was read in full
	unread     []string // when it was not, "03:05-15:10"
	why, fill  string
}

// clocks are times of a day: in JSON all of them, elsewhere the first, the last and how
// many there are.
type clocks []string

func (c clocks) String() string {
	if len(c) > 4 {
		return fmt.Sprintf("%s, %s … %s (%d times)", c[0], c[1], c[len(c)-1], len(c))
	}
	return strings.Join(c, ", ")
}

const clock = "15:04"

// days covers the days from the given one to today, newest first.
func (p past) days(from time.Time) []coveredDay {
	rounds := p.rounds()
	unread := p.stretches(rounds)
	var all []coveredDay
	today := p.now.UTC().Truncate(24 * time.Hour)
	for day := today; !day.Before(from.UTC().Truncate(24 * time.Hour)); day = day.AddDate(0, 0, -1) {
		d := coveredDay{day: day.Format(time.DateOnly), full: clocks{}, unread: []string{}}
		next := day.AddDate(0, 0, 1)
		for _, r := range rounds {
			if r.why == "" && !r.to.Before(day) && r.to.Before(next) {
				d.full = append(d.full, r.to.UTC().Format(clock))
			}
		}
		for _, u := range unread {
			if u.from.Before(next) && u.to.After(day) {
				d.unread = append(d.unread, within(u, day, next))
				d.why = cmp.Or(d.why, u.why)
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
func (p past) judge(d *coveredDay, day time.Time) {
	for _, g := range p.gaps {
		if g.From <= d.day && d.day <= g.To {
			d.state, d.fill = hole, g.Command
			d.why = g.Stream + ": " + remark(g.Reason)
			return
		}
	}
	over := day.Add(dayOver)
	d.state = proved
	for _, s := range p.streams {
		began, listed := p.began[s]
		switch last := p.last[s]; {
		case !listed:
			d.state, d.why = unproved, "never listed in full: "+s
			return
		case d.day <= began: // that day may have begun before what was listed of it
			d.state, d.fill = before, fmt.Sprintf("dealwatch scrape %s --since %s", p.info.Name, d.day)
			d.why = fmt.Sprintf("the first listing of %s began on %s", s, began)
			return
		case last.Before(over) && p.now.Before(over):
			if d.state = soFar; p.now.Sub(last) > 2*p.info.Every+5*time.Minute {
				d.state = unproved
			}
		case last.Before(over):
			d.state, d.why, d.fill = unproved, cmp.Or(d.why, "no complete poll since: "+s), "dealwatch scrape "+p.info.Name
			return
		}
	}
}
