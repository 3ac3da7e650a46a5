package feed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// RunGap parts two runs of a changed watchlist over the stored documents: events of
// one deal that are closer together belong to one run.
const RunGap = time.Hour

// runDocuments are named in the entry of a run; the others are on the deal's page.
const runDocuments = 25

// split takes out of the events the runs in which a changed watchlist did more than
// one thing to a deal. Each becomes one entry, lest a new rule's back-catalogue
// floods the feed. The events of a run are in the order in which they happened.
func split(events []dealwatch.Event) (single []dealwatch.Event, runs [][]dealwatch.Event) {
	byDeal := map[string][]dealwatch.Event{}
	for _, ev := range events {
		if ev.Cause == dealwatch.Rematch {
			byDeal[ev.Flag.DealID] = append(byDeal[ev.Flag.DealID], ev)
		} else {
			single = append(single, ev)
		}
	}
	for _, evs := range byDeal {
		slices.SortFunc(evs, func(a, b dealwatch.Event) int {
			return cmp.Or(a.HappenedAt.Compare(b.HappenedAt), cmp.Compare(a.ID, b.ID))
		})
		for len(evs) > 0 {
			n := 1
			for n < len(evs) && evs[n].HappenedAt.Sub(evs[n-1].HappenedAt) <= RunGap {
				n++
			}
			if n == 1 {
				single = append(single, evs[0])
			} else {
				runs = append(runs, evs[:n])
			}
			evs = evs[n:]
		}
	}
	return single, runs
}

// runEntry tells what a changed watchlist did to one deal.
func (s Site) runEntry(run []dealwatch.Event, prefix string) Entry {
	first, last := run[0], run[len(run)-1]
	id := first.Flag.DealID
	name := short(s.dealName(first), nameRunes)
	page := s.DealURL(id)
	gained, lost := 0, 0
	for _, ev := range run {
		if ev.What == dealwatch.Withdrawn {
			lost++
		} else {
			gained++
		}
	}
	counts := fmt.Sprintf("%s now matched, %s no longer", plural(gained, "document"), plural(lost, "document"))
	e := Entry{
		ID:    s.Tag(prefix + id + "/" + compact(first.HappenedAt)),
		Title: name + ": the watchlist changed, and with it what stored documents say",
		Link:  page, Page: page,
		Origin:    Origin{Title: "dealwatch", URL: s.Base + "/"},
		Published: stamp(first.HappenedAt), Updated: stamp(last.HappenedAt),
		Summary:    name + ": " + counts + ".",
		Categories: distinct([]Category{{s.Tag("deal"), Line(id), name}}),
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
	return e
}
