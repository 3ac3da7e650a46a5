package dealwatch_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// ground is a ledger that knows some keys and remembers what is noted.
type ground struct {
	dealwatch.Ledger
	known map[string]bool
	noted []string
	whole bool
}

func (g *ground) Ground(_ context.Context, _ string, items []dealwatch.Item) (n int, err error) {
	for _, it := range items {
		if g.known[it.Key] {
			n++
		}
	}
	return n, nil
}

func (g *ground) Note(_ context.Context, _ string, items []dealwatch.Item, _ time.Time, whole bool) (int, error) {
	for _, it := range items {
		g.noted = append(g.noted, it.Key)
	}
	g.whole = whole
	return len(items), nil
}

// page lists entries by key, each dated like "a@2026-03-01".
func page(entries string) []dealwatch.Item {
	var items []dealwatch.Item
	for _, e := range strings.Fields(entries) {
		key, on, _ := strings.Cut(e, "@")
		it := dealwatch.Item{Source: "s", Key: key, URL: "https://example.org/" + key, Title: key, PublishedOn: on}
		if key == "?" {
			it.Title = ""
		}
		items = append(items, it)
	}
	return items
}

func TestListComplete(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		name     string
		pages    []string
		broke    error
		known    string
		stream   dealwatch.Stream
		r        dealwatch.Range
		complete bool
		outcome  dealwatch.Outcome
		asked    int // pages taken
		whole    bool
	}{
		{"the first listing", []string{"a b c"}, nil, "", dealwatch.Stream{}, dealwatch.Range{First: true}, true, dealwatch.OK, 1, true},
		{"new above the known", []string{"d c b a"}, nil, "a b c", dealwatch.Stream{}, dealwatch.Range{}, true, dealwatch.OK, 1, true},
		{"pages on to a known page", []string{"f e", "d c", "b a", "x y"}, nil, "a b", dealwatch.Stream{}, dealwatch.Range{}, true, dealwatch.OK, 3, true},
		{"a known page within the window", []string{"b a", "d c", "x y"}, nil, "a b c d", dealwatch.Stream{Window: 2}, dealwatch.Range{}, true, dealwatch.OK, 2, true},
		{"all new: what lies between is not proved", []string{"f e d"}, nil, "a b c", dealwatch.Stream{}, dealwatch.Range{}, false, dealwatch.OK, 1, true},
		{"an old entry pinned to the top", []string{"a f e d"}, nil, "a b c", dealwatch.Stream{}, dealwatch.Range{}, false, dealwatch.OK, 1, true},
		{"a backdated entry slipped in at the end", []string{"d c b a z"}, nil, "a b c d", dealwatch.Stream{}, dealwatch.Range{}, true, dealwatch.OK, 1, true},
		{"an entry without a date among others", []string{"d@2026-03-04 c@2026-03-03 b"}, nil, "a b c d", dealwatch.Stream{}, dealwatch.Range{}, false, dealwatch.Unparsed, 1, false},
		{"an entry without a title", []string{"d c b ?"}, nil, "b c d ?", dealwatch.Stream{}, dealwatch.Range{}, false, dealwatch.Unparsed, 1, false},
		{"ends within its window", []string{"d c", "b a"}, nil, "a b c d", dealwatch.Stream{Window: 3}, dealwatch.Range{}, false, dealwatch.Unparsed, 2, false},
		{"breaks off", []string{"f e"}, broken, "a b", dealwatch.Stream{}, dealwatch.Range{}, false, dealwatch.Failed, 1, false},
		{"lists nothing", []string{""}, nil, "a", dealwatch.Stream{}, dealwatch.Range{}, false, dealwatch.Empty, 1, false},
		{"lists nothing, which is no fault", []string{""}, nil, "a", dealwatch.Stream{Quiet: true}, dealwatch.Range{}, true, dealwatch.OK, 1, true},
		{"back to the date asked for", []string{"d@2026-03-04 c@2026-03-03", "b@2026-03-02 a@2026-02-27", "x y"}, nil, "", dealwatch.Stream{},
			dealwatch.Range{Since: "2026-03-01"}, true, dealwatch.OK, 2, true},
		{"one old date in the midst", []string{"f@2026-03-06 e@2016-03-05 d@2026-03-04", "c@2026-03-03", "b@2026-02-28"}, nil, "", dealwatch.Stream{},
			dealwatch.Range{Since: "2026-03-01"}, true, dealwatch.OK, 3, true},
		{"says unchanged though items appear below the top", nil, &dealwatch.ReadError{Outcome: dealwatch.Unchanged}, "a b", dealwatch.Stream{Window: 2},
			dealwatch.Range{}, false, dealwatch.Unparsed, 0, false},
		{"says unchanged", nil, &dealwatch.ReadError{Outcome: dealwatch.Unchanged}, "a b", dealwatch.Stream{}, dealwatch.Range{}, true, dealwatch.Unchanged, 0, false},
		{"does not page on", []string{"d c", "d c", "d c", "d c", "d c"}, nil, "b", dealwatch.Stream{}, dealwatch.Range{}, false, dealwatch.Unparsed, 3, false},
		{"pushed down by a page while it is read", []string{"d c", "d c", "b a"}, nil, "a b", dealwatch.Stream{}, dealwatch.Range{}, true, dealwatch.OK, 3, true},
		{"ends before the date asked for", []string{"d@2026-03-04 c@2026-03-03"}, nil, "", dealwatch.Stream{}, dealwatch.Range{Since: "2026-03-01"},
			false, dealwatch.OK, 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			led := &ground{known: make(map[string]bool)}
			for _, k := range strings.Fields(c.known) {
				led.known[k] = true
			}
			asked := 0
			var pages iter.Seq2[[]dealwatch.Item, error] = func(yield func([]dealwatch.Item, error) bool) {
				for _, p := range c.pages {
					asked++
					if !yield(page(p), nil) {
						return
					}
				}
				if c.broke != nil {
					yield(nil, c.broke)
				}
			}
			p := &dealwatch.Poller{Ledger: led, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
			poll, err := p.List(t.Context(), "s", c.stream, c.r, pages)
			if err != nil {
				t.Fatal(err)
			}
			if poll.Complete != c.complete || poll.Outcome != c.outcome || asked != c.asked || led.whole != c.whole {
				t.Errorf("complete %t, outcome %s, %d pages, whole %t; want %t, %s, %d, %t (%s)",
					poll.Complete, poll.Outcome, asked, led.whole, c.complete, c.outcome, c.asked, c.whole, poll.Err)
			}
		})
	}
}

