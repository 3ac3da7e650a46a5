package feed

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// reminded is how many of an incident's daily reminders a feed holds, the last ones: a
// reader that was away for longer is told by them all the same.
const reminded = 14

// HealthEntries are the entries of the health feed: one for each incident, one more for
// each day that it stays open and one for its end; one for each gap, and one more for
// each gap that was closed. They tell by themselves what is wrong and what to do, and
// are the same whenever they are made.
func (s Site) HealthEntries(health []dealwatch.Health, gaps []dealwatch.Gap) []Entry {
	var out []Entry
	for _, h := range health {
		for _, i := range h.Incidents {
			out = append(out, s.incidentEntries(i)...)
		}
		if len(h.Incidents) == 0 && h.Incident != "" { // it is about ourselves, and not on record
			e := s.healthEntry(h.Source, fmt.Sprintf("health/%s/%s", h.Source, compact(h.Since)), h.Since)
			e.Title = fmt.Sprintf("%s: %s", s.source(h.Source).Title, h.Incident)
			e.tell("It does not work as it should: "+h.Incident, "State: "+h.State)
			out = append(out, e)
		}
	}
	for _, g := range gaps {
		out = append(out, s.gapEntries(g)...)
	}
	for i := range out {
		out[i].Title = Short(out[i].Title, titleRunes)
	}
	return Order(out)
}

// incidentEntries have titles that stay: a reader may take one that has changed for a
// new entry. What is the case now is told by the newest of those that are open.
func (s Site) incidentEntries(i dealwatch.Incident) []Entry {
	name := fmt.Sprintf("incident/%s/%s/%s", i.Source, i.Subject, compact(i.OpenedAt))
	title := s.source(i.Source).Title + ": "
	facts := incidentFacts(i)
	next := "Next try, by itself: at once"
	if !i.NextTryAt.IsZero() {
		next = "Next try, by itself: " + minute(i.NextTryAt)
	}
	newest := func(n int) []string {
		if n == i.Days && i.ClosedAt.IsZero() {
			return append([]string{"At present: " + i.What, next}, facts...)
		}
		return facts
	}
	e := s.healthEntry(i.Source, name, i.OpenedAt)
	e.Title = title + i.Opening
	said := saidOf(i.Subject)
	e.tell(said.what+" cannot be "+said.done+" as it should: "+i.Opening, newest(0)...)
	out := []Entry{e}
	for n := max(1, i.Days-reminded+1); n <= i.Days; n++ {
		e := s.healthEntry(i.Source, fmt.Sprintf("%s/day/%d", name, n), i.OpenedAt.AddDate(0, 0, n))
		e.Title = fmt.Sprintf("%sstill so after %s: %s", title, plural(n, "day"), i.Opening)
		e.tell(said.what+" still cannot be "+said.done+" as it should: "+i.Opening, newest(n)...)
		out = append(out, e)
	}
	if !i.ClosedAt.IsZero() {
		e := s.healthEntry(i.Source, name+"/closed", i.ClosedAt)
		e.Title = title + said.again + ", after " + lasted(i.ClosedAt.Sub(i.OpenedAt))
		e.tell(said.over+" What was wrong: "+i.Opening, "Since: "+minute(i.OpenedAt), "Until: "+minute(i.ClosedAt))
		out = append(out, e)
	}
	return out
}

// sayings are the words for an incident of one subject.
type sayings struct{ what, done, again, over string }

func saidOf(subject string) sayings {
	switch subject {
	case dealwatch.OfDocuments:
		return sayings{"The source", "read", "documents are read again", "The documents of the last two weeks are read, or gone."}
	case dealwatch.OfSecond:
		return sayings{"The second channel", "relied on", "proved by its second channel again", "The second channel proves its days again, or is no longer asked about them."}
	case dealwatch.Ourselves:
		return sayings{"What the source shows", "kept", "kept again", "What the source shows is read and kept again; the trouble was ours, not the site's."}
	}
	return sayings{"The source", "read", "read well again", "The source is read as it should be again."}
}

