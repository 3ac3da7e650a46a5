// Package ftc reads www.ftc.gov: press releases, early-termination notices of
// merger reviews, and the cases of the Legal Library.
//
// All three rest on one Drupal site, and share what is true of all its pages: the
// node number names a page for ever, a date is stored as noon UTC, and a page of six
// lines weighs a megabyte because its logo is drawn into it twice.
package ftc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

const agency = "FTC"

var errNoText = errors.New("the document has no text")

// site is what relative links of a page without an address of its own hang on.
const site = "https://www.ftc.gov"

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

// getItem fetches the page of it, from the first of its addresses that has one. A
// refusal or a failure is no reason to try the next.
func getItem(ctx context.Context, client *crawl.Client, it dealwatch.Item) (page, error) {
	p, err := get(ctx, client, it.URL)
	for _, further := range it.Extra {
		if o := dealwatch.OutcomeOf(err); o != dealwatch.Gone && o != dealwatch.Moved && o != dealwatch.Absent {
			break
		}
		p, err = get(ctx, client, further)
	}
	return p, err
}

// parse reads c as a page, without its drawings.
func parse(c dealwatch.Capture) (page, error) {
	if err := refusal(c); err != nil {
		return page{}, err
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(withoutDrawings(c.Body)))
	if err != nil {
		return page{}, fail(c, dealwatch.Unparsed, "no HTML: %w", err)
	}
	if doc.Find("a[href]").Length() == 0 {
		return page{}, fail(c, dealwatch.Unparsed, "the page has no link where many were")
	}
	return page{Capture: c, Document: doc}, nil
}

// withoutDrawings cuts <svg> elements out before the page is parsed: they are nine
// tenths of it.
func withoutDrawings(body []byte) []byte {
	var out []byte
	for {
		start := bytes.Index(body, []byte("<svg"))
		if start < 0 {
			break
		}
		end := bytes.IndexByte(body[start:], '>')
		if end < 0 {
			break
		}
		end += start + 1
		if body[end-2] != '/' {
			closing := bytes.Index(body[end:], []byte("</svg>"))
			if closing < 0 {
				break
			}
			end += closing + len("</svg>")
		}
		out = append(out, body[:start]...)
		body = body[end:]
	}
	return append(out, body...)
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

// meta is the content of the head's element of that name or property.
func (p page) meta(name string) string {
	s := p.Find(fmt.Sprintf(`head meta[property=%q], head meta[name=%q]`, name, name)).First()
	return s.AttrOr("content", "")
}

// title is the page's heading, which stands outside of its main part.
func (p page) title() string {
	for _, selector := range []string{"section.banner-section h1", "h1"} {
		if t := extract.Line(p.Find(selector).First().Text()); t != "" {
			return t
		}
	}
	return extract.Line(p.meta("og:title"))
}

var nodeClass = regexp.MustCompile(`\bnode--(\d+)\b`)

// node is the number of the page's Drupal node, "" where the page has none.
func (p page) node() string {
	link, _ := p.Find(`head link[rel="shortlink"]`).Attr("href")
	if i := strings.LastIndex(link, "/node/"); i >= 0 && number(link[i+len("/node/"):]) {
		return link[i+len("/node/"):]
	}
	if m := nodeClass.FindStringSubmatch(p.Find("body").AttrOr("class", "")); m != nil {
		return m[1]
	}
	return nodeOf(p.Find("article.node--view-mode-full").First())
}

// nodeOf is the node number in an article's classes.
func nodeOf(article *goquery.Selection) string {
	if m := nodeClass.FindStringSubmatch(article.AttrOr("class", "")); m != nil {
		return m[1]
	}
	return ""
}

func number(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// published is the instant at which the page says it was published, if that falls on
// the date it states; else zero. A page that was made on another day than it is
// dated carries the time of its making.
func (p page) published(on string) time.Time {
	stated := p.meta("article:published_time")
	at, err := time.Parse(time.RFC3339, stated)
	if err != nil || !strings.HasPrefix(stated, on) || on == "" {
		return time.Time{}
	}
	return at.UTC()
}

// field is a Drupal field's values.
func field(s *goquery.Selection, name string) []string {
	var values []string
	s.Find(".field--name-" + name).First().Find(".field__item").Each(func(_ int, item *goquery.Selection) {
		if v := extract.Line(item.Text()); v != "" {
			values = append(values, v)
		}
	})
	return values
}

// dateIn is the date of the field-date in s. The site stores a date as noon UTC, so
// its first ten characters are the agency's date in any zone.
func dateIn(s *goquery.Selection) string {
	return day(s.Find(".field--name-field-date time[datetime]").First().AttrOr("datetime", ""))
}

// day is the date that begins stamp, "" where none does.
func day(stamp string) string {
	if len(stamp) < len(time.DateOnly) {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, stamp[:len(time.DateOnly)]); err != nil {
		return ""
	}
	return stamp[:len(time.DateOnly)]
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
	return host == "www.ftc.gov" || host == "ftc.gov"
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

// canonical is the one spelling of an address of the site, which names a file.
func canonical(u string) string {
	parsed, err := url.Parse(u)
	if err != nil {
		return u
	}
	parsed.Scheme, parsed.Fragment = "https", ""
	if ours(parsed) {
		parsed.Host = "www.ftc.gov"
	}
	return parsed.String()
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

// reading is the version of it that a page of its own gave.
func reading(it dealwatch.Item, c dealwatch.Capture, channel, text string) dealwatch.Version {
	return dealwatch.Version{Item: it, Text: text, Channel: channel, ReadAt: c.At, SHA256: c.SHA256, Capture: c.Ref}
}

// listed is the version of it that its listing carried.
func listed(it dealwatch.Item, channel, text string) dealwatch.Version {
	return dealwatch.Version{
		Item: it, Text: text, Channel: channel,
		ReadAt: it.ContentAt, SHA256: it.ContentSHA, Capture: it.ContentRef,
	}
}

// carrying puts the document that c lists as content into it.
func carrying(it dealwatch.Item, c dealwatch.Capture, content string) dealwatch.Item {
	it.Content, it.ContentAt, it.ContentSHA, it.ContentRef = content, c.At, c.SHA256, c.Ref
	return it
}
