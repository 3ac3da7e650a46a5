package web

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// firstEvents is how many of the newest events are read for a feed at first. They
// make 500 entries, but where many deals share a document.
const firstEvents = 600

// entries reads as much of the past as a feed shows.
func (h *Handler) entries(ctx context.Context, f dealwatch.Filter, tell func([]dealwatch.Event) []feed.Entry) ([]feed.Entry, error) {
	for f.Limit = firstEvents; ; f.Limit *= 4 {
		events, err := h.cfg.Reader.Events(ctx, f)
		if err != nil {
			return nil, err
		}
		if len(events) < f.Limit {
			return tell(events), nil
		}
		all := tell(feed.Settled(events))
		if shown := feed.Recent(all); len(shown) < len(all) {
			return shown, nil
		}
	}
}

// feedContents renders the three formats of a feed.
func (h *Handler) feedContents(ch feed.Channel, entries []feed.Entry) (map[string]*content, error) {
	rendered, err := feed.Render(ch, entries)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*content, len(rendered))
	for _, f := range feed.Formats {
		out[f.Name] = newContent(f.MediaType, feedPolicy, rendered[f.Name], h.cfg.Now())
	}
	return out, nil
}

// allFeed is the feed across deals, or of what f chooses of it.
func (h *Handler) allFeed(f dealwatch.Filter) *unit {
	return &unit{filter: f, build: func(ctx context.Context) (map[string]*content, error) {
		entries, err := h.entries(ctx, f, h.site.DocumentEntries)
		if err != nil {
			return nil, err
		}
		return h.feedContents(h.site.All(f), entries)
	}}
}

func (h *Handler) sourceFeed(in dealwatch.Info) *unit {
	f := dealwatch.Filter{Source: in.Name}
	return &unit{filter: f, build: func(ctx context.Context) (map[string]*content, error) {
		entries, err := h.entries(ctx, f, h.site.DocumentEntries)
		if err != nil {
			return nil, err
		}
		return h.feedContents(h.site.Source(in), entries)
	}}
}

func (h *Handler) dealFeed(d dealwatch.Deal) *unit {
	f := dealwatch.Filter{Deal: d.ID}
	return &unit{filter: f, build: func(ctx context.Context) (map[string]*content, error) {
		entries, err := h.entries(ctx, f, h.site.DealEntries)
		if err != nil {
			return nil, err
		}
		return h.feedContents(h.site.Deal(d), entries)
	}}
}

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
			Incident: "feeds could not be made; the last good ones are served: " + failures(s.failed),
		})
	}
	return health, gaps, nil
}

func failures(failed map[string]error) string {
	var parts []string
	for _, key := range sortedKeys(failed) {
		parts = append(parts, key+": "+failed[key].Error())
	}
	return strings.Join(parts, "; ")
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
