package web

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// firstEvents is how many of the newest events are read for a feed at first. They
// make 500 entries, but where many deals share a document.
const firstEvents = 600

// told is a feed of events: what it chooses, and how its entries are told.
type told struct {
	channel feed.Channel
	filter  dealwatch.Filter
	tell    func([]dealwatch.Event) []feed.Entry // for the feed itself
	each    func([]dealwatch.Event) []feed.Entry // for its archive; nil where it has none
}

func (h *Handler) toldAll() told {
	return told{h.site.All(dealwatch.Filter{}), dealwatch.Filter{}, h.site.DocumentEntries, h.site.DocumentEvents}
}

func (h *Handler) toldSource(in dealwatch.Info) told {
	return told{h.site.Source(in), dealwatch.Filter{Source: in.Name}, h.site.DocumentEntries, h.site.DocumentEvents}
}

func (h *Handler) toldDeal(d dealwatch.Deal) told {
	return told{h.site.Deal(d), dealwatch.Filter{Deal: d.ID}, h.site.DealEntries, h.site.DealEvents}
}

// counted is how many events there are up to one of them, and how many of the newest
// were needed the last time.
type counted struct {
	upTo   int64
	n      int
	needed int
}

// entries reads as much of the past as a feed shows, and says how many archive pages
// come before. Events are counted once; later only what is new is.
func (h *Handler) entries(ctx context.Context, t told, c *counted) (shown []feed.Entry, pages int, err error) {
	runs, err := h.cfg.Reader.Runs(ctx)
	if err != nil {
		return nil, 0, err
	}
	f := t.filter
	f.Limit = max(firstEvents, c.needed)
	var events []dealwatch.Event
	for {
		more, err := h.cfg.Reader.Events(ctx, f)
		if err != nil {
			return nil, 0, err
		}
		if events = append(events, more...); len(events) == 0 {
			return nil, 0, nil
		}
		open := int64(1<<63 - 1) // first event that no archive page holds
		if t.each != nil {
			// A page with what a run has brought is not made before the run is over.
			newest, rest := events[0].ID, 0
			if runs.Open > 0 {
				newest = min(newest, runs.Open-1)
				for rest < len(events) && events[rest].ID > newest {
					rest++
				}
			}
			if err := h.count(ctx, t.filter, newest, c); err != nil {
				return nil, 0, err
			}
			pages = c.n / feed.PageEvents
			if rest += c.n % feed.PageEvents; rest > 0 {
				open = events[min(rest, len(events))-1].ID
			}
		}
		if len(more) < f.Limit {
			all := t.tell(events)
			feed.Keep(all, open)
			return all, pages, nil
		}
		all := t.tell(feed.Settled(events))
		feed.Keep(all, open)
		if shown := feed.Recent(all); len(shown) < len(all) {
			c.needed = len(events)
			return shown, pages, nil
		}
		// As many events are needed for each further entry as for those so far, or some
		// more; where a run of thousands makes one entry, it is read in ever larger parts.
		f.Before = events[len(events)-1].ID
		f.Limit = max(len(events)/2, (feed.MostEntries-len(all))*len(events)*5/4/max(len(all), 1)+firstEvents/4)
	}
}

// count brings c up to the newest event.
func (h *Handler) count(ctx context.Context, f dealwatch.Filter, newest int64, c *counted) error {
	if newest <= c.upTo {
		return nil
	}
	f.After, f.Before = c.upTo, newest+1
	n, err := h.cfg.Reader.CountEvents(ctx, f)
	if err == nil {
		c.n += n
		c.upTo = newest
	}
	return err
}

// pages is how many archive pages a feed has.
func (h *Handler) pages(ctx context.Context, t told) (int, error) {
	runs, err := h.cfg.Reader.Runs(ctx)
	if err != nil {
		return 0, err
	}
	f := t.filter
	f.Before = runs.Open
	n, err := h.cfg.Reader.CountEvents(ctx, f)
	return n / feed.PageEvents, err
}

