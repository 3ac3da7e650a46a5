package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// reconciling is one run over the second channels.
type reconciling struct {
	*app
	since, until string
	quarter      string
	replay       []string
	archive      string
	noArchive    bool
	allowPrivate bool
}

func (a *app) reconcileCmd() *cobra.Command {
	r := &reconciling{app: a}
	cmd := &cobra.Command{
		Use:   "reconcile [SOURCE...]",
		Short: "Compare each source with its second channel, and deliver what was missed",
		Long: `Compares what the sources listed with their second channels: FTC and White House
feeds with the HTML listings, the Federal Register's API with the contents of each
day's issue, EDGAR's latest filings with its daily index. What only the second channel
shows is read, matched and delivered with the cause "late". A day on which it cannot be
read, or lacks what the listings show, is a gap, which the next runs try again, and an
incident while they do; the exit code is 1.

Without dates, yesterday and today are compared (Friday to Monday over a weekend), and
the days of the last three on which a second channel failed. "serve" does this nightly,
and on Sundays compares EDGAR's index of the quarter too, which holds what was corrected
since; --quarter does that at any time, for the days since the watch began. A look is
kept in the view reconciliations.`,
		Example: `  dealwatch reconcile
  dealwatch reconcile edgar --contact you@example.org
  dealwatch reconcile edgar --quarter 2026-Q4 --contact you@example.org
  dealwatch reconcile federal-register --since 2026-11-02 --until 2026-11-06
  dealwatch reconcile edgar --since 2025-04-18 --until 2025-04-18 --replay archive/*.warc.gz`,
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&r.since, "since", "", "compare from this date that the agency states, YYYY-MM-DD")
	f.StringVar(&r.until, "until", "", "and not past this date, YYYY-MM-DD (default today)")
	f.StringVar(&r.quarter, "quarter", "", "compare with the index of this quarter, as in 2026-Q4, or of the present one: now")
	f.StringArrayVar(&r.replay, "replay", nil, "read WARC files instead of the network; further files may follow")
	addArchiveFlags(f, &r.archive, &r.noArchive)
	f.BoolVar(&r.allowPrivate, "allow-private", false, "allow requests to private and loopback addresses")
	return cmd
}

func (r *reconciling) run(ctx context.Context, args []string) error {
	var tape *warc.Tape
	if len(r.replay) > 0 {
		args = replayFiles(args, &r.replay)
		if r.since == "" && r.quarter == "" {
			return usage("add --since and --until, or --quarter", "--replay needs the dates to compare")
		}
		var err error
		if tape, err = warc.OpenTape(r.replay...); err != nil {
			return usage("check the file with `dealwatch archive verify FILE`, or leave it out", "replay: %v", err)
		}
	}
	days, err := dateRange(r.since, r.until)
	if err != nil {
		return err
	}
	if days.Since == "" && days.Until != "" {
		return usage("add --since", "--until needs --since")
	}
	if err := reconcilable(args); err != nil {
		return err
	}
	if r.quarter != "" {
		if days, err = r.quarterDays(days, args); err != nil {
			return err
		}
	}
	book, err := r.book()
	if err != nil {
		return err
	}
	st, err := r.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	mark, err := newestEvent(ctx, st)
	if err != nil {
		return storeFailure(err)
	}
	_, leave, err := r.join(ctx, st, book)
	if err != nil {
		return err
	}
	defer leave()
	if err := r.adopt(ctx, st, book); err != nil {
		return storeFailure(err)
	}
	arch, err := r.openArchive(ctx, st, r.archive, r.noArchive)
	if err != nil {
		return err
	}
	if arch != nil {
		defer arch.Close()
	}
	client := r.newClient(st, arch, tape, r.allowPrivate)
	w := &worker{app: r.app, store: st, book: func() *rules.Book { return book }, client: client, offline: tape != nil, progress: newProgress(r.stderr, r.onTerminal() && !r.quiet)}
	compare := w.reconcile
	if r.quarter != "" {
		compare = w.reconcileQuarter
	}
	compared, err := w.reconcileAll(ctx, days, args, compare)
	w.progress.stop()
	if err != nil {
		return storeFailure(err)
	}
	return r.finish(ctx, st, mark, compared)
}

// comparison is what came of one source's second channels.
type comparison struct {
	source string
	looks  []lookedAt
	remark string // why there was none
}

// lookedAt is a look at a second channel as it is on record, and what could not be done.
type lookedAt struct {
	dealwatch.Reconciled
	read, raised, failed int    // of what only it shows; what failed stays pending
	err                  string // why the second channel showed nothing
	note                 string // what else is to be said
}

// finish prints what is newly flagged and a line a look.
func (r *reconciling) finish(ctx context.Context, st *store.Store, mark int64, all []comparison) error {
	events, err := st.Events(context.WithoutCancel(ctx), dealwatch.Filter{After: mark})
	if err != nil {
		return storeFailure(err)
	}
	slices.Reverse(events)
	failed, late := ctx.Err() != nil, 0
	for _, c := range all {
		for _, l := range c.looks {
			failed = failed || l.Short != "" || l.failed > 0
			late += l.Late
		}
	}
	if !r.quiet || late > 0 || failed {
		if r.format == "table" {
			if err := printEvents(r.stdout, r.format, events); err != nil {
				return err
			}
			fmt.Fprintln(r.stdout)
		}
		if err := r.print(all); err != nil {
			return err
		}
	}
	if failed {
		return quietly(exitSome)
	}
	return nil
}

