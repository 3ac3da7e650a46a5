package crawl

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Turns hands out the turns at a budget, which is a rate that hosts share, and keeps
// it closed after a refusal. A store implements it, so that the rate holds over all
// processes and a refusal outlives them; without one a client keeps its own.
type Turns interface {
	// TakeTurn takes the next turn and tells how long to wait for it. Where the budget is
	// closed the error is a *ReadError that tells for how long. After a refusal, one
	// caller at a time is let through to try: it is told so by probe, gives probing
	// with what else it asks for on the same way, and calls OpenBudget if it was answered.
	TakeTurn(ctx context.Context, budget string, every time.Duration, probing bool) (wait time.Duration, probe bool, err error)
	// CloseBudget gives no turn for a while. The time of a refusal (outcome Blocked) is
	// doubled with each that follows, up to a day, until OpenBudget is called.
	CloseBudget(ctx context.Context, budget string, d time.Duration, why *dealwatch.ReadError) error
	OpenBudget(ctx context.Context, budget string) error
}

const (
	refusedFor = 2 * time.Hour    // nothing is asked of a host that refused
	closedMost = 24 * time.Hour   // whatever a server asks for: no source falls silent
	busyFor    = 10 * time.Minute // after a 429 that names no time
	probeTime  = 2 * time.Minute  // for one caller to try a host that refused
)

// ownTurns keeps the turns of one client. The rate itself is kept by the budget's
// limiter, so that no turn has to be waited for.
type ownTurns struct {
	now     func() time.Time
	mu      sync.Mutex
	budgets map[string]*ownTurn
}

type ownTurn struct {
	closed, probe time.Time // until when
	why           *dealwatch.ReadError
	refusals      int
}

func newOwnTurns(now func() time.Time) *ownTurns {
	return &ownTurns{now: now, budgets: map[string]*ownTurn{}}
}

func (o *ownTurns) of(budget string) *ownTurn {
	t := o.budgets[budget]
	if t == nil {
		t = &ownTurn{}
		o.budgets[budget] = t
	}
	return t
}

func (o *ownTurns) TakeTurn(_ context.Context, budget string, _ time.Duration, probing bool) (time.Duration, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	t, now := o.of(budget), o.now()
	until := t.closed
	if t.refusals > 0 && !probing && t.probe.After(until) {
		until = t.probe
	}
	if now.Before(until) {
		told := *t.why
		told.RetryAfter = until.Sub(now)
		return 0, false, &told
	}
	if t.refusals == 0 {
		return 0, false, nil
	}
	t.probe = now.Add(probeTime)
	return 0, true, nil
}

func (o *ownTurns) CloseBudget(_ context.Context, budget string, d time.Duration, why *dealwatch.ReadError) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	t := o.of(budget)
	if why.Outcome == dealwatch.Blocked {
		d = min(d<<min(t.refusals, 8), closedMost)
		t.refusals++
		t.probe = time.Time{}
	}
	if until := o.now().Add(d); until.After(t.closed) {
		t.closed, t.why = until, why
	}
	return nil
}

func (o *ownTurns) OpenBudget(_ context.Context, budget string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.budgets, budget)
	return nil
}

// turn waits for a turn at the host. A budget that is closed for a short time only
// is waited for; else the *ReadError says for how long it is closed.
func (c *Client) turn(ctx context.Context, h *host) error {
	b := h.budget
	defer tripOf(ctx).bound.pause()()
	if err := b.wait(ctx); err != nil {
		return err
	}
	// One caller at a time asks, so that a process that dies leaves one turn unused.
	select {
	case b.asking <- struct{}{}:
		defer func() { <-b.asking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	t := tripOf(ctx)
	late, waits := 0, 0
	for {
		asked := time.Now()
		wait, probe, err := c.turns.TakeTurn(ctx, b.name, b.pause(), t.probing == b)
		var re *dealwatch.ReadError
		if errors.As(err, &re) && re.Outcome != dealwatch.Blocked && re.RetryAfter <= c.maxPause() && waits < tries {
			waits++
			if err := c.sleep(ctx, re.RetryAfter); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if probe {
			t.probing = b
		}
		from := time.Now()
		if wait > 0 {
			if err := c.sleep(ctx, wait); err != nil {
				return err
			}
		}
		// A turn that is used late would come too close to the next one. Where even
		// asking takes that long, it does for all, and only our own delay counts. A
		// machine that is always late must get on, too.
		if late < 3 {
			from = asked
		}
		if late == 10 || time.Since(from)-wait <= tardy(b.pause()) {
			return nil
		}
		late++
	}
}

// tardy is how late a turn may be used.
func tardy(every time.Duration) time.Duration { return max(50*time.Millisecond, every/10) }

// closed keeps the budget of a host closed for a while.
func (c *Client) closed(ctx context.Context, h *host, d time.Duration, why *dealwatch.ReadError) {
	told := &dealwatch.ReadError{Outcome: why.Outcome, Status: why.Status, Err: why.Err}
	if err := c.turns.CloseBudget(context.WithoutCancel(ctx), h.budget.name, min(d, closedMost), told); err != nil {
		c.log.Error("host not closed", "path", h.name, "err", err)
	}
	c.log.Warn("host closed", "path", h.name, "err", why.Err)
}

// answered says what an answer means for the budget of its host: a refusal closes it,
// there is no asking again soon and no way round. A failure, or a wish to be left alone,
// ends no refusal; anything else does.
func (c *Client) answered(ctx context.Context, address string, re *dealwatch.ReadError) {
	h := c.hosts.of(address)
	if h.budget == nil || c.tape != nil {
		return
	}
	if re != nil && re.Outcome == dealwatch.Blocked {
		re.RetryAfter = max(refusedFor, re.RetryAfter)
		c.closed(ctx, h, re.RetryAfter, re)
		return
	}
	if tripOf(ctx).probing == h.budget && (re == nil || re.Outcome != dealwatch.Failed) {
		if err := c.turns.OpenBudget(context.WithoutCancel(ctx), h.budget.name); err != nil {
			c.log.Error("host not opened", "path", h.name, "err", err)
		}
	}
}
