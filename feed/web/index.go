package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

const (
	indexFlags = 40
	searchHits = 20
)

// choice is an option of a filter.
type choice struct {
	Value, Label string
	Chosen       bool
}

// filters are the form of the first page.
type filters struct {
	Deals, Sources, Kinds, Closenesses []choice
	Since, Search                      string
	Filtered                           string // what the filter chooses, in words
	Any                                bool   // something is chosen
}

func (h *Handler) filters(look look) filters {
	f := look.Filter
	v := filters{Search: look.search, Any: look.search != ""}
	for _, d := range h.cfg.Deals {
		v.Deals = append(v.Deals, choice{d.ID, line(cmp.Or(d.Name, d.ID)), d.ID == f.Deal})
	}
	for _, in := range h.cfg.Sources {
		v.Sources = append(v.Sources, choice{in.Name, line(cmp.Or(in.Title, in.Name)), in.Name == f.Source})
	}
	for _, k := range h.kinds() {
		v.Kinds = append(v.Kinds, choice{k, k, k == f.Kind})
	}
	for _, c := range closenesses {
		v.Closenesses = append(v.Closenesses, choice{string(c), feed.Closeness(c), c == f.Closeness})
	}
	ch := h.site.All(look.plain())
	v.Since = ch.Query.Get("since")
	if len(ch.Query) > 0 {
		v.Filtered = strings.TrimPrefix(ch.Title, "dealwatch: ")
		v.Any = true
	}
	return v
}

// look is what is asked of the first page: a filter, a search, and a place to begin.
type look struct {
	dealwatch.Filter        // with After or Before for a page that is not the first
	search           string // "" for none
}

// plain is the filter without the page.
func (l look) plain() dealwatch.Filter {
	f := l.Filter
	f.After, f.Before = 0, 0
	return f
}

// query is the look as the parameters of an address.
func (l look) query() url.Values {
	q := feed.Query(l.Filter)
	if l.search != "" {
		q.Set("q", l.search)
	}
	if l.After > 0 {
		q.Set("after", strconv.FormatInt(l.After, 10))
	}
	if l.Before > 0 {
		q.Set("before", strconv.FormatInt(l.Before, 10))
	}
	return q
}

// address is that of the page which a look gives.
func (h *Handler) address(l look) string {
	if q := l.query(); len(q) > 0 {
		return h.prefix + "/?" + q.Encode()
	}
	return h.prefix + "/"
}

// look reads the parameters of the first page.
func (h *Handler) look(ctx context.Context, raw string) (look, error) {
	q, err := asked(raw)
	if err != nil {
		return look{}, err
	}
	var l look
	for _, name := range []string{"q", "after", "before"} {
		if len(q[name]) > 1 {
			return l, badQuery("%q is given %d times.", name, len(q[name]))
		}
	}
	if l.search = feed.Line(q.Get("q")); len(l.search) > 300 {
		return l, badQuery("The search is too long: it takes up to 300 characters.")
	}
	after, before := q.Get("after"), q.Get("before")
	if after != "" && before != "" {
		return l, badQuery("A page begins after or before a place, not both.")
	}
	q.Del("q")
	q.Del("after")
	q.Del("before")
	if l.Filter, err = h.filter(ctx, q); err != nil {
		return l, err
	}
	for text, to := range map[string]*int64{after: &l.After, before: &l.Before} {
		if text == "" {
			continue
		}
		if *to, err = strconv.ParseInt(text, 10, 64); err != nil || *to <= 0 {
			return l, badQuery("There is no page that begins at %q.", line(text))
		}
	}
	return l, nil
}

type indexView struct {
	filters
	Flags        []row
	Older, Newer string // addresses of the pages beside this one; "" for none
}

func (h *Handler) indexPage(l look) *unit {
	return &unit{filter: l.plain(), build: func(ctx context.Context) (map[string]*content, error) {
		rows, older, newer, err := h.page(ctx, l.Filter, indexFlags)
		if err != nil {
			return nil, err
		}
		v := indexView{filters: h.filters(l)}
		switch {
		case h.static:
			n := olderPages(len(h.flags), indexFlags)
			v.Older = h.olderAddress("", n, n)
		case older > 0:
			v.Older = h.address(look{Filter: at(l.plain(), 0, older)})
		}
		if newer > 0 {
			v.Newer = h.address(look{Filter: at(l.plain(), newer, 0)})
		}
		title := cmp.Or(v.Filtered, "What was flagged")
		return fit(rowMost, rowLeast, func(room int) (map[string]*content, error) {
			v.Flags = fitRows(rows, room)
			return h.html("index", shell{Title: title, Here: "index", Feeds: subscribe(h.site.All(l.plain())), Page: v})
		})
	}}
}

func at(f dealwatch.Filter, after, before int64) dealwatch.Filter {
	f.After, f.Before = after, before
	return f
}

// page gives a page of flags, newest first, with the ids at which the pages beside it
// begin, 0 for none.
func (h *Handler) page(ctx context.Context, f dealwatch.Filter, size int) (rows []row, older, newer int64, err error) {
	f.Limit = size + 1
	f.Oldest = f.After > 0
	var flags []dealwatch.Flag
	if h.static {
		flags = h.listed(f.Deal)
	} else if flags, err = h.cfg.Reader.Flagged(ctx, f); err != nil {
		return nil, 0, 0, err
	}
	if len(flags) == 0 {
		return nil, 0, 0, nil
	}
	more := len(flags) > size
	flags = flags[:min(len(flags), size)]
	if f.Oldest {
		slices.Reverse(flags)
	}
	if more || f.Oldest {
		older = flags[len(flags)-1].ID
	}
	if f.Before > 0 || f.Oldest && more {
		newer = flags[0].ID
	}
	rows, err = h.rows(ctx, flags)
	return rows, older, newer, err
}

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
	v := searchView{filters: h.filters(l), Terms: len(terms) > 0}
	for _, hit := range hits {
		v.Hits = append(v.Hits, h.hit(hit, terms))
	}
	if next > 0 {
		v.Older = h.address(look{Filter: at(l.plain(), 0, next), search: l.search})
	}
	if l.Before > 0 {
		v.First = h.address(look{Filter: l.plain(), search: l.search})
	}
	b, err := h.render("search", shell{Title: "Search: " + line(l.search), Here: "index", Feeds: subscribe(h.site.All(l.plain())), Page: v})
	if err != nil {
		return nil, err
	}
	return h.cache.dates.settle(h.address(l), newContent("text/html; charset=utf-8", pagePolicy, b, h.cfg.Now())), nil
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
