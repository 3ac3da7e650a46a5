package web

import (
	"cmp"
	"context"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// row is a flag as a list shows it.
type row struct {
	Title     string
	Link      string // the document at the agency; "" where it has no address that is safe
	Host      string // of Link
	Page      string
	Deal      string
	DealPage  string
	Agency    string
	Kind      string
	Dated     string // by the agency
	FlaggedAt time.Time
	Where     string // how close together
	Withdrawn bool
	Quotes    []feed.Quote
}

// rows are the newest flags that the filter chooses, with the passages that made them.
func (h *Handler) rows(ctx context.Context, f dealwatch.Filter, limit int) ([]row, error) {
	f.Limit = limit
	flags, err := h.cfg.Reader.Flagged(ctx, f)
	if err != nil || len(flags) == 0 {
		return nil, err
	}
	f.Limit = 3 * limit // a flag has an event or two
	events, err := h.cfg.Reader.Events(ctx, f)
	if err != nil {
		return nil, err
	}
	quotes := map[int64][]feed.Quote{}
	for _, ev := range events {
		if quotes[ev.Flag.ID] == nil {
			quotes[ev.Flag.ID] = feed.Quotes(ev)
		}
	}
	out := make([]row, 0, len(flags))
	for _, flag := range flags {
		out = append(out, h.row(flag, quotes[flag.ID]))
	}
	return out, nil
}

func (h *Handler) row(f dealwatch.Flag, quotes []feed.Quote) row {
	if quotes == nil {
		quotes = feed.Quotes(dealwatch.Event{Snippet: f.Snippet})
	}
	name := cmp.Or(f.DealName, f.DealID)
	for _, d := range h.cfg.Deals {
		if d.ID == f.DealID {
			name = cmp.Or(d.Name, name)
		}
	}
	return row{
		Title: line(cmp.Or(f.Title, f.DocumentID)), Link: feed.Link(f.URL), Host: feed.Host(f.URL), Page: h.path(h.site.DocumentURL(f.DocumentID)),
		Deal: line(name), DealPage: h.path(h.site.DealURL(f.DealID)),
		Agency: line(f.Agency), Kind: line(f.Kind), Dated: line(f.PublishedOn),
		FlaggedAt: f.FlaggedAt, Where: feed.Closeness(f.Closeness),
		Withdrawn: f.State == "withdrawn", Quotes: quotes,
	}
}
