package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

// change is what a watchlist would do to a flag.
type change struct {
	what      what
	deal      string
	closeness dealwatch.Closeness
	document  string
	title     string
	sentence  string
}

// what is the kind of a change, in the order in which they are shown.
type what int

const (
	isGained what = iota
	isLost
	isChanged // kept, with another sentence or closeness
	isKept
	isUnfollowed // of a deal that the list has no longer: the flag stays, its feed ends
	whats
)

func (w what) String() string {
	return [...]string{"gained", "lost", "changed", "kept", "unfollowed"}[w]
}

// compare shows what the book would do to every flag, by deal.
func (a *app) compare(ctx context.Context, st *store.Store, book *rules.Book, since time.Time) error {
	changes, err := changesOf(ctx, st, book, since)
	if err != nil {
		return storeFailure(err)
	}
	t := newListing(a.stdout, a.format, "change", "deal_id", "closeness", "document_id", "title", "sentence")
	var deals []string
	count := map[string]*tally{}
	var total tally
	for _, c := range changes {
		if err := t.add(c.what.String(), c.deal, string(c.closeness), c.document, c.title, c.sentence); err != nil {
			return err
		}
		if count[c.deal] == nil {
			count[c.deal] = new(tally)
			deals = append(deals, c.deal)
		}
		count[c.deal][c.what]++
		total[c.what]++
	}
	if err := t.close(); err != nil {
		return err
	}
	for _, deal := range deals {
		fmt.Fprintf(a.stderr, "%s: %v\n", deal, count[deal])
	}
	fmt.Fprintf(a.stderr, "all deals: %v; nothing was stored\n", total)
	return nil
}

// tally is how many changes there are of each kind.
type tally [whats]int

func (n tally) String() string {
	s := fmt.Sprintf("%d gained, %d lost, %d kept", n[isGained], n[isLost], n[isChanged]+n[isKept])
	if n[isChanged] > 0 {
		s += fmt.Sprintf(" (%d changed)", n[isChanged])
	}
	if n[isUnfollowed] > 0 {
		s += fmt.Sprintf(", %d of a deal that it has no longer", n[isUnfollowed])
	}
	return s
}

// changesOf gives what the book would do to the flags of documents first seen at since or
// later, in the order of its deals.
func changesOf(ctx context.Context, st *store.Store, book *rules.Book, since time.Time) ([]change, error) {
	before, err := st.Deals(ctx)
	if err != nil {
		return nil, err
	}
	place := map[string]int{}
	for _, d := range append(book.Deals(), before...) {
		if _, ok := place[d.ID]; !ok {
			place[d.ID] = len(place)
		}
	}
	standing := map[string][]dealwatch.Flag{} // by document, of the deals that the book has no longer
	flags, err := st.Flagged(ctx, dealwatch.Filter{})
	if err != nil {
		return nil, err
	}
	for _, f := range flags {
		if i, ok := place[f.DealID]; ok && i >= len(book.Deals()) && f.State == "active" {
			standing[f.DocumentID] = append(standing[f.DocumentID], f)
		}
	}
	var out []change
	for _, info := range scrapers.Infos() {
		err := st.Documents(ctx, info.Name, func(d dealwatch.Document) error {
			if d.FirstSeenAt.Before(since) {
				return nil
			}
			foreseen, err := st.Foresee(ctx, d.ID, book.Match(d.Version), book.Deals())
			for _, f := range foreseen {
				c := change{isKept, f.DealID, f.Closeness, d.ID, d.Title, f.Snippet}
				switch f.What {
				case dealwatch.Raised, dealwatch.Returned:
					c.what = isGained
				case dealwatch.Withdrawn:
					c.what = isLost
				case dealwatch.Closer, dealwatch.Changed:
					c.what = isChanged
				}
				out = append(out, c)
			}
			for _, f := range standing[d.ID] {
				out = append(out, change{isUnfollowed, f.DealID, f.Closeness, d.ID, d.Title, f.Snippet})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b change) int {
		return cmp.Or(place[a.deal]-place[b.deal], int(a.what-b.what))
	})
	return out, nil
}
