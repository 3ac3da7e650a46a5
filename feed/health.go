package feed

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// HealthEntries are the entries of the health feed: one for each incident that is
// open, one for each gap, and one more for each gap that was closed.
func (s Site) HealthEntries(health []dealwatch.Health, gaps []dealwatch.Gap) []Entry {
	var out []Entry
	for _, h := range health {
		incident := short(h.Incident, summaryRunes)
		if incident == "" {
			continue
		}
		e := s.healthEntry(h.Source, fmt.Sprintf("health/%s/%s", h.Source, compact(h.Since)), h.Since)
		e.Title = fmt.Sprintf("%s: %s", s.source(h.Source).Title, incident)
		facts := []string{"State: " + h.State}
		if h.OpenGaps > 0 {
			facts = append(facts, plural(h.OpenGaps, "open gap"))
		}
		e.tell("The source cannot be read as it should: "+incident, facts...)
		out = append(out, e)
	}
	for _, g := range gaps {
		name := fmt.Sprintf("gap/%s/%s/%s", g.Source, g.Stream, compact(g.OpenedAt))
		stretch := "from " + cmp.Or(g.From, "the beginning") + " to " + cmp.Or(g.To, "now")
		e := s.healthEntry(g.Source, name, g.OpenedAt)
		e.Title = fmt.Sprintf("%s: a gap in %s, %s", s.source(g.Source).Title, g.Stream, stretch)
		e.tell("Documents of this stretch may be missing: "+g.Reason, "Stream: "+g.Stream, "Stretch: "+stretch, "To fill it: "+g.Command)
		out = append(out, e)
		if g.ClosedAt.IsZero() {
			continue
		}
		e = s.healthEntry(g.Source, name+"/closed", g.ClosedAt)
		e.Title = fmt.Sprintf("%s: a gap in %s was closed, %s", s.source(g.Source).Title, g.Stream, stretch)
		e.tell("The stretch has now been read in full.", "Stream: "+g.Stream, "Stretch: "+stretch)
		out = append(out, e)
	}
	for i := range out {
		out[i].Title = short(out[i].Title, titleRunes)
	}
	return Order(out)
}

func (s Site) healthEntry(source, name string, at time.Time) Entry {
	if at.IsZero() {
		at = s.epoch()
	}
	in := s.source(source)
	page := s.Base + "/sources"
	return Entry{
		ID: s.Tag(name), Link: page, Page: page, Agency: short(in.Agency, nameRunes),
		Origin:    Origin{Title: short(in.Title, nameRunes), URL: Link(in.Home)},
		Published: stamp(at), Updated: stamp(at),
		Categories: distinct([]Category{{s.Tag("source"), short(source, nameRunes), short(in.Title, nameRunes)}}),
	}
}

// tell sets the text of an entry.
func (e *Entry) tell(lead string, facts ...string) {
	var b strings.Builder
	e.Summary = short(lead, summaryRunes)
	fmt.Fprintf(&b, "<p>%s</p>\n<ul>\n", escape(e.Summary))
	for _, f := range facts {
		fmt.Fprintf(&b, "<li>%s</li>\n", escape(short(f, summaryRunes)))
	}
	b.WriteString("</ul>\n")
	e.HTML = b.String()
}
