package dealwatch

import "time"

// What an Incident is about.
const (
	OfListings  = "listings"  // one or more listings of a source cannot be read
	OfDocuments = "documents" // its listings can, and documents cannot
	// OfSecond is an incident of a second channel that does not prove its days: it cannot
	// be read, or shows less than the listings.
	OfSecond = "second channel"
	// Ourselves is an incident of ours: what comes of the source cannot be kept.
	Ourselves = "ourselves"
)

// Incident is a trouble of a source, from the poll that found it to the one that found
// it over: listings that broke together, documents that cannot be read, a second channel that
// does not prove its days, or a trouble of our own. It is opened once and closed once.
type Incident struct {
	Source   string
	Subject  string // OfListings, OfDocuments, OfSecond or Ourselves
	OpenedAt time.Time
	ClosedAt time.Time // zero while it is open
	Outcome  Outcome   // of the last try
	What     string    // what is wrong, as the last try said it
	Opening  string    // what was wrong when it was opened; it stays
	Listings []string  // the streams or second channels concerned; none for documents
	LastOKAt time.Time // when they were last read well before it; zero for never
	Evidence Evidence
	// NextTryAt is when it is tried again by itself; zero once it is closed, or where
	// that is at once.
	NextTryAt time.Time
	Command   string // tries it, or shows more
	Days      int    // whole days that it has been open, or was: a reminder is given after each
}

// Evidence shows why something could not be read.
type Evidence struct {
	URL        string        // "" where no address says it
	Status     int           // HTTP status; 0 where there was no answer
	RetryAfter time.Duration // how long the host is left alone; 0 for no such wish
	Capture    Ref           // the page itself; zero where it is not kept: a refusal never is
}

// EvidenceOf is the evidence of an attempt to read that failed, zero for any other error.
func EvidenceOf(err error) Evidence {
	re, ok := readError(err)
	if !ok {
		return Evidence{}
	}
	return Evidence{URL: re.URL, Status: re.Status, RetryAfter: re.RetryAfter, Capture: re.Capture}
}

// Advice says, in a sentence or two, what a person can do about the incident.
func (i Incident) Advice() string {
	switch i.Outcome {
	case Interrupted:
		return "This is no fault of the site: the archive or the store on our side fails or is full. The log of dealwatch, and `dealwatch scrape`, " +
			"say which, where and what to do; it goes on by itself once that can be written."
	case Lacking:
		return "The source's own listings were read, but the second channel, which should show the same, shows less: what else it lacks " +
			"is not known. It is compared again each night for three days; see whether the agency took the documents back."
	case Blocked:
		return "The site refuses to answer, and nothing goes round that: it is tried again by itself. " +
			"A contact address (--contact) tells the site whom to write to; ask it for access where the refusal lasts."
	case Failed, Truncated:
		return "The site or the way to it fails; it is tried again by itself, less often as it lasts."
	case Moved, Gone:
		return "The address no longer leads to what it did: see whether the site has moved, and whether there is a newer dealwatch."
	}
	return "The site has changed the shape of its pages, or lost a part of them: see what changed, and whether there is a newer " +
		"dealwatch. What was read is kept, and a newer one reads it again with `dealwatch scrape --replay`."
}
