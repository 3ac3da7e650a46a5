package whitehouse

import (
	"bytes"
	"errors"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// furniture is what stands in an article's body and is none of its text.
var furniture = []string{
	".wp-block-whitehouse-topper", ".wp-block-whitehouse-byline", "nav", ".sharedaddy", ".wp-block-social-links", ".wp-block-buttons",
	".wp-block-file__button", ".wp-block-file__embed", "iframe", "figure.wp-block-embed",
}

// An article is what a page says.
type article struct {
	item  dealwatch.Item
	text  string
	files []dealwatch.Item
}

var (
	postBody  = regexp.MustCompile(`(?:^|\s)postid-(\d+)(?:\s|$)`)
	nodeBody  = regexp.MustCompile(`(?:^|\s)page-node-(\d+)(?:\s|$)`)
	signed    = regexp.MustCompile(`(?i)^eo-(\d{5})(?:-\d+)?\.pdf$`)
	uploadDir = regexp.MustCompile(`^` + regexp.QuoteMeta(home) + `/wp-content/uploads/(20\d\d)/(\d\d)/`)
)

// readArticle reads a page of any of the sites. What a listing said of it stands where
// the page is silent: its date, and its kind.
func readArticle(c dealwatch.Capture, listed dealwatch.Item) (article, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(c.Body))
	if err != nil {
		return article{}, unparsed(c, "the page is no HTML: "+err.Error())
	}
	address := resolve(c.URL, final(c))
	classes := doc.Find("body").AttrOr("class", "")
	title := doc.Find(`meta[property="og:title"]`).AttrOr("content", "")
	if plainTitle(title) == "" {
		title = listed.Title
	}
	if plainTitle(title) == "" {
		title = doc.Find("h1.wp-block-whitehouse-topper__headline, .pane-node-title h1").First().Text()
	}
	var key string
	var body *goquery.Selection
	var called []string
	if id := postBody.FindStringSubmatch(classes); id != nil {
		key = sitePrefix(address) + "post-" + id[1]
		body = doc.Find("main .entry-content, section.body-content").First()
		called = []string{
			doc.Find(".wp-block-whitehouse-byline-subcategory__link").Last().Text(),
			doc.Find(".wp-block-whitehouse-topper__meta--byline").First().Text(),
			doc.Find(".wp-block-whitehouse-topper__eyebrow").First().Text(),
			section(address),
		}
	} else if id := nodeBody.FindStringSubmatch(classes); id != nil {
		key = "node-" + id[1]
		body = doc.Find("#content-start .forall-body .field-item, .pane-node-field-forall-body").First()
		called = []string{doc.Find("a.menu__link.is-active").First().Text(), "presidential actions"}
	}
	switch {
	case address == "":
		return article{}, unparsed(c, "the page came from another site")
	case key == "":
		return article{}, unparsed(c, "the page names no post or node")
	case plainTitle(title) == "":
		return article{}, unparsed(c, "the page has no title")
	case body.Length() == 0:
		return article{}, unparsed(c, "the page has no body where one was")
	case doc.Find("a[href]").Length() == 0:
		return article{}, unparsed(c, "the page has no link where many were")
	}
	a := article{item: item(key, address, title), text: extract.Selection(body, furniture...)}
	a.item.Kind = kindOf(a.item.Title, a.text, called...)
	date(&a.item, doc.Find(`meta[property="article:published_time"]`).AttrOr("content", ""))
	date(&a.item, doc.Find(".wp-block-whitehouse-topper__meta--date time[datetime]").First().AttrOr("datetime", ""))
	if a.item.PublishedOn == "" {
		a.item.PublishedOn, a.item.PublishedAt = listed.PublishedOn, listed.PublishedAt
	}
	if a.item.PublishedOn == "" {
		return article{}, unparsed(c, "the page states no date")
	}
	if a.item.Kind == anyAction && listed.Kind != "" {
		a.item.Kind = listed.Kind
	}
	a.attach(body, final(c))
	if a.text == "" && len(a.files) == 0 {
		return article{}, &dealwatch.ReadError{Outcome: dealwatch.Empty, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: errors.New("the page has a body without text")}
	}
	return a, nil
}

// attach finds the files of the page: the signed order and annexes. An order's own
// number is on no page but in the name of its file. Some pages link the files of
// older orders too; those lie in the folder of another month, and are left to them.
func (a *article) attach(body *goquery.Selection, base string) {
	seen := make(map[string]bool)
	for _, link := range body.Find("a[href]").EachIter() {
		address := resolve(base, link.AttrOr("href", ""))
		dir := uploadDir.FindStringSubmatch(address)
		name := path.Base(address)
		if dir == nil || !strings.EqualFold(path.Ext(name), ".pdf") || seen[address] {
			continue
		}
		seen[address] = true
		file := item(address, address, link.Text())
		if file.Title == "" {
			file.Title = name
		}
		file.ParentKey, file.PublishedOn, file.PublishedAt = a.item.Key, a.item.PublishedOn, a.item.PublishedAt
		file.Kind = "attachment"
		if order := signed.FindStringSubmatch(name); order != nil {
			if !near(a.item.PublishedOn, dir[1]+"-"+dir[2]) {
				continue
			}
			file.Kind, a.item.Subject = "signed-order", "eo-"+order[1]
		} else if strings.Contains(strings.ToLower(name+file.Title), "annex") {
			file.Kind = "annex"
		}
		a.files = append(a.files, file)
	}
	for i := range a.files {
		a.files[i].Subject = a.item.Subject
	}
}

// near reports whether a date lies in a month or in one of its neighbours.
func near(date, month string) bool {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return false
	}
	m, err := time.Parse("2006-01", month)
	if err != nil {
		return false
	}
	return !d.Before(m.AddDate(0, -1, 0)) && d.Before(m.AddDate(0, 2, 0))
}
