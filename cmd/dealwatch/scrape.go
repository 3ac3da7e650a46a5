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
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// scrape is one run over the sources.
type scrape struct {
	*app
	since, until string
	limit        int
	replay       []string
	asOf         string
	archive      string
	noArchive    bool
	allowPrivate bool
}

func (a *app) scrapeCmd() *cobra.Command {
	s := &scrape{app: a}
	cmd := &cobra.Command{
		Use:   "scrape [SOURCE...]",
		Short: "Poll the sources once, match, store, and show what is newly flagged",
		Long: `Polls the sources once (all of them by default): lists what they published, reads
what is new, matches it against the watchlist and stores it. Prints the newly
flagged documents and a line for each source.

With --replay nothing is fetched: WARC files answer instead, ours or anybody's,
and each source picks out its own pages.`,
		Example: `  dealwatch scrape
  dealwatch scrape ftc-press edgar --contact you@example.org
  dealwatch scrape federal-register --since 2026-01-01 --until 2026-03-31
  dealwatch scrape --replay archive/*.warc.gz --db replayed.db`,
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&s.since, "since", "", "read back to this date that the agency states, YYYY-MM-DD")
	f.StringVar(&s.until, "until", "", "and not past this date, YYYY-MM-DD")
	f.IntVar(&s.limit, "limit", 0, "read at most so many documents a source")
	f.StringArrayVar(&s.replay, "replay", nil, "read WARC files instead of the network; further files may follow")
	f.StringVar(&s.asOf, "as-of", "", "with --replay: take captures up to this time only, RFC 3339 or YYYY-MM-DD")
	addArchiveFlags(f, &s.archive, &s.noArchive)
	f.BoolVar(&s.allowPrivate, "allow-private", false, "allow requests to private and loopback addresses")
	return cmd
}

func (s *scrape) run(ctx context.Context, args []string) error {
	if len(s.replay) > 0 {
		args = replayFiles(args, &s.replay)
		if s.since != "" || s.until != "" {
			return usage("bound a replay with --as-of, or leave --replay out", "--since and --until do not go with --replay")
		}
		if s.limit != 0 {
			return usage("bound a replay with --as-of, or leave --replay out", "--limit does not go with --replay")
		}
	} else if s.asOf != "" {
		return usage("add --replay FILE...", "--as-of goes with --replay")
	}
	if s.limit < 0 {
		return usage("give the most documents a source, or leave it out", "--limit %d is below zero", s.limit)
	}
	r, err := dateRange(s.since, s.until)
	if err != nil {
		return err
	}
	if err := known(args); err != nil {
		return err
	}
	book, err := s.book()
	if err != nil {
		return err
	}
	var tape *warc.Tape
	if len(s.replay) > 0 {
		if tape, err = warc.OpenTape(s.replay...); err != nil {
			return usage("check the file with `dealwatch archive verify FILE`, or leave it out", "replay: %v", err)
		}
	}
	st, err := s.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	mark, err := newestEvent(ctx, st)
	if err != nil {
		return storeFailure(err)
	}
	_, leave, err := s.join(ctx, st, book)
	if err != nil {
		return err
	}
	defer leave()
	if err := s.adopt(ctx, st, book); err != nil {
		return storeFailure(err)
	}
	arch, err := s.openArchive(s.archive, s.noArchive)
	if err != nil {
		return err
	}
	if arch != nil {
		defer arch.Close()
	}
	client := s.newClient(st, arch, tape, s.allowPrivate)
	w := &worker{app: s.app, store: st, book: func() *rules.Book { return book }, client: client, limit: s.limit, progress: newProgress(s.stderr, s.onTerminal() && !s.quiet)}
	var sum summary
	if tape != nil {
		asOf, err := instant(s.asOf)
		if err != nil {
			return err
		}
		sum, err = w.replay(ctx, tape, arch, asOf, args)
		if err != nil {
			w.progress.stop()
			return storeFailure(err)
		}
	} else {
		sum = w.pollAll(ctx, r, args)
	}
	w.progress.stop()
	return s.finish(ctx, st, mark, sum)
}

