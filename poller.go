package dealwatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"
)

// Poller takes one source's documents along the path: list, read, match, record.
// It belongs to one Ledger and is used by one goroutine.
type Poller struct {
	Ledger Ledger
	Match  func(Version) []Match
	Deals  []Deal
	Cause  Cause            // of what is raised on a first reading; "" stands for New
	Now    func() time.Time // our clock, which dates flags and events
	// Moment is the time of what is being read: our clock, or that of the captures in
	// a replay. Nil stands for Now.
	Moment func() time.Time
	Log    *slog.Logger
	// Shape says what a page of a listing has lost since that listing was last read well,
	// "" for nothing; nil compares nothing. Pages count from 0. A range is not compared:
	// some sources list it in another way.
	Shape func(ctx context.Context, s Stream, page int, items []Item) (lost string, err error)
	Limit int          // most documents read in one poll; 0 for no bound
	Tell  func(Report) // called before each document is read; may be nil

	reads int
	own   error // what kept List from going on, where it is our own trouble
}

// Report says how far a poll has come.
type Report struct {
	Source     string
	Done, Left int // documents
	Item       Item
}

// Poll lists every stream of src, reads what is due, and puts the polls on record.
// It goes on after a stream or a document that fails; its error is one of the
// ledger's, or another trouble of our own (ErrOurs), which ends it. When ctx ends it
// finishes the document in hand, stores that, and leaves the rest pending. Either way
// what was listed by then is noted and on record.
func (p *Poller) Poll(ctx context.Context, src Source, r Range) ([]Poll, error) {
	p.reads, p.own = 0, nil
	var polls []Poll
	for _, s := range src.Streams() {
		if ctx.Err() != nil || p.own != nil {
			break
		}
		first, err := p.Ledger.First(context.WithoutCancel(ctx), s.Name)
		if err != nil {
			return polls, err
		}
		r.First = first && r.Since == ""
		poll, err := p.List(ctx, src.Info().Name, s, r, src.List(ctx, s, r))
		if err != nil {
			return polls, err
		}
		polls = append(polls, poll)
	}
	if len(polls) == 0 {
		return nil, nil
	}
	err := p.own
	if err == nil {
		err = p.readDue(ctx, src, &polls[0])
	}
	trouble := errors.Is(err, ErrOurs)
	for i := range polls {
		polls[i].EndedAt, polls[i].Ours = p.moment(), trouble
		err = errors.Join(err, p.Ledger.Close(context.WithoutCancel(ctx), polls[i]))
		p.Log.Info("polled", "source", polls[i].Source, "listed", polls[i].Listed, "read", polls[i].Read,
			"raised", polls[i].Raised, "failed", polls[i].Failed, "err", polls[i].Err)
	}
	return polls, err
}

// List takes the pages of one listing, newest first, until known ground or the
// start of the range, and notes all their items at the end, at once: noted as they
// come, they would hide a hole when the listing breaks off. The poll it returns is
// not yet closed. Where ctx ends in the midst of it, what was seen is noted, and the
// poll is Interrupted.
func (p *Poller) List(ctx context.Context, source string, s Stream, r Range, pages iter.Seq2[[]Item, error]) (Poll, error) {
	stopped := ctx.Err
	ctx = context.WithoutCancel(ctx) // pages end by their own
	poll := Poll{Source: source, Stream: s.Name, StartedAt: p.moment(), Outcome: OK, Asked: Range{Since: r.Since, Until: r.Until}}
	var all []Item
	var broke, err error
	n, known, reached, ill := 0, 0, false, ""
	seen, repeats := map[string]bool{}, 0
	for items, err := range pages {
		if err != nil {
			broke = err
			break
		}
		if repeats = repeated(items, seen, repeats); repeats == mostRepeats {
			broke = &ReadError{Outcome: Unparsed, URL: s.URL, Err: fmt.Errorf("page %d of the listing shows only what the pages before it showed: it does not page on", n+1)}
			break
		}
		on, err := p.Ledger.Ground(ctx, s.Name, items)
		if err != nil {
			return poll, err
		}
		known += on
		items, twin := apart(items)
		if ill == "" {
			ill = cmp.Or(twin, lacking(items))
		}
		if ill == "" && p.Shape != nil && r.Since == "" {
			if ill, err = p.Shape(ctx, s, n, items); err != nil {
				return poll, err
			}
		}
		n++
		all = append(all, items...)
		if r.Since != "" && mostlyBefore(items, r.Since) {
			reached = true
			break
		}
		if r.Since == "" && len(items) > 0 && on == len(items) && n >= s.Window {
			reached = true
			break
		}
	}
	if n == 0 && s.Window <= 1 && broke != nil && OutcomeOf(broke) == Unchanged {
		// The first page is the one of the last listing, which was whole: nothing is new,
		// but where items appear below it.
		poll.Outcome, poll.Complete = Unchanged, true
		return poll, nil
	}
	poll.CoversTo, poll.CoversFrom = span(all)
	if !s.Whole {
		poll.CoversFrom = lowest(all)
	}
	// A date that is still to come proves nothing of the days up to it.
	latest := poll.StartedAt.UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	poll.CoversTo, poll.CoversFrom = min(poll.CoversTo, latest), min(poll.CoversFrom, latest)
	if poll.Passed, err = p.passed(ctx, s, all, r); err != nil {
		return poll, err
	}
	poll.Listed = len(all)
	for _, it := range all {
		if it.PublishedOn == "" {
			poll.Undated++
		}
		if it.Title == "" {
			poll.Untitled++
		}
	}
	p.own = ours(broke)
	switch {
	case p.own != nil:
		poll.Outcome, poll.Err = Interrupted, "interrupted by a trouble of our own, and of no site"
	case broke != nil && OutcomeOf(broke) == Unchanged:
		poll.Outcome, poll.Err, poll.Evidence = Unparsed, "a page of the listing was not sent, though all of them are read: "+broke.Error(), EvidenceOf(broke)
	case broke != nil && stopped() != nil:
		poll.Outcome, poll.Err = Interrupted, "we were told to stop before the listing was read"
	case broke != nil:
		poll.Outcome, poll.Err, poll.Evidence = OutcomeOf(broke), broke.Error(), EvidenceOf(broke)
	case len(all) == 0 && !s.Quiet:
		poll.Outcome, poll.Err, poll.Evidence = Empty, fmt.Sprintf("%s lists nothing", s.URL), Evidence{URL: s.URL}
	case s.Whole, reached, r.First, len(all) == 0:
		poll.Complete = true
	case r.Since != "":
		poll.Complete = poll.CoversFrom != "" && poll.CoversFrom <= r.Since
	default:
		// One known entry proves nothing, for a site may pin an old one to the top. The
		// listing reaches known ground where it ends in it, or mostly consists of it.
		last, err := p.Ledger.Ground(ctx, s.Name, all[len(all)-1:])
		if err != nil {
			return poll, err
		}
		poll.Complete = last > 0 || 2*known > len(all)
	}
	if broke == nil && !reached && n < s.Window && ill == "" {
		ill = fmt.Sprintf("the listing ended after page %d, and %d pages are read of it each time", n, s.Window)
	}
	if ill != "" && poll.Outcome == OK {
		poll.Outcome, poll.Err, poll.Complete, poll.Evidence = Unparsed, ill, false, Evidence{URL: s.URL}
	}
	if broke == nil && !poll.Complete && poll.Err == "" {
		poll.Err = "the listing ended before known ground"
	}
	// A listing that ended of itself is ground for the next, even where it could not
	// reach the ground before it: that gap goes on record, below this listing. One that
	// broke off is not, so that the next pages on through the same hole.
	poll.Fresh, err = p.Ledger.Note(ctx, s.Name, within(all, r), poll.StartedAt, broke == nil && poll.Outcome == OK)
	return poll, err
}

