// Package web serves the feeds and the pages, from memory, and writes them as static
// files. It only reads: no request changes anything. Feeds and lists are made again
// only when the store holds a newer event that touches them.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// Config is what a Handler shows, and to whom.
type Config struct {
	Reader  feed.Reader
	Base    string // public address that every link begins with, such as "https://watch.example.org"
	Deals   []dealwatch.Deal
	Sources []dealwatch.Info
	Parties map[string][]dealwatch.Party // of each deal, by its id
	// Evidence writes the evidence of a document, one WARC file; nil where there is none
	// to give. Its error is that of Reader.Document where there is no such document, and an
	// fs.ErrNotExist where its captures are not at hand.
	Evidence func(ctx context.Context, w io.Writer, id string) error
	// Coverage tells which days of a source were read, newest first; nil where it is not
	// shown.
	Coverage func(ctx context.Context, source string, from, to time.Time) ([]feed.CoveredDay, error)
	// Asked tells, in a line for each rate that a source's hosts share, how often they were
	// asked today, and whether they refuse; nil where it is not shown.
	Asked func(ctx context.Context, in dealwatch.Info) ([]string, error)
	// NotFound is what the error of Reader.Document is where there is no such
	// document; nil takes every error for a failure.
	NotFound error
	Log      *slog.Logger     // nil for none
	Now      func() time.Time // nil for time.Now
}

// Handler serves the feeds and the pages. It is safe for many goroutines.
type Handler struct {
	cfg     Config
	site    feed.Site
	prefix  string           // path of the public address, "" for none
	static  bool             // pages are written as files
	flags   []dealwatch.Flag // all that there are then, newest first
	written map[string]bool  // documents that have one then
	packed  map[string]bool  // those of them whose evidence is a file too
	cache   *cache
	days    *covered
	metrics *metrics
}

// New gives a Handler. It reads from the store under which name its entries go, and
// fails where the base is no absolute address.
func New(ctx context.Context, cfg Config) (*Handler, error) {
	base, err := url.Parse(strings.TrimRight(cfg.Base, "/"))
	if err != nil || feed.Link(cfg.Base) == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("public url %q is no address that links can begin with: it needs http:// or https:// and a host", cfg.Base)
	}
	authority, year, err := cfg.Reader.Authority(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the authority of feed ids: %w", err)
	}
	if authority == "" || year == 0 {
		return nil, errors.New("the store names no authority for feed ids")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	h := &Handler{
		cfg:    cfg,
		days:   &covered{days: map[string]coveredAnswer{}},
		prefix: base.EscapedPath(),
		site: feed.Site{
			Base: base.String(), Authority: authority, Year: year,
			Deals: cfg.Deals, Sources: cfg.Sources,
		},
	}
	if cfg.Evidence == nil {
		h.site.Packed = func(string) bool { return false }
	}
	h.metrics = newMetrics(h)
	h.cache = newCache(h)
	return h, nil
}
