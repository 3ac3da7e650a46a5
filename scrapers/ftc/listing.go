package ftc

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// A row is one article of a listing.
type row struct {
	article *goquery.Selection
	node    string // number of its Drupal node
	link    string // absolute
	title   string
	date    string
}

// rows reads the rows of a listing page whose node type is want; an empty want
// stands for any. A listing without a row is Empty only where the site says so.
func (p page) rows(want string) ([]row, error) {
	articles := p.Find(".view-content .views-row article, .view-content > article")
	if articles.Length() == 0 {
		if p.Find(".view-empty").Length() > 0 {
			return nil, fail(p.Capture, dealwatch.Empty, "the listing says that it has no row")
		}
		return nil, fail(p.Capture, dealwatch.Unparsed, "no row: the listing's shape has changed")
	}
	// Nothing that looks like a row may lie outside of them: it has lost its place.
	for _, part := range []string{".view-content .views-row", "main h3.node-title", ".view-content h3.node-title"} {
		if n := p.Find(part).Length(); n > articles.Length() {
			return nil, fail(p.Capture, dealwatch.Unparsed, "%d rows, but %d of %s", articles.Length(), n, part)
		}
	}
	var found []row
	var err error
	articles.EachWithBreak(func(i int, a *goquery.Selection) bool {
		if want != "" && !a.HasClass("node--type-"+want) {
			if untyped(a) {
				err = fail(p.Capture, dealwatch.Unparsed, "row %d does not say what it is", i+1)
			}
			return err == nil
		}
		link := a.Find("h3.node-title a[href], .node-title a[href]").First()
		href, _ := link.Attr("href")
		if href == "" {
			href, _ = a.Attr("about")
		}
		r := row{article: a, node: nodeOf(a), link: absolute(p.Final, href), title: extract.Line(link.Text()), date: dateIn(a)}
		if r.node == "" || r.link == "" || r.title == "" || r.date == "" {
			err = fail(p.Capture, dealwatch.Unparsed, "row %d has no node number, link, title or date", i+1)
			return false
		}
		found = append(found, r)
		return true
	})
	return found, err
}

// untyped reports whether an article does not say what its node is.
func untyped(article *goquery.Selection) bool {
	return !strings.Contains(" "+article.AttrOr("class", ""), " node--type-")
}

// more reports whether the listing has a further page.
func (p page) more() bool {
	return p.Find(`a[rel="next"]`).Length() > 0
}

// single gives the one page of the listing at address.
func single(ctx context.Context, client *crawl.Client, address string, read func(dealwatch.Capture) ([]dealwatch.Item, error)) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		c, err := client.Get(ctx, address)
		if err != nil {
			yield(nil, err)
			return
		}
		yield(read(c))
	}
}

// pages gives the pages of the listing at address, newest first, at most so many; 0
// stands for all.
func pages(ctx context.Context, client *crawl.Client, address string, most int, read func(page) ([]dealwatch.Item, error)) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		for n := 0; most == 0 || n < most; n++ {
			at := address
			if n > 0 {
				at = fmt.Sprintf("%s?page=%d", address, n)
			}
			p, err := get(ctx, client, at)
			if err != nil {
				yield(nil, err)
				return
			}
			items, err := read(p)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(items, nil) || !p.more() {
				return
			}
		}
	}
}

// chain gives the pages of the listings one after the other, and ends with an error.
func chain(listings ...iter.Seq2[[]dealwatch.Item, error]) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		for _, listing := range listings {
			for items, err := range listing {
				if !yield(items, err) || err != nil {
					return
				}
			}
		}
	}
}