// TestListDateToCome takes a date that is still to come for no proof of the days up to it.
func TestListDateToCome(t *testing.T) {
	now := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	p := &dealwatch.Poller{Ledger: &ground{known: map[string]bool{}}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
	poll, err := p.List(t.Context(), "s", dealwatch.Stream{}, dealwatch.Range{First: true}, func(yield func([]dealwatch.Item, error) bool) {
		yield(page("b@2099-03-06 a@2026-03-05"), nil)
	})
	if err != nil || poll.CoversFrom != "2026-03-05" || poll.CoversTo != "2026-03-07" {
		t.Errorf("covers %s to %s, %v; want 2026-03-05 to the day after the poll", poll.CoversFrom, poll.CoversTo, err)
	}
}

// TestListPinned takes an old item above newer ones for no proof of the days between,
// but where the listing is whole.
func TestListPinned(t *testing.T) {
	now := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	for whole, want := range map[bool]string{false: "2026-03-04", true: "2025-10-02"} {
		p := &dealwatch.Poller{Ledger: &ground{known: map[string]bool{"b": true, "a": true}}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)}
		poll, err := p.List(t.Context(), "s", dealwatch.Stream{Whole: whole}, dealwatch.Range{}, func(yield func([]dealwatch.Item, error) bool) {
			yield(page("old@2025-10-02 c@2026-03-06 b@2026-03-05 a@2026-03-04"), nil)
		})
		if err != nil || !poll.Complete || poll.CoversFrom != want || poll.CoversTo != "2026-03-06" {
			t.Errorf("whole %v: covers %s to %s, complete %v, %v; want from %s", whole, poll.CoversFrom, poll.CoversTo, poll.Complete, err, want)
		}
	}
}

