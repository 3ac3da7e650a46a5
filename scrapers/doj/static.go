package doj

import (
	"context"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// The static site of 2014: an index of all cases by name, a page for each, and the
// filings as bare pages in Windows-1252 or as PDFs.
const staticIndex = "/atr/cases/index.html"

var (
	staticPage = regexp.MustCompile(`^/atr/cases/[^/]+\.html?$`)
	// Old links repeat the folder in the middle of the path.
	staticFiling = regexp.MustCompile(`^/atr/cases/(?:/atr/cases/)?f\d+/[^/]+\.(?:html?|pdf)$`)
)

// staticCase reports whether path is that of a case's page.
func staticCase(path string) bool {
	return staticPage.MatchString(path) && path != staticIndex
}

// listStaticIndex reads the index. A case that stands under several names is one.
func (s Cases) listStaticIndex(p page) ([]dealwatch.Item, error) {
	var items []dealwatch.Item
	seen := make(map[string]bool)
	p.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		it := s.item(absolute(p.Final, a.AttrOr("href", "")), a.Text())
		if it.Key == "" || it.Title == "" || seen[it.Key] {
			return
		}
		seen[it.Key] = true
		items = append(items, it)
	})
	if len(items) == 0 {
		return nil, fail(p.Capture, dealwatch.Unparsed, "no case in the index")
	}
	return items, nil
}

// siteName begins the title of every page of the static site.
var siteName = regexp.MustCompile(`^USDOJ: Antitrust Division\s*:?\s*`)

// readStaticCase reads the page of a case: its parties, and its filings with their
// dates, newest first.
func (s Cases) readStaticCase(it dealwatch.Item, p page) (dealwatch.Version, error) {
	content := p.Find("div.atr-bottom-left").First()
	text := extract.Selection(content, "h1")
	if text == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "no case on the page")
	}
	if t := siteName.ReplaceAllString(extract.Line(p.Find("title").First().Text()), ""); t != "" {
		it.Title = t
	}
	if it.Title == "" {
		return dealwatch.Version{}, fail(p.Capture, dealwatch.Unparsed, "the page of the case has no title")
	}
	v := reading(it, p.Capture, "page", text)
	seen := make(map[string]bool)
	content.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		link := absolute(p.Final, a.AttrOr("href", ""))
		filing := s.filing(link, a.Text())
		if filing.Key == "" || seen[filing.Key] {
			return
		}
		seen[filing.Key] = true
		filing.ParentKey = it.Key
		filing.PublishedOn = dateOf(a.NextAllFiltered("span.news-date").First().Text())
		v.Found = append(v.Found, filing)
	})
	return v, nil
}

// filing is the filing at link; its key is "" where link leads to none.
func (Cases) filing(link, title string) dealwatch.Item {
	title = extract.Line(title)
	it := dealwatch.Item{Source: "doj-cases", URL: link, Title: title, Kind: kindOf(title), Agency: agency}
	if path, _, ok := address(link); ok && staticFiling.MatchString(path) {
		it.Key = keyOf(path)
	}
	return it
}

func (s Cases) readStaticFiling(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	c, err := getItem(ctx, s.Client, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	text, err := extract.Document(ctx, c.Header.Get("Content-Type"), path.Base(it.URL), c.Body)
	if err != nil {
		return dealwatch.Version{}, fail(c, dealwatch.OutcomeOf(err), "%w", err)
	}
	if text = formats.ReplaceAllString(text, ""); text == "" {
		return dealwatch.Version{}, fail(c, dealwatch.Empty, "the filing has no text")
	}
	own, err := s.staticFiling(c)
	if err != nil {
		return dealwatch.Version{}, err
	}
	if own.Title != "" {
		it.Title, it.Kind = own.Title, own.Kind
	}
	if it.PublishedOn == "" {
		it.PublishedOn = filedOn(text)
	}
	return reading(it, c, "file", text), nil
}

var (
	filedLine = regexp.MustCompile(`(?im)^filed ?: ?(\S.*)$`)
	datedLine = regexp.MustCompile(`(?im)^dated?\b ?:? ?(?:this )?(\S.*)$`)
	anyDate   = regexp.MustCompile(`^(?:[A-Za-z]+ \d{1,2}, ?\d{4}|\d{1,2}/\d{1,2}/(?:\d{4}|\d\d)\b)`)
	dayOf     = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)? day of ([A-Za-z]+),? (\d{4})`)
)

// filedOn is the date that a filing's text states: in its caption, under which it was
// filed, else above the signatures, on which it was signed.
func filedOn(text string) string {
	for _, m := range filedLine.FindAllStringSubmatch(text[:min(len(text), 2000)], -1) {
		if on := lineDate(m[1]); on != "" {
			return on
		}
	}
	for _, m := range datedLine.FindAllStringSubmatch(text[max(0, len(text)-6000):], -1) {
		if on := lineDate(m[1]); on != "" {
			return on
		}
	}
	return ""
}

// lineDate reads the date that a line begins with: "June 21, 1999", "12/7/99",
// "21st day of June, 1999".
func lineDate(s string) string {
	if m := dayOf.FindStringSubmatch(s); m != nil {
		s = m[2] + " " + m[1] + ", " + m[3]
	}
	s = anyDate.FindString(s)
	for _, layout := range []string{"January 2, 2006", "January 2,2006", "1/2/2006", "1/2/06"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// formats is the notice above a filing that says in which formats it is to be had.
var formats = regexp.MustCompile(`^This document is available in [\s\S]{0,600}?Antitrust Documents Group[ \n]*\.?\s*`)

// staticFiling is the filing that c holds, under the title that the page itself has:
// "Complaint : U.S. v. ...". A PDF has none.
func (s Cases) staticFiling(c dealwatch.Capture) (dealwatch.Version, error) {
	if err := refusal(c); err != nil {
		return dealwatch.Version{}, err
	}
	if bytesArePDF(c.Body) {
		return reading(s.filing(c.URL, ""), c, "file", ""), nil
	}
	m := titleTag.FindSubmatch(c.Body)
	if m == nil {
		return dealwatch.Version{}, fail(c, dealwatch.Unparsed, "the filing has no title")
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(m[0])))
	if err != nil {
		return dealwatch.Version{}, fail(c, dealwatch.Unparsed, "the title is no HTML: %w", err)
	}
	return reading(s.filing(c.URL, doc.Find("title").Text()), c, "file", ""), nil
}

// titleTag finds a page's title without a tree: filings leave so many elements open
// that the parser of trees gives up on some.
var titleTag = regexp.MustCompile(`(?is)<title[^>]*>.*?</title>`)
