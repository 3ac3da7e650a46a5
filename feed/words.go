package feed

import (
	"fmt"

	"github.com/dealwatch/dealwatch"
)

// Closeness says in words how close together a match stands.
func Closeness(c dealwatch.Closeness) string {
	switch c {
	case dealwatch.InTitle:
		return "in the title"
	case dealwatch.InSentence:
		return "in one sentence"
	case dealwatch.ByFiler:
		return "in the filer's own words"
	case dealwatch.InParagraph:
		return "in one paragraph"
	case dealwatch.InDocument:
		return "in one document"
	}
	return "somewhere"
}

// Lead says what became of a match; it begins after the name of the deal, and the
// passages follow it.
func Lead(ev dealwatch.Event) string {
	switch {
	case ev.What != dealwatch.Withdrawn:
		return Became(ev)
	case ev.Cause == dealwatch.Rematch:
		return Became(ev) + " What had matched:"
	}
	return Became(ev) + " The version before said:"
}

// Became says in a sentence what became of a match, where no passages follow; it begins
// after the name of the deal.
func Became(ev dealwatch.Event) string {
	where := Closeness(ev.Closeness)
	switch ev.What {
	case dealwatch.Closer:
		return "a closer match than before, now " + where + "."
	case dealwatch.Changed:
		return "still matches, but on other words, " + where + "."
	case dealwatch.Withdrawn:
		if ev.Cause == dealwatch.Rematch {
			return "no longer matches, because the watchlist changed."
		}
		return fmt.Sprintf("no longer matches since version %d.", ev.Version)
	case dealwatch.Returned:
		return "matches again, " + where + "."
	}
	return "matches " + where + "."
}

// titleMark is what a title says of an event that a reader would else take for a
// first match.
func titleMark(what dealwatch.What) string {
	switch what {
	case dealwatch.Closer:
		return "closer match"
	case dealwatch.Changed:
		return "changed"
	case dealwatch.Withdrawn:
		return "withdrawn"
	case dealwatch.Returned:
		return "matches again"
	}
	return ""
}

// Cause says why an event came when it did, and nothing for the plain case.
func Cause(c dealwatch.Cause) string {
	switch c {
	case dealwatch.Revised:
		return "the agency changed the document"
	case dealwatch.Late:
		return "found late, by the second channel of the source"
	case dealwatch.Backfill:
		return "found when the past was read"
	case dealwatch.Rematch:
		return "the watchlist changed"
	}
	return ""
}
