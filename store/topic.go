package store

import (
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// topic is what joins a White House page with its Federal Register document where
// neither states a subject. The view subjects does the joining.
type topic struct {
	title string // in lower case, & written out, nothing but a-z and 0-9; "" for no topic
	day   int64  // of the stated date, in days since 1970
	id    string // subject of a White House page
}

func topicOf(v dealwatch.Version) topic {
	if v.Source != "whitehouse" && v.Source != "federal-register" {
		return topic{}
	}
	on := v.PublishedOn
	if on == "" && !v.PublishedAt.IsZero() {
		on = v.PublishedAt.UTC().Format(time.DateOnly)
	}
	day, err := time.Parse(time.DateOnly, on)
	title := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ReplaceAll(strings.ToLower(v.Title), "&", "and"))
	if err != nil || title == "" {
		return topic{}
	}
	t := topic{title: title, day: day.Unix() / (24 * 60 * 60)}
	if v.Source == "whitehouse" {
		t.id = on + "-" + title[:min(len(title), 80)]
	}
	return t
}
