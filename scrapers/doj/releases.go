package doj

import (
	"bytes"
	"context"
	"iter"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/mmcdole/gofeed"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// Releases is the source of press releases and speeches. The division's feed says
// what there is, and holds teasers only; the site's JSON interface gives the text.
type Releases struct{ Client *crawl.Client }

var _ dealwatch.Source = Releases{}

// releasesFeed is the address that the division's own page of feeds gives. The
// component means "tagged with", so other offices' releases are among its entries.
const releasesFeed = site + "/news/rss?type[0]=image_gallery&type[1]=press_release&type[2]=speech&type[3]=youtube_video" +
	"&field_component=376&search_api_language=en&show_public_archived=0&require_all=0"

// Info declares the source.
func (Releases) Info() dealwatch.Info {
	return dealwatch.Info{
		Name:     "doj-press",
		Title:    "DOJ Antitrust Division press releases and speeches",
		Agency:   agency,
		Home:     site + "/atr/press-releases",
		Identity: "path, without /archives",
		Second:   "JSON interface for press releases",
		Kinds:    append([]string{"press-release", "speech"}, documentKinds()...),
		Hosts:    hosts(),
		Every:    3 * time.Hour,
		Young:    7 * 24 * time.Hour,
		Unseen: []string{
			"JSON records of the Antitrust Division: those of other offices were seen",
			"search by title and list of speeches in the JSON interface",
			"article page",
		},
	}
}

// Streams is the division's feed.
func (Releases) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{{Name: "atr", URL: releasesFeed}}
}

// List gives the feed and, for a range, the JSON interface's pages after it.
func (s Releases) List(ctx context.Context, stream dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		c, err := s.Client.Get(ctx, stream.URL)
		if err != nil {
			yield(nil, err)
			return
		}
		items, err := s.listFeed(c)
		if !yield(items, err) || err != nil || r.Since == "" {
			return
		}
		for items, err := range s.listRecords(ctx) {
			if !yield(items, err) || err != nil {
				return
			}
		}
	}
}

// place is the form of an address of the news: office, kind, slug.
var place = regexp.MustCompile(`^(?:/archives)?/([a-z0-9-]+)/(pr|speech)/([^/]+)$`)

// wholeFeed reports whether a feed's parameters ask for releases and speeches alike.
func wholeFeed(query url.Values) bool {
	types := make(map[string]bool)
	for name, values := range query {
		switch name, _, _ = strings.Cut(name, "["); name {
		case "type":
			for _, v := range values {
				types[v] = true
			}
		case "field_component", "search_api_language", "show_public_archived", "require_all", "m":
		default:
			return false
		}
	}
	return len(types) == 0 || types["press_release"] && types["speech"]
}

// kindAt is the kind of what is at a path, "" for what has no text of its own, such
// as videos and galleries.
func kindAt(path string) (kind, slug string) {
	m := place.FindStringSubmatch(path)
	switch {
	case m == nil:
		return "", ""
	case m[2] == "pr":
		return "press-release", m[3]
	}
	return "speech", m[3]
}

// listFeed reads the feed. Its filter for types does not hold, so entries are chosen
// by their address. A release that two offices published is one item: the one of
// the Office of Public Affairs.
func (s Releases) listFeed(c dealwatch.Capture) ([]dealwatch.Item, error) {
	if err := refusal(c); err != nil {
		return nil, err
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(c.Body))
	if err != nil {
		return nil, fail(c, dealwatch.Unparsed, "no feed: %w", err)
	}
	if len(feed.Items) == 0 {
		return nil, fail(c, dealwatch.Empty, "the feed has no entry")
	}
	var items []dealwatch.Item
	twins := make(map[string]int) // slug and date
	if n := bytes.Count(c.Body, []byte("</guid>")); n != len(feed.Items) {
		return nil, fail(c, dealwatch.Unparsed, "%d of the %d entries of the feed are no items", n-len(feed.Items), n)
	}
	for _, e := range feed.Items {
		if e.Link == "" {
			return nil, fail(c, dealwatch.Unparsed, "entry %q has no link", e.GUID)
		}
		it, slug, ok := s.item(absolute(c.Final, e.Link), e.Title)
		if !ok {
			continue
		}
		if it.PublishedOn = feedDay(e.Published); it.PublishedOn == "" || it.Title == "" {
			return nil, fail(c, dealwatch.Unparsed, "entry %q has no title or date", e.GUID)
		}
		twin := slug + " " + it.PublishedOn
		if i, ok := twins[twin]; ok {
			if strings.HasPrefix(it.Key, "opa/") {
				items[i] = it
			}
			continue
		}
		twins[twin] = len(items)
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, fail(c, dealwatch.Unparsed, "no release or speech among %d entries", len(feed.Items))
	}
	return items, nil
}

