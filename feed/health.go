package feed

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// HealthEntries are the entries of the health feed: one for each incident that is
// open, one for each source that is read without a fault, which tells that an
// incident is over, one for each gap, and one more for each gap that was closed.
func (s Site) HealthEntries(health []dealwatch.Health, gaps []dealwatch.Gap) []Entry {
	var out []Entry
	for _, h := range health {
		incident := Short(h.Incident, summaryRunes)
		if incident == "" {
			if !h.Since.IsZero() {
				e := s.healthEntry(h.Source, fmt.Sprintf("health/%s/ok/%s", h.Source, compact(h.Since)), h.Since)
				e.Title = s.source(h.Source).Title + ": read without a fault"
				e.tell("The source has been read without a fault since " + stamp(h.Since).Format("2006-01-02 15:04 UTC") + ".")
				out = append(out, e)
			}
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
		stretch := stretchOf(g)
		e := s.healthEntry(g.Source, name, g.OpenedAt)
		e.Title = fmt.Sprintf("%s: a gap in %s, %s", s.source(g.Source).Title, g.Stream, stretch)
		fill := ""
		if g.Command != "" {
			fill = "To fill it: " + g.Command
		}
		e.tell("Documents of this stretch may be missing: "+g.Reason, "Stream: "+g.Stream, "Stretch: "+stretch, fill)
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
		out[i].Title = Short(out[i].Title, titleRunes)
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
			fmt.Fprintf(&b, "<li>%s</li>\n", escape(Short(f, summaryRunes)))
		}
		b.WriteString("</ul>\n")
	}
	e.HTML = b.String()
}
