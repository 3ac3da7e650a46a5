package dealwatch

import (
	"errors"
	"fmt"
	"time"
)

// Outcome says how an attempt to read something ended. Its values are those of the
// outcome columns in the database.
type Outcome string

// The outcomes.
const (
	OK        Outcome = "ok"
	Unchanged Outcome = "unchanged" // read, and the same as before
	Empty     Outcome = "empty"     // an answer of the right shape with nothing in it
	Blocked   Outcome = "blocked"   // a refusal, challenge or login page; never content
	Moved     Outcome = "moved"     // redirected to where we do not follow
	Gone      Outcome = "gone"      // the publisher says that there is no such document
	Failed    Outcome = "error"     // no usable answer: network, TLS, a server's error
	Truncated Outcome = "truncated" // fewer or more bytes than promised or allowed
	Unparsed  Outcome = "unparsed"  // an answer whose shape is not the one we know
	// Absent is the outcome of a replay only: the archive holds no capture of the address.
	Absent Outcome = "absent"
	// Interrupted is the outcome of a poll that we ended ourselves, told to stop or in a
	// trouble of our own. It says nothing of the site.
	Interrupted Outcome = "interrupted"
	// Lacking is the outcome of a second channel that shows less than the source's own
	// listings, and so proves nothing of its days.
	Lacking Outcome = "lacking"
)

// ErrOurs is in the chain of an error that is our own trouble and no fault of a site's:
// what came could not be kept, or the store failed. Nobody else gets over it by waiting.
var ErrOurs = errors.New("a trouble of our own")

// ours is err without what a source said round it where it is our own trouble, else nil.
func ours(err error) error {
	if !errors.Is(err, ErrOurs) {
		return nil
	}
	for re, ok := readError(err); ok; re, ok = readError(err) {
		err = re.Err
	}
	return err
}

// ReadError is an attempt to read that gave no content. Nothing that was good
// before is replaced because of it.
type ReadError struct {
	Outcome    Outcome
	URL        string
	Status     int           // HTTP status, 0 where there was no answer
	RetryAfter time.Duration // how long the host is left alone: the server asked for it, or refused; 0 for no such wish
	Capture    Ref           // where the page is kept that could not be read; zero where it is not
	Err        error         // what happened, in words for a person
}

func (e *ReadError) Error() string {
	s := fmt.Sprintf("read %s: %s", e.URL, e.Outcome)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *ReadError) Unwrap() error { return e.Err }

// OutcomeOf is the outcome that err stands for: that of a *ReadError in its chain,
// OK for nil, and Failed for anything else.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return OK
	}
	if re, ok := readError(err); ok {
		return re.Outcome
	}
	return Failed
}

func readError(err error) (re *ReadError, ok bool) {
	ok = errors.As(err, &re)
	return re, ok
}
