package feed

import (
	"fmt"
	"strings"
)

// CoveredDay is what can be said of one source and day (of UTC): whether it was read.
type CoveredDay struct {
	Day    string // YYYY-MM-DD
	State  string // a Word of CoveredStates
	Full   Clocks // when everything was read in full
	Unread Clocks // when it was not, though it should have been: "03:05-15:10"
	Why    string // it was not, or is not proved; "" where there is nothing to say
	Fill   string // the command that fills it; "" where none is needed
}

// The states of a day.
const (
	Proved   = "proved"
	SoFar    = "so far"
	Unproved = "unproved"
	Hole     = "gap"
	Before   = "before"
)

// CoveredStates say in words what is known of a source's day.
var CoveredStates = []struct{ Word, Meaning string }{
	{Proved, "every listing was read to known ground after the day was over"},
	{SoFar, "the day is not over, and the last poll read every listing in full"},
	{Unproved, "no complete poll has come since"},
	{Hole, "a poll could not prove it; the command fills it"},
	{Before, "not later than the oldest that was ever listed"},
}

// Clocks are times of a day. As text they are the first, the last and how many there are.
type Clocks []string

func (c Clocks) String() string {
	if len(c) > 4 {
		return fmt.Sprintf("%s, %s … %s (%d times)", c[0], c[1], c[len(c)-1], len(c))
	}
	return strings.Join(c, ", ")
}
