package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

// second takes every look at the second channels for r, and closes the gaps of the
// source's own streams that successful looks leave nothing of.
func (w *worker) second(ctx context.Context, lease *store.Lease, src dealwatch.Reconciler, r dealwatch.Range, cause dealwatch.Cause) ([]lookedAt, error) {
	if r.Until == "" {
		r.Until = w.now().UTC().Format(time.DateOnly)
	}
	p := w.poller(lease)
	p.Cause = cause
	var looks []lookedAt
	proved := make(map[string]span) // by channel, the days without a hole up to now
	for look := range src.Second(ctx, r) {
		l, err := w.look(ctx, lease, p, src, look)
		if err != nil {
			return looks, err
		}
		looks = append(looks, l)
		if l.short() {
			delete(proved, look.Stream)
		} else {
			s := proved[look.Stream]
			proved[look.Stream] = span{cmp.Or(s.from, look.From), look.To}
			if err := lease.Prove(ctx, look.Proves, proved[look.Stream].from, look.To, w.now()); err != nil {
				return looks, err
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	return looks, nil
}

type span struct{ from, to string }

// printed adds what the Federal Register printed of the President's in those days. It has
// no address of the White House's page, so that nothing can be read by it: what lacks
// one is named.
func (w *worker) printed(ctx context.Context, lease *store.Lease, r dealwatch.Range, looks []lookedAt) ([]lookedAt, error) {
	until := cmp.Or(r.Until, w.now().UTC().Format(time.DateOnly))
	rec, unpaired, err := lease.Printed(ctx, "second: Federal Register", r.Since, until, w.now())
	if err != nil || rec.Second == 0 {
		return looks, err
	}
	l := lookedAt{Reconciled: rec}
	if len(unpaired) > 0 {
		l.note = fmt.Sprintf("no page on record of %s; signed before the watch began, or missed", strings.Join(unpaired, "; "))
	}
	return append(looks, l), nil
}

// look notes what only the second channel shows, reads it, and puts the look on record.
func (w *worker) look(ctx context.Context, lease *store.Lease, p *dealwatch.Poller, src dealwatch.Source, look dealwatch.Look) (lookedAt, error) {
	poll := dealwatch.Poll{StartedAt: w.now(), Outcome: dealwatch.OutcomeOf(look.Err), Complete: look.Err == nil, Evidence: dealwatch.EvidenceOf(look.Err)}
	switch {
	case errors.Is(look.Err, dealwatch.ErrOurs):
		return lookedAt{}, look.Err
	case look.Err != nil && ctx.Err() != nil:
		poll.Outcome, poll.Err = dealwatch.Interrupted, "we were told to stop before it was read"
	case look.Err != nil:
		poll.Err = look.Err.Error()
	}
	ctx = context.WithoutCancel(ctx) // what is in hand is finished
	shown := make(map[string]bool)
	for _, it := range look.Items {
		shown[it.Key] = true
	}
	poll.Listed = len(shown)
	late, err := lease.Unseen(ctx, look.Items)
	if err != nil {
		return lookedAt{}, err
	}
	if len(late) > 0 {
		if p.Cause == dealwatch.Late {
			if err := lease.Late(ctx, late); err != nil {
				return lookedAt{}, err
			}
		}
		if poll.Fresh, err = lease.Note(ctx, look.Stream, late, w.now(), false); err != nil {
			return lookedAt{}, err
		}
	}
	if err := readLate(ctx, p, src, late, &poll); err != nil {
		return lookedAt{}, err
	}
	poll.EndedAt = w.now()
	rec, err := lease.Reconciled(ctx, look, poll)
	w.log.Info("reconciled", "source", src.Info().Name, "listed", poll.Listed, "read", poll.Read, "raised", poll.Raised, "failed", poll.Failed, "err", poll.Err)
	l := lookedAt{Reconciled: rec, read: poll.Read, raised: poll.Raised, failed: poll.Failed, err: poll.Err}
	if rec.Lacking > 0 {
		l.note = cmp.Or(rec.Short, "shows less than was listed, and so proves nothing")
	}
	return l, err
}

// short reports whether a look cannot prove that nothing else was published: the second
// channel showed nothing, or lacks what the source's own listings show.
func (l lookedAt) short() bool { return l.err != "" || l.Lacking > 0 }

// readLate reads items that were missed, and the attachments that they lead to. What
// fails stays pending and is read, late still, with the next poll.
func readLate(ctx context.Context, p *dealwatch.Poller, src dealwatch.Source, late []dealwatch.Item, poll *dealwatch.Poll) error {
	tried := make(map[string]bool)
	for queue := slices.Clone(late); len(queue) > 0; queue = queue[1:] {
		if p.Limit > 0 && poll.Read+poll.Failed >= p.Limit {
			return nil
		}
		it := queue[0]
		if tried[it.Key] {
			continue
		}
		tried[it.Key] = true
		spy := &finder{Source: src}
		rec, err := p.Read(ctx, spy, it)
		var re *dealwatch.ReadError
		switch {
		case err == nil:
			poll.Read++
			poll.Raised += rec.Raised
			queue = append(queue, spy.found...)
		case !errors.As(err, &re):
			return err
		case re.Outcome == dealwatch.Gone:
		default:
			poll.Failed++
			if re.Outcome == dealwatch.Blocked {
				return nil
			}
		}
	}
	return nil
}
