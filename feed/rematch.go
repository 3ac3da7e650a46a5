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
	seen := make(map[int64]bool, len(events))
	for _, ev := range events {
		if seen[ev.ID] {
			continue
		}
		seen[ev.ID] = true
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
		ID:    s.Tag(prefix + id + "/" + compact(first.HappenedAt)),
		Title: name + ": what changed with the watchlist",
		Link:  page, Page: page,
		Origin:    Origin{Title: "dealwatch", URL: s.Base + "/"},
		Published: stamp(first.HappenedAt), Updated: stamp(last.HappenedAt),
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
// from it. Left out are events of the oldest instant, and the runs that may have
// begun before it: the id of a run is the instant of its first event.
func Settled(events []dealwatch.Event) []dealwatch.Event {
	if len(events) == 0 {
		return nil
	}
	oldest := slices.MinFunc(events, func(a, b dealwatch.Event) int { return a.HappenedAt.Compare(b.HappenedAt) }).HappenedAt
	byAge := slices.Clone(events)
	slices.SortStableFunc(byAge, func(a, b dealwatch.Event) int { return a.HappenedAt.Compare(b.HappenedAt) })
	cut := map[string]time.Time{} // by deal, the last event of a run that may be cut
	for _, ev := range byAge {
		if ev.Cause != dealwatch.Rematch {
			continue
		}
		before, ok := cut[ev.Flag.DealID]
		if !ok {
			before = oldest
		}
		if ev.HappenedAt.Sub(before) <= RunGap {
			cut[ev.Flag.DealID] = ev.HappenedAt
		}
	}
	return slices.DeleteFunc(slices.Clone(events), func(ev dealwatch.Event) bool {
		if ev.Cause == dealwatch.Rematch {
			last, ok := cut[ev.Flag.DealID]
			return ok && !ev.HappenedAt.After(last)
		}
		return !ev.HappenedAt.After(oldest)
	})
}
