package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
)

func (a *app) coverageCmd() *cobra.Command {
	var source, since string
	cmd := &cobra.Command{
		Use:   "coverage",
		Short: "Show what was read in full, when, and every gap with the command that fills it",
		Args:  cobra.NoArgs,
		Example: `  dealwatch coverage
  dealwatch coverage --source edgar --since 2026-11-01`,
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
			return a.coverage(cmd.Context(), source, at)
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "only this source")
	cmd.Flags().StringVar(&since, "since", "", "only polls from this date or time on")
	return cmd
}

// coverage prints a row a stream: how often it was polled and proved complete, and
// the last time it was; then the open gaps.
func (a *app) coverage(ctx context.Context, source string, since time.Time) error {
	st, err := a.openStore(ctx)
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
			if err := t.add(name, stream, c.polls, c.complete, stamp(c.last), c.from, c.to, c.outcome, gap, fill); err != nil {
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
