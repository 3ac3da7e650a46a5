package dealwatch

import (
	"context"
	"time"
)

// Poll is one run over one stream of a source.
type Poll struct {
	Source    string
	Stream    string
	StartedAt time.Time
	EndedAt   time.Time
	Listed    int // items shown by the listing
	Undated   int // of those, without a date
	Untitled  int // and without a title
	Fresh     int // of those, never seen before
	Passed    int // of those, older than the range that was asked for and not known ground
	Read      int // documents read
	Raised    int // flags raised
	Failed    int // documents that could not be read and stay pending
	Outcome   Outcome
	Err       string   // what went wrong, for people; "" when nothing did
	Evidence  Evidence // where the listing went wrong; zero when it did not
	// Ours is true where a trouble of our own (ErrOurs) ended the run that the poll is of.
	Ours bool
	// Complete is true only when the poll reached known ground, the start of the
	// range asked for, or the end of a listing that is whole.
	Complete bool
	// CoversFrom and CoversTo bound the agency's dates (YYYY-MM-DD) that the listing
	// was seen to cover; "" where it states none.
	CoversFrom, CoversTo string
	// Asked is the range that was asked for; its zero value stands for what is new.
	Asked Range
}

// Ledger remembers, for one source, what was listed, read and flagged. The store
// gives one to the worker that holds the source's lease. Methods are called in the
// order in which they stand here.
type Ledger interface {
	// First reports whether nothing of the stream is known ground yet.
	First(ctx context.Context, stream string) (bool, error)
	// Ground reports how many of a page's items are known ground: shown by a listing
	// of this stream that was whole.
	Ground(ctx context.Context, stream string, items []Item) (int, error)
	// Note records the items of a listing, all at once; whole says that the listing
	// did not break off, which makes them known ground. It returns how many were new.
	// A known item keeps its key and first sight, and takes the newer title, date and
	// address; a document that was read is due again where the listing states another
	// title or date than the reading did, and one that is gone but still listed is so a
	// week later.
	Note(ctx context.Context, stream string, items []Item, at time.Time, whole bool) (fresh int, err error)
	// Due returns the items whose time to be read has come at the given time, oldest
	// first: pending ones, failed ones whose next try has come, and documents young
	// enough to be read again.
	Due(ctx context.Context, at time.Time) ([]Item, error)
	// Record stores a version with its attachments found, flags, events and mentions
	// in one transaction. A reading that changes nothing adds no version.
	Record(ctx context.Context, v Version, matches []Match, how Reach) (Recorded, error)
	// Postpone keeps an item pending (or gone) with the reason and the time of its
	// next try.
	Postpone(ctx context.Context, it Item, at time.Time, why error) error
	// Close puts the poll on record; an incomplete one opens a gap, a complete one that
	// reaches over a gap closes it.
	Close(ctx context.Context, p Poll) error
}

// Reach says how a reading came about.
type Reach struct {
	Cause Cause     // New, Late, Backfill; the store says Revised by itself for a further version
	At    time.Time // our clock, for flagged_at and happened_at
	Run   time.Time // with the cause Rematch: the run that this belongs to
	Deals []Deal    // the deals that were matched: one that is flagged here but has no match is withdrawn
}

// Recorded says what became of a version.
type Recorded struct {
	Outcome Outcome // OK for a new version, Unchanged otherwise
	Version int     // number of the version now latest; 0 for an Index
	Raised  int     // flags raised or returned
	Events  int
}
