package whitehouse

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // the site dates by Washington's clock, wherever we run

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// pathKey begins the key of an item of a listing that names no number.
const pathKey = "path:"

var (
	washington = mustLoad("America/New_York")
	postClass  = regexp.MustCompile(`(?:^|\s)post-(\d+)(?:\s|$)`)
	drupalDate = regexp.MustCompile(`\bon ([A-Z][a-z]+ \d{1,2}, \d{4})`)
)

// A listing is one page of a feed or of an HTML listing. It always has an item.
type listing struct {
	items []dealwatch.Item
	next  string // address of the page of older items, "" on the last
}

// readListing reads a feed, a listing of the present site or one of 2017.
func readListing(c dealwatch.Capture) (listing, error) {
	if looksLikeFeed(c.Body) {
		return readFeed(c)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(c.Body))
	if err != nil {
		return listing{}, unparsed(c, "the listing is no HTML: "+err.Error())
	}
	base := final(c)
	// Whatever stands in the list is an item, whatever its classes: one that has lost
	// them must not be passed over.
	rows := doc.Find("main ul.wp-block-post-template").First().Children()
	read, next := postRow, "link[rel=next], a.wp-block-query-pagination-next"
	if rows.Length() == 0 {
		rows = doc.Find(".view-press-office-listings .view-content").First().Children()
		read, next = drupalRow, "li.pager-next a"
	}
	var p listing
	for i, row := range rows.EachIter() {
		it, lacks := read(row, base)
		if lacks != "" {
			return listing{}, unparsed(c, fmt.Sprintf("item %d of the listing has no %s", i+1, lacks))
		}
		p.items = append(p.items, it)
	}
	if len(p.items) == 0 {
		return listing{}, unparsed(c, "the listing shows no item: its layout may have changed")
	}
	if href, ok := doc.Find(next).First().Attr("href"); ok {
		p.next = older(base, href)
	}
	return p, nil
}

// postRow reads an item of the present site. It trusts the classes that have stayed
// the same since 2025; those for sizes have not.
func postRow(row *goquery.Selection, base string) (it dealwatch.Item, lacks string) {
	id := postClass.FindStringSubmatch(row.AttrOr("class", ""))
	if id == nil {
		return it, "post number"
	}
	link := row.Find("h2 a[href]").First()
	address := linked(base, link)
	if address == "" {
		return it, "address"
	}
	it = item(sitePrefix(address)+"post-"+id[1], address, link.Text())
	called := []string{}
	for _, tag := range row.Find("a[rel=tag]").EachIter() { // the closest category comes last
		called = append([]string{tag.Text()}, called...)
	}
	for class := range strings.FieldsSeq(row.AttrOr("class", "")) {
		if name, ok := strings.CutPrefix(class, "category-"); ok {
			called = append(called, name)
		}
	}
	it.Kind = kindOf(it.Title, "", append(called, section(address))...)
	date(&it, row.Find("time[datetime]").First().AttrOr("datetime", ""))
	return it, ""
}

// drupalRow reads an item of 2017: no number, and a date without a time.
func drupalRow(row *goquery.Selection, base string) (it dealwatch.Item, lacks string) {
	link := row.Find("h3 a[href]").First()
	address := linked(base, link)
	if address == "" {
		return it, "address"
	}
	it = item(pathKey+strings.TrimPrefix(address, home), address, link.Text())
	it.Kind = kindOf(it.Title, "", row.Find("strong").First().Text(), "presidential actions")
	if m := drupalDate.FindStringSubmatch(row.Find("div").First().Text()); m != nil {
		if t, err := time.Parse("January 2, 2006", m[1]); err == nil {
			it.PublishedOn = t.Format(time.DateOnly)
		}
	}
	return it, ""
}

// linked is the canonical address that a link leads to, "" where there is no link.
func linked(base string, link *goquery.Selection) string {
	href := link.AttrOr("href", "")
	if href == "" {
		return "" // resolved, it would be the page itself
	}
	return resolve(base, href)
}

func item(key, address, title string) dealwatch.Item {
	return dealwatch.Item{Source: source, Key: key, URL: address, Title: plainTitle(title), Agency: agency}
}

// straight makes the quotes of listings and feeds those of the pages' own titles: a
// title must not seem changed because the theme sets it in other type.
var straight = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`)

func plainTitle(s string) string {
	return straight.Replace(strings.TrimSuffix(extract.Line(s), " – The White House"))
}

// date gives it the instant that stamp (RFC 3339) states, and Washington's date then.
func date(it *dealwatch.Item, stamp string) {
	if t, err := time.Parse(time.RFC3339, strings.TrimSpace(stamp)); err == nil {
		dateAt(it, t)
	}
}

func dateAt(it *dealwatch.Item, t time.Time) {
	it.PublishedAt = t.UTC()
	it.PublishedOn = t.In(washington).Format(time.DateOnly)
}

// section is the first part of an article's address.
func section(address string) string {
	parts := strings.Split(strings.TrimPrefix(address, home+"/"), "/")
	if parts[0] == "briefing-room" && len(parts) > 1 {
		return parts[1]
	}
	return parts[0]
}

// older is the address of a listing's next page, with its query. It gives "" for one
// that leads off the site.
func older(base, href string) string {
	address := resolve(base, href)
	u, err := url.Parse(strings.TrimSpace(href))
	if address == "" || err != nil {
		return ""
	}
	if u.RawQuery != "" { // of 2017, whose paths have no closing slash
		return strings.TrimSuffix(address, "/") + "?" + u.RawQuery
	}
	return address
}

func final(c dealwatch.Capture) string {
	if c.Final != "" {
		return c.Final
	}
	return c.URL
}

func mustLoad(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // tzdata is linked in
	}
	return l
}
