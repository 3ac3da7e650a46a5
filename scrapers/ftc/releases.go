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

// Releases is the source of press releases. The competition feed carries them whole,
// so that no page need be asked for; the feed of all releases carries teasers, and is
// never taken for more: their pages are read. Both name a release by its node number, which joins them.
type Releases struct{ Client *crawl.Client }

var _ dealwatch.Source = Releases{}

const (
	competitionFeed = site + "/feeds/press-release-competition.xml"
	releasesFeed    = site + "/feeds/press-release.xml"
	releasesListing = site + "/news-events/news/press-releases"
)

// Info declares the source.
func (Releases) Info() dealwatch.Info {
	return dealwatch.Info{
		Name:     "ftc-press",
		Title:    "FTC press releases",
		Agency:   agency,
		Home:     releasesListing,
		Identity: "Drupal node number, the guid of both feeds",
		Second:   "HTML listing of press releases",
		Kinds:    append([]string{"press-release"}, attachmentKinds()...),
		Hosts:    hosts(),
		Every:    3 * time.Hour,
		Young:    7 * 24 * time.Hour,
		Unseen: []string{
			"feed of all releases",
			"article page",
			"HTML listing, read for a range that the feeds no longer hold",
		},
	}
}

// Streams are both feeds, the one with whole bodies first.
func (Releases) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{
		{Name: "competition", URL: competitionFeed},
		{Name: "all", URL: releasesFeed},
	}
}

// List gives the feed and, for a range, the pages of the HTML listing after it. A
// poll without a range ends with the feed: it is long enough to overlap the last
// one, and the listing is the part of the site that is refused most often.
func (s Releases) List(ctx context.Context, stream dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	read := s.listTeasers
	if stream.Name == "competition" {
		read = s.listFeed
	}
	feed := single(ctx, s.Client, stream.URL, read)
	if r.Since == "" {
		return feed
	}
	return chain(feed, pages(ctx, s.Client, releasesListing, 0, s.listPage))
}

// listFeed reads the feed that carries releases whole. What looks like a teaser in it
// is left to its page.
func (s Releases) listFeed(c dealwatch.Capture) ([]dealwatch.Item, error) {
	return s.entries(c, whole)
}

// listTeasers reads a feed that carries teasers, whatever they look like.
func (s Releases) listTeasers(c dealwatch.Capture) ([]dealwatch.Item, error) {
	return s.entries(c, func(dealwatch.Item, string) bool { return false })
}

// entries reads a feed, and gives the items content whose description is the release.
func (s Releases) entries(c dealwatch.Capture, whole func(dealwatch.Item, string) bool) ([]dealwatch.Item, error) {
	entries, err := parseFeed(c)
	if err != nil {
		return nil, err
	}
	var items []dealwatch.Item
	for _, e := range entries {
		it := s.item(strings.TrimSpace(e.GUID), absolute(c.Final, e.Link), e.Title, feedDay(e.Published))
		if !number(it.Key) || it.URL == "" || it.Title == "" || it.PublishedOn == "" {
			return nil, fail(c, dealwatch.Unparsed, "entry %q has no node number, link, title or date", e.GUID)
		}
		if whole(it, e.Description) {
			it = carrying(it, c, e.Description)
		}
		items = append(items, it)
	}
	return items, nil
}

// whole reports whether a description is that of a whole release: it has more than one
// block of text, and does not refer to the release as something that is elsewhere.
func whole(it dealwatch.Item, description string) bool {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(description))
	if err != nil || doc.Find("p, li, tr").Length() < 2 {
		return false
	}
	self, _, ok := address(it.URL)
	refers := doc.Find("a[href]").FilterFunction(func(_ int, a *goquery.Selection) bool {
		to, _, known := address(absolute(it.URL, a.AttrOr("href", "")))
		return ok && known && (to == self || to == "/node/"+it.Key)
	})
	return refers.Length() == 0
}

func (Releases) item(key, link, title, on string) dealwatch.Item {
	return dealwatch.Item{
		Source: "ftc-press", Key: key, URL: link, Title: extract.Line(title),
		Kind: "press-release", Agency: agency, PublishedOn: on,
	}
}

// listPage reads a page of the HTML listing. A release can be linked twice in a row,
// by its picture and by its heading; the row is what counts.
func (s Releases) listPage(p page) ([]dealwatch.Item, error) {
	rows, err := p.rows("press-release")
	if err != nil {
		return nil, err
	}
	var items []dealwatch.Item
	for _, r := range rows {
		items = append(items, s.item(r.node, r.link, r.title, r.date))
	}
	if len(items) == 0 {
		return nil, fail(p.Capture, dealwatch.Unparsed, "no press release among the rows")
	}
	return items, nil
}

