package dealwatch

import "time"

// Item is what a listing says of a document before the document is read. An
// attachment is an Item that its parent's reading found.
type Item struct {
	Source string // name of the source, such as "ftc-press"
	Key    string // the publisher's own name for the document; unique within Source, and kept for ever
	URL    string // absolute address of its own page or file, for people; Read may know a better one
	Title  string // "" where the listing shows none
	Kind   string // "press-release", "executive-order", "8-K", ...; README lists them all
	Agency string // "FTC", "DOJ", "White House", "SEC", ...
	Docket string // docket, matter or file number as the agency writes it; "" for none

	// PublishedOn is the date that the agency states, as YYYY-MM-DD in the agency's
	// own zone, "" where it states none.
	PublishedOn string
	// PublishedAt is the instant that the agency states, in UTC; zero where it
	// states only a date.
	PublishedAt time.Time

	ParentKey string  // key of the document this one hangs on; "" for one that stands alone
	Subject   string  // joins documents of several sources on one subject, such as "eo-14430"; "" for none
	Filers    []Filer // who filed it, for a filing: each speaks in it for itself
	// Content is the document as the listing itself carries it (HTML), "" when URL must
	// be read. The three fields after it are those of the listing's capture.
	Content    string
	ContentAt  time.Time
	ContentSHA string
	ContentRef Ref

	Extra []string // further addresses to try, in order, when URL has nothing
}

// Filer is a registrant under whose CIK a document was filed.
type Filer struct {
	CIK  int    // Central Index Key, without leading zeros
	Name string // as the filing states it
	Role string // "Filer", "Subject", "Filed by", ...
}

// ID names the document on every database: source/key.
func (it Item) ID() string { return it.Source + "/" + it.Key }

// Version is one reading of one document. It is immutable.
type Version struct {
	Item
	// Text is the body without markup, in valid UTF-8 without control characters:
	// "\n" ends a block (a cell, list item, heading or line), "\n\n" a paragraph.
	Text string
	// Channel names the way the text was got ("page", "feed", "api", ...). The first
	// channel that read a document is its canonical one; another never revises it.
	Channel string
	// ReadAt is when the bytes were received, which for a replay is when they were
	// captured.
	ReadAt time.Time
	// SHA256 is the lower-case hex digest of the body as captured.
	SHA256 string
	// Capture says where the bytes are kept; zero when nothing is kept.
	Capture Ref
	// Found holds the attachments that this reading found, as items to be read.
	Found []Item
	// Index is true where the page only lists documents (a filing's index): its
	// Found are items, but it is no document itself.
	Index bool
}

// Ref is the place of a capture: a WARC file and the byte offset of its record.
type Ref struct {
	File   string
	Offset int64
}

// Zero reports whether r names no place.
func (r Ref) Zero() bool { return r.File == "" }