// feedDay is the date of an entry, which the feed states as noon.
func feedDay(stamp string) string {
	for _, layout := range []string{time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700", time.RFC1123} {
		if t, err := time.Parse(layout, stamp); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// item is the release or speech at link, and its slug; not ok for anything else.
func (Releases) item(link, title string) (it dealwatch.Item, slug string, ok bool) {
	path, _, ok := address(link)
	kind, slug := kindAt(path)
	if !ok || kind == "" {
		return dealwatch.Item{}, "", false
	}
	return dealwatch.Item{
		Source: "doj-press", Key: keyOf(path), URL: link, Title: extract.Line(title),
		Kind: kind, Agency: agency,
	}, slug, true
}

// Read reads a release or speech: the record that a listing carried, else the one
// that the JSON interface has, else its page. Or it reads a file that one links to.
func (s Releases) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	if it.ParentKey != "" {
		return readDocument(ctx, s.Client, it)
	}
	if it.Content == "" {
		found, err := s.lookUp(ctx, it)
		if dealwatch.OutcomeOf(err) == dealwatch.Blocked {
			return dealwatch.Version{}, err // no second door after a refusal
		}
		it = found
	}
	if it.Content != "" {
		return readRecord(it)
	}
	c, err := getItem(ctx, s.Client, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	p, err := parse(c)
	if err != nil {
		return dealwatch.Version{}, err
	}
	return s.readArticle(it, p)
}

// readRecord reads the text that came with it from the JSON interface.
func readRecord(it dealwatch.Item) (dealwatch.Version, error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(it.Content))
	if err != nil {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: it.URL, Err: err}
	}
	text := extract.Selection(doc.Selection)
	if text == "" {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Empty, URL: it.URL, Err: errNoText}
	}
	return dealwatch.Version{
		Item: it, Text: text, Channel: "api",
		ReadAt: it.ContentAt, SHA256: it.ContentSHA, Capture: it.ContentRef,
		Found: documents(it, it.URL, doc.Selection),
	}, nil
}

// bodies are where an article keeps its text, today's theme first.
var bodies = []string{
	"main .field-formatter--text-default.body",
	".field--name-field-pr-body",
	".field--name-body",
}

// readArticle reads the page of a release or speech.
func (Releases) readArticle(it dealwatch.Item, p page) (dealwatch.Version, error) {
	var body *goquery.Selection
	for _, selector := range bodies {
		if body = p.Find(selector); body.Length() > 0 {
			break
		}
	}
	if body.Length() == 0 {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "no %s on the page", it.Kind)
	}
	text := extract.Selection(body, "nav", "aside", ".node-topics")
	if text == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Empty, "the %s has no text", it.Kind)
	}
	if t := p.title(); t != "" {
		it.Title = t
	}
	if on := dateIn(p.Find("main .node-date, .field--name-field-pr-date .date-display-single").First()); on != "" {
		it.PublishedOn = on
	}
	if it.PublishedOn == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "the page states no date")
	}
	it.PublishedAt = p.published(it.PublishedOn)
	v := reading(it, p.Capture, "page", text)
	v.Found = documents(it, p.Final, body)
	return v, nil
}

// Recognise knows the feed with whatever parameters, answers of the JSON interface,
// and articles. What does not name the division, a feed of the whole department
// among it, is another office's.
func (s Releases) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	path, query, ok := address(c.URL)
	if !ok {
		return dealwatch.Sight{}, false
	}
	kind, _ := kindAt(path)
	switch {
	case path == "/news/rss":
		if query.Get("field_component") != "376" {
			return dealwatch.Sight{}, false
		}
		page := 0
		if !wholeFeed(query) {
			page = partial
		}
		items, err := s.listFeed(c)
		return dealwatch.Sight{Stream: "atr", Page: page, Items: items, Err: err}, true
	case path == releasesAPI || path == speechesAPI:
		items, err := s.records(c)
		return dealwatch.Sight{Documents: items, Err: err}, err != nil || len(items) > 0
	case kind != "" && (c.Body == nil || bytes.Contains(c.Body, []byte(division))):
		items, err := s.article(c)
		return dealwatch.Sight{Documents: items, Err: err}, true
	}
	return dealwatch.Sight{}, false
}

// article is the release or speech whose page c is.
func (s Releases) article(c dealwatch.Capture) ([]dealwatch.Item, error) {
	p, err := parse(c)
	if err != nil {
		return nil, err
	}
	it, _, _ := s.item(c.URL, "")
	v, err := s.readArticle(it, p)
	if err != nil {
		return nil, err
	}
	return []dealwatch.Item{v.Item}, nil
}
