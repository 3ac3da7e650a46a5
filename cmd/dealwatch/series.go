package main

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/dealwatch/dealwatch"
)

// seriesGap parts two polls of one stream: pages captured closer together belong to
// one.
const seriesGap = 2 * time.Minute

// series is one listing as captured: pages of one stream, taken within seriesGap of
// one another.
type series struct {
	stream dealwatch.Stream
	from   time.Time
	to     time.Time
	pages  map[int][]dealwatch.Item
	broke  error
}

// page adds a listing page to its series. The same page again begins the next.
func (r *replay) page(ctx context.Context, src *replayed, c dealwatch.Capture, sight dealwatch.Sight) error {
	s := src.open[sight.Stream]
	if s != nil {
		if _, again := s.pages[sight.Page]; again {
			if err := r.closeOne(ctx, src, s); err != nil {
				return err
			}
			s = nil
		}
	}
	if s == nil {
		s = &series{stream: streamOf(src, sight.Stream), from: c.At, pages: make(map[int][]dealwatch.Item)}
		src.open[sight.Stream] = s
	}
	s.to = c.At
	s.pages[sight.Page] = sight.Items
	if sight.Err != nil {
		s.broke = sight.Err
	}
	return nil
}

// closeSeries ends the series that no page of a capture made at the given time can
// belong to.
func (r *replay) closeSeries(ctx context.Context, at time.Time) error {
	for _, src := range r.srcs {
		for _, name := range slices.Sorted(maps.Keys(src.open)) {
			if s := src.open[name]; at.Sub(s.to) >= seriesGap {
				if err := r.closeOne(ctx, src, s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// closeOne puts a series on record as a poll of its stream and reads those of its
// items that are pending and captured.
func (r *replay) closeOne(ctx context.Context, src *replayed, s *series) error {
	delete(src.open, s.stream.Name)
	r.moment = s.to
	r.tape.Seek(s.to)
	first, err := src.lease.First(ctx, s.stream.Name)
	if err != nil {
		return err
	}
	stray, err := r.beyond(ctx, src, s)
	if err != nil {
		return err
	}
	stream := s.stream
	stream.Window = s.joined() // all that was captured is read, known or not
	poll, err := src.poller.List(ctx, src.name, stream, dealwatch.Range{First: first}, s.listing())
	if err != nil {
		return err
	}
	poll.Listed += stray.Listed
	poll.Fresh += stray.Fresh
	keys := make(map[string]bool)
	for _, page := range s.pages {
		for _, it := range page {
			keys[it.Key] = true
		}
	}
	due, err := src.lease.Due(ctx, time.Time{})
	if err != nil {
		return err
	}
	for _, it := range due {
		if keys[it.Key] && (it.Content != "" || r.captured(it)) {
			rec, err := r.read(ctx, src, it)
			if err != nil {
				return err
			}
			poll.Raised += rec.Raised
			if rec.Outcome == dealwatch.OK {
				poll.Read++
			}
		}
	}
	poll.StartedAt, poll.EndedAt = s.from, s.to
	src.line.listed += poll.Listed
	src.last[s.stream.Name] = poll
	return src.lease.Close(ctx, poll)
}

// joined is how many pages from the first on were captured without one missing.
func (s *series) joined() int {
	n := 0
	for {
		if _, ok := s.pages[n]; !ok {
			return n
		}
		n++
	}
}

// beyond notes the items of pages that lie beyond one that was not captured. They prove
// nothing: however well known they are, what is new may stand on the missing page.
func (r *replay) beyond(ctx context.Context, src *replayed, s *series) (dealwatch.Poll, error) {
	var items []dealwatch.Item
	for _, n := range slices.Sorted(maps.Keys(s.pages)) {
		if n > s.joined() {
			items = append(items, s.pages[n]...)
		}
	}
	if len(items) == 0 {
		return dealwatch.Poll{}, nil
	}
	fresh, err := src.lease.Note(ctx, s.stream.Name, items, s.to, false)
	return dealwatch.Poll{Listed: len(items), Fresh: fresh}, err
}

// listing gives the pages in order, from the first up to one that was not captured.
// Where others lie beyond that, it ends in an error.
func (s *series) listing() iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		for n := range s.joined() {
			if len(s.pages[n]) > 0 && !yield(s.pages[n], nil) {
				return
			}
		}
		switch {
		case s.broke != nil:
			yield(nil, s.broke)
		case len(s.pages) > s.joined():
			yield(nil, &dealwatch.ReadError{Outcome: dealwatch.Absent, URL: s.address(),
				Err: fmt.Errorf("page %d of the listing was not captured", s.joined()+1)})
		}
	}
}

func (s *series) address() string {
	if s.stream.URL == "" {
		return "the listing " + s.stream.Name
	}
	return s.stream.URL
}

func streamOf(src dealwatch.Source, name string) dealwatch.Stream {
	for _, s := range src.Streams() {
		if s.Name == name {
			return s
		}
	}
	return dealwatch.Stream{Name: name}
}
