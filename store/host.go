package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/dealwatch/dealwatch"
)

// Budget is the state of a rate that one or more hosts share.
type Budget struct {
	Name        string
	Every       time.Duration // least time between two requests
	Today       int           // requests since midnight UTC
	ClosedUntil time.Time     // zero where it is open
	Outcome     dealwatch.Outcome
	Why         string // why it is closed, or was last; "" for never
	// Probing is true after a refusal whose time is over: the next request is a trial.
	Probing bool
}

const (
	closedMost = 24 * time.Hour
	probeTime  = 2 * time.Minute
	// lookAhead is how many turns may be given out before the first of them is used. A
	// next turn that lies further ahead is left over from a clock that was set back.
	lookAhead = 256
)

// longer is by how much the time between two turns has grown since the last one.
const longer = `CASE WHEN excluded.every > host.every THEN excluded.every - host.every ELSE 0 END`

// TakeTurn takes the next turn at a budget, and tells how long to wait for it: one row a
// budget, one statement a request, by the clock of the database, so that all workers
// together keep the rate. A worker that dies leaves its turn unused and nothing else.
// A pace that is slower than that of the last turn counts from that turn on.
// Where the budget is closed the error is a *ReadError that tells for how long. After
// a refusal one worker at a time is let through as a probe; one that dies meanwhile
// counts for two minutes.
func (s *Store) TakeTurn(ctx context.Context, budget string, every time.Duration, probing bool) (wait time.Duration, probe bool, err error) {
	var got struct{ Wait, Probe int64 }
	err = s.statement(ctx, &got, `
		INSERT INTO host (budget, every, next_at, today, taken, closed_until, outcome, status, why, refusals, probe_until)
		VALUES (:budget, :every, :now + :every, :now / 86400000000, 1, 0, '', 0, '', 0, 0)
		ON CONFLICT (budget) DO UPDATE SET
			every = excluded.every,
			next_at = excluded.every + CASE
				WHEN host.next_at + `+longer+` > :now AND host.next_at + `+longer+` < :now + :ahead * excluded.every THEN host.next_at + `+longer+`
				ELSE :now END,
			today = excluded.today,
			taken = CASE WHEN host.today = excluded.today THEN host.taken ELSE 0 END + 1,
			probe_until = CASE WHEN host.refusals > 0 THEN :now + :probe ELSE 0 END
		WHERE host.closed_until <= :now AND (host.refusals = 0 OR host.probe_until <= :now OR :probing = 1)
		RETURNING next_at - every - :now AS wait, CASE WHEN refusals > 0 THEN 1 ELSE 0 END AS probe`,
		map[string]any{"budget": clean(budget), "every": every.Microseconds(), "ahead": lookAhead, "probe": probeTime.Microseconds(), "probing": bit(probing)})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, s.closed(ctx, budget)
	}
	return max(0, time.Duration(got.Wait)*time.Microsecond), got.Probe == 1, s.wrap(ctx, "take a turn at "+budget, err)
}

// closed is the error of a budget that gives no turn.
func (s *Store) closed(ctx context.Context, budget string) error {
	var row struct {
		Outcome, Why string
		Status       int
		Remains      int64
	}
	err := s.statement(ctx, &row, `
		SELECT outcome, why, status, CASE WHEN closed_until > :now THEN closed_until ELSE probe_until END - :now AS remains
		FROM host WHERE budget = :budget`, map[string]any{"budget": clean(budget)})
	if err != nil {
		return s.wrap(ctx, "look why "+budget+" is closed", err)
	}
	return &dealwatch.ReadError{Outcome: dealwatch.Outcome(row.Outcome), Status: row.Status, Err: errors.New(row.Why),
		RetryAfter: max(time.Millisecond, time.Duration(row.Remains)*time.Microsecond)}
}

// CloseBudget gives no turn at a budget for a while, and at least for as long as before. The
// time of a refusal (outcome Blocked) is doubled with each that follows, up to a day.
func (s *Store) CloseBudget(ctx context.Context, budget string, d time.Duration, why *dealwatch.ReadError) error {
	said := ""
	if why.Err != nil {
		said = clean(why.Err.Error())
	}
	return s.writing(ctx, "close "+budget, func(q *tx) error {
		var refusals []int
		if err := q.all(&refusals, `SELECT refusals FROM host WHERE budget = ?`, clean(budget)); err != nil {
			return err
		}
		if len(refusals) == 0 {
			return nil // nobody took a turn there
		}
		more := 0
		if why.Outcome == dealwatch.Blocked {
			d = min(d<<min(refusals[0], 8), closedMost)
			more = 1
		}
		until := s.dialect.now + ` + ?`
		return q.exec(`
			UPDATE host SET outcome = ?, status = ?, why = ?, refusals = refusals + ?, probe_until = 0,
				closed_until = CASE WHEN closed_until > `+until+` THEN closed_until ELSE `+until+` END
			WHERE budget = ? AND (? = 1 OR closed_until < `+until+`)`,
			why.Outcome, why.Status, said, more, d.Microseconds(), d.Microseconds(), clean(budget), more, d.Microseconds())
	})
}

// OpenBudget ends a refusal: the host has answered.
func (s *Store) OpenBudget(ctx context.Context, budget string) error {
	return s.writing(ctx, "open "+budget, func(q *tx) error {
		return q.exec(`UPDATE host SET refusals = 0, probe_until = 0, closed_until = 0 WHERE budget = ?`, clean(budget))
	})
}

// Budgets gives the state of every budget that was ever used, by name.
func (s *Store) Budgets(ctx context.Context) ([]Budget, error) {
	var all []Budget
	err := s.reading(ctx, "read the budgets", func(q *tx) error {
		var rows []struct {
			Budget, Outcome, Why     string
			Every, Now, Today, Taken int64
			ClosedUntil              int64 `db:"closed_until"`
			Refusals                 int64
		}
		err := q.all(&rows, `SELECT budget, every, today, taken, closed_until, outcome, why, refusals, `+s.dialect.now+` AS now FROM host ORDER BY budget`)
		all = nil
		for _, r := range rows {
			b := Budget{Name: r.Budget, Every: time.Duration(r.Every) * time.Microsecond, Outcome: dealwatch.Outcome(r.Outcome), Why: r.Why}
			if r.Today == r.Now/(24*time.Hour).Microseconds() {
				b.Today = int(r.Taken)
			}
			if r.ClosedUntil > r.Now {
				b.ClosedUntil = timeOf(&r.ClosedUntil)
			}
			b.Probing = r.Refusals > 0 && b.ClosedUntil.IsZero()
			all = append(all, b)
		}
		return err
	})
	return all, err
}

// statement runs one statement that stands alone, which saves the round trips of a
// transaction, and takes its row. It is run again when the connection is lost: a turn
// that was taken twice is one turn unused.
func (s *Store) statement(ctx context.Context, dst any, query string, args map[string]any) error {
	query, list, err := sqlx.Named(strings.ReplaceAll(query, ":now", s.dialect.now), args)
	if err != nil {
		return err
	}
	query = s.write.Rebind(query)
	give := time.Now().Add(s.retry)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := s.write.GetContext(ctx, dst, query, list...)
		if err == nil || !s.dialect.lost(err) || time.Now().After(give) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}
