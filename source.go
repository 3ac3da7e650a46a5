package dealwatch

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Source is one agency's stream of documents. It knows its site and no deal. Its
// methods may be called from several goroutines.
type Source interface {
	Info() Info
	// Streams are the listings that together show every document of the source, the
	// canonical one first.
	Streams() []Stream
	// List gives the pages of one listing, newest first, each fetched when it is asked
	// for. It ends after the last page, or with one error.
	List(ctx context.Context, s Stream, r Range) iter.Seq2[[]Item, error]
	// Read fetches and extracts one document. Its error is a *ReadError.
	Read(ctx context.Context, it Item) (Version, error)
	// Recognise says what a foreign capture is to this source, by its address and
	// body, and false where it is nothing of its own. It touches no network.
	Recognise(c Capture) (Sight, bool)
}

// Info declares all that a source's listing, limits and identity rest on. What
// `dealwatch sources` shows comes from here.
type Info struct {
	Name     string // "ftc-press"
	Title    string // "FTC press releases"
	Agency   string // "FTC"
	Home     string // the page a person would read
	Identity string // what Key is: "Drupal node number"
	Second   string // the second channel that its completeness is checked against
	Kinds    []string
	Hosts    []Host
	Every    time.Duration // how often a poll is due
	Young    time.Duration // how long after first sight a document is read again; 0 for never
	Contact  bool          // true where the site demands a contact address
	Unseen   []string      // parts written after notes, which no capture covers: "not yet seen live"
}

// Host declares one host's manners. Sources that share a host share its limits.
type Host struct {
	Name    string        // "www.sec.gov"
	Budget  string        // hosts with one Budget share one rate; "" stands for Name
	Every   time.Duration // least time between two requests; a greater crawl-delay wins
	MaxBody int64         // largest decoded body in bytes; 0 stands for 16 MiB
	MaxPDF  int64         // the same for what is declared a PDF; 0 stands for MaxBody
	// Exempt names the page on which the agency documents an interface for programs;
	// paths that begin with one of ExemptPaths are then read whatever robots.txt says.
	Exempt      string
	ExemptPaths []string
	// Judge tells this host's refusals and error pages from content. It gives a
	// *ReadError, or nil for an answer that is content or that the general rules
	// (status, content type, login and challenge pages) are to judge.
	Judge func(Capture) *ReadError
}

// Stream is one listing of a source: a feed, a form type, a query. Known ground is
// proved for each stream.
type Stream struct {
	Name string // unique within the source, such as "competition" or "8-K"
	URL  string // address of the first page
	// Window is how many pages are read in every poll, for listings in which items
	// appear below the top; 0 and 1 both mean the first page only.
	Window int
	// Whole is true where one listing shows all there is, so that every poll that
	// ends without an error is complete.
	Whole bool
	// Quiet is true where a listing without a row is good news and not a fault.
	Quiet bool
}

// Range bounds a listing by the agency's stated dates, both inclusive, as
// YYYY-MM-DD; "" leaves a side open.
type Range struct {
	Since, Until string
	// First is true when nothing of the stream is known yet: the source's current
	// window is asked for (a feed whole, first listing pages, the last business day).
	First bool
}

// Capture is one answer of a server, live or recorded.
type Capture struct {
	URL    string    // as asked for
	Final  string    // where redirects led; URL where there were none
	At     time.Time // when the answer was received, UTC
	Status int
	Header http.Header
	// Body is the content after content decoding; HTML and plain text are in UTF-8,
	// everything else is as it came. Nil for a refusal.
	Body   []byte
	SHA256 string // lower-case hex digest of the body as it came, before content decoding
	Ref    Ref    // where it is kept; zero when nothing is kept
}

// Sight is what a source recognises in a capture: a page of one of its listings,
// or one or more documents. One of Stream and Documents is set, or neither: a search
// of somebody's own that found nothing is the source's, and shows nothing.
type Sight struct {
	Stream string // name of the stream that this is a page of
	Page   int    // its place in that listing, from 0
	Items  []Item // what the page lists
	// Unwanted counts what the page lists of kinds that the source does not read, and
	// Repeated what it says again word for word. Neither is in Items.
	Unwanted, Repeated int
	// Documents are the documents whose text this capture holds, as items that Read
	// can read.
	Documents []Item
	// Err is set where the capture has the address of the source's own page but is a
	// refusal or has lost its shape; Items and Documents are then empty.
	Err error
}
