package main

import (
	"context"
	"slices"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

// adopt makes the watchlist and the sources known to the store. Deals that are new or
// whose rule has changed are matched against what is stored first, so that a run that
// is killed in between does it again.
func (a *app) adopt(ctx context.Context, st *store.Store, book *rules.Book) error {
	if err := st.SetSources(ctx, scrapers.Infos()); err != nil {
		return err
	}
	before, err := st.Deals(ctx)
	if err != nil {
		return err
	}
	if changed := changedDeals(before, book.Deals()); len(changed) > 0 {
		if err := a.rematch(ctx, st, book, changed); err != nil {
			return err
		}
	}
	return st.SetDeals(ctx, book.Deals())
}

// rematch matches every stored document against the given deals of the book.
func (a *app) rematch(ctx context.Context, st *store.Store, book *rules.Book, deals []dealwatch.Deal) error {
	documents, events := 0, 0
	for _, info := range scrapers.Infos() {
		lease, err := st.Claim(ctx, info.Name)
		if err != nil {
			return err
		}
		err = st.Documents(ctx, info.Name, func(d dealwatch.Document) error {
			matches := slices.DeleteFunc(book.Match(d.Version), func(m dealwatch.Match) bool {
				return !slices.ContainsFunc(deals, func(deal dealwatch.Deal) bool { return deal.ID == m.DealID })
			})
			rec, err := lease.Record(ctx, d.Version, matches, dealwatch.Reach{Cause: dealwatch.Rematch, At: a.now(), Deals: deals})
			documents++
			events += rec.Events
			return err
		})
		if release := lease.Release(context.WithoutCancel(ctx)); err == nil {
			err = release
		}
		if err != nil {
			return err
		}
	}
	if documents > 0 {
		a.log.Info("watchlist changed", "rule", len(deals), "read", documents, "raised", events)
	}
	return nil
}

// changedDeals gives the deals that are not on record as they are now.
func changedDeals(before, now []dealwatch.Deal) []dealwatch.Deal {
	return slices.DeleteFunc(slices.Clone(now), func(d dealwatch.Deal) bool {
		return slices.ContainsFunc(before, func(b dealwatch.Deal) bool { return b.ID == d.ID && b.RuleVersion == d.RuleVersion })
	})
}
