package store

import (
	"regexp"
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

// heading is what a White House page puts before the title that the Federal Register
// prints, such as "Presidential Executive Order on the".
var heading = regexp.MustCompile(`^(a )?(presidential )?(executive order|proclamation|memorandum)( on)?( the)? |^order `)

func topicOf(v dealwatch.Version) topic {
	if v.Source != "whitehouse" && v.Source != "federal-register" {
		return topic{}
	}
	on := v.PublishedOn
	if on == "" && !v.PublishedAt.IsZero() {
		on = v.PublishedAt.UTC().Format(time.DateOnly)
	}
	day, err := time.Parse(time.DateOnly, on)
	title := normal(v.Title)
	if err != nil || title == "" {
		return topic{}
	}
	t := topic{title: title, day: day.Unix() / (24 * 60 * 60)}
	if v.Source == "whitehouse" {
		if len(title) > 80 {
			title = title[:71] + "-" + digest(title)[:8]
		}
		t.id = on + "-" + title
	}
	return t
}

// normal is a title without its heading, case and punctuation.
func normal(title string) string {
	s := strings.ToLower(strings.Join(strings.Fields(title), " "))
	s = strings.ReplaceAll(heading.ReplaceAllString(s, ""), "&", "and")
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
