package ftc

import (
	"context"
	"iter"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// EarlyTerminations is the source of notices that a merger's waiting period was cut
// short. There is a notice only where that was asked for and granted: silence about
// a merger means nothing. The acquiring party is often a fund made for the purpose,
// so the acquired entities, which name the business, are part of the text.
type EarlyTerminations struct{ Client *crawl.Client }

var _ dealwatch.Source = EarlyTerminations{}

const (
	noticesFeed    = site + "/feeds/hsr-early-termination-notices.xml"
	noticesPath    = "/legal-library/browse/early-termination-notices"
	noticesListing = site + noticesPath
)

// Info declares the source.
func (EarlyTerminations) Info() dealwatch.Info {
	return dealwatch.Info{
		Name:     "ftc-hsr",
		Title:    "FTC early-termination notices",
		Agency:   agency,
		Home:     noticesListing,
		Identity: "transaction number",
		Second:   "HTML listing of the Legal Library",
		Kinds:    []string{"early-termination"},
		Hosts:    hosts(),
		Every:    6 * time.Hour,
		Unseen: []string{
			"feed",
			"listing and notice as whole pages: only excerpts of them were seen",
		},
	}
}

// Streams is the one listing: the feed holds its newest twenty notices.
func (EarlyTerminations) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{{Name: "notices", URL: noticesFeed}}
}

// List gives the feed and, for a range, the pages of the listing after it.
func (s EarlyTerminations) List(ctx context.Context, stream dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	feed := single(ctx, s.Client, stream.URL, s.listFeed)
	if r.Since == "" {
		return feed
	}
	return chain(feed, pages(ctx, s.Client, noticesListing, 0, s.listPage))
}

var transaction = regexp.MustCompile(`^` + noticesPath + `/(\d{8})$`)

// transactionIn is the transaction number that ends a notice's address.
func transactionIn(link string) string {
	path, _, ok := address(link)
	if !ok {
		return ""
	}
	if m := transaction.FindStringSubmatch(path); m != nil {
		return m[1]
	}
	return ""
}

func (s EarlyTerminations) listFeed(c dealwatch.Capture) ([]dealwatch.Item, error) {
	entries, err := parseFeed(c)
	if err != nil {
		return nil, err
	}
	var items []dealwatch.Item
	for _, e := range entries {
		link := absolute(c.Final, e.Link)
		it := s.item(transactionIn(link), link, e.Title)
		if it.Key == "" {
			return nil, fail(c, dealwatch.Unparsed, "entry %q has no transaction number in its link", e.GUID)
		}
		it.PublishedOn = feedDay(e.Published)
		if n, ok := noticeIn(e.Description); ok {
			it = carrying(it, c, e.Description)
			it = n.describe(it)
		}
		items = append(items, it)
	}
	return items, nil
}

func (s EarlyTerminations) listPage(p page) ([]dealwatch.Item, error) {
	rows, err := p.rows("early-termination-notice")
	if err != nil {
		return nil, err
	}
	var items []dealwatch.Item
	for _, r := range rows {
		it := s.item(transactionIn(r.link), r.link, r.title)
		if it.Key == "" {
			return nil, fail(p.Capture, dealwatch.Unparsed, "the row of node %s has no transaction number in its link", r.node)
		}
		it.PublishedOn = r.date
		if content, err := goquery.OuterHtml(r.article); err == nil && noticeOf(r.article).complete() {
			it = carrying(it, p.Capture, content)
		}
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, fail(p.Capture, dealwatch.Unparsed, "no early-termination notice among the rows")
	}
	return items, nil
}

func (EarlyTerminations) item(number, link, title string) dealwatch.Item {
	return dealwatch.Item{
		Source: "ftc-hsr", Key: number, URL: link, Title: extract.Line(title),
		Kind: "early-termination", Agency: agency, Docket: number,
	}
}

// Read reads a notice out of the feed or the listing, both of which carry it whole,
// else from its page.
func (s EarlyTerminations) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	if n, ok := noticeIn(it.Content); ok {
		channel := "feed"
		if strings.Contains(it.Content, "node--view-mode-search-result") {
			channel = "listing"
		}
		return listed(n.describe(it), channel, n.text()), nil
	}
	p, err := getItem(ctx, s.Client, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	return s.readPage(it, p)
}

func (EarlyTerminations) readPage(it dealwatch.Item, p page) (dealwatch.Version, error) {
	n := noticeOf(p.Find("article.node--type-early-termination-notice.node--view-mode-full").First())
	if !n.complete() {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "no early-termination notice on the page")
	}
	if n.number != "" && n.number != it.Key {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Moved, "the page is that of transaction %s, not %s", n.number, it.Key)
	}
	if t := p.title(); t != "" {
		it.Title = t
	}
	if it = n.describe(it); it.PublishedOn == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "the page states no date")
	}
	return reading(it, p.Capture, "page", n.text()), nil
}

// Recognise knows the feed, the listing and the notices.
func (s EarlyTerminations) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	path, query, ok := address(c.URL)
	if !ok {
		return dealwatch.Sight{}, false
	}
	switch {
	case path == "/feeds/hsr-early-termination-notices.xml":
		items, err := s.listFeed(c)
		return dealwatch.Sight{Stream: "notices", Items: items, Err: err}, true
	case path == noticesPath:
		items, err := recognise(c, s.listPage)
		return dealwatch.Sight{Stream: "notices", Page: pageNumber(query), Items: items, Err: err}, true
	case transaction.MatchString(path):
		items, err := recognise(c, func(p page) ([]dealwatch.Item, error) {
			v, err := s.readPage(s.item(transactionIn(c.URL), c.URL, ""), p)
			if err != nil {
				return nil, err
			}
			return []dealwatch.Item{v.Item}, nil
		})
		return dealwatch.Sight{Documents: items, Err: err}, true
	}
	return dealwatch.Sight{}, false
}
