package web

import (
	"cmp"
	"context"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// searchHits are shown on a page.
const searchHits = 20

// hitView is a document that a search found.
type hitView struct {
	Title, Link, Page, Agency, Kind, Dated string
	Flagged                                bool
	Quotes                                 []feed.Quote
}

type searchView struct {
	filters
	Terms       bool // there is something to search for
	Hits        []hitView
	Older       string // address of the next page; "" for none
	First, Took string
}

// search makes the page of a full-text search. New documents change it at any time, so
// none is kept; few run at once, and others wait their turn.
func (h *Handler) search(ctx context.Context, l look) (*content, error) {
	terms := dealwatch.Terms(l.search)
	f := l.Filter
	f.Limit = searchHits
	hits, next, err := h.cfg.Reader.Search(ctx, terms, f)
	if err != nil {
		return nil, err
	}
	chosen, err := h.filters(ctx, l)
	if err != nil {
		return nil, err
	}
	v := searchView{filters: chosen, Terms: len(terms) > 0}
	var found []hitView
	for _, hit := range hits {
		found = append(found, h.hit(hit, terms))
	}
	if next > 0 {
		v.Older = h.address(look{Filter: at(l.plain(), 0, next), search: l.search})
	}
	if l.Before > 0 {
		v.First = h.address(look{Filter: l.plain(), search: l.search})
	}
	made, err := fit(rowMost, rowLeast, func(room int) (map[string]*content, error) {
		v.Hits = fitHits(found, room)
		return h.html("search", shell{Title: "Search: " + line(l.search), Here: "within", Feeds: subscribe(h.site.All(l.plain())), Page: v})
	})
	if err != nil {
		return nil, err
	}
	return h.cache.dates.settle(h.address(l), made["html"]), nil
}

func (h *Handler) hit(d dealwatch.Hit, terms [][]string) hitView {
	v := hitView{
		Title: line(cmp.Or(d.Title, d.ID)), Link: feed.Link(d.URL), Page: h.path(h.site.DocumentURL(d.ID)),
		Agency: line(d.Agency), Kind: line(d.Kind), Dated: line(d.PublishedOn), Flagged: d.Flagged,
	}
	// One of the terms may stand in the title alone: each shows itself.
	var places [][2]int
	for _, t := range terms {
		places = append(places, dealwatch.Places(d.Text, [][]string{t}, 2)...)
	}
	v.Quotes = feed.Passages(d.Text, places, 2)
	return v
}
