package extract

import (
	"bytes"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/dealwatch/dealwatch"
)

// feedVersions reads the entries of a feed (RSS, Atom, JSON Feed).
func feedVersions(body []byte) ([]dealwatch.Version, error) {
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return nil, readError(dealwatch.Unparsed, "", "broken feed: %w", err)
	}
	var docs []dealwatch.Version
	for _, entry := range feed.Items {
		var v dealwatch.Version
		v.Title, v.URL, v.Key = entry.Title, entry.Link, entry.GUID
		if entry.PublishedParsed != nil {
			v.PublishedAt = *entry.PublishedParsed
			v.PublishedOn = statedDate(entry.Published, v.PublishedAt)
		}
		content := entry.Content
		if content == "" {
			content = entry.Description
		}
		v.Text = pageText([]byte(content), roleOf)
		docs = append(docs, v)
	}
	if docs == nil {
		return nil, readError(dealwatch.Empty, "", "the feed has no entry")
	}
	return docs, nil
}

// statedDate is the date of an instant in the zone that it is written in.
func statedDate(written string, at time.Time) string {
	for _, layout := range []string{time.RFC3339, "Mon, 2 Jan 2006 15:04:05 -0700"} {
		if t, err := time.Parse(layout, written); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return at.Format(time.DateOnly)
}
