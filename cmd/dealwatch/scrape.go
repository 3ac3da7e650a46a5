package main

import (
	"context"
	"slices"
	"strings"
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
	arch, err := s.openArchive(ctx, st, s.archive, s.noArchive)
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

// dbHint repeats --db where it was given, so that a suggested command can be run
// as printed. A DSN may hold a password and is not repeated.
func (a *app) dbHint() string {
	if a.db == "dealwatch.db" || strings.Contains(a.db, "://") {
		return ""
	}
	return " --db " + a.db
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
