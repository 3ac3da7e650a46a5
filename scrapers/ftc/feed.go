package ftc

import (
	"bytes"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/dealwatch/dealwatch"
)

// parseFeed reads one of the site's RSS feeds, which always has entries.
func parseFeed(c dealwatch.Capture) ([]*gofeed.Item, error) {
	if err := refusal(c); err != nil {
		return nil, err
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(c.Body))
	if err != nil {
		return nil, fail(c, dealwatch.Unparsed, "no feed: %w", err)
	}
	if len(feed.Items) == 0 {
		return nil, fail(c, dealwatch.Empty, "the feed has no entry")
	}
	if n := bytes.Count(c.Body, []byte("</guid>")); n != len(feed.Items) {
		return nil, fail(c, dealwatch.Unparsed, "%d of the %d entries of the feed are no items", n-len(feed.Items), n)
	}
	return feed.Items, nil
}

// feedDay is the date of an entry. The feed states it as eight in the morning,
// Washington time, so it is the date in the zone that the stamp itself names.
func feedDay(stamp string) string {
	for _, layout := range []string{time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700", time.RFC1123} {
		if t, err := time.Parse(layout, stamp); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}