// replayFiles moves files from args to the files of --replay: a shell turns
// --replay *.warc.gz into one flag value and further arguments.
func replayFiles(args []string, files *[]string) []string {
	return slices.DeleteFunc(args, func(arg string) bool {
		file := strings.ContainsAny(arg, `/\`) || strings.Contains(arg, ".warc")
		if file {
			*files = append(*files, arg)
		}
		return file
	})
}

// summary is a line a source and how the run ended.
type summary struct {
	lines  []line
	notes  []string // for people, on stderr
	failed bool     // some source failed or is incomplete
	store  error    // the store failed
}

type line struct {
	source                       string
	listed, read, raised, failed int
	outcome                      dealwatch.Outcome
	remark                       string
}

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
	watch := &attentive{Source: src, store: w.store, log: w.log, asked: map[string]*crawl.Condition{}}
	polls, err := w.poller(lease).Poll(ctx, watch, r)
	l.outcome = dealwatch.OK
	if err != nil {
		l.outcome, l.remark = dealwatch.Failed, err.Error()
	}
	for _, p := range polls {
		l.add(p)
	}
	if err == nil {
		err = watch.remember(context.WithoutCancel(ctx), polls)
	}
	if rec, ok := src.(dealwatch.Reconciler); ok && err == nil && r.Since != "" && ctx.Err() == nil && endsEarly(polls) {
		err = w.backfill(ctx, lease, rec, r, &l)
	}
	return l, err
}

// endsEarly reports whether a listing ended of itself before the range that was asked for.
func endsEarly(polls []dealwatch.Poll) bool {
	return slices.ContainsFunc(polls, func(p dealwatch.Poll) bool { return !p.Complete && p.Outcome == dealwatch.OK })
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

// add takes a poll into the source's line. The first thing that went wrong is the
// remark.
func (l *line) add(p dealwatch.Poll) {
	l.listed += p.Listed
	l.read += p.Read
	l.raised += p.Raised
	l.failed += p.Failed
	good := p.Outcome == dealwatch.OK || p.Outcome == dealwatch.Unchanged
	if l.outcome == dealwatch.OK && (!good || !p.Complete || p.Failed > 0) {
		l.outcome = p.Outcome
		if good {
			l.outcome = incomplete
		}
	}
	if l.remark == "" && p.Err != "" {
		l.remark = remark(p.Err)
	}
}

// remark is an error without the address, which would fill the line.
func remark(err string) string {
	if rest, ok := strings.CutPrefix(err, "read "); ok {
		if _, what, ok := strings.Cut(rest, ": "); ok {
			return what
		}
	}
	return err
}

// finish prints what is newly flagged, a line a source, and the next step.
func (s *scrape) finish(ctx context.Context, st *store.Store, mark int64, sum summary) error {
	ctx = context.WithoutCancel(ctx)
	events, err := st.Events(ctx, dealwatch.Filter{After: mark})
	if err != nil {
		return storeFailure(err)
	}
	slices.Reverse(events) // oldest first, so that the newest stands next to the prompt
	if !s.quiet || len(events) > 0 {
		if err := printEvents(s.stdout, s.format, events); err != nil {
			return err
		}
	}
	out := s.stdout
	if s.format != "table" || s.quiet {
		out = s.stderr
	}
	if !s.quiet {
		fmt.Fprintln(out)
		t := newListing(out, "table", "source", "listed", "read", "flagged", "failed", "outcome", "remark")
		for _, l := range sum.lines {
			_ = t.add(l.source, l.listed, l.read, l.raised, l.failed, string(l.outcome), l.remark)
		}
		if err := t.close(); err != nil {
			return err
		}
		for _, n := range sum.notes {
			fmt.Fprintln(s.stderr, n)
		}
		fmt.Fprintf(s.stderr, "\nnext: dealwatch flagged%s   or   dealwatch serve%s, then subscribe to http://127.0.0.1:8080/feeds/all.atom\n", s.dbHint(), s.dbHint())
	}
	switch {
	case sum.store != nil:
		return storeFailure(sum.store)
	case sum.failed:
		return quietly(exitSome)
	}
	return nil
}

// dbHint repeats --db where it was given, so that a suggested command can be run
// as printed. A DSN may hold a password and is not repeated.
func (a *app) dbHint() string {
	if a.db == "dealwatch.db" || strings.Contains(a.db, "://") {
		return ""
	}
	return " --db " + a.db
}

func printEvents(out interface{ Write([]byte) (int, error) }, format string, events []dealwatch.Event) error {
	if len(events) == 0 && format == "table" {
		_, err := fmt.Fprintln(out, "nothing newly flagged")
		return err
	}
	t := newListing(out, format, "what", "deal", "closeness", "date", "document", "title")
	if format != "table" {
		t = newListing(out, format, "what", "deal_id", "closeness", "published_on", "document_id", "title", "url", "snippet", "cause", "happened_at")
	}
	for _, e := range events {
		row := []any{string(e.What), e.Flag.DealID, string(e.Closeness), e.Flag.PublishedOn, e.Flag.DocumentID, e.Flag.Title}
		if format != "table" {
			row = append(row, e.Flag.URL, e.Snippet, string(e.Cause), e.HappenedAt.UTC().Format(instantForm))
		}
		if err := t.add(row...); err != nil {
			return err
		}
	}
	return t.close()
}

// instantForm is how instants are printed: RFC 3339 in UTC with six decimals.
const instantForm = "2006-01-02T15:04:05.000000Z"

func newestEvent(ctx context.Context, st *store.Store) (int64, error) {
	events, err := st.Events(ctx, dealwatch.Filter{Limit: 1})
	if err != nil || len(events) == 0 {
		return 0, err
	}
	return events[0].ID, nil
}

// chosen gives the named sources, or all.
func chosen(c *crawl.Client, names []string) []dealwatch.Source {
	var srcs []dealwatch.Source
	for _, src := range scrapers.All(c) {
		if len(names) == 0 || slices.Contains(names, src.Info().Name) {
			srcs = append(srcs, src)
		}
	}
	return srcs
}

// known refuses a name that no source has.
func known(names []string) error {
	var all []string
	for _, info := range scrapers.Infos() {
		all = append(all, info.Name)
	}
	for _, n := range names {
		if !slices.Contains(all, n) {
			return usage("sources are "+strings.Join(all, ", "), "unknown source %q", n)
		}
	}
	return nil
}

func dateRange(since, until string) (dealwatch.Range, error) {
	for _, d := range []string{since, until} {
		if d == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return dealwatch.Range{}, usage("write dates as 2026-01-31", "%q is no date", d)
		}
	}
	if since != "" && until != "" && until < since {
		return dealwatch.Range{}, usage("swap them", "--until %s is before --since %s", until, since)
	}
	return dealwatch.Range{Since: since, Until: until}, nil
}

// instant reads a point in time; a bare date means the end of that day, UTC. The
// zero time stands for "".
func instant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, usage("write a time as 2026-01-31T12:00:00Z, or a date", "%q is no time", s)
	}
	return t.Add(24*time.Hour - time.Microsecond), nil
}