// incidentFacts say of an incident all but what it is and when it is tried again.
func incidentFacts(i dealwatch.Incident) []string {
	facts := []string{"Since: " + minute(i.OpenedAt)}
	last := "never"
	if !i.LastOKAt.IsZero() {
		last = minute(i.LastOKAt)
	}
	facts = append(facts, "Last read well: "+last)
	if len(i.Listings) > 1 {
		facts = append(facts, "Listings concerned: "+strings.Join(i.Listings, ", "))
	}
	shown := i.Evidence.URL
	if i.Evidence.Status != 0 {
		shown += fmt.Sprintf(" (HTTP %d)", i.Evidence.Status)
	}
	if r := i.Evidence.Capture; !r.Zero() {
		shown += fmt.Sprintf(", kept in %s at byte %d", r.File, r.Offset)
	}
	if shown != "" {
		facts = append(facts, "Evidence: "+shown)
	}
	return append(facts, "What to do: "+i.Advice(), cmd(i.Command))
}

// cmd names the command that helps; "" for none.
func cmd(command string) string {
	if command == "" {
		return ""
	}
	return "Command: " + command
}

func minute(t time.Time) string { return stamp(t).Format("2006-01-02 15:04 UTC") }

// lasted is a stretch of time for people, without what does not matter in it.
func lasted(d time.Duration) string {
	switch {
	case d < time.Hour:
		return plural(int(d.Round(time.Minute)/time.Minute), "minute")
	case d < 48*time.Hour:
		return plural(int(d.Round(time.Hour)/time.Hour), "hour")
	}
	return plural(int(d/(24*time.Hour)), "day")
}

func (s Site) gapEntries(g dealwatch.Gap) []Entry {
	name := fmt.Sprintf("gap/%s/%s/%s", g.Source, g.Stream, compact(g.OpenedAt))
	stretch := stretchOf(g)
	e := s.healthEntry(g.Source, name, g.OpenedAt)
	e.Title = fmt.Sprintf("%s: a gap in %s, %s", s.source(g.Source).Title, g.Stream, stretch)
	fill := ""
	if g.Command != "" {
		fill = "To fill it: " + g.Command
	}
	e.tell("Documents of this stretch may be missing: "+g.Reason, "Stream: "+g.Stream, "Stretch: "+stretch, fill)
	out := []Entry{e}
	if !g.ClosedAt.IsZero() {
		e = s.healthEntry(g.Source, name+"/closed", g.ClosedAt)
		e.Title = fmt.Sprintf("%s: a gap in %s was closed, %s", s.source(g.Source).Title, g.Stream, stretch)
		e.tell("The stretch has now been read in full.", "Stream: "+g.Stream, "Stretch: "+stretch)
		out = append(out, e)
	}
	return out
}

func (s Site) healthEntry(source, name string, at time.Time) Entry {
	if at.IsZero() {
		at = s.epoch()
	}
	in := s.source(source)
	page := s.Base + "/sources"
	return Entry{
		ID: s.Tag(name), Link: page, Page: page, Agency: Short(in.Agency, nameRunes),
		Origin:    Origin{Title: Short(in.Title, nameRunes), URL: Link(in.Home)},
		Published: stamp(at), Updated: stamp(at),
		Categories: distinct([]Category{{s.Tag("source"), Short(source, nameRunes), Short(in.Title, nameRunes)}}),
	}
}

// stretchOf names a gap by the agency's dates.
func stretchOf(g dealwatch.Gap) string {
	switch {
	case g.From != "" && g.To != "":
		return "from " + g.From + " to " + g.To
	case g.From != "":
		return "from " + g.From + " on"
	case g.To != "":
		return "up to " + g.To
	}
	return "without dates"
}

// tell sets the text of an entry; empty facts are left out.
func (e *Entry) tell(lead string, facts ...string) {
	var b strings.Builder
	e.Summary = Short(lead, summaryRunes)
	fmt.Fprintf(&b, "<p>%s</p>\n", escape(e.Summary))
	facts = slices.DeleteFunc(facts, func(f string) bool { return f == "" })
	if len(facts) > 0 {
		b.WriteString("<ul>\n")
		for _, f := range facts {
			fmt.Fprintf(&b, "<li>%s</li>\n", escape(Short(f, 2*summaryRunes)))
		}
		b.WriteString("</ul>\n")
	}
	e.HTML = b.String()
}
