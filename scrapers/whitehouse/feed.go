package whitehouse

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/mmcdole/gofeed/rss"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

var (
	postGUID = regexp.MustCompile(`[?&]p=(\d+)$`)
	appeared = regexp.MustCompile(`^The post .* appeared first on .*\.$`)
)

func looksLikeFeed(body []byte) bool {
	head := bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n")
	return bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<rss"))
}

// readFeed reads a page of a WordPress feed. Its items carry an article's text only
// where the pages are gone: elsewhere a feed leaves out nearly half of an order.
func readFeed(c dealwatch.Capture) (listing, error) {
	feed, err := (&rss.Parser{}).Parse(bytes.NewReader(c.Body))
	if err != nil {
		return listing{}, unparsed(c, "the feed is no RSS: "+err.Error())
	}
	var p listing
	for i, e := range feed.Items {
		it, lacks := feedItem(e)
		if lacks != "" {
			return listing{}, unparsed(c, fmt.Sprintf("item %d of the feed has no %s", i+1, lacks))
		}
		if sitePrefix(it.URL) != "" && e.Content != "" {
			it.Content, it.ContentAt, it.ContentSHA, it.ContentRef = e.Content, c.At, c.SHA256, c.Ref
		}
		p.items = append(p.items, it)
	}
	if len(p.items) == 0 {
		return listing{}, unparsed(c, "the feed shows no item")
	}
	if n := bytes.Count(c.Body, []byte("</guid>")); n != len(p.items) {
		return listing{}, unparsed(c, fmt.Sprintf("%d of the %d entries of the feed are no items", n-len(p.items), n))
	}
	p.next = olderFeed(c.URL)
	return p, nil
}

func feedItem(e *rss.Item) (it dealwatch.Item, lacks string) {
	address := resolve(home, e.Link)
	if address == "" {
		return it, "address"
	}
	if e.GUID == nil {
		return it, "guid"
	}
	id := postGUID.FindStringSubmatch(strings.TrimSpace(e.GUID.Value))
	if id == nil {
		return it, "post number in its guid"
	}
	it = item(sitePrefix(address)+"post-"+id[1], address, e.Title)
	called := []string{}
	for _, category := range e.Categories {
		called = append(called, unescape(category.Value))
	}
	it.Kind = kindOf(it.Title, "", append(called, section(address))...)
	if e.PubDateParsed != nil {
		dateAt(&it, *e.PubDateParsed)
	}
	return it, ""
}

// unescape undoes the entities that feeds write inside CDATA.
func unescape(s string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(s))
	if err != nil {
		return s
	}
	return doc.Text()
}

// olderFeed is the address of the feed's next page. Where there is none, the site
// answers 404.
func olderFeed(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("paged", strconv.Itoa(number(q.Get("paged"), 1)+1))
	u.RawQuery = q.Encode()
	return u.String()
}

// readContent reads an article as a feed carried it, without the page's furniture
// that stands in such a text and the line that WordPress adds.
func readContent(it dealwatch.Item) (dealwatch.Version, error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(it.Content))
	if err != nil {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: it.URL, Err: err}
	}
	for _, p := range doc.Find("p").EachIter() {
		if appeared.MatchString(extract.Line(p.Text())) {
			p.Remove()
		}
	}
	text := extract.Selection(doc.Find("body"), furniture...)
	if text == "" {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Empty, URL: it.URL,
			Err: fmt.Errorf("the feed's content has no text")}
	}
	v := dealwatch.Version{Item: it, Text: text, Channel: "feed", ReadAt: it.ContentAt, SHA256: it.ContentSHA, Capture: it.ContentRef}
	v.Kind = kindOf(it.Title, text, it.Kind, section(it.URL))
	return v, nil
}
