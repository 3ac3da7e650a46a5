package doj

import (
	"context"
	"net/url"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// Where the site keeps the documents of its cases.
var (
	media        = regexp.MustCompile(`^/(?:[a-z0-9-]+/)?media/(\d+)/dl$`)
	download     = regexp.MustCompile(`/file/\d+/(?:download|dl)$`)
	documentPage = regexp.MustCompile(`^/atr/case-document/[^/]+$`)
)

// isFile reports whether an address leads to a file of the site that holds text. The
// address often does not say which type of file it is.
func isFile(link string) bool {
	u, err := url.Parse(link)
	if err != nil || !ours(u) {
		return false
	}
	return strings.EqualFold(path.Ext(u.Path), ".pdf") || media.MatchString(u.Path) || download.MatchString(u.Path)
}

// isDocument reports whether an address leads to a file or to a document's page.
func isDocument(link string) bool {
	p, _, ok := address(link)
	return ok && (documentPage.MatchString(p) || isFile(link))
}

// canonical is the one spelling of a document's address. A file of the media library
// has the same number in every part of the site, and "inline" is how it is shown.
func canonical(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	u.Scheme, u.Fragment = "https", ""
	if ours(u) {
		u.Host = "www.justice.gov"
	}
	if m := media.FindStringSubmatch(u.Path); m != nil {
		u.Path, u.RawQuery = "/media/"+m[1]+"/dl", ""
	}
	return u.String()
}

// documents are the documents of the site that s links to, as items that hang on
// parent. One that is linked twice is one item, under its first name.
func documents(parent dealwatch.Item, base string, s *goquery.Selection) []dealwatch.Item {
	var found []dealwatch.Item
	seen := make(map[string]bool)
	s.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		link := absolute(base, a.AttrOr("href", ""))
		if link == "" || !isDocument(link) || seen[canonical(link)] {
			return
		}
		seen[canonical(link)] = true
		it := documentAt(parent.Source, link)
		it.ParentKey = parent.Key
		it.Title = extract.Line(a.Text())
		it.Kind = kindOf(slugWords(link), it.Title)
		it.PublishedOn = dateAfter(a)
		found = append(found, it)
	})
	return found
}

// documentAt is the document at link, of which no more is known.
func documentAt(source, link string) dealwatch.Item {
	return dealwatch.Item{Source: source, Key: canonical(link), URL: link, Kind: kindOf(slugWords(link)), Agency: agency}
}

// slugWords are the words of a document page's address: the index of cases shows its
// type, which may stand for several, where the address has the title.
func slugWords(link string) string {
	p, _, _ := address(link)
	if !documentPage.MatchString(p) {
		return ""
	}
	return strings.ReplaceAll(path.Base(p), "-", " ")
}

var bracketed = regexp.MustCompile(`^\s*\(([A-Z][a-z]+ \d{1,2}, \d{4})`)

// dateAfter is the date in brackets behind a link: "(May 5, 2023)".
func dateAfter(a *goquery.Selection) string {
	var b strings.Builder
	for n := a.Nodes[0].NextSibling; n != nil && b.Len() < 40; n = n.NextSibling {
		if n.Data == "a" || n.Data == "br" {
			break
		}
		b.WriteString(goquery.NewDocumentFromNode(n).Text())
	}
	if m := bracketed.FindStringSubmatch(b.String()); m != nil {
		return dateOf(m[1])
	}
	return ""
}

// kinds are the names that documents go by, by the words of their titles.
var kinds = []struct{ words, kind string }{
	{"complaint", "complaint"},
	{"indictment", "indictment"},
	{"information", "information"},
	{"competitive impact statement", "competitive-impact-statement"},
	{"proposed final judgment", "proposed-final-judgment"},
	{"proposed revised final judgment", "proposed-final-judgment"},
	{"proposed modified final judgment", "proposed-final-judgment"},
	{"proposed amended final judgment", "proposed-final-judgment"},
	{"final judgment", "final-judgment"},
	{"judgment", "judgment"},
	{"stipulation", "stipulation"},
	{"asset preservation", "stipulation"},
	{"hold separate", "stipulation"},
	{"explanation", "explanation"},
	{"united states explanation", "explanation"},
	{"plea agreement", "plea-agreement"},
	{"memorandum plea agreement", "plea-agreement"},
	{"memorandum of plea agreement", "plea-agreement"},
	{"deferred prosecution agreement", "prosecution-agreement"},
	{"non prosecution agreement", "prosecution-agreement"},
	{"non-prosecution agreement", "prosecution-agreement"},
	{"motion", "motion"},
	{"memorandum opinion", "opinion"},
	{"memorandum", "memorandum"},
	{"opinion", "opinion"},
	{"response", "response"},
	{"reply", "response"},
	{"opposition", "response"},
	{"order", "order"},
	{"briefing", "document"},
	{"brief", "brief"},
	{"notice", "notice"},
	{"comment", "comment"},
	{"certificate", "certificate"},
	{"declaration", "declaration"},
	{"statement", "statement"},
	{"letter", "letter"},
}

