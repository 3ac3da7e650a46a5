package dealwatch

import "time"

// Filter chooses flags, events or documents. Its zero value chooses all; each field
// that is set narrows the choice.
type Filter struct {
	Deal      string
	Source    string
	Kind      string
	Closeness Closeness
	Document  string    // document_id
	Since     time.Time // flagged or happened at or after
	After     int64     // flags or events with a greater id
	Before    int64     // flags or events with a smaller id; 0 for all
	Limit     int       // at most so many, newest first; 0 for all
	Oldest    bool      // Limit and Skip count from the oldest, which comes first
	Skip      int       // so many are left out before Limit counts; needs a Limit
}

// Health is the state of one source, a row of source_health.
type Health struct {
	Source     string
	Agency     string
	State      string // "ok", "failing", "blocked", "never", ...
	LastOKAt   time.Time
	LastNewAt  time.Time
	NextPollAt time.Time
	Pending    int
	OpenGaps   int
	Incident   string // what is wrong, for people; "" when nothing is
	Since      time.Time

	QuietAt   time.Time    // from when it is without news for longer than usual; zero where too little is known
	Incidents []Incident   // newest first: those that are open, and the last that are not
	Streams   []StreamRead // by name
	Second    []Compared   // the last look at each of its second channels, by name
}

// StreamRead is how a listing was last read.
type StreamRead struct {
	Name       string
	Outcome    Outcome   // of the last poll
	EndedAt    time.Time // of the last poll
	LastOKAt   time.Time // end of the last good poll; zero for never
	CompleteAt time.Time // end of the last poll that reached known ground; zero for never
}

// Compared is the last look at a second channel, and how often it has helped.
type Compared struct {
	Reconciled
	LookedAt time.Time
	AllLate  int // late items of all looks that were ever taken
}

// Gap is a stretch of a stream that no poll has proved complete.
type Gap struct {
	Source   string
	Stream   string
	From, To string // the agency's dates, YYYY-MM-DD
	OpenedAt time.Time
	ClosedAt time.Time // zero while it is open
	Reason   string
	Command  string // fills it
}

// Document is a document's latest version as the page shows it.
type Document struct {
	Version
	ID          string
	Number      int // of the version, from 1
	FirstSeenAt time.Time
	ParentID    string
}

// Listed is an item with what became of it.
type Listed struct {
	Item
	State  string // "pending", "read" or "gone"
	Reason string // why it is pending or gone
}

// WeekCount is how many flags of a source were raised in a week that began on a Monday.
type WeekCount struct {
	Source string
	Week   time.Time
	Flags  int
}
