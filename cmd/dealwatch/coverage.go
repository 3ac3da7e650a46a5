package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
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

  proved    every listing was read to known ground after the day was over
  so far    the day is not over, and the last poll read every listing in full
  unproved  no complete poll has come since
  gap       a poll could not prove it; the command fills it
  before    not later than the oldest that was ever listed

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
	var all []past
	for _, src := range scrapers.All(nil) {
		if name := src.Info().Name; source == "" || source == name {
			p, err := a.past(ctx, st, src, deal, since)
			if err != nil {
				return storeFailure(err)
			}
			all = append(all, p)
		}
	}
	type line struct {
		past
		coveredDay
	}
	var lines []line
	for _, p := range all {
		for _, d := range p.days(since) {
			lines = append(lines, line{p, d})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int { return strings.Compare(b.day, a.day) })
	t := newListing(a.stdout, a.format, columns...)
	for _, l := range lines {
		row := []any{l.day, l.info.Name, l.state, l.full, clocks(l.unread), l.why, l.fill}
		if deal != "" {
			row = append(row, l.flagged[l.day])
		}
		if err := t.add(row...); err != nil {
			return err
		}
	}
	return t.close()
}

// past reads what is on record of a source.
func (a *app) past(ctx context.Context, st *store.Store, src dealwatch.Source, deal string, since time.Time) (past, error) {
	p := past{info: src.Info(), began: make(map[string]string), last: make(map[string]time.Time), flagged: make(map[string]int), now: a.now()}
	for _, s := range src.Streams() {
		p.streams = append(p.streams, s.Name)
	}
	polls, err := st.Polls(ctx, p.info.Name, since.AddDate(0, 0, -2)) // a stretch may have begun before
	if err != nil {
		return p, err
	}
	for _, poll := range slices.Backward(polls) {
		if !poll.Second() {
			p.polls = append(p.polls, poll)
		}
		if poll.Complete && poll.StartedAt.After(p.last[poll.Stream]) {
			p.last[poll.Stream] = poll.StartedAt
		}
	}
	const first = `SELECT stream, MIN(COALESCE(covers_from, substr(started_at, 1, 10))) AS began FROM polls
		WHERE complete = 1 AND source = '%s' GROUP BY stream`
	err = st.Query(ctx, fmt.Sprintf(first, p.info.Name), func(_ []string, row []any) error {
		if row != nil {
			p.began[plain(row[0])] = plain(row[1])
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	gaps, err := st.Gaps(ctx, true)
	if err != nil {
		return p, err
	}
	p.gaps = slices.DeleteFunc(gaps, func(g dealwatch.Gap) bool { return g.Source != p.info.Name })
	if deal == "" {
		return p, nil
	}
	flags, err := st.Flagged(ctx, dealwatch.Filter{Deal: deal, Source: p.info.Name, Since: since})
	for _, f := range flags {
		p.flagged[f.FlaggedAt.UTC().Format(time.DateOnly)]++
	}
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