func (r *reconciling) print(all []comparison) error {
	t := newListing(r.stdout, r.format, "source", "second_channel", "from", "to", "outcome", "second", "first", "late", "lacking", "remark")
	for _, c := range all {
		if len(c.looks) == 0 {
			if r.format == "table" {
				if err := t.add(c.source, "-", "-", "-", string(skipped), "-", "-", "-", "-", c.remark); err != nil {
					return err
				}
			}
			continue
		}
		for _, l := range c.looks {
			notes := cmp.Or(remark(l.err), l.note)
			if l.failed > 0 {
				notes = fmt.Sprintf("%d of the late could not be read yet", l.failed)
			}
			err := t.add(c.source, strings.TrimPrefix(l.Stream, "second: "), l.From, l.To, string(l.Outcome), l.Second, l.First, l.Late, l.Lacking, notes)
			if err != nil {
				return err
			}
		}
	}
	return t.close()
}

// reconcileAll compares the named sources that have a second channel, or all of them,
// at the same time.
func (w *worker) reconcileAll(ctx context.Context, r dealwatch.Range, names []string,
	compare func(context.Context, dealwatch.Reconciler, dealwatch.Range) (comparison, error)) ([]comparison, error) {
	srcs := reconcilers(w.client, names)
	all := make([]comparison, len(srcs))
	errs := make([]error, len(srcs))
	var wg sync.WaitGroup
	for i, src := range srcs {
		wg.Go(func() { all[i], errs[i] = compare(ctx, src, r) })
	}
	wg.Wait()
	return all, errors.Join(errs...)
}

// reconcile compares one source for the days of r, or the last ones, under its lease.
func (w *worker) reconcile(ctx context.Context, src dealwatch.Reconciler, r dealwatch.Range) (comparison, error) {
	return w.underLease(ctx, src, func(lease *store.Lease, c *comparison) (err error) {
		return w.compare(ctx, lease, src, r, c)
	})
}

func (w *worker) compare(ctx context.Context, lease *store.Lease, src dealwatch.Reconciler, r dealwatch.Range, c *comparison) (err error) {
	if r.Since == "" {
		if r, err = w.recent(ctx, c.source); err != nil {
			return err
		}
	}
	c.looks, err = w.second(ctx, lease, src, r, dealwatch.Late)
	if err == nil && c.source == "whitehouse" {
		c.looks, err = w.printed(ctx, lease, r, c.looks)
	}
	if len(c.looks) == 0 {
		c.remark = "nothing can be known of these days yet"
	}
	return err
}

// underLease compares a source under its lease. One that was never polled is left out:
// everything would seem to have been missed.
func (w *worker) underLease(ctx context.Context, src dealwatch.Source, compare func(*store.Lease, *comparison) error) (comparison, error) {
	info := src.Info()
	c := comparison{source: info.Name}
	if info.Contact && w.contact == "" && !w.offline {
		c.remark = "needs a contact address: add --contact you@example.org"
		return c, nil
	}
	lease, err := w.store.Claim(ctx, info.Name)
	if err != nil {
		if ctx.Err() != nil {
			err = nil
		}
		return c, err
	}
	defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }() // a lease that is lost ends by itself
	polled, err := w.everPolled(ctx, info.Name)
	if err != nil {
		return c, err
	}
	if !polled {
		c.remark = "has listed nothing yet: run dealwatch scrape " + info.Name + " first"
		return c, nil
	}
	err = compare(lease, &c)
	return c, err
}

// patience is how long a second channel that failed for a day is tried again.
const patience = 3*24*time.Hour + 12*time.Hour

// longest is how far back days are compared on which no process was up.
const longest = 31

// recent is the last business day and today, from the oldest day on of which a second
// channel has not been seen though it should have been these days, or that no look has
// come to since the last one, because nobody was up.
func (w *worker) recent(ctx context.Context, source string) (dealwatch.Range, error) {
	now := w.now().UTC()
	day := now.AddDate(0, 0, -1)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, -1)
	}
	r := dealwatch.Range{Since: day.Format(time.DateOnly), Until: now.Format(time.DateOnly)}
	gaps, err := w.store.Gaps(ctx, true)
	if err != nil {
		return r, err
	}
	for _, g := range gaps {
		p := dealwatch.Poll{Stream: g.Stream}
		if g.Source == source && p.Second() && !p.Quarterly() && now.Sub(g.OpenedAt) < patience {
			r.Since = min(r.Since, g.From)
		}
	}
	polls, err := w.store.Polls(ctx, source, now.AddDate(0, 0, -longest))
	seen := make(map[string]string) // by channel, the last day that a look came to
	for _, p := range polls {
		if p.Second() && !p.Quarterly() {
			seen[p.Stream] = max(seen[p.Stream], p.CoversTo)
		}
	}
	for _, to := range seen {
		r.Since = min(r.Since, to)
	}
	return r, err
}

// everPolled reports whether some listing of a source was ever read.
func (w *worker) everPolled(ctx context.Context, source string) (bool, error) {
	rows, err := w.store.Health(ctx)
	i := slices.IndexFunc(rows, func(h dealwatch.Health) bool { return h.Source == source })
	return i >= 0 && !rows[i].LastOKAt.IsZero(), err
}

// reconcilers gives those of the named sources, or of all, that have a second channel.
func reconcilers(c *crawl.Client, names []string) []dealwatch.Reconciler {
	var all []dealwatch.Reconciler
	for _, src := range chosen(c, names) {
		if r, ok := src.(dealwatch.Reconciler); ok {
			all = append(all, r)
		}
	}
	return all
}

// reconcilable refuses a name that no source has, or one without a second channel.
func reconcilable(names []string) error {
	if err := known(names); err != nil {
		return err
	}
	var with []string
	for _, src := range reconcilers(nil, nil) {
		with = append(with, src.Info().Name)
	}
	for _, n := range names {
		if !slices.Contains(with, n) {
			return usage("sources with one are "+strings.Join(with, ", "), "%s has no second channel to compare it with", n)
		}
	}
	return nil
}
