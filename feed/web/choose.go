package web

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

const (
	listedDeals = 100 // that are all listed in a choice
	recentDeals = 40  // that are proposed where there are more
)

// choosable are the deals that a choice lists: all of them, or where they are too many
// those that were flagged last, and then the first ones of the watchlist.
func (h *Handler) choosable(ctx context.Context) ([]dealwatch.Deal, error) {
	if len(h.cfg.Deals) <= listedDeals {
		return h.cfg.Deals, nil
	}
	flags := h.flags
	if !h.static {
		var err error
		if flags, err = h.cfg.Reader.Flagged(ctx, dealwatch.Filter{Limit: 5 * recentDeals}); err != nil {
			return nil, err
		}
	}
	var out []dealwatch.Deal
	taken := map[string]bool{}
	take := func(d dealwatch.Deal) {
		if !taken[d.ID] && len(out) < recentDeals {
			taken[d.ID] = true
			out = append(out, d)
		}
	}
	for _, f := range flags[:min(len(flags), 5*recentDeals)] {
		if i := slices.IndexFunc(h.cfg.Deals, func(d dealwatch.Deal) bool { return d.ID == f.DealID }); i >= 0 {
			take(h.cfg.Deals[i])
		}
	}
	for _, d := range h.cfg.Deals[:recentDeals] {
		take(d)
	}
	return out, nil
}

// spell replaces the deal of a query by its id, where it is typed by its name or a part
// of it. What fits no deal stays as it is.
func (h *Handler) spell(q url.Values) error {
	typed := feed.Line(q.Get("deal"))
	if typed == "" || len(q["deal"]) != 1 {
		return nil
	}
	var fit []dealwatch.Deal
	for _, d := range h.cfg.Deals {
		name := cmp.Or(d.Name, d.ID)
		if d.ID == typed || strings.EqualFold(name, typed) {
			q.Set("deal", d.ID)
			return nil
		}
		if strings.Contains(strings.ToLower(name), strings.ToLower(typed)) {
			fit = append(fit, d)
		}
	}
	switch len(fit) {
	case 0:
	case 1:
		q.Set("deal", fit[0].ID)
	default:
		var names []string
		for _, d := range fit[:min(len(fit), 10)] {
			names = append(names, fmt.Sprintf("%s (%s)", line(cmp.Or(d.Name, d.ID)), d.ID))
		}
		if more := len(fit) - len(names); more > 0 {
			names = append(names, fmt.Sprintf("and %d more", more))
		}
		return badQuery("%d deals have %q in their names: %s. Write more of the name, or an id.", len(fit), line(typed), strings.Join(names, ", "))
	}
	return nil
}
