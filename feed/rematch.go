package feed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// runDocuments are named in the entry of a run; the others are on the deal's page.
const runDocuments = 25

// split takes out of the events the runs in which a changed watchlist did more than
// one thing to a deal. Each becomes one entry, lest a new rule's back-catalogue
// floods the feed. Nothing is told of a run that is not over, as more may come. The
// events of a run are in the order in which they happened.
func split(events []dealwatch.Event) (single []dealwatch.Event, runs [][]dealwatch.Event) {
	bySummary := map[string][]dealwatch.Event{}
	seen := make(map[int64]bool, len(events))
	for _, ev := range events {
		if seen[ev.ID] || ev.Open() {
			continue
		}
		seen[ev.ID] = true
		if ev.Summary != "" {
			bySummary[ev.Summary] = append(bySummary[ev.Summary], ev)
		} else {
			single = append(single, ev)
		}
	}
	for _, evs := range bySummary {
		slices.SortFunc(evs, func(a, b dealwatch.Event) int {
			return cmp.Or(a.HappenedAt.Compare(b.HappenedAt), cmp.Compare(a.ID, b.ID))
		})
		runs = append(runs, evs)
	}
	return single, runs
}

// runEntry tells what a changed watchlist did to one deal.
func (s Site) runEntry(run []dealwatch.Event, prefix string) Entry {
	first, last := run[0], run[len(run)-1]
	id := first.Flag.DealID
	name := Short(s.dealName(first), nameRunes)
	page := s.DealURL(id)
	gained, lost := 0, 0
	for _, ev := range run {
		if ev.What == dealwatch.Withdrawn {
			lost++
		} else {
			gained++
		}
	}
	var parts []string
	if gained > 0 {
		parts = append(parts, plural(gained, "document")+" now matched")
	}
	if lost > 0 {
		parts = append(parts, plural(lost, "document")+" no longer matched")
	}
	counts := strings.Join(parts, ", ")
	e := Entry{
		ID:    s.Tag(prefix + first.Summary),
		Title: name + ": what changed with the watchlist",
		Link:  page, Page: page,
		Origin:    Origin{Title: "dealwatch", URL: s.Base + "/"},
		Published: stamp(first.Told()), Updated: stamp(last.Told()),
		Summary:    name + ": " + counts + ".",
		Categories: distinct([]Category{{s.Tag("deal"), Short(id, nameRunes), name}}),
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<p>The watchlist changed. %s: %s.</p>\n<ul>\n", anchor(page, name), escape(counts))
	shown := 0
	for _, ev := range run {
		if shown == runDocuments || b.Len() > entryBytes*3/4 {
			break
		}
		what := Closeness(ev.Closeness)
		if mark := titleMark(ev.What); mark != "" {
			what = mark
		}
		fmt.Fprintf(&b, "<li>%s (%s)</li>\n", anchor(s.DocumentURL(ev.Flag.DocumentID), s.titleOf(ev)), escape(what))
		shown++
	}
	b.WriteString("</ul>\n")
	if more := len(run) - shown; more > 0 {
		fmt.Fprintf(&b, "<p>%s.</p>\n", anchor(page, "And "+plural(more, "more document")))
	}
	e.HTML = b.String()
	e.covers(run)
	return e
}

// Settled takes from the newest part of all events those whose entries can be told
// from it. Left out are events of the oldest instant, and the runs that began before it.
func Settled(events []dealwatch.Event) []dealwatch.Event {
	if len(events) == 0 {
		return nil
	}
	oldest := slices.MinFunc(events, func(a, b dealwatch.Event) int { return a.HappenedAt.Compare(b.HappenedAt) }).HappenedAt
	return slices.DeleteFunc(slices.Clone(events), func(ev dealwatch.Event) bool {
		if ev.Summary != "" {
			return !ev.Run.After(oldest)
		}
		return !ev.HappenedAt.After(oldest)
	})
}
