package main

import (
	"context"
	"iter"
	"log/slog"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
)

// attentive is a source whose listings are read again only if the server says that
// their first page has changed. That is asked where a first page tells: not of a
// listing in which items appear below the top, and not for a range of dates.
type attentive struct {
	dealwatch.Source
	store *store.Store
	log   *slog.Logger
	asked map[string]*crawl.Condition // by stream
}

// List implements [dealwatch.Source].
func (a *attentive) List(ctx context.Context, s dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	if s.Window > 1 || r.Since != "" || r.Until != "" {
		return a.Source.List(ctx, s, r)
	}
	cond := &crawl.Condition{URL: s.URL}
	etag, modified, err := a.store.Validators(ctx, a.Info().Name, s.Name, s.URL)
	if err != nil {
		a.log.Warn("read in full", "source", a.Info().Name, "err", err)
	}
	cond.Have = crawl.Validators{ETag: etag, LastModified: modified}
	a.asked[s.Name] = cond
	return a.Source.List(crawl.IfChanged(ctx, cond), s, r)
}

// remember keeps the validators of each listing that was read whole and is on record:
// kept any sooner, a run that is killed would take the listing for known.
func (a *attentive) remember(ctx context.Context, polls []dealwatch.Poll) error {
	for _, p := range polls {
		cond := a.asked[p.Stream]
		if cond == nil || cond.Got.None() || p.Outcome != dealwatch.OK || !p.Complete {
			continue
		}
		if err := a.store.SetValidators(ctx, p.Source, p.Stream, cond.URL, cond.Got.ETag, cond.Got.LastModified); err != nil {
			return err
		}
	}
	return nil
}
