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
	DealPage  string // "" where the deal is followed no longer
	Agency    string
	Kind      string
	Dated     string // by the agency
	FlaggedAt time.Time
	Where     string // how close together
	Withdrawn bool
	Quotes    []feed.Quote
	Under     bool // the list has a heading of its own
}

// rows are the flags as a list shows them, with the passages that made them.
func (h *Handler) rows(ctx context.Context, flags []dealwatch.Flag) ([]row, error) {
	mentions, err := h.cfg.Reader.Mentions(ctx, flags)
	if err != nil {
		return nil, err
	}
	out := make([]row, 0, len(flags))
	for _, f := range flags {
		out = append(out, h.row(f, feed.Quotes(dealwatch.Event{Snippet: f.Snippet, Mentions: mentions[f.ID]})))
	}
	return out, nil
}

func (h *Handler) row(f dealwatch.Flag, quotes []feed.Quote) row {
	name := cmp.Or(f.DealName, f.DealID)
	for _, d := range h.cfg.Deals {
		if d.ID == f.DealID {
			name = cmp.Or(d.Name, name)
		}
	}
	r := row{
		Title: line(cmp.Or(f.Title, f.DocumentID)), Link: feed.Link(f.URL), Host: feed.Host(f.URL), Page: h.path(h.site.DocumentURL(f.DocumentID)),
		Deal:   line(name),
		Agency: line(f.Agency), Kind: line(f.Kind), Dated: line(f.PublishedOn),
		FlaggedAt: f.FlaggedAt, Where: feed.Closeness(f.Closeness),
		Withdrawn: f.State == "withdrawn", Quotes: quotes,
	}
	if h.site.Follows(f.DealID) {
		r.DealPage = h.path(h.site.DealURL(f.DealID))
	}
	return r
}