// kindOf is the kind of a document by the first of its titles that tells one: that
// of the words which come first, and of the longer ones where two begin at one
// place, so that a proposed final judgment is no final judgment.
func kindOf(titles ...string) string {
	for _, title := range titles {
		title = plain.Replace(strings.ToLower(title))
		kind, at, length := "", len(title), 0
		for _, k := range kinds {
			i := indexWord(title, k.words)
			if i >= 0 && (i < at || i == at && len(k.words) > length) {
				kind, at, length = k.kind, i, len(k.words)
			}
		}
		if kind != "" {
			return kind
		}
		if strings.HasPrefix(title, "exhibit") {
			return "exhibit" // of which no more is said, whatever it is filed under
		}
	}
	return "document"
}

// plain takes out the ways in which the site writes one word.
var plain = strings.NewReplacer("[", "", "]", "", "judgement", "judgment")

// indexWord is the first place in s at which a word begins with prefix.
func indexWord(s, prefix string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], prefix)
		if i < 0 {
			return -1
		}
		i += from
		if i == 0 || !unicode.IsLetter(rune(s[i-1])) {
			return i
		}
		from = i + 1
	}
}

// documentKinds are all the kinds that kindOf gives.
func documentKinds() []string {
	all := []string{"document", "exhibit"}
	seen := map[string]bool{"document": true}
	for _, k := range kinds {
		if !seen[k.kind] {
			seen[k.kind] = true
			all = append(all, k.kind)
		}
	}
	return all
}

// readDocument reads a document: a file, or a page that leads to files.
func readDocument(ctx context.Context, client *crawl.Client, it dealwatch.Item) (dealwatch.Version, error) {
	c, err := getItem(ctx, client, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	if p, _, _ := address(it.URL); documentPage.MatchString(p) && !bytesArePDF(c.Body) {
		return readDocumentPage(it, c)
	}
	text, err := extract.Document(ctx, c.Header.Get("Content-Type"), path.Base(it.URL), c.Body)
	if err != nil {
		return dealwatch.Version{}, fail(c, dealwatch.OutcomeOf(err), "%w", err)
	}
	if text == "" {
		return dealwatch.Version{}, fail(c, dealwatch.Empty, "the file has no text")
	}
	return reading(it, c, "file", text), nil
}

func bytesArePDF(body []byte) bool {
	return len(body) > 4 && string(body[:5]) == "%PDF-"
}

// readDocumentPage reads the page of a document. Older ones hold the text; newer ones
// say what the document is and link to its file, which is the document then.
func readDocumentPage(it dealwatch.Item, c dealwatch.Capture) (dealwatch.Version, error) {
	p, err := parse(c)
	if err != nil {
		return dealwatch.Version{}, err
	}
	content := p.Find("main article").First()
	if content.Length() == 0 {
		return dealwatch.Version{}, fail(c, dealwatch.Unparsed, "no document on the page")
	}
	if t := p.title(); t != "" {
		it.Kind = kindOf(t, slugWords(it.URL), it.Title)
		it.Title = t
	}
	if on := dateIn(content.Find(".node-date").First()); on != "" {
		it.PublishedOn = on
	}
	if it.PublishedOn == "" {
		return dealwatch.Version{}, fail(c, dealwatch.Unparsed, "the page states no date")
	}
	content.Find("a[href]").EachWithBreak(func(_ int, a *goquery.Selection) bool {
		path, _, ok := address(absolute(c.Final, a.AttrOr("href", "")))
		if it.ParentKey == "" && ok && casePath.MatchString(path) {
			it.ParentKey = keyOf(path)
		}
		return it.ParentKey == ""
	})
	text := extract.Selection(content.Find(".field-formatter--text-default.body, .field--name-body").First())
	v := reading(it, c, "page", text)
	content.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		link := absolute(c.Final, a.AttrOr("href", ""))
		if link == "" || !isFile(link) {
			return
		}
		file := it // the same document under its own address
		file.Key, file.URL, file.Extra = canonical(link), link, nil
		v.Found = append(v.Found, file)
	})
	switch {
	case text == "" && len(v.Found) == 0:
		return dealwatch.Version{}, fail(c, dealwatch.Unparsed, "the page has neither a text nor a file")
	case text == "":
		v.Index = true
	default:
		v.Found = nil // the file is the page's text once more
	}
	return v, nil
}