// Read reads a release out of its feed or its page, or a file that it links to.
func (s Releases) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	if it.ParentKey != "" {
		return readFile(ctx, s.Client, it)
	}
	if it.Content != "" {
		return s.readEntry(it)
	}
	p, err := getItem(ctx, s.Client, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	return s.readArticle(it, p)
}

// readEntry reads a release that its feed carries whole.
func (Releases) readEntry(it dealwatch.Item) (dealwatch.Version, error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(it.Content))
	if err != nil {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: it.URL, Err: err}
	}
	text := extract.Selection(doc.Selection)
	if text == "" {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Empty, URL: it.URL, Err: errNoText}
	}
	v := listed(it, "feed", text)
	v.Found = attachments(it, it.URL, doc.Selection)
	return v, nil
}

// furniture stands in the body of a release and is not of it.
var furniture = []string{
	".field--name-field-boilerplate-block",
	".field--name-field-media-contact-single",
	".field--name-field-phone",
	".field-social-icons",
	"nav", "aside",
}

// readArticle reads the page of a release.
func (Releases) readArticle(it dealwatch.Item, p page) (dealwatch.Version, error) {
	article := p.Find("article.node--type-press-release.node--view-mode-full").First()
	body := article.Find(".field--name-body").First()
	if body.Length() == 0 {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "no press release on the page")
	}
	if n := p.node(); n != "" && n != it.Key {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Moved, "the page is that of node %s, not %s", n, it.Key)
	}
	text := extract.Selection(article.Find(".field--name-field-subtitle").First()) + "\n\n" + extract.Selection(body, furniture...)
	if text = strings.Trim(text, "\n"); text == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Empty, "the release has no text")
	}
	if t := p.title(); t != "" {
		it.Title = t
	}
	if on := dateIn(article); on != "" {
		it.PublishedOn = on
	}
	if it.PublishedOn == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "the page states no date")
	}
	it.PublishedAt = p.published(it.PublishedOn)
	v := reading(it, p.Capture, "page", text)
	v.Found = attachments(it, p.Final, article)
	return v, nil
}

// releasePath is the path of an article, today's and that of before 2022.
var releasePath = regexp.MustCompile(`^/news-events/(?:news/)?press-releases/\d{4}/\d{2}/[^/]+$`)

// Recognise knows both feeds, that of consumer protection (a part of all), the HTML
// listing and articles.
func (s Releases) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	path, query, ok := address(c.URL)
	if !ok {
		return dealwatch.Sight{}, false
	}
	switch {
	case path == "/feeds/press-release-competition.xml":
		items, err := s.listFeed(c)
		return dealwatch.Sight{Stream: "competition", Items: items, Err: err}, true
	case path == "/feeds/press-release.xml":
		items, err := s.listTeasers(c)
		return dealwatch.Sight{Stream: "all", Items: items, Err: err}, true
	case path == "/feeds/press-release-consumer-protection.xml":
		items, err := s.listTeasers(c)
		return dealwatch.Sight{Stream: "all", Page: partial, Items: items, Err: err}, true
	case path == "/news-events/news/press-releases" || path == "/news-events/press-releases":
		items, err := recognise(c, s.listPage)
		return dealwatch.Sight{Stream: "all", Page: pageNumber(query), Items: items, Err: err}, true
	case releasePath.MatchString(path):
		items, err := recognise(c, s.article)
		return dealwatch.Sight{Documents: items, Err: err}, true
	}
	return dealwatch.Sight{}, false
}

// article is the release whose page p is.
func (s Releases) article(p page) ([]dealwatch.Item, error) {
	it := s.item(p.node(), p.URL, p.title(), dateIn(p.Find("article.node--view-mode-full")))
	if it.Key == "" {
		return nil, fail(p.Capture, dealwatch.Unparsed, "the page has no node number")
	}
	v, err := s.readArticle(it, p)
	if err != nil {
		return nil, err
	}
	return []dealwatch.Item{v.Item}, nil
}

// recognise reads a foreign capture as a page.
func recognise(c dealwatch.Capture, read func(page) ([]dealwatch.Item, error)) ([]dealwatch.Item, error) {
	p, err := parse(c)
	if err != nil {
		return nil, err
	}
	return read(p)
}
