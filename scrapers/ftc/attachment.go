package ftc

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

// attachments are the files of the site that s links to, as items that hang on
// parent. A file that is linked twice is one item, under its first name.
func attachments(parent dealwatch.Item, base string, s *goquery.Selection) []dealwatch.Item {
	var found []dealwatch.Item
	seen := make(map[string]bool)
	s.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		link := absolute(base, a.AttrOr("href", ""))
		if link == "" || !isFile(link) || seen[canonical(link)] {
			return
		}
		seen[canonical(link)] = true
		title := fileTitle(a.Text())
		found = append(found, dealwatch.Item{
			Source:    parent.Source,
			Key:       canonical(link),
			URL:       link,
			Title:     title,
			Kind:      kindOf(title),
			Agency:    agency,
			Docket:    parent.Docket,
			ParentKey: parent.Key,
		})
	})
	return found
}

// isFile reports whether link leads to a file of the site that holds text.
func isFile(link string) bool {
	u, err := url.Parse(link)
	if err != nil || !ours(u) {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".pdf":
		return true
	case ".txt", ".htm", ".html", ".shtm":
		return strings.HasPrefix(u.Path, "/system/files/") || strings.HasPrefix(u.Path, "/sites/default/files/")
	}
	return false
}

// size is what the site writes after the name of a file: "(1.31 MB)".
var size = regexp.MustCompile(`(?i)\s*\(\s*[\d.,]+\s*(?:bytes|[KMG]i?B)\s*\)\s*$`)

func fileTitle(text string) string {
	return size.ReplaceAllString(extract.Line(text), "")
}

// kinds are the names that attachments go by, by the words of the link to them.
// File names are free text and tell nothing.
var kinds = []struct{ words, kind string }{
	{"complaint", "complaint"},
	{"charges", "complaint"},
	{"alleg", "complaint"},
	{"consent order settles", "complaint"}, // "consent order settles allegations that": what follows is the complaint
	{"agreement containing consent order", "consent-agreement"},
	{"consent agreement", "consent-agreement"},
	{"analysis", "analysis"},
	{"decision and order", "order"},
	{"order", "order"},
	{"judgment", "order"},
	{"decree", "order"},
	{"settlement", "order"},
	{"opinion", "opinion"},
	{"petition", "petition"},
	{"motion", "motion"},
	{"brief", "brief"},
	{"letter", "letter"},
	{"statement", "statement"},
	{"testimony", "testimony"},
	{"report", "report"},
	{"guideline", "guidance"},
	{"guidance", "guidance"},
	{"notice", "notice"},
	{"request for information", "notice"},
	{"memorandum", "memorandum"},
}

// kindOf is the kind of a file by its title: that of the words which come first, and
// of the longer ones where two begin at one place. What no word names is a document.
func kindOf(title string) string {
	title = strings.ToLower(title)
	kind, at, length := "document", len(title), 0
	for _, k := range kinds {
		i := indexWord(title, k.words)
		if i >= 0 && (i < at || i == at && len(k.words) > length) {
			kind, at, length = k.kind, i, len(k.words)
		}
	}
	return kind
}

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

// attachmentKinds are all the kinds that kindOf gives.
func attachmentKinds() []string {
	all := []string{"document"}
	seen := make(map[string]bool)
	for _, k := range kinds {
		if !seen[k.kind] {
			seen[k.kind] = true
			all = append(all, k.kind)
		}
	}
	return all
}

// readFile reads an attachment.
func readFile(ctx context.Context, client *crawl.Client, it dealwatch.Item) (dealwatch.Version, error) {
	c, err := client.Get(ctx, it.URL)
	if err != nil {
		return dealwatch.Version{}, err
	}
	if err := refusal(c); err != nil {
		return dealwatch.Version{}, err
	}
	text, err := extract.Document(ctx, c.Header.Get("Content-Type"), path.Base(it.URL), c.Body)
	if err != nil {
		return dealwatch.Version{}, fail(c, dealwatch.OutcomeOf(err), "%w", err)
	}
	text = withoutStamps(text)
	if text == "" {
		return dealwatch.Version{}, fail(c, dealwatch.Empty, "the file has no text")
	}
	return reading(it, c, "file", text), nil
}

// A stamp is what the Secretary's office prints on every page of a filing. In some
// files each of its letters stands twice.
var stamp = regexp.MustCompile(`FEDERAL TRADE COMMISSION \| OFFICE OF THE SECRETARY \| FILED [^\n]{0,80}?\* ?PUBLIC ?\*;?` +
	`|FFEEDDEERRAALL TTRRAADDEE CCOOMMMMIISSSSIIOONN [^\n]{0,240}?LLIICC ?\*\*;?`)

// withoutStamps cuts the stamps out of a text, which would part sentences that go on
// on the next page.
func withoutStamps(text string) string {
	if !stamp.MatchString(text) {
		return text
	}
	return extract.Clean(stamp.ReplaceAllString(text, ""))
}
