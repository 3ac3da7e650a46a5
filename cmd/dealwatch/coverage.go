package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

func (a *app) coverageCmd() *cobra.Command {
	var source, deal, since string
	var days bool
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Show what was read in full, when, and every gap with the command that fills it",
		Long: `Shows, for each listing of each source, how often it was polled and proved complete,
and its newest gap.

With --days or --deal it answers for each source and day (of UTC): when everything was
read in full, when it was not though it should have been, and why. A day is

` + coveredStates() + `
Every source is read in full for every deal: what --deal adds is how often the deal was
flagged.`,
		Args: cobra.NoArgs,
		Example: `  dealwatch coverage
  dealwatch coverage --source edgar --since 2026-11-01
  dealwatch coverage --deal openai-aws --since 2026-11-16
  dealwatch coverage --days --format csv > coverage.csv`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			at, err := sinceFlag(since)
			if err != nil {
				return err
			}
			if source != "" {
				if err := known([]string{source}); err != nil {
					return err
				}
			}
			if days || deal != "" {
				return a.coverageDays(cmd.Context(), source, deal, at)
			}
			return a.coverage(cmd.Context(), source, at)
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "only this source")
	cmd.Flags().StringVar(&deal, "deal", "", "a row a source and day, and how often this deal was flagged")
	cmd.Flags().StringVar(&since, "since", "", "only polls from this date or time on (by days: the last seven)")
	cmd.Flags().BoolVar(&days, "days", false, "a row a source and day")
	return cmd
}

// coveredStates are the states of a day, a line each.
func coveredStates() string {
	var b strings.Builder
	for _, s := range feed.CoveredStates {
		fmt.Fprintf(&b, "  %-9s %s\n", s.Word, s.Meaning)
	}
	return b.String()
}

