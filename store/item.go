package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/dealwatch/dealwatch"
)

// States of an item.
const (
	pending = "pending"
	read    = "read"
	gone    = "gone"
)

// itemRow is a row of item.
type itemRow struct {
	Source, Key               string
	URL, Title                string
	Kind, Agency, Docket      string
	PublishedOn               string `db:"published_on"`
	PublishedAt               *int64 `db:"published_at"`
	ParentKey                 string `db:"parent_key"`
	Subject                   string
	Filers, Extra             string
	Content                   string
	ContentAt                 *int64 `db:"content_at"`
	ContentSHA                string `db:"content_sha256"`
	ContentFile               string `db:"content_file"`
	ContentOffset             int64  `db:"content_offset"`
	NotedAt                   int64  `db:"noted_at"`
	FirstSeenAt               int64  `db:"first_seen_at"`
	State, Reason             string
	NextTryAt                 *int64 `db:"next_try_at"`
	Tries                     int64
	GoneAt                    *int64 `db:"gone_at"`
	FailedFile                string `db:"failed_file"`
	FailedOffset              int64  `db:"failed_offset"`
	fresh, dirty, readdressed bool
	before                    listingRow // title and date before they were merged with newer ones
}

const itemColumns = `source, key, url, title, kind, agency, docket, published_on, published_at, parent_key,
	subject, filers, extra, content, content_at, content_sha256, content_file, content_offset,
	noted_at, first_seen_at, state, reason, next_try_at, tries, gone_at, failed_file, failed_offset`

func (r *itemRow) values() []any {
	return []any{r.Source, r.Key, r.URL, r.Title, r.Kind, r.Agency, r.Docket, r.PublishedOn, r.PublishedAt, r.ParentKey,
		r.Subject, r.Filers, r.Extra, r.Content, r.ContentAt, r.ContentSHA, r.ContentFile, r.ContentOffset,
		r.NotedAt, r.FirstSeenAt, r.State, r.Reason, r.NextTryAt, r.Tries, r.GoneAt, r.FailedFile, r.FailedOffset}
}

// item is the row as the path knows it.
func (r *itemRow) item() dealwatch.Item {
	return dealwatch.Item{
		Source: r.Source, Key: r.Key, URL: r.URL, Title: r.Title, Kind: r.Kind, Agency: r.Agency, Docket: r.Docket,
		PublishedOn: r.PublishedOn, PublishedAt: timeOf(r.PublishedAt), ParentKey: r.ParentKey, Subject: r.Subject,
		Filers: listOf[dealwatch.Filer](r.Filers), Extra: listOf[string](r.Extra),
		Content: r.Content, ContentAt: timeOf(r.ContentAt), ContentSHA: r.ContentSHA,
		ContentRef: dealwatch.Ref{File: r.ContentFile, Offset: r.ContentOffset},
	}
}

// merge takes into r what a sighting at the given time states: the newer statement
// wins, and nothing that is known is blanked by one that leaves it out.
func (r *itemRow) merge(it dealwatch.Item, at int64) {
	newer := at >= r.NotedAt
	take := func(dst *string, said string) bool {
		said = clean(said)
		if said == "" || said == *dst || (!newer && *dst != "") {
			return false
		}
		*dst = said
		r.dirty = true
		return true
	}
	keep := func(dst *string, said string) {
		if *dst == "" {
			take(dst, said)
		}
	}
	take(&r.Title, it.Title)
	take(&r.PublishedOn, it.PublishedOn)
	take(&r.Kind, it.Kind)
	take(&r.Agency, it.Agency)
	take(&r.Docket, it.Docket)
	take(&r.Filers, jsonOf(it.Filers))
	keep(&r.ParentKey, it.ParentKey)
	keep(&r.Subject, it.Subject)
	moved := take(&r.URL, it.URL)
	more := take(&r.Extra, jsonOf(it.Extra))
	r.readdressed = r.readdressed || moved || more
	if m := micros(it.PublishedAt); m != nil && (newer || r.PublishedAt == nil) && (r.PublishedAt == nil || *r.PublishedAt != *m) {
		r.PublishedAt = m
		r.dirty = true
	}
	if it.Content != "" {
		contentAt := at
		if m := micros(it.ContentAt); m != nil {
			contentAt = *m
		}
		if r.ContentAt == nil || contentAt > *r.ContentAt {
			r.Content, r.ContentAt, r.ContentSHA = clean(it.Content), &contentAt, clean(it.ContentSHA)
			r.ContentFile, r.ContentOffset = clean(it.ContentRef.File), it.ContentRef.Offset
			r.dirty = true
		}
	}
	if at > r.NotedAt {
		r.NotedAt = at
		r.dirty = true
	}
}

