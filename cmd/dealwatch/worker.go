package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
)

// worker takes sources along the path with one store, watchlist and client.
type worker struct {
	*app
	store    *store.Store
	book     func() *rules.Book // the watchlist in force
	client   *crawl.Client
	limit    int
	joined   *store.Worker // this process among the workers; nil to ask nobody
	offline  bool          // a replay, which needs no contact
	cause    dealwatch.Cause
	progress *progress
}

// pollAll polls the named sources, or all, at the same time: each host keeps its
// own pace, so the slowest does not hold up the others.
func (w *worker) pollAll(ctx context.Context, r dealwatch.Range, names []string) summary {
	if r.Since != "" || r.Until != "" {
		w.cause = dealwatch.Backfill
	}
	srcs := chosen(w.client, names)
	lines := make([]line, len(srcs))
	errs := make([]error, len(srcs))
	var wg sync.WaitGroup
	for i, src := range srcs {
		wg.Go(func() { lines[i], errs[i] = w.poll(ctx, src, r) })
	}
	wg.Wait()
	sum := summary{}
	for i, l := range lines {
		sum.lines = append(sum.lines, l)
		if errs[i] != nil {
			sum.store = errs[i]
		}
		if l.outcome != dealwatch.OK && l.outcome != skipped {
			sum.failed = true
		}
	}
	if ctx.Err() != nil {
		sum.failed = true
		sum.notes = append(sum.notes, "interrupted: what was read is stored; run the same command again to go on")
	}
	return sum
}

// skipped is the outcome of a source that was left out, which is no failure.
const skipped dealwatch.Outcome = "skipped"

// incomplete is the outcome of a source whose listing proved less than was asked for.
const incomplete dealwatch.Outcome = "incomplete"

// poll takes one source along the path, under its lease.
func (w *worker) poll(ctx context.Context, src dealwatch.Source, r dealwatch.Range) (line, error) {
	info := src.Info()
	l := line{source: info.Name}
	if info.Contact && w.contact == "" {
		l.outcome, l.remark = skipped, "needs a contact address: add --contact you@example.org"
		return l, nil
	}
	lease, err := w.store.Claim(ctx, info.Name)
	if err != nil {
		l.outcome, l.remark = dealwatch.Failed, err.Error()
		var held *store.HeldError
		if ctx.Err() != nil || errors.As(err, &held) {
			return l, nil
		}
		return l, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }() // a lease that is not released expires
	return w.pollUnder(ctx, lease, src, r)
}

// pollUnder polls a source whose lease is held.
func (w *worker) pollUnder(ctx context.Context, lease *store.Lease, src dealwatch.Source, r dealwatch.Range) (line, error) {
	l := line{source: src.Info().Name}
	poller := w.poller(lease)
	poller.Shape = drift{w.store, src.Info().Name, w.now}.lost
	watch := &attentive{Source: src, store: w.store, log: w.log, asked: map[string]*crawl.Condition{}}
	polls, err := poller.Poll(ctx, watch, r)
	l.outcome = dealwatch.OK
	switch {
	case errors.Is(err, dealwatch.ErrOurs):
		l.outcome, l.remark = dealwatch.Interrupted, "a trouble of our own, told below"
	case err != nil:
		l.outcome, l.remark = dealwatch.Failed, err.Error()
	}
	for _, p := range polls {
		l.add(p)
	}
	if err == nil {
		err = watch.remember(context.WithoutCancel(ctx), polls)
	}
	if rec, ok := src.(dealwatch.Reconciler); ok && err == nil && r.Since != "" && ctx.Err() == nil && fellShort(polls) {
		err = w.backfill(ctx, lease, rec, r, &l)
	}
	if err == nil {
		err = w.incidents(context.WithoutCancel(ctx), &l)
	}
	if err == nil {
		err = w.tellLate(context.WithoutCancel(ctx), src)
	}
	return l, err
}

// tellLate logs that a source cannot be polled as often as it should be.
func (w *worker) tellLate(ctx context.Context, src dealwatch.Source) error {
	bs, err := readBudgets(ctx, w.store)
	if late := bs.late(src); late != "" {
		w.log.Warn("polled late", "source", src.Info().Name, "err", late)
	}
	return err
}

// fellShort reports whether a listing did not reach the range that was asked for: it
// ended of itself, broke off, or could not be read. One that the host refused is left out:
// a refusal holds for the whole host, and every second channel is on that one, as a test
// makes sure. A rule of robots.txt is about that listing alone.
func fellShort(polls []dealwatch.Poll) bool {
	return slices.ContainsFunc(polls, func(p dealwatch.Poll) bool {
		refused := p.Outcome == dealwatch.Blocked && p.Evidence.RetryAfter > 0
		return !p.Complete && !refused && p.Outcome != dealwatch.Absent
	})
}

// backfill takes from the second channel what the listings of a source no longer reach.
func (w *worker) backfill(ctx context.Context, lease *store.Lease, src dealwatch.Reconciler, r dealwatch.Range, l *line) error {
	looks, err := w.second(ctx, lease, src, r, dealwatch.Backfill)
	whole := len(looks) > 0
	for _, look := range looks {
		l.listed += look.Second
		l.read += look.read
		l.raised += look.raised
		l.failed += look.failed
		if look.short() || look.failed > 0 {
			whole = false
			l.remark = remark(cmp.Or(look.err, l.remark))
		}
	}
	if whole && l.outcome == incomplete {
		l.outcome, l.remark = dealwatch.OK, "from the second channel: "+strings.TrimPrefix(looks[0].Stream, "second: ")
	}
	return err
}

func (w *worker) poller(led dealwatch.Ledger) *dealwatch.Poller {
	book := w.book()
	return &dealwatch.Poller{
		Ledger: led, Match: book.Match, Deals: book.Deals(), Cause: w.cause,
		Now: w.now, Log: w.log, Limit: w.limit, Tell: w.progress.tell,
	}
}
