package dealwatch

import (
	"context"
	"fmt"
	"slices"
)

// lacking names the first of the items without a title, or without a date where others
// have one; "" where there is none. What hangs on another item may be without.
func lacking(items []Item) string {
	newest, _ := span(items)
	for _, it := range items {
		switch {
		case it.ParentKey != "":
		case it.Title == "":
			return fmt.Sprintf("the listing shows %s without a title", it.Key)
		case it.PublishedOn == "" && newest != "":
			return fmt.Sprintf("the listing shows %s without a date", it.Key)
		}
	}
	return ""
}

// apart drops an entry of a page that has the key of one above it, but neither its
// address nor its title: two documents under one name, of which neither may blend into
// the other. twin says so, "" where there is none.
func apart(items []Item) (kept []Item, twin string) {
	seen := make(map[string]Item, len(items))
	for _, it := range items {
		was, ok := seen[it.Key]
		if ok && was.URL != it.URL && was.Title != it.Title {
			twin = fmt.Sprintf("two entries of the listing share the key %s, and the second was left out: %s and %s", it.Key, was.URL, it.URL)
			continue
		}
		seen[it.Key] = it
		kept = append(kept, it)
	}
	return kept, twin
}

// span gives the newest and the oldest date that items state, "" where none does.
func span(items []Item) (newest, oldest string) {
	for _, it := range items {
		d := it.PublishedOn
		if d == "" {
			continue
		}
		newest = max(newest, d)
		if oldest == "" || d < oldest {
			oldest = d
		}
	}
	return newest, oldest
}

// lowest gives the date that a listing reaches down to, newest first: that of its last
// item with one. Older ones above it stand there for another reason, pinned or listed
// anew, and prove nothing of the days between.
func lowest(items []Item) string {
	for _, it := range slices.Backward(items) {
		if it.PublishedOn != "" {
			return it.PublishedOn
		}
	}
	return ""
}

// mostRepeats is how many pages in a row may show nothing that the pages before them did
// not: while a listing is read, new entries push those that were seen onto its next page.
const mostRepeats = 2

// repeated counts the pages in a row, this one the last, that show nothing new, and adds
// to what was seen.
func repeated(items []Item, seen map[string]bool, before int) int {
	fresh := len(items) == 0
	for _, it := range items {
		fresh = fresh || !seen[it.Key]
		seen[it.Key] = true
	}
	if fresh {
		return 0
	}
	return before + 1
}

// within drops the items that are dated outside of r.
func within(items []Item, r Range) []Item {
	if r.Since == "" && r.Until == "" {
		return items
	}
	var in []Item
	for _, it := range items {
		d := it.PublishedOn
		if d == "" || (r.Since == "" || d >= r.Since) && (r.Until == "" || d <= r.Until) {
			in = append(in, it)
		}
	}
	return in
}

// passed counts the items that a range leaves out as too old and that are not known.
func (p *Poller) passed(ctx context.Context, s Stream, items []Item, r Range) (int, error) {
	var older []Item
	for _, it := range items {
		if it.PublishedOn != "" && it.PublishedOn < r.Since {
			older = append(older, it)
		}
	}
	if len(older) == 0 {
		return 0, nil
	}
	known, err := p.Ledger.Ground(ctx, s.Name, older)
	return len(older) - known, err
}
