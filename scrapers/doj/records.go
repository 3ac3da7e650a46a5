package doj

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/dealwatch/dealwatch"
)

// The paths of the JSON interface.
const (
	releasesAPI = "/api/v1/press_releases.json"
	speechesAPI = "/api/v1/speeches.json"
)

// division is the component whose records are ours. The interface takes a parameter
// for it and does not heed it, so the choice is made here.
const division = "Antitrust Division"

// A record is one entry of the JSON interface. What is empty is "" there, whatever
// it is when it is not.
type record struct {
	Title     loose  `json:"title"`
	URL       loose  `json:"url"`
	Body      loose  `json:"body"`
	Date      loose  `json:"date"` // Unix seconds, noon UTC
	Number    loose  `json:"number"`
	Component *names `json:"component"`
}

// loose is a string that may come as a number or be left out.
type loose string

func (l *loose) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = loose(s)
		return nil
	}
	var n json.Number
	if json.Unmarshal(b, &n) == nil {
		*l = loose(n)
	}
	return nil
}

// names are those of a list of {uuid, name}, none where the list is "".
type names []string

func (n *names) UnmarshalJSON(b []byte) error {
	if b[0] != '[' {
		return nil
	}
	var list []struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	for _, e := range list {
		if e.Name == "" {
			return errors.New("a component without a name")
		}
		*n = append(*n, e.Name)
	}
	return nil
}

// answer reads an answer of the interface.
func answer(c dealwatch.Capture) ([]record, error) {
	if err := refusal(c); err != nil {
		return nil, err
	}
	var a struct {
		Results []record `json:"results"`
	}
	if err := json.Unmarshal(c.Body, &a); err != nil {
		return nil, fail(c, dealwatch.Unparsed, "no JSON: %w", err)
	}
	if a.Results == nil {
		return nil, fail(c, dealwatch.Unparsed, "the answer has no results")
	}
	return a.Results, nil
}

// records are the division's releases and speeches in an answer, with their text.
func (s Releases) records(c dealwatch.Capture) ([]dealwatch.Item, error) {
	all, err := answer(c)
	if err != nil {
		return nil, err
	}
	var items []dealwatch.Item
	for i, r := range all {
		if r.Component == nil {
			return nil, fail(c, dealwatch.Unparsed, "record %d (%.60q) does not say whose it is", i+1, r.Title)
		}
		if !r.of(division) {
			continue
		}
		if r.Title == "" || r.URL == "" || r.Date == "" {
			return nil, fail(c, dealwatch.Unparsed, "record %d (%.60q) has no title, address or date", i+1, r.Title)
		}
		if it, ok := s.fromRecord(c, r); ok {
			items = append(items, it)
		}
	}
	return items, nil
}

func (r record) of(component string) bool {
	if r.Component == nil {
		return false
	}
	for _, name := range *r.Component {
		if name == component {
			return true
		}
	}
	return false
}

var tag = regexp.MustCompile(`<[^>]*>`)

// fromRecord is the item that a record describes.
func (s Releases) fromRecord(c dealwatch.Capture, r record) (dealwatch.Item, bool) {
	it, _, ok := s.item(absolute(site, string(r.URL)), tag.ReplaceAllString(unstray(string(r.Title)), " "))
	if !ok {
		return it, false
	}
	if seconds, err := strconv.ParseInt(string(r.Date), 10, 64); err == nil {
		it.PublishedOn = time.Unix(seconds, 0).UTC().Format(time.DateOnly)
	}
	it.Docket = string(r.Number)
	it.Content, it.ContentAt, it.ContentSHA, it.ContentRef = unstray(string(r.Body)), c.At, c.SHA256, c.Ref
	return it, true
}

// unstray mends characters that were Windows-1252 bytes once and were taken for
// Latin-1: old texts have U+0092 for an apostrophe.
func unstray(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x80 && r <= 0x9f {
			return charmap.Windows1252.DecodeByte(byte(r))
		}
		return r
	}, s)
}

// listRecords gives the division's releases, newest first, from the interface's
// pages. Most pages of the whole department hold none of them.
func (s Releases) listRecords(ctx context.Context) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		for n := 0; ; n++ {
			// Without an order the interface begins in January 2009.
			c, err := s.Client.Get(ctx, fmt.Sprintf("%s%s?sort=date&direction=DESC&pagesize=50&page=%d", site, releasesAPI, n))
			if err != nil {
				yield(nil, err)
				return
			}
			all, err := answer(c)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(all) == 0 {
				return
			}
			items, err := s.records(c)
			if (len(items) > 0 || err != nil) && !yield(items, err) {
				return
			}
		}
	}
}

// lookUp asks the interface for the record of it by its title. It gives it back as
// it was where the interface knows no such record.
func (s Releases) lookUp(ctx context.Context, it dealwatch.Item) (dealwatch.Item, error) {
	if it.Title == "" {
		return it, nil
	}
	path := releasesAPI
	if it.Kind == "speech" {
		path = speechesAPI
	}
	query := url.Values{
		"parameters[title]": {it.Title},
		"sort":              {"date"},
		"direction":         {"DESC"},
		"pagesize":          {"20"},
	}
	c, err := s.Client.Get(ctx, site+path+"?"+query.Encode())
	if err != nil {
		return it, err
	}
	all, err := answer(c)
	if err != nil {
		return it, err
	}
	for _, r := range all {
		if found, ok := s.fromRecord(c, r); ok && found.Key == it.Key && found.Content != "" {
			if found.PublishedOn == "" {
				found.PublishedOn = it.PublishedOn
			}
			return found, nil
		}
	}
	return it, nil
}
