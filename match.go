package dealwatch

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Closeness is the tightest unit of a document that holds everything a deal's
// rule requires.
type Closeness string

// Closeness, from the closest.
const (
	InTitle     Closeness = "title"
	InSentence  Closeness = "sentence"
	ByFiler     Closeness = "filer" // one party is the filer, speaking of itself as we or the Company
	InParagraph Closeness = "paragraph"
	InDocument  Closeness = "document"
)

// Rank orders closeness: the greater, the closer. An unknown value ranks 0.
func (c Closeness) Rank() int {
	switch c {
	case InTitle:
		return 5
	case InSentence:
		return 4
	case ByFiler:
		return 3
	case InParagraph:
		return 2
	case InDocument:
		return 1
	}
	return 0
}

// Field is the part of a document that a mention stands in.
type Field string

// The fields that a mention may stand in.
const (
	Title Field = "title"
	Text  Field = "text"
)

// Mention is one hit of one alias or term. Start and End are byte offsets into the
// version's Title or Text, so that the field's [Start:End] is Hit.
type Mention struct {
	Party      string // party id; "" for a plain term of a rule
	Alias      string // the alias or term as the watchlist writes it; "(filer)" where the filer speaks
	Hit        string // as the document writes it
	Field      Field
	Start, End int
	Sentence   string // the sentence that holds it, white space folded, and the hits in it as Reads gives them
}

// Reads is the hit as one reads it: on one line, with a word that a line end parts in one
// piece.
func (m Mention) Reads() string {
	if !strings.Contains(m.Hit, "\n") {
		return m.Hit
	}
	out := ""
	for line := range strings.Lines(m.Hit) {
		line = strings.Join(strings.Fields(line), " ")
		next, _ := utf8.DecodeRuneInString(line)
		switch bare := strings.TrimSuffix(strings.TrimSuffix(out, "-"), "\u00ad"); {
		case out == "" || line == "":
			out += line
		case bare != out && unicode.IsLower(next):
			out = bare + line
		case strings.HasSuffix(out, "-"):
			out += line
		default:
			out += " " + line
		}
	}
	return out
}

// Match is a deal whose rule a version meets, and the mentions that show it.
type Match struct {
	DealID      string
	DealName    string
	RuleVersion string // changes whenever what the deal flags could change
	Closeness   Closeness
	Snippet     string    // the passage that shows it best, in the form of a Sentence, at most 300 characters
	Mentions    []Mention // every hit of what the rule requires, in order of field and offset; never empty
}

// Deal is a followed deal as the store and the feeds need it.
type Deal struct {
	ID          string
	Name        string
	Rule        string // the rule, or the shorthand spelt out as one
	RuleVersion string
}

// What happened to a flag.
type What string

// What may happen to a flag.
const (
	Raised    What = "raised"
	Closer    What = "closer"    // still flagged, in a tighter unit than ever before
	Changed   What = "changed"   // still flagged, on other evidence
	Withdrawn What = "withdrawn" // a new version no longer meets the rule
	Returned  What = "returned"  // withdrawn before, and met again
)

// Cause is why an event happened when it did.
type Cause string

// The causes of events.
const (
	New      Cause = "new"      // first reading of a newly listed document
	Revised  Cause = "revised"  // a further version
	Late     Cause = "late"     // a second channel found what the first had missed
	Backfill Cause = "backfill" // a range of the past was asked for
	Rematch  Cause = "rematch"  // the watchlist changed
)

// Flag is a Match on record: its present state, a row of flagged_items.
type Flag struct {
	ID          int64
	DealID      string
	DealName    string
	DocumentID  string
	Source      string
	Agency      string
	Kind        string
	Title       string
	URL         string
	PublishedOn string
	PublishedAt time.Time
	FlaggedAt   time.Time
	Version     int
	Closeness   Closeness
	Snippet     string
	Cause       Cause
	State       string // "active" or "withdrawn"
	RuleVersion string
	SHA256      string
}

// Event is something that happened to a flag; each is one feed entry.
type Event struct {
	ID         int64
	What       What
	Cause      Cause
	Closeness  Closeness
	Snippet    string
	HappenedAt time.Time // ours: when it was committed
	EntryID    string    // of its own entry in the deal's feed, without the tag authority
	DealName   string    // the deal's name when it happened; "" where only the present one is known
	Run        time.Time // the run of a changed watchlist that brought it; zero for none
	ToldAt     time.Time // when feeds first told of it; zero while its run is not over
	Summary    string    // id of the entry that tells all that the run did to the deal; "" where that was this event alone
	Version    int       // of the document, when it happened
	Title      string    // the document's title in Version; "" where it is not known apart from Flag's
	Flag       Flag      // as it is now, but what it says of the document is of Version
	Mentions   []Mention // of Version; those of the version before, for a withdrawal
	Before     Shown     // what the flag's event before showed; zero for the first one and for a withdrawal
	Others     []string  // ids of the other deals that the document had been flagged for by then
}

// Shown is what showed that a document matches.
type Shown struct {
	Snippet  string
	Mentions []Mention
}

// Open reports whether feeds do not tell of the event yet, as its run is not over.
func (e Event) Open() bool { return !e.Run.IsZero() && e.ToldAt.IsZero() }

// Told is when feeds first told of the event.
func (e Event) Told() time.Time {
	if e.ToldAt.IsZero() {
		return e.HappenedAt
	}
	return e.ToldAt
}

// Runs are those of changed watchlists over what is stored.
type Runs struct {
	Ended int
	Open  int64 // id of the first event that the one brought which has not ended; 0 for none
}
