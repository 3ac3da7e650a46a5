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

const indexFlags = 40

// choice is an option of a filter.
type choice struct {
	Value, Label string
	Chosen       bool
}

// filters are the form of the first page.
type filters struct {
	Deals, Sources, Kinds, Closenesses []choice
	Typed                              bool   // the deals are too many to choose from: Deals are some of them
	Deal                               string // the one that is chosen, where it is typed
	MoreDeals                          int    // that are not among Deals
	Since, Search                      string
	Filtered                           string // what the filter chooses, in words
	Any                                bool   // something is chosen
}

func (h *Handler) filters(ctx context.Context, look look) (filters, error) {
	f := look.Filter
	v := filters{Search: look.search, Any: look.search != "", Deal: f.Deal}
	deals, err := h.choosable(ctx)
	if err != nil {
		return v, err
	}
	v.MoreDeals = len(h.cfg.Deals) - len(deals)
	v.Typed = v.MoreDeals > 0
	for _, d := range deals {
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
	return v, nil
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
	if l.search != "" && after != "" {
		return l, badQuery("A page of a search begins before a place, not after one.")
	}
	q.Del("q")
	q.Del("after")
	q.Del("before")
	if err := h.spell(q); err != nil {
		return l, err
	}
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
		chosen, err := h.filters(ctx, l)
		if err != nil {
			return nil, err
		}
		v := indexView{filters: chosen}
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