// coverageDays prints a row a source and day, the newest day first.
func (a *app) coverageDays(ctx context.Context, source, deal string, since time.Time) error {
	st, err := a.openKept(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if deal != "" {
		if err := a.knownDeal(ctx, st, deal); err != nil {
			return err
		}
	}
	if since.IsZero() {
		since = a.now().AddDate(0, 0, -6)
	}
	columns := []string{"day", "source", "state", "read_in_full", "not_read", "why", "fill_with"}
	if deal != "" {
		columns = append(columns, "flagged")
	}
	type line struct {
		source string
		feed.CoveredDay
		flagged int // for the deal asked for
	}
	var lines []line
	for _, src := range scrapers.All(nil) {
		name := src.Info().Name
		if source != "" && source != name {
			continue
		}
		p, err := a.past(ctx, st, src, since, a.now())
		if err != nil {
			return storeFailure(err)
		}
		flagged := map[string]int{}
		if deal != "" {
			flags, err := st.Flagged(ctx, dealwatch.Filter{Deal: deal, Source: name, Since: since})
			if err != nil {
				return storeFailure(err)
			}
			for _, f := range flags {
				flagged[f.FlaggedAt.UTC().Format(time.DateOnly)]++
			}
		}
		for _, d := range p.days(since, a.now()) {
			lines = append(lines, line{name, d, flagged[d.Day]})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return strings.Compare(b.Day, a.Day) })
	t := newListing(a.stdout, a.format, columns...)
	for _, l := range lines {
		row := []any{l.Day, l.source, l.State, l.Full, l.Unread, l.Why, l.Fill}
		if deal != "" {
			row = append(row, l.flagged)
		}
		if err := t.add(row...); err != nil {
			return err
		}
	}
	return t.close()
}

// covered gives what the pages say of a source's days: what this command says.
func (a *app) covered(st *store.Store) func(ctx context.Context, source string, from, to time.Time) ([]feed.CoveredDay, error) {
	return func(ctx context.Context, source string, from, to time.Time) ([]feed.CoveredDay, error) {
		for _, src := range scrapers.All(nil) {
			if src.Info().Name == source {
				p, err := a.past(ctx, st, src, from, to)
				return p.days(from, to), err
			}
		}
		return nil, nil // of a source of before, nothing is known
	}
}

// past reads what is on record of a source that tells of the days from one to another.
func (a *app) past(ctx context.Context, st *store.Store, src dealwatch.Source, from, to time.Time) (past, error) {
	const beside = 48 * time.Hour // a stretch may have begun before, and end after
	p := past{info: src.Info(), began: make(map[string]string), last: make(map[string]time.Time), now: a.now()}
	for _, s := range src.Streams() {
		p.streams = append(p.streams, s.Name)
		began, last, err := st.Covered(ctx, p.info.Name, s.Name)
		if err != nil {
			return p, err
		}
		if began != "" {
			p.began[s.Name], p.last[s.Name] = began, last
		}
	}
	if p.until = to.Add(24*time.Hour + beside); p.until.After(p.now) {
		p.until = p.now
	}
	var err error
	if p.polls, err = st.PollsOf(ctx, p.info.Name, p.streams, from.Add(-beside), p.until); err != nil {
		return p, err
	}
	gaps, err := st.Gaps(ctx, true)
	p.gaps = slices.DeleteFunc(gaps, func(g dealwatch.Gap) bool {
		return g.Source != p.info.Name || dealwatch.Poll{Stream: g.Stream}.Quarterly()
	})
	return p, err
}

// coverage prints a row a stream: how often it was polled and proved complete, and
// the last time it was; then the open gaps.
func (a *app) coverage(ctx context.Context, source string, since time.Time) error {
	st, err := a.openKept(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	polls, err := st.Polls(ctx, source, since)
	if err != nil {
		return storeFailure(err)
	}
	gaps, err := st.Gaps(ctx, true)
	if err != nil {
		return storeFailure(err)
	}
	t := newListing(a.stdout, a.format, "source", "stream", "polls", "complete", "last_complete", "covers_from", "covers_to", "last_outcome", "open_gap", "fill_with")
	for _, src := range scrapers.All(nil) {
		name := src.Info().Name
		if source != "" && source != name {
			continue
		}
		for _, stream := range streamsOf(src, polls) {
			c := cover(name, stream, polls)
			gap, fill := openGap(name, stream, gaps)
			last := any(stamp(c.last))
			if a.format != "table" {
				last = instantOrNull(c.last)
			}
			if err := t.add(name, stream, c.polls, c.complete, last, orNull(c.from), orNull(c.to), c.outcome, orNull(gap), orNull(fill)); err != nil {
				return err
			}
		}
	}
	return t.close()
}

// streamsOf gives the declared streams of a source, then those that only a replay
// has shown.
func streamsOf(src dealwatch.Source, polls []dealwatch.Poll) []string {
	var names []string
	for _, s := range src.Streams() {
		names = append(names, s.Name)
	}
	for _, p := range polls {
		if p.Source == src.Info().Name && !slices.Contains(names, p.Stream) {
			names = append(names, p.Stream)
		}
	}
	return names
}

type covered struct {
	polls, complete int
	last            time.Time // start of the last complete poll
	from, to        string
	outcome         string
	outcomeAt       time.Time
}

func cover(source, stream string, polls []dealwatch.Poll) covered {
	c := covered{outcome: "never polled"}
	for _, p := range polls {
		if p.Source != source || p.Stream != stream {
			continue
		}
		c.polls++
		if !p.StartedAt.Before(c.outcomeAt) {
			c.outcomeAt, c.outcome = p.StartedAt, string(p.Outcome)
		}
		if !p.Complete {
			continue
		}
		c.complete++
		if p.StartedAt.After(c.last) {
			c.last = p.StartedAt
		}
		if c.from == "" || p.CoversFrom != "" && p.CoversFrom < c.from {
			c.from = p.CoversFrom
		}
		c.to = max(c.to, p.CoversTo)
	}
	return c
}

func openGap(source, stream string, gaps []dealwatch.Gap) (bounds, command string) {
	n := 0
	for _, g := range gaps {
		if g.Source == source && g.Stream == stream && g.ClosedAt.IsZero() {
			n++
			bounds, command = fmt.Sprintf("%s to %s: %s", g.From, g.To, g.Reason), g.Command
		}
	}
	if n > 1 {
		bounds = fmt.Sprintf("%s (and %d more)", bounds, n-1)
	}
	return bounds, command
}
