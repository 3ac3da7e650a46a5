package web

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// filter reads the filters of a query. A value that is not known is an error, for an
// empty feed would look like good news. An empty value, as a form sends it, is none.
func (h *Handler) filter(ctx context.Context, q url.Values) (f dealwatch.Filter, err error) {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		values := q[name]
		if len(values) > 1 {
			return f, badQuery("The filter %q is given %d times.", name, len(values))
		}
		v := values[0]
		var known bool
		switch name {
		case "deal":
			f.Deal = v
			known = slices.ContainsFunc(h.cfg.Deals, func(d dealwatch.Deal) bool { return d.ID == v })
		case "source":
			f.Source = v
			known = slices.ContainsFunc(h.cfg.Sources, func(in dealwatch.Info) bool { return in.Name == v })
		case "kind":
			f.Kind = v
			known = slices.Contains(h.kinds(), v)
		case "closeness":
			f.Closeness = dealwatch.Closeness(v)
			known = f.Closeness.Rank() > 0
		case "since":
			f.Since, known = day(v)
			if !known && v != "" {
				return f, badQuery("The date %q is not known: since takes a day as 2026-01-31.", v)
			}
		default:
			return f, badQuery("There is no filter %q: the filters are deal, source, kind, closeness and since.", name)
		}
		if v != "" && !known {
			err := badQuery("There is no %s %q.", name, v)
			if name == "deal" {
				return f, h.noDeal(ctx, v, err)
			}
			return f, err
		}
	}
	return f, nil
}

// asked are the parameters of an address, without those that mark where a link was found
// and ask for nothing.
func asked(raw string) (url.Values, error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, badQuery("The part of the address after the question mark cannot be read.")
	}
	maps.DeleteFunc(q, func(name string, _ []string) bool {
		return strings.HasPrefix(name, "utm_") || name == "fbclid" || name == "gclid"
	})
	return q, nil
}

// unfiltered refuses parameters where none is understood: without a word, everything
// would be taken for what was asked for.
func unfiltered(path, raw string) error {
	if all, ok := strings.CutPrefix(path, "/feeds/all."); path == "/" || ok && !strings.Contains(all, "/") {
		return nil
	}
	q, err := asked(raw)
	for _, name := range sortedKeys(q) {
		return badQuery("There is no filter %q here: deal, source, kind, closeness and since narrow the first page and the feed of all.", line(name))
	}
	return err
}

// kinds are all kinds of document that some source reads.
func (h *Handler) kinds() []string {
	var out []string
	for _, in := range h.cfg.Sources {
		out = append(out, in.Kinds...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
