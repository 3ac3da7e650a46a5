// Package warc keeps what came over the wire in WARC 1.1 files and plays such
// files back, ours or anybody's.
//
// An Archive appends: whole gzip members, synced before their place is told. A
// Tape reads: it indexes the responses of any WARC files, checks every digest, and
// answers for an address as of a moment. Neither knows what a page means.
package warc

import (
	"fmt"
	"net/http"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Exchange is one request and its answer.
type Exchange struct {
	URL           string
	At            time.Time // when the answer was received
	Method        string    // "" stands for GET
	RequestHeader http.Header
	Proto         string // of the answer; "" stands for HTTP/1.1
	Status        int
	Header        http.Header
	Body          []byte // after transfer decoding, before content decoding
	// Truncated is the reason for which the archive says that Body is cut, such as
	// "length" or "time"; "" for a whole one.
	Truncated string
}

// KeepError says that the archive could not be written: its disk is full, its
// directory is gone. It is no fault of what was read, and will not pass by itself.
type KeepError struct {
	Dir string
	URL string // of what was to be kept
	Err error
}

func (e *KeepError) Error() string {
	return fmt.Sprintf("keep %s in the archive %s: %v", e.URL, e.Dir, e.Err)
}

func (e *KeepError) Unwrap() error { return e.Err }

// Is makes it a trouble of our own.
func (e *KeepError) Is(target error) bool { return target == dealwatch.ErrOurs }

// Hint is the next step.
func (e *KeepError) Hint() string {
	return "free space there and make it writable, name another place with --archive, or keep nothing with --no-archive; what was not kept is read again"
}

// DamageError says that a WARC file cannot be read to its end, and from where on.
type DamageError struct {
	File   string
	Offset int64 // of the record or gzip member that is damaged
	Err    error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s: damaged at byte %d: %v; get the file again, or keep what stands before: head -c %d %s",
		e.File, e.Offset, e.Err, e.Offset, e.File)
}

func (e *DamageError) Unwrap() error { return e.Err }