// feedOf is a feed with its three formats.
func (h *Handler) feedOf(t told) *unit {
	var c counted // the build of a unit is never run twice at once
	return &unit{filter: t.filter, build: func(ctx context.Context) (map[string]*content, error) {
		entries, pages, err := h.entries(ctx, t, &c)
		if err != nil {
			return nil, err
		}
		return h.feedContents(t.channel.Archived(pages), entries)
	}}
}

// archivePage is the n-th archive page of a feed, which is full: it never changes.
func (h *Handler) archivePage(t told, n int) *unit {
	return &unit{filter: nothing, build: func(ctx context.Context) (map[string]*content, error) {
		f := t.filter
		f.Oldest = true
		start := (n - 1) * feed.PageEvents
		f.Skip = max(0, start-feed.Margin)
		f.Limit = start - f.Skip + feed.PageEvents + feed.Margin
		around, err := h.cfg.Reader.Events(ctx, f)
		if err != nil {
			return nil, err
		}
		begin := start - f.Skip
		if len(around) < begin+feed.PageEvents {
			return nil, noSuch("There is no such page yet.")
		}
		page := around[begin : begin+feed.PageEvents]
		return h.feedContents(t.channel.ArchivePage(n), feed.PageEntries(around, page, t.each))
	}}
}

// feedContents renders the three formats of a feed.
func (h *Handler) feedContents(ch feed.Channel, entries []feed.Entry) (map[string]*content, error) {
	rendered, err := feed.Render(ch, entries)
	if err != nil {
		return nil, err
	}
	made := make([]*content, len(feed.Formats))
	var wg sync.WaitGroup
	for i, f := range feed.Formats { // most of it is compression
		wg.Go(func() { made[i] = newContent(f.MediaType, feedPolicy, rendered[f.Name], h.cfg.Now()) })
	}
	wg.Wait()
	out := make(map[string]*content, len(rendered))
	for i, f := range feed.Formats {
		out[f.Name] = made[i]
	}
	return out, nil
}

// allFeed is the feed across deals, or of what f chooses of it.
func (h *Handler) allFeed(f dealwatch.Filter) *unit {
	if f == (dealwatch.Filter{}) {
		return h.feedOf(h.toldAll())
	}
	return h.feedOf(told{channel: h.site.All(f), filter: f, tell: h.site.DocumentEntries})
}

func (h *Handler) sourceFeed(in dealwatch.Info) *unit { return h.feedOf(h.toldSource(in)) }

func (h *Handler) dealFeed(d dealwatch.Deal) *unit { return h.feedOf(h.toldDeal(d)) }

func (h *Handler) healthFeed() *unit {
	return &unit{filter: nothing, health: true, build: func(ctx context.Context) (map[string]*content, error) {
		health, gaps, err := h.health(ctx)
		if err != nil {
			return nil, err
		}
		return h.feedContents(h.site.HealthChannel(), h.site.HealthEntries(health, gaps))
	}}
}

// nothing chooses no event.
var nothing = dealwatch.Filter{Deal: "\x00"}

// health is what the store says of the sources, and one more row where feeds could
// not be made.
func (h *Handler) health(ctx context.Context) ([]dealwatch.Health, []dealwatch.Gap, error) {
	health, err := h.cfg.Reader.Health(ctx)
	if err != nil {
		return nil, nil, err
	}
	gaps, err := h.cfg.Reader.Gaps(ctx, false)
	if err != nil {
		return nil, nil, err
	}
	if s := h.cache.state.Load(); len(s.failed) > 0 {
		health = append(health[:len(health):len(health)], dealwatch.Health{
			Source: "feeds", Agency: "dealwatch", State: "failing", Since: s.since,
			// The errors are in the log: they may name the host and user of the store.
			Incident: "feeds could not be made, and the last good ones are served: " + strings.Join(sortedKeys(s.failed), ", "),
		})
	}
	return health, gaps, nil
}

func (h *Handler) opml() *unit {
	return &unit{filter: nothing, build: func(context.Context) (map[string]*content, error) {
		var b bytes.Buffer
		if err := h.site.WriteOPML(&b); err != nil {
			return nil, err
		}
		return map[string]*content{"opml": newContent(feed.OPMLMediaType, feedPolicy, b.Bytes(), h.cfg.Now())}, nil
	}}
}

// day reads a date or an instant of a query.
func day(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