// readDue reads what is due until nothing untried is: attachments that a reading
// finds are read in the same poll.
func (p *Poller) readDue(ctx context.Context, src Source, poll *Poll) error {
	tried := make(map[string]bool)
	for {
		due, err := p.Ledger.Due(context.WithoutCancel(ctx), p.moment())
		if err != nil {
			return err
		}
		due = untried(due, tried)
		if len(due) == 0 {
			return nil
		}
		for i, it := range due {
			if ctx.Err() != nil || p.Limit > 0 && p.reads >= p.Limit {
				return nil
			}
			tried[it.Key] = true
			p.reads++
			if p.Tell != nil {
				p.Tell(Report{Source: it.Source, Done: p.reads - 1, Left: len(due) - i, Item: it})
			}
			rec, err := p.Read(ctx, src, it)
			var re *ReadError
			switch {
			case err == nil:
				poll.Read++
				poll.Raised += rec.Raised
			case !errors.As(err, &re):
				return err
			case re.Outcome == Gone:
			default:
				poll.Failed++
				if poll.Err == "" {
					poll.Err = re.Error()
				}
				// A refused client does not knock on the next door; a rule of robots.txt, which
				// closes nothing, is about this one. The listings were read all the same: it
				// stands with the item that it was refused.
				if re.Outcome == Blocked && re.RetryAfter > 0 {
					return nil
				}
			}
		}
	}
}

// Read reads one item, matches it and records what came, or postpones it. A
// *ReadError says that there was nothing to record; any other error is the ledger's, or
// another trouble of our own, for which the item is not postponed.
func (p *Poller) Read(ctx context.Context, src Source, it Item) (Recorded, error) {
	ctx = context.WithoutCancel(ctx) // the document in hand is finished
	v, err := src.Read(ctx, it)
	if own := ours(err); own != nil {
		return Recorded{}, own
	}
	if err != nil {
		var re *ReadError
		if !errors.As(err, &re) {
			re = &ReadError{Outcome: Failed, URL: it.URL, Err: err}
		}
		if err := p.Ledger.Postpone(ctx, it, p.moment(), re); err != nil {
			return Recorded{}, err
		}
		p.Log.Debug("not read", "document", it.ID(), "err", re)
		return Recorded{Outcome: re.Outcome}, re
	}
	var matches []Match
	if !v.Index {
		matches = p.Match(v)
	}
	cause := p.Cause
	if cause == "" {
		cause = New
	}
	return p.Ledger.Record(ctx, v, matches, Reach{Cause: cause, At: p.Now(), Deals: p.Deals})
}

func (p *Poller) moment() time.Time {
	if p.Moment != nil {
		return p.Moment()
	}
	return p.Now()
}

// mostlyBefore reports whether half of the dated items or more are older than a date. One alone
// tells nothing, for it may be pinned to its place, or its date mistyped.
func mostlyBefore(items []Item, date string) bool {
	dated, before := 0, 0
	for _, it := range items {
		if it.PublishedOn == "" {
			continue
		}
		dated++
		if it.PublishedOn < date {
			before++
		}
	}
	return before > 0 && 2*before >= dated
}

func untried(items []Item, tried map[string]bool) []Item {
	var left []Item
	for _, it := range items {
		if !tried[it.Key] {
			left = append(left, it)
		}
	}
	return left
}
