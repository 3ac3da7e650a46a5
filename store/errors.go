package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dealwatch/dealwatch"
)

// ErrNotFound says that the store holds nothing of that name.
var ErrNotFound = errors.New("not found")

// ErrLeaseLost says that another worker has taken the source over, so that what this
// one brings is refused. Nothing of it was stored.
var ErrLeaseLost = errors.New("the lease was lost to another worker; nothing was stored")

// HeldError says that another worker polls the source.
type HeldError struct {
	Source string
	Owner  string
	Until  time.Time // when its lease ends unless it renews it
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("%s is being polled by %s: wait for it or stop it", e.Source, e.Owner)
}

// Error says that the database cannot be reached, read or written. Everything that was
// committed before is there; nothing of what failed is.
type Error struct {
	Doing string // what failed, such as "open"
	Store string // the file or address, without a password
	Err   error
	Hint  string // the next step; "" where there is none to name
}

func (e *Error) Error() string {
	s := fmt.Sprintf("store %s: %s: %v", e.Store, e.Doing, e.Err)
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes it a trouble of our own.
func (e *Error) Is(target error) bool { return target == dealwatch.ErrOurs }

// hinted is an error of a driver said in our words.
type hinted struct {
	msg, hint string
	err       error
}

func (e *hinted) Error() string { return e.msg }
func (e *hinted) Unwrap() error { return e.err }

// wrap makes an *Error of what a database said. Errors that callers act on, and the
// end of ctx, pass as they are.
func (s *Store) wrap(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, context.Cause(ctx))
	}
	var done *Error
	var held *HeldError
	var other *WatchlistError
	if errors.As(err, &done) || errors.As(err, &held) || errors.As(err, &other) || errors.Is(err, ErrLeaseLost) || errors.Is(err, ErrNotFound) {
		return err
	}
	e := &Error{Doing: doing, Store: s.name, Err: err}
	var h *hinted
	if errors.As(s.dialect.explain(err), &h) {
		e.Err, e.Hint = h, h.hint
	}
	return e
}
