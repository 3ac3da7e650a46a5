package web

import (
	"cmp"
	"context"

	"github.com/dealwatch/dealwatch"
)

type feedsView struct {
	OPML                 string
	All, Health          []link
	Deals, Sources       []feedsOf
	Short                bool // one address of a deal stands for all
	MoreDeals            int
	Example, ExampleName string // a feed of a query
}

type feedsOf struct {
	Name, Page string
	Feeds      []link
}

// spelt is how many deals have their addresses spelt out.
const spelt = 50

func (h *Handler) feedsPage() *unit {
	return &unit{filter: nothing, build: func(context.Context) (map[string]*content, error) {
		v := feedsView{
			OPML:   h.site.Base + "/feeds.opml",
			All:    subscribe(h.site.All(dealwatch.Filter{})),
			Health: subscribe(h.site.HealthChannel()),
		}
		for _, d := range h.cfg.Deals {
			v.Deals = append(v.Deals, feedsOf{line(cmp.Or(d.Name, d.ID)), h.path(h.site.DealURL(d.ID)), subscribe(h.site.Deal(d))})
		}
		for _, in := range h.cfg.Sources {
			v.Sources = append(v.Sources, feedsOf{Name: line(cmp.Or(in.Title, in.Name)), Feeds: subscribe(h.site.Source(in))})
		}
		if len(h.cfg.Deals) > 0 {
			d := h.cfg.Deals[0]
			v.Example = h.site.All(dealwatch.Filter{Deal: d.ID, Closeness: dealwatch.InSentence}).URL("atom")
			v.ExampleName = line(cmp.Or(d.Name, d.ID))
		}
		deals := v.Deals
		return fit(max(len(deals), 1), 1, func(room int) (map[string]*content, error) {
			v.Deals = deals[:min(room, len(deals))]
			v.MoreDeals = len(deals) - len(v.Deals)
			v.Short = len(v.Deals) > spelt
			return h.html("feeds", shell{Title: "How to subscribe", Here: "feeds", Page: v})
		})
	}}
}
