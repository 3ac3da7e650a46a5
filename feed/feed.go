// Package feed shows what was flagged to feed readers: as Atom, RSS, JSON Feed and
// OPML. It only computes. Equal events give equal bytes: there is no clock and no
// random id in here. All text that came from a document is cleaned and escaped on
// the way out, however clean it was on the way in.
package feed

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Reader is what feeds and pages are made from.
type Reader interface {
	// Events are those that the filter chooses, newest first.
	Events(ctx context.Context, f dealwatch.Filter) ([]dealwatch.Event, error)
	// Flagged are the flags that the filter chooses, newest first.
	Flagged(ctx context.Context, f dealwatch.Filter) ([]dealwatch.Flag, error)
	Health(ctx context.Context) ([]dealwatch.Health, error)
	Gaps(ctx context.Context, openOnly bool) ([]dealwatch.Gap, error)
	// Document is a document's latest version and all its flags.
	Document(ctx context.Context, id string) (dealwatch.Document, []dealwatch.Flag, error)
	// Mentions show the flags as they are now, by the id of the flag.
	Mentions(ctx context.Context, flags []dealwatch.Flag) (map[int64][]dealwatch.Mention, error)
	// Versions are those of a document, newest first.
	Versions(ctx context.Context, id string, limit int) ([]dealwatch.Document, error)
	// Attachments are what hangs on a document, read or not.
	Attachments(ctx context.Context, source, key string, limit int) ([]dealwatch.Listed, error)
	// Weeks count the flags of a deal by week and source, oldest first.
	Weeks(ctx context.Context, deal string) ([]dealwatch.WeekCount, error)
	// CountEvents is how many events the filter chooses.
	CountEvents(ctx context.Context, f dealwatch.Filter) (int, error)
	// KnowsDeal reports whether a deal is followed or ever was.
	KnowsDeal(ctx context.Context, id string) (bool, error)
	// Runs are those of changed watchlists, which feeds tell of once they have ended.
	Runs(ctx context.Context) (dealwatch.Runs, error)
	// Search gives the documents that hold all terms, newest first, and where an older
	// page begins, 0 for none.
	Search(ctx context.Context, terms [][]string, f dealwatch.Filter) (hits []dealwatch.Hit, next int64, err error)
	// Authority is the name and year in the tag URIs of all entries. It never changes.
	Authority(ctx context.Context) (authority string, year int, err error)
}

// Format is one way to write a feed. The three formats of a feed hold the same
// entries, in the same order, under the same ids.
type Format struct {
	Name      string // also the extension in the feed's address
	Label     string // for people
	MediaType string
	// Write writes a whole feed, or nothing where it fails before the last byte is made.
	Write func(w io.Writer, ch Channel, entries []Entry) error
	// ids reads a whole feed back and gives the ids of its entries.
	ids func(body []byte) ([]string, error)
}

// Formats are all there are, the primary one first.
var Formats = []Format{
	{"atom", "Atom", "application/atom+xml; charset=utf-8", writeAtom, xmlIDs("entry", "id")},
	{"rss", "RSS", "application/rss+xml; charset=utf-8", writeRSS, xmlIDs("item", "guid")},
	{"json", "JSON Feed", "application/feed+json", writeJSON, jsonIDs},
}

// Channel is a feed without its entries.
type Channel struct {
	ID       string // tag URI; the same in all formats, and kept for ever
	Title    string
	Subtitle string
	Home     string     // address of the page that shows the same
	Address  string     // address of the feed, without the extension
	Query    url.Values // filters; nil for none
	Prev     string     // address of the archive page before, as Address; "" for none
	Current  string     // of an archive page: address of the feed it belongs to; "" for a feed
	Epoch    time.Time  // stands for the newest entry's time while there is none
}

// URL is the address of the feed in the named format.
func (ch Channel) URL(format string) string {
	u := ch.Address + "." + format
	if len(ch.Query) > 0 {
		u += "?" + ch.Query.Encode()
	}
	return u
}

// updated is the newest entry's, so that a feed changes only with its entries.
func (ch Channel) updated(entries []Entry) time.Time {
	var newest time.Time
	for _, e := range entries {
		if e.Updated.After(newest) {
			newest = e.Updated
		}
	}
	if newest.IsZero() {
		newest = ch.Epoch
	}
	return stamp(newest)
}

// Entry is one thing to tell. Its text is plain, but for HTML.
type Entry struct {
	ID         string // tag URI; fixed when the thing happened
	Title      string
	Link       string // where the document can be read; http or https
	Page       string // what we know of it
	Agency     string
	Origin     Origin
	Published  time.Time // when it first stood in our feeds; never changes
	Updated    time.Time
	Summary    string
	HTML       string // made of our own tags and escaped text
	Categories []Category

	cleaned     bool  // made by clean: there is nothing left to do
	first, last int64 // events that it tells of
	keep        bool  // stays in its feed, however large that is
}

// Origin is the source that a document came from.
type Origin struct {
	Title string
	URL   string
}

// Category is a term of one of our vocabularies.
type Category struct {
	Scheme string // tag URI of the vocabulary: deal, agency, kind, closeness
	Term   string
	Label  string // for people; "" where the term will do
}

const generator = "dealwatch"

// generatorURL is where a reader of the raw feed learns what made it.
const generatorURL = "https://github.com/dealwatch/dealwatch"

// stamp cuts t to what every format can say: whole seconds in UTC, between the
// first year of RFC 3339 and the last.
func stamp(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second)
	switch {
	case t.Year() < 1:
		return time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > 9999:
		return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	}
	return t
}
