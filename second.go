package dealwatch

import (
	"context"
	"iter"
	"strings"
)

// A Reconciler is a Source with a second channel, which shows the same documents by
// another way: what it shows and the source's own listings did not was missed.
type Reconciler interface {
	Source
	// Second looks at the second channels for the days of r, of which both bounds are
	// set. A day on which nothing was published gives a Look without an item; one of
	// which nothing can be known yet gives none.
	Second(ctx context.Context, r Range) iter.Seq[Look]
}

// Quarterly is a Reconciler whose agency keeps an index of each quarter besides: it lists
// what was corrected or came out after the days' own channels were looked at.
type Quarterly interface {
	Reconciler
	// Quarter looks at the index of a quarter for the days of r, of which both bounds are set
	// and lie in that quarter. The look goes as far as the index does.
	Quarter(ctx context.Context, r Range) Look
}

// Look is what a second channel shows of some days, or why it does not.
type Look struct {
	Stream   string // name of the channel, "second: daily index"
	From, To string // the days, YYYY-MM-DD, both inclusive
	// Items are all that it shows of what the source follows, complete enough to be
	// read. Some may be dated before From: a list of what came out on a day shows what
	// bears an older date too.
	Items []Item
	// Proves names the source's streams whose documents of these days are all among
	// Items.
	Proves []string
	Err    error // why it shows nothing; Items is empty then
}

// Reconciled is what a Look and the source's own listings say of the same days.
type Reconciled struct {
	Stream   string
	From, To string
	Second   int // items that the second channel shows
	First    int // items that the source's own listings show, of these days
	Late     int // of the second channel's, those that no listing had shown
	Lacking  int // of the first, those that the second channel does not show
	Outcome  Outcome
	// Short says why days that are over are not proved by it, for people; "" where they
	// are. What the listings show of a day that is not may still come.
	Short string
}

const (
	second    = "second: "
	quarterly = second + "quarterly "
)

// Second reports whether the poll was a look at a second channel. It says nothing of
// the source's own streams.
func (p Poll) Second() bool { return strings.HasPrefix(p.Stream, second) }

// Quarterly reports whether the poll was a look at the index of a quarter. The days of
// one that failed are proved by other ways all the same.
func (p Poll) Quarterly() bool { return strings.HasPrefix(p.Stream, quarterly) }
