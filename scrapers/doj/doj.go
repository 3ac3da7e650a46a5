// Package doj reads what the Antitrust Division publishes on www.justice.gov: press
// releases and speeches, and its cases with the documents filed in them.
//
// Three generations of the site are read: today's (Drupal, theme usdoj_uswds), the
// one before it where old pages survive, and the static pages of 2014.
package doj

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

const (
	agency = "DOJ"
	site   = "https://www.justice.gov"
)

var errNoText = errors.New("the document has no text")

// A page is an answer of the site read as HTML.
type page struct {
	dealwatch.Capture
	*goquery.Document
}

// get fetches and parses one page. Its error is a *dealwatch.ReadError.
func get(ctx context.Context, client *crawl.Client, address string) (page, error) {
	c, err := client.Get(ctx, address)
	if err != nil {
		return page{}, err
	}
	return parse(c)
}

// getItem fetches what is at the address of it, or at the first of its further ones
// where there is nothing. A refusal or a failure is no reason to try the next.
func getItem(ctx context.Context, client *crawl.Client, it dealwatch.Item) (dealwatch.Capture, error) {
	c, err := client.Get(ctx, it.URL)
	for _, further := range it.Extra {
		if o := dealwatch.OutcomeOf(err); o != dealwatch.Gone && o != dealwatch.Moved && o != dealwatch.Absent {
			break
		}
		c, err = client.Get(ctx, further)
	}
	if err != nil {
		return c, err
	}
	if err := refusal(c); err != nil {
		return c, err
	}
	return c, nil
}

// parse reads c as a page.
func parse(c dealwatch.Capture) (page, error) {
	if err := refusal(c); err != nil {
		return page{}, err
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(c.Body))
	if err != nil {
		return page{}, fail(c, dealwatch.Unparsed, "no HTML: %w", err)
	}
	if doc.Find("a[href]").Length() == 0 {
		return page{}, fail(c, dealwatch.Unparsed, "the page has no link where many were")
	}
	return page{Capture: c, Document: doc}, nil
}

// refusal is the error that an answer without content stands for, nil for content.
func refusal(c dealwatch.Capture) error {
	if err := judge(c); err != nil {
		return err
	}
	switch {
	case c.Status == 401 || c.Status == 403:
		return fail(c, dealwatch.Blocked, "the site refused the request")
	case c.Status == 404 || c.Status == 410:
		return fail(c, dealwatch.Gone, "no such page")
	case c.Status >= 300 && c.Status < 400:
		return fail(c, dealwatch.Moved, "the page is elsewhere")
	case c.Status >= 400:
		return fail(c, dealwatch.Failed, "the site gave no content")
	case c.Body == nil: // so a refusal that came as a page looks after it was judged
		return fail(c, dealwatch.Blocked, "the site refused the request")
	}
	return nil
}

// fail makes the *ReadError for what is wrong with c.
func fail(c dealwatch.Capture, o dealwatch.Outcome, format string, args ...any) *dealwatch.ReadError {
	return &dealwatch.ReadError{Outcome: o, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: fmt.Errorf(format, args...)}
}

// meta is the content of the head's element of that property.
func (p page) meta(property string) string {
	return p.Find(fmt.Sprintf("head meta[property=%q]", property)).First().AttrOr("content", "")
}

// title is the heading of the page's main part.
func (p page) title() string {
	for _, selector := range []string{"#node-title", "main h1", "h1"} {
		if t := extract.Line(p.Find(selector).First().Text()); t != "" {
			return t
		}
	}
	return extract.Line(p.meta("og:title"))
}

// published is the instant at which the page says it was published, if that falls on
// the date it states; else zero. A page that was made on another day than it is
// dated carries the time of its making.
func (p page) published(on string) time.Time {
	stated := p.meta("article:published_time")
	at, err := time.Parse(time.RFC3339, stated)
	if err != nil || on == "" || !strings.HasPrefix(stated, on) {
		return time.Time{}
	}
	return at.UTC()
}

// dateIn is the first date that s states. The site stores a date as noon UTC, so the
// first ten characters of the stamp are the agency's date in any zone.
func dateIn(s *goquery.Selection) string {
	if stamp := s.Find("time[datetime]").First().AttrOr("datetime", ""); len(stamp) >= len(time.DateOnly) {
		if t, err := time.Parse(time.DateOnly, stamp[:len(time.DateOnly)]); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return dateOf(s.First().Text())
}

// dateOf reads a date as the site writes it: "May 5, 2023", with or without the day
// of the week; "" where s is none.
func dateOf(s string) string {
	s = strings.Trim(extract.Line(s), "() ")
	for _, layout := range []string{"January 2, 2006", "Monday, January 2, 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// address takes u apart if it is one of the site's, whatever its scheme: the path
// without a slash at its end.
func address(u string) (path string, query url.Values, ok bool) {
	parsed, err := url.Parse(u)
	if err != nil || !ours(parsed) {
		return "", nil, false
	}
	return strings.TrimRight(parsed.Path, "/"), parsed.Query(), true
}

func ours(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return host == "www.justice.gov" || host == "justice.gov"
}

// partial is added to the page of a listing that shows only a part of its stream: one
// that a search or a filter made. Such a listing has no first page of the stream, and
// so proves nothing complete.
const partial = 1000

// pageNumber is the place of a listing's page, from 0.
func pageNumber(query url.Values) int {
	n, err := strconv.Atoi(query.Get("page"))
	if err != nil || n < 0 {
		n = 0
	}
	for name, values := range query {
		if value := strings.Join(values, ""); name != "page" && value != "" && name+value != "sort_byfield_date" {
			return n + partial
		}
	}
	return n
}

// keyOf is the identity of a page: its path. A page keeps it when it is archived.
func keyOf(path string) string {
	path = strings.Trim(path, "/")
	return strings.TrimPrefix(path, "archives/")
}

// absolute resolves href against the page's address, without the fragment; "" where
// it leads to nothing that can be fetched.
func absolute(base, href string) string {
	b, err := url.Parse(base)
	if err != nil || !b.IsAbs() {
		b, _ = url.Parse(site)
	}
	u, err := b.Parse(strings.TrimSpace(href))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String()
}

// reading is the version of it that an answer of its own gave.
func reading(it dealwatch.Item, c dealwatch.Capture, channel, text string) dealwatch.Version {
	return dealwatch.Version{Item: it, Text: text, Channel: channel, ReadAt: c.At, SHA256: c.SHA256, Capture: c.Ref}
}
