package doj

import (
	"context"
	"iter"
	"regexp"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// Cases is the source of the division's cases and of the documents filed in them. The
// index shows the cases last opened; a document filed in an older case does not bring
// it back, so cases are read again while they are young. Only the first page of the
// index may be asked for, by the site's robots.txt.
type Cases struct{ Client *crawl.Client }

var _ dealwatch.Source = Cases{}

const (
	indexPath = "/atr/antitrust-case-filings"
	indexPage = site + indexPath
)

// Info declares the source.
func (Cases) Info() dealwatch.Info {
	return dealwatch.Info{
		Name:     "doj-cases",
		Title:    "DOJ Antitrust Division case filings",
		Agency:   agency,
		Home:     indexPage,
		Identity: "path of a case or a filing of 2014; address of a document",
		Second:   "the division's feed of press releases, which link to the filings",
		Kinds:    append([]string{"case"}, documentKinds()...),
		Hosts:    hosts(),
		Every:    24 * time.Hour,
		Young:    30 * 24 * time.Hour,
		Unseen:   []string{"case page", "document page", "interstitial"},
	}
}

// Streams is the index.
func (Cases) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{{Name: "cases", URL: indexPage}}
}

// List gives the first page of the index, whatever the range.
func (s Cases) List(ctx context.Context, stream dealwatch.Stream, _ dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		p, err := get(ctx, s.Client, stream.URL)
		if err != nil {
			yield(nil, err)
			return
		}
		yield(s.listIndex(p))
	}
}

// listIndex reads the index: each case, and after it the documents that its row
// links to, so that a new document is seen before its case is read again.
func (s Cases) listIndex(p page) ([]dealwatch.Item, error) {
	rows := p.Find(".views-row article.node-case")
	if rows.Length() == 0 {
		return nil, fail(p.Capture, dealwatch.Unparsed, "no case: the index's shape has changed")
	}
	// Nothing that looks like a case may lie outside of the rows: it has lost its place.
	for _, part := range []string{".views-row", "article.node-case", ".case-title"} {
		if n := p.Find(part).Length(); n > rows.Length() {
			return nil, fail(p.Capture, dealwatch.Unparsed, "%d cases, but %d of %s", rows.Length(), n, part)
		}
	}
	var items []dealwatch.Item
	var err error
	rows.EachWithBreak(func(i int, row *goquery.Selection) bool {
		link := row.Find(".case-title a[href]").First()
		it := s.item(absolute(p.Final, link.AttrOr("href", "")), link.Text())
		it.PublishedOn = dateIn(row.Find(".node-date").First())
		if it.Key == "" || it.Title == "" || it.PublishedOn == "" {
			err = fail(p.Capture, dealwatch.Unparsed, "row %d has no link, title or date", i+1)
			return false
		}
		items = append(items, it)
		items = append(items, documents(it, p.Final, row)...)
		return true
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// casePath is the path of a case's page.
var casePath = regexp.MustCompile(`^(?:/archives)?/atr/case/[^/]+$`)

// item is the case at link; its key is "" where link leads to none.
func (Cases) item(link, title string) dealwatch.Item {
	it := dealwatch.Item{Source: "doj-cases", URL: link, Title: extract.Line(title), Kind: "case", Agency: agency}
	if path, _, ok := address(link); ok && (casePath.MatchString(path) || staticCase(path)) {
		it.Key = keyOf(path)
	}
	return it
}

// Read reads a case or a document.
func (s Cases) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	path, _, _ := address(it.URL)
	var read func(dealwatch.Item, page) (dealwatch.Version, error)
	switch {
	case casePath.MatchString(path):
		read = s.readCase
	case staticCase(path):
		read = s.readStaticCase
	case staticFiling.MatchString(path):
		return s.readStaticFiling(ctx, it)
	default:
		return readDocument(ctx, s.Client, it)
	}
	c, err := getItem(ctx, s.Client, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	p, err := parse(c)
	if err != nil {
		return dealwatch.Version{}, err
	}
	return read(it, p)
}

// readCase reads the page of a case.
func (Cases) readCase(it dealwatch.Item, p page) (dealwatch.Version, error) {
	content := p.Find("main article").First()
	found := documents(it, p.Final, content)
	if content.Find(".field_case_type, .node-case-type").Length() == 0 && len(found) == 0 {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "no case on the page")
	}
	if t := p.title(); t != "" {
		it.Title = t
	}
	if on := dateIn(content.Find(".node-date").First()); on != "" {
		it.PublishedOn = on
	}
	if it.PublishedOn == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "the page states no date")
	}
	v := reading(it, p.Capture, "page", extract.Selection(content, "h1", "nav", "aside"))
	v.Found = found
	return v, nil
}

// Recognise knows the index and the pages of cases and documents, today's and those
// of 2014.
func (s Cases) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	path, query, ok := address(c.URL)
	if !ok {
		return dealwatch.Sight{}, false
	}
	listing := func(items []dealwatch.Item, err error) (dealwatch.Sight, bool) {
		n := pageNumber(query)
		if path == staticIndex { // by name, and of another time
			n = partial
		}
		return dealwatch.Sight{Stream: "cases", Page: n, Items: items, Err: err}, true
	}
	document := func(v dealwatch.Version, err error) (dealwatch.Sight, bool) {
		if err != nil {
			return dealwatch.Sight{Err: err}, true
		}
		return dealwatch.Sight{Documents: []dealwatch.Item{v.Item}}, true
	}
	switch {
	case staticFiling.MatchString(path):
		return document(s.staticFiling(c))
	case documentPage.MatchString(path):
		return document(readDocumentPage(documentAt(s.Info().Name, c.URL), c))
	}
	if path != indexPath && path != staticIndex && !casePath.MatchString(path) && !staticCase(path) {
		return dealwatch.Sight{}, false
	}
	p, err := parse(c)
	switch {
	case path == indexPath || path == staticIndex:
		if err != nil {
			return listing(nil, err)
		}
		if path == staticIndex {
			return listing(s.listStaticIndex(p))
		}
		return listing(s.listIndex(p))
	case err != nil:
		return dealwatch.Sight{Err: err}, true
	case staticCase(path):
		return document(s.readStaticCase(s.item(c.URL, ""), p))
	}
	return document(s.readCase(s.item(c.URL, ""), p))
}
