package feed

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dealwatch/dealwatch"
)

// PageEvents is how many events an archive page (RFC 5005) holds. Pages are counted from
// the first event on and are made once they are full, so that none ever changes. What no
// page holds yet is in the feed itself, whatever its size: a reader that was away loses
// nothing.
const PageEvents = 50

// Margin is how many events before and after a page are looked at, since the events of
// one version of a document make one entry.
const Margin = 200

// ArchivePage is the n-th archive page of a feed, from 1.
func (ch Channel) ArchivePage(n int) Channel {
	page := ch
	page.Current, page.Address, page.Prev = ch.Address, fmt.Sprintf("%s/archive/%d", ch.Address, n), ""
	if n > 1 {
		page.Prev = fmt.Sprintf("%s/archive/%d", ch.Address, n-1)
	}
	return page
}

// Archived is the feed with so many archive pages before it.
func (ch Channel) Archived(pages int) Channel {
	if pages > 0 {
		ch.Prev = fmt.Sprintf("%s/archive/%d", ch.Address, pages)
	}
	return ch
}

// Keep marks the entries that tell of an event from first on, which no archive page
// holds yet: they stay in the feed.
func Keep(entries []Entry, first int64) {
	for i := range entries {
		entries[i].keep = entries[i].last >= first
	}
}

// PageEntries are the entries of an archive page: those whose first event is one of page.
// Each event that a changed watchlist brought is told by itself here; around are all
// events from Margin before the page to Margin after it.
func PageEntries(around, page []dealwatch.Event, tell func([]dealwatch.Event) []Entry) []Entry {
	if len(page) == 0 {
		return nil
	}
	byID := func(a, b dealwatch.Event) int { return cmp.Compare(a.ID, b.ID) }
	from, to := slices.MinFunc(page, byID).ID, slices.MaxFunc(page, byID).ID
	entries := slices.DeleteFunc(tell(around), func(e Entry) bool { return e.first < from || e.first > to })
	for i := range entries {
		entries[i].keep = true
	}
	return entries
}

// covers notes of which events an entry tells.
func (e *Entry) covers(events []dealwatch.Event) {
	for i, ev := range events {
		if i == 0 || ev.ID < e.first {
			e.first = ev.ID
		}
		e.last = max(e.last, ev.ID)
	}
}

// historyNamespace is that of RFC 5005.
const historyNamespace = "http://purl.org/syndication/history/1.0"

// historyLink is a link of RFC 5005.
type historyLink struct{ rel, href string }

func (ch Channel) history(format string) []historyLink {
	var out []historyLink
	if ch.Current != "" {
		out = append(out, historyLink{"current", ch.Current + "." + format})
	}
	if ch.Prev != "" {
		out = append(out, historyLink{"prev-archive", ch.Prev + "." + format})
	}
	return out
}