// TestListTwins keeps two documents under one key apart: the first is taken, and the
// poll says so.
func TestListTwins(t *testing.T) {
	led := &ground{}
	one, two := page("a b"), page("a")
	two[0].URL, two[0].Title = "https://example.org/other", "Another"
	p := &dealwatch.Poller{Ledger: led, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	poll, err := p.List(t.Context(), "s", dealwatch.Stream{}, dealwatch.Range{First: true}, func(yield func([]dealwatch.Item, error) bool) {
		yield(append(one, two...), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if poll.Outcome != dealwatch.Unparsed || poll.Complete || !strings.Contains(poll.Err, "share the key a") {
		t.Errorf("outcome %s, complete %t: %s", poll.Outcome, poll.Complete, poll.Err)
	}
	if len(led.noted) != 2 {
		t.Errorf("noted %q, want the first a, and b", led.noted)
	}
}

// refusing is a source whose second document is not to be had.
type refusing struct {
	dealwatch.Source
	why  *dealwatch.ReadError
	read []string
}

func (s *refusing) Info() dealwatch.Info        { return dealwatch.Info{Name: "s"} }
func (s *refusing) Streams() []dealwatch.Stream { return []dealwatch.Stream{{Name: "all"}} }

func (s *refusing) List(context.Context, dealwatch.Stream, dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) { yield(page("a b c"), nil) }
}

func (s *refusing) Read(_ context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	s.read = append(s.read, it.Key)
	if it.Key == "b" {
		return dealwatch.Version{}, s.why
	}
	return dealwatch.Version{Item: it, Text: "x"}, nil
}

// queue is a ledger in which all that was listed is due.
type queue struct {
	ground
	poll      dealwatch.Poll
	postponed int
}

func (q *queue) First(context.Context, string) (bool, error)              { return true, nil }
func (q *queue) Due(context.Context, time.Time) ([]dealwatch.Item, error) { return page("a b c"), nil }
func (q *queue) Record(context.Context, dealwatch.Version, []dealwatch.Match, dealwatch.Reach) (dealwatch.Recorded, error) {
	return dealwatch.Recorded{}, nil
}
func (q *queue) Postpone(context.Context, dealwatch.Item, time.Time, error) error {
	q.postponed++
	return nil
}
func (q *queue) Close(_ context.Context, p dealwatch.Poll) error { q.poll = p; return nil }

// TestRefusalEndsThePoll stops at a host that refuses, and goes on behind a document that
// only robots.txt forbids. The listing was read all the same.
func TestRefusalEndsThePoll(t *testing.T) {
	for _, c := range []struct {
		name string
		why  dealwatch.ReadError
		read string
	}{
		{"a refusal", dealwatch.ReadError{Outcome: dealwatch.Blocked, Status: 403, RetryAfter: time.Hour}, "a b"},
		{"a rule of robots.txt", dealwatch.ReadError{Outcome: dealwatch.Blocked}, "a b c"},
		{"a page of another shape", dealwatch.ReadError{Outcome: dealwatch.Unparsed}, "a b c"},
	} {
		src, led := &refusing{why: &c.why}, &queue{ground: ground{known: map[string]bool{}}}
		p := &dealwatch.Poller{Ledger: led, Now: time.Now, Match: func(dealwatch.Version) []dealwatch.Match { return nil }, Log: slog.New(slog.DiscardHandler)}
		if _, err := p.Poll(t.Context(), src, dealwatch.Range{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(src.read, " "); got != c.read || led.poll.Outcome != dealwatch.OK || !led.poll.Complete || led.poll.Failed != 1 || led.poll.Evidence != (dealwatch.Evidence{}) {
			t.Errorf("%s: read %q, poll %+v; want %q, and a good listing", c.name, got, led.poll, c.read)
		}
	}
}

// breaking is a source whose listing breaks off in its midst: the end of ctx, or why.
type breaking struct {
	refusing
	stop func()
	why  error
}

func (s *breaking) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{{Name: "all"}, {Name: "never come to"}}
}

func (s *breaking) List(ctx context.Context, _ dealwatch.Stream, _ dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		if yield(page("f@2026-03-06 e@2026-03-05"), nil) {
			s.stop()
			yield(nil, &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: errors.Join(s.why, ctx.Err())})
		}
	}
}

// strict is a ledger that does nothing once its context has ended, as a store.
type strict struct{ queue }

func (s *strict) First(ctx context.Context, _ string) (bool, error) { return false, ctx.Err() }

func (s *strict) Ground(ctx context.Context, _ string, _ []dealwatch.Item) (int, error) {
	return 0, ctx.Err()
}

func (s *strict) Note(ctx context.Context, stream string, items []dealwatch.Item, at time.Time, whole bool) (int, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return s.queue.Note(ctx, stream, items, at, whole)
}

func (s *strict) Due(ctx context.Context, _ time.Time) ([]dealwatch.Item, error) {
	return page("f"), ctx.Err()
}

// TestPollInterrupted shows that a listing which we broke off ourselves is on record with
// what it showed, and blames nobody; and that a trouble of our own ends the poll.
func TestPollInterrupted(t *testing.T) {
	full := fmt.Errorf("no space left under /home/me: %w", dealwatch.ErrOurs)
	for _, c := range []struct {
		name string
		stop bool
		why  error
		err  error
	}{
		{"told to stop", true, nil, nil},
		{"the archive is full", false, full, dealwatch.ErrOurs},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			src, led := &breaking{stop: func() {}, why: c.why}, &strict{}
			if c.stop {
				src.stop = cancel
			}
			p := &dealwatch.Poller{Ledger: led, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
			polls, err := p.Poll(ctx, src, dealwatch.Range{})
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if len(polls) != 1 || led.poll.Outcome != dealwatch.Interrupted || led.poll.Complete || led.poll.CoversFrom != "2026-03-05" ||
				led.poll.Evidence != (dealwatch.Evidence{}) || strings.Contains(led.poll.Err, "/home") {
				t.Errorf("polls %+v", polls)
			}
			if got := strings.Join(led.noted, " "); got != "f e" || led.whole || len(src.read) > 0 {
				t.Errorf("noted %q, whole %t, then read %q; want f e, not as known ground, and nothing", got, led.whole, src.read)
			}
		})
	}
}

// TestReadOurTrouble postpones no document for a trouble of our own.
func TestReadOurTrouble(t *testing.T) {
	full := fmt.Errorf("no space left: %w", dealwatch.ErrOurs)
	src, led := &refusing{why: &dealwatch.ReadError{Outcome: dealwatch.Unparsed, Err: full}}, &queue{ground: ground{known: map[string]bool{}}}
	p := &dealwatch.Poller{Ledger: led, Now: time.Now, Match: func(dealwatch.Version) []dealwatch.Match { return nil }, Log: slog.New(slog.DiscardHandler)}
	_, err := p.Poll(t.Context(), src, dealwatch.Range{})
	var re *dealwatch.ReadError
	if !errors.Is(err, full) || errors.As(err, &re) || led.postponed > 0 {
		t.Errorf("error %v, %d postponed; want our own trouble and none", err, led.postponed)
	}
	if led.poll.Read != 1 || led.poll.Failed != 0 || led.poll.Err != "" {
		t.Errorf("on record: %+v; want the one that was read", led.poll)
	}
}
