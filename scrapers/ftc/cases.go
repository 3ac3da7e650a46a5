package ftc

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// Cases is the source of cases and proceedings. Its listing is in order of the last
// update, so an old case comes back to the top when a document is added to it; the
// files on its page are its attachments.
type Cases struct{ Client *crawl.Client }

var _ dealwatch.Source = Cases{}

const (
	casesPath    = "/legal-library/browse/cases-proceedings"
	casesListing = site + casesPath
)

// Info declares the source.
func (Cases) Info() dealwatch.Info {
	kinds := []string{"case"}
	for _, k := range collections {
		kinds = append(kinds, k.kind)
	}
	return dealwatch.Info{
		Name:     "ftc-cases",
		Title:    "FTC cases and proceedings",
		Agency:   agency,
		Home:     casesListing,
		Identity: "Drupal node number",
		Second:   "competition feed of press releases, which links to a case's documents",
		Kinds:    unique(append(kinds, attachmentKinds()...)),
		Hosts:    hosts(),
		Every:    6 * time.Hour,
		Unseen:   []string{"listing", "case page"},
	}
}

// Streams is the one listing. Dates of one day are in no order, so the pages below
// the first are read too.
func (Cases) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{{Name: "cases", URL: casesListing, Window: 2}}
}

// List gives the pages of the listing.
func (s Cases) List(ctx context.Context, stream dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	most := 0
	if r.First {
		most = stream.Window
	}
	return pages(ctx, s.Client, stream.URL, most, s.listPage)
}

// collections are what stands under the address of the cases and is none: pages of
// statements, letters and the like, by the first part of their path.
var collections = []struct{ path, kind string }{
	{"public-statements", "statement"},
	{"commissioner-statements", "statement"},
	{"petitions-quash", "petition"},
	{"closing-letters", "closing-letter"},
	{"adjudicative-proceedings", "proceeding"},
	{"advisory-opinions", "advisory-opinion"},
}

// kindAt is the kind of the page at an address under casesPath: "case" for one that
// stands directly under it, "" for a page that only lists others.
func kindAt(link string) string {
	path, _, ok := address(link)
	rest, under := strings.CutPrefix(path, casesPath+"/")
	if !ok || !under {
		return ""
	}
	first, slug, deeper := strings.Cut(rest, "/")
	for _, k := range collections {
		if first == k.path {
			if slug == "" {
				return ""
			}
			return k.kind
		}
	}
	if deeper || first == "banned-debt-collectors" {
		return ""
	}
	return "case"
}

// listPage reads a page of the listing. Rows that are no case take the kind of their
// collection; a row of no kind only leads to others and is passed over.
func (s Cases) listPage(p page) ([]dealwatch.Item, error) {
	rows, err := p.rows("")
	if err != nil {
		return nil, err
	}
	var items []dealwatch.Item
	for _, r := range rows {
		kind := kindAt(r.link)
		if kind == "case" && untyped(r.article) {
			return nil, fail(p.Capture, dealwatch.Unparsed, "the row of node %s is of no type", r.node)
		}
		if kind == "" || kind == "case" && !r.article.HasClass("node--type-case") {
			continue
		}
		items = append(items, s.item(kind, r.node, r.link, r.title, r.date))
	}
	if len(items) == 0 {
		return nil, fail(p.Capture, dealwatch.Unparsed, "no case among the %d rows", len(rows))
	}
	return items, nil
}

func (Cases) item(kind, key, link, title, on string) dealwatch.Item {
	return dealwatch.Item{
		Source: "ftc-cases", Key: key, URL: link, Title: title,
		Kind: kind, Agency: agency, PublishedOn: on,
	}
}

// Read reads a case or one of its files.
func (s Cases) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	if it.ParentKey != "" {
		return readFile(ctx, s.Client, it)
	}
	p, err := getItem(ctx, s.Client, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	return s.readPage(it, p)
}

// readPage reads the page of a case, which is more than one article: the facts are
// in one and the documents in another.
func (Cases) readPage(it dealwatch.Item, p page) (dealwatch.Version, error) {
	all := p.Find("article").FilterFunction(func(_ int, a *goquery.Selection) bool {
		return a.ParentsFiltered("article, aside").Length() == 0
	})
	articles := all.Filter(".node--type-case")
	if it.Kind != "case" {
		articles = all.Filter(".node--view-mode-full")
	}
	if articles.Filter(".node--view-mode-full").Length() == 0 {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "no %s on the page", it.Kind)
	}
	stray := p.Find("main .node--type-case").Not("article").Length() + p.Find("main article").FilterFunction(func(_ int, a *goquery.Selection) bool { return untyped(a) }).Length()
	if stray > 0 {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "%d parts of the page do not say what they are", stray)
	}
	if n := p.node(); n != "" && n != it.Key {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Moved, "the page is that of node %s, not %s", n, it.Key)
	}
	text := extract.Selection(articles, ".field-social-icons", "nav", "aside")
	if text == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Empty, "the %s has no text", it.Kind)
	}
	if t := p.title(); t != "" {
		it.Title = t
	}
	if on := dateIn(articles); on != "" {
		it.PublishedOn = on
	}
	if it.PublishedOn == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "the page states no date")
	}
	if matter := field(articles, "field-matter-number"); len(matter) > 0 {
		it.Docket = strings.Join(matter, ", ")
	}
	v := reading(it, p.Capture, "page", text)
	v.Found = attachments(it, p.Final, articles)
	return v, nil
}

// Recognise knows the listing and the pages of cases and of the collections.
func (s Cases) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	path, query, ok := address(c.URL)
	if !ok {
		return dealwatch.Sight{}, false
	}
	if path == casesPath {
		items, err := recognise(c, s.listPage)
		return dealwatch.Sight{Stream: "cases", Page: pageNumber(query), Items: items, Err: err}, true
	}
	kind := kindAt(c.URL)
	if kind == "" {
		return dealwatch.Sight{}, false
	}
	p, err := parse(c)
	if err != nil {
		return dealwatch.Sight{Err: err}, true
	}
	full := p.Find("article.node--view-mode-full")
	if kind == "case" && full.Length() > 0 && !full.HasClass("node--type-case") && !untyped(full) {
		return dealwatch.Sight{}, false // a step of a case's timeline has an address of the same form
	}
	v, err := s.readPage(s.item(kind, p.node(), c.URL, "", ""), p)
	switch {
	case err != nil:
		return dealwatch.Sight{Err: err}, true
	case v.Key == "":
		return dealwatch.Sight{Err: fail(c, dealwatch.Unparsed, "the page has no node number")}, true
	}
	return dealwatch.Sight{Documents: []dealwatch.Item{v.Item}}, true
}

// unique drops what has been seen before.
func unique(names []string) []string {
	var kept []string
	seen := make(map[string]bool)
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			kept = append(kept, n)
		}
	}
	return kept
}
