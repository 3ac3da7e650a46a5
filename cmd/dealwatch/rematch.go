package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

func (a *app) rematchCmd() *cobra.Command {
	var dry bool
	var since string
	cmd := &cobra.Command{
		Use:   "rematch",
		Short: "Apply the watchlist to the stored documents, or show what it would change",
		Long: `Matches every stored document against the watchlist. scrape and serve do so by
themselves for deals that are new or changed. With --dry-run nothing is stored: the
flags that would be gained, lost, changed and kept are shown by deal, each with its
sentence, and counted. Those of a deal that the watchlist has no longer are shown as
unfollowed: they stay as they are, and the deal's feed ends.`,
		Args: cobra.NoArgs,
		Example: `  dealwatch rematch --dry-run --watchlist new.yaml
  dealwatch rematch --dry-run --since 2026-10-01 --format json
  dealwatch rematch`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := sinceFlag(since)
			if err != nil {
				return err
			}
			if !dry && !at.IsZero() {
				return usage("leave --since out: a watchlist is applied to all that is stored", "--since goes with --dry-run")
			}
			return a.runRematch(cmd.Context(), dry, at)
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "store nothing, show what would change")
	cmd.Flags().StringVar(&since, "since", "", "with --dry-run: only documents first seen on or after this date")
	return cmd
}

func (a *app) runRematch(ctx context.Context, dry bool, since time.Time) error {
	book, err := a.book()
	if err != nil {
		return err
	}
	st, err := a.openKept(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if dry {
		return a.compare(ctx, st, book, since)
	}
	_, leave, err := a.join(ctx, st, book)
	if err != nil {
		return err
	}
	defer leave()
	mark, err := newestEvent(ctx, st)
	if err != nil {
		return storeFailure(err)
	}
	if err := st.SetSources(ctx, scrapers.Infos()); err != nil {
		return storeFailure(err)
	}
	if err := a.rematch(ctx, st, book, book.Deals()); err != nil {
		return storeFailure(err)
	}
	if err := st.SetDeals(ctx, book.Deals()); err != nil {
		return storeFailure(err)
	}
	events, err := st.Events(ctx, dealwatch.Filter{After: mark})
	if err != nil {
		return storeFailure(err)
	}
	slices.Reverse(events)
	if a.quiet && len(events) == 0 {
		return nil
	}
	return printEvents(a.stdout, a.format, events)
}

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
	if changed := changedDeals(before, book.Deals()); len(changed) == 0 {
		err = st.EndRuns(ctx, a.now())
	} else {
		err = a.rematch(ctx, st, book, changed)
	}
	if err != nil {
		return err
	}
	return st.SetDeals(ctx, book.Deals())
}

// rematch matches every stored document against the given deals of the book, in a run
// that ends however far it came.
func (a *app) rematch(ctx context.Context, st *store.Store, book *rules.Book, deals []dealwatch.Deal) (err error) {
	run, err := st.BeginRun(ctx, a.now())
	if err != nil {
		return err
	}
	defer func() {
		if end := run.End(context.WithoutCancel(ctx), a.now()); err == nil {
			err = end
		}
	}()
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
			rec, err := lease.Record(ctx, d.Version, matches, dealwatch.Reach{Cause: dealwatch.Rematch, At: a.now(), Run: run.At, Deals: deals})
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
