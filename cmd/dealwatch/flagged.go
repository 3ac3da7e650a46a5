package main

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

func (a *app) flaggedCmd() *cobra.Command {
	var f dealwatch.Filter
	var since, closeness string
	cmd := &cobra.Command{
		Use:   "flagged",
		Short: "List the flagged items",
		Args:  cobra.NoArgs,
		Example: `  dealwatch flagged
  dealwatch flagged --deal openai-aws --since 2026-11-01
  dealwatch flagged --source edgar --format csv > flagged.csv`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if f.Since, err = sinceFlag(since); err != nil {
				return err
			}
			if f.Closeness = dealwatch.Closeness(closeness); closeness != "" && f.Closeness.Rank() == 0 {
				return usage("use title, sentence, filer, paragraph or document", "unknown closeness %q", closeness)
			}
			return a.flagged(cmd.Context(), f)
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.Deal, "deal", "", "only this deal")
	fl.StringVar(&f.Source, "source", "", "only this source")
	fl.StringVar(&f.Kind, "kind", "", "only this kind of document")
	fl.StringVar(&closeness, "closeness", "", "only flags this close: title, sentence, filer, paragraph, document")
	fl.StringVar(&since, "since", "", "flagged on or after this date or time")
	fl.IntVar(&f.Limit, "limit", 0, "at most so many, the newest")
	return cmd
}

func (a *app) flagged(ctx context.Context, f dealwatch.Filter) error {
	if f.Source != "" {
		if err := known([]string{f.Source}); err != nil {
			return err
		}
	}
	if f.Limit < 0 {
		return usage("give the most flags to list, or leave it out", "--limit %d is below zero", f.Limit)
	}
	if f.Kind != "" && !slices.ContainsFunc(scrapers.Infos(), func(i dealwatch.Info) bool { return slices.Contains(i.Kinds, f.Kind) }) {
		return usage("`dealwatch sources --long` lists the kinds of each source", "unknown kind %q", f.Kind)
	}
	st, err := a.openKept(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if f.Deal != "" {
		if err := a.knownDeal(ctx, st, f.Deal); err != nil {
			return err
		}
	}
	flags, err := st.Flagged(ctx, f)
	if err != nil {
		return storeFailure(err)
	}
	slices.Reverse(flags) // oldest first, so that the newest stands next to the prompt
	if a.format == "table" {
		t := newListing(a.stdout, a.format, "flagged", "deal", "closeness", "state", "date", "document", "title")
		for _, fl := range flags {
			if err := t.add(fl.FlaggedAt.UTC().Format("2006-01-02 15:04"), fl.DealID, string(fl.Closeness), fl.State, fl.PublishedOn, fl.DocumentID, fl.Title); err != nil {
				return err
			}
		}
		return t.close()
	}
	t := newListing(a.stdout, a.format, "flag_id", "deal_id", "deal_name", "document_id", "source", "agency", "kind", "title", "url",
		"published_on", "published_at", "flagged_at", "version", "closeness", "snippet", "cause", "state", "rule_version", "sha256")
	for _, fl := range flags {
		if err := t.add(fl.ID, fl.DealID, fl.DealName, fl.DocumentID, fl.Source, fl.Agency, fl.Kind, fl.Title, fl.URL,
			orNull(fl.PublishedOn), instantOrNull(fl.PublishedAt), instantOrNull(fl.FlaggedAt), fl.Version, string(fl.Closeness), fl.Snippet,
			string(fl.Cause), fl.State, fl.RuleVersion, fl.SHA256); err != nil {
			return err
		}
	}
	return t.close()
}

// knownDeal refuses a deal that neither the watchlist nor the store knows, since an
// empty answer would look like good news.
func (a *app) knownDeal(ctx context.Context, st *store.Store, id string) error {
	book, err := a.book()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(book.Deals(), func(d dealwatch.Deal) bool { return d.ID == id }) {
		return nil
	}
	flags, err := st.Flagged(ctx, dealwatch.Filter{Deal: id, Limit: 1})
	if err != nil {
		return storeFailure(err)
	}
	if len(flags) == 0 {
		return usage("`dealwatch rules check` lists the deals", "no deal %q in the watchlist or the store", id)
	}
	return nil
}

// sinceFlag reads a date (its first moment, UTC) or an instant.
func sinceFlag(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, usage("write 2026-01-31 or 2026-01-31T12:00:00Z", "--since %q is no date", s)
	}
	return t, nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func instantOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(instantForm)
}
