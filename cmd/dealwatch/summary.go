package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

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

// summary counts what the replay made of the captures.
func (r *replay) summary(ctx context.Context) summary {
	var sum summary
	for _, src := range r.srcs {
		for _, name := range slices.Sorted(maps.Keys(src.last)) { // what came right later is no failure
			p := src.last[name]
			if o := p.Outcome; o != dealwatch.OK && o != dealwatch.Unchanged && o != dealwatch.Absent {
				src.line.outcome, src.line.remark = o, remark(p.Err)
			}
		}
		sum.lines = append(sum.lines, src.line)
		sum.failed = sum.failed || src.line.outcome != dealwatch.OK || src.line.failed > 0
	}
	n := r.counts
	sum.notes = append(sum.notes, fmt.Sprintf("replayed %d captures: %d listing pages, %d documents, %d redirects, %d that no source recognised",
		n.captures, n.listings, n.documents, n.redirects, n.strangers))
	for _, src := range r.srcs {
		if src.unwanted+src.repeated > 0 {
			sum.notes = append(sum.notes, fmt.Sprintf("left out of %s's listings: %d unwanted (of no kind that is read), %d repeated",
				src.name, src.unwanted, src.repeated))
		}
	}
	if len(r.refused) > 0 {
		var parts []string
		for _, o := range slices.SortedFunc(maps.Keys(r.refused), cmp.Compare) {
			parts = append(parts, fmt.Sprintf("%s %d", o, r.refused[o]))
		}
		sum.notes = append(sum.notes, "not read: "+strings.Join(parts, ", "))
	}
	if ctx.Err() != nil {
		sum.failed = true
		sum.notes = append(sum.notes, "interrupted: what was read is stored; run the same command again to go on")
	}
	return sum
}