// again makes an item due at once.
func (r *itemRow) again(reason string) {
	r.State, r.Reason, r.NextTryAt, r.Tries, r.GoneAt, r.FailedFile, r.FailedOffset = pending, reason, nil, 0, nil, "", 0
	r.dirty = true
}

// sight gives the rows of items in their order, making those that are not there yet, and
// merges what is stated at the given time. save writes them.
func (l *Lease) sight(q *tx, items []dealwatch.Item, at time.Time) ([]*itemRow, error) {
	for _, it := range items {
		if it.Source != l.source || it.Key == "" {
			return nil, fmt.Errorf("item %q does not belong to %s or has no key", it.ID(), l.source)
		}
	}
	keys := keysOf(items)
	known := make(map[string]*itemRow, len(keys))
	err := in(keys, func(list string, keys []any) error {
		var found []*itemRow
		err := q.all(&found, `SELECT `+itemColumns+` FROM item WHERE source = ? AND key IN (`+list+`)`,
			append([]any{l.source}, keys...)...)
		for _, r := range found {
			r.before = listingRow{Title: r.Title, PublishedOn: r.PublishedOn, SeenAt: math.MinInt64}
			known[r.Key] = r
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	now := instantOf(at)
	for _, it := range items {
		key := clean(it.Key)
		if known[key] == nil {
			known[key] = &itemRow{Source: l.source, Key: key, FirstSeenAt: now, NotedAt: now, State: pending, fresh: true, dirty: true}
		}
		known[key].merge(it, now)
	}
	rows := make([]*itemRow, len(keys))
	for i, key := range keys {
		rows[i] = known[key.(string)]
	}
	return rows, nil
}

// known is sight for the item of an attempt to read: it is as some listing stated it,
// or as the page itself does, so that nothing of it is newer than what listings stated.
func (l *Lease) known(q *tx, it dealwatch.Item, at time.Time) (*itemRow, error) {
	rows, err := l.sight(q, []dealwatch.Item{it}, time.Time{})
	if err != nil {
		return nil, err
	}
	if rows[0].fresh {
		rows[0].FirstSeenAt, rows[0].NotedAt = instantOf(at), instantOf(at)
	}
	return rows[0], nil
}

// keysOf are the keys of items, each once.
func keysOf(items []dealwatch.Item) []any {
	var keys []any
	known := make(map[string]bool, len(items))
	for _, it := range items {
		if key := clean(it.Key); !known[key] {
			known[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// save writes the rows that changed.
func (l *Lease) save(q *tx, rows ...*itemRow) error {
	var fresh, addresses [][]any
	for _, r := range rows {
		if !r.dirty {
			continue
		}
		if r.readdressed {
			for _, url := range append([]string{r.URL}, listOf[string](r.Extra)...) {
				addresses = append(addresses, []any{url, r.Source, r.Key})
			}
		}
		if r.fresh {
			fresh = append(fresh, r.values())
		} else if err := q.update(r); err != nil {
			return err
		}
	}
	if err := q.insert(`item (`+itemColumns+`)`, fresh, ``); err != nil {
		return err
	}
	return q.insert(`address (url, source, key)`, addresses, `ON CONFLICT DO NOTHING`)
}

func (q *tx) update(r *itemRow) error {
	return q.exec(`
		UPDATE item SET url = ?, title = ?, kind = ?, agency = ?, docket = ?, published_on = ?, published_at = ?,
			parent_key = ?, subject = ?, filers = ?, extra = ?, content = ?, content_at = ?, content_sha256 = ?,
			content_file = ?, content_offset = ?, noted_at = ?, first_seen_at = ?, state = ?, reason = ?,
			next_try_at = ?, tries = ?, gone_at = ?, failed_file = ?, failed_offset = ?
		WHERE source = ? AND key = ?`,
		append(r.values()[2:], r.Source, r.Key)...)
}

// ItemsAt gives the items that are, or ever were, said to be at url.
func (s *Store) ItemsAt(ctx context.Context, url string) ([]dealwatch.Item, error) {
	var rows []*itemRow
	err := s.reading(ctx, "look up "+url, func(q *tx) error {
		rows = nil
		return q.all(&rows, `
			SELECT `+itemColumns+` FROM item
			WHERE (source, key) IN (SELECT source, key FROM address WHERE url = ?)
			ORDER BY source, key`, clean(url))
	})
	var items []dealwatch.Item
	for _, r := range rows {
		items = append(items, r.item())
	}
	return items, err
}
