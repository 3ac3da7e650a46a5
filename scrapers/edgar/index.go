package edgar

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

var eastern = func() *time.Location {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err) // package extract builds the zones in
	}
	return loc
}()

var (
	// companyName is "NVIDIA CORP (Filer) CIK: 0001045810 (see all company filings)".
	companyName = regexp.MustCompile(`^(.*) \(([^()]+)\) CIK: ?(\d{10})`)
	fileNumber  = regexp.MustCompile(`File No\.: ?([\w-]+)`)
	itemNumber  = regexp.MustCompile(`^Item [^:]*: *`)
)

// parseIndex reads a filing's index page.
func parseIndex(body []byte) (filing, error) {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		return filing{}, err
	}
	f := filing{
		accession: accessions.FindString(doc.Find("#secNum").Text()),
		form:      strings.TrimPrefix(extract.Line(doc.Find("#formName strong").First().Text()), "Form "),
		dockets:   make(map[int]string),
	}
	doc.Find(".infoHead").Each(func(_ int, head *goquery.Selection) {
		info := head.NextFiltered(".info")
		switch extract.Line(head.Text()) {
		case "Filing Date":
			f.filedOn = extract.Line(info.Text())
		case "Accepted":
			f.acceptedAt = accepted(extract.Line(info.Text()))
		case "Items":
			f.items = indexItems(info)
		}
	})
	nameless := max(doc.Find(".companyInfo").Length(), doc.Find(".companyName").Length())
	doc.Find(".companyInfo").Each(func(_ int, info *goquery.Selection) {
		m := companyName.FindStringSubmatch(extract.Line(info.Find(".companyName").Text()))
		if m == nil {
			return
		}
		nameless--
		cik, _ := strconv.Atoi(m[3])
		f.add(dealwatch.Filer{CIK: cik, Name: m[1], Role: m[2]})
		if n := fileNumber.FindStringSubmatch(extract.Line(info.Find(".identInfo").Text())); n != nil && f.dockets[cik] == "" {
			f.dockets[cik] = n[1]
		}
	})
	broken := ""
	doc.Find("table.tableFile").First().Find("tr").Each(func(_ int, row *goquery.Selection) {
		cells := row.ChildrenFiltered("td")
		if n := cells.Length(); n > 0 && n != 5 || n == 5 && cells.Find("a[href]").Length() == 0 {
			broken = extract.Line(row.Text())
		}
		f.addRow(cells)
	})
	if broken != "" {
		return filing{}, fmt.Errorf("row %.80q of the documents has lost its shape", broken)
	}
	if nameless > 0 {
		return filing{}, fmt.Errorf("the index page does not name %d of its filers", nameless)
	}
	if _, err := time.Parse(time.DateOnly, f.filedOn); err != nil || f.accession == "" || f.form == "" || len(f.filers) == 0 {
		return filing{}, fmt.Errorf("the index page lacks its form, accession number, filing date or filer")
	}
	if len(f.documents) == 0 {
		return filing{}, fmt.Errorf("the index page of %s lists no document", f.accession)
	}
	if wants(every, f.form) && f.primary() < 0 {
		return filing{}, fmt.Errorf("the index page of %s lists no document that is the %s", f.accession, f.form)
	}
	return f, nil
}

// addRow takes a row of the first table: sequence, description, document, type, size.
// An XML document has two, of which the first leads to the SEC's rendering.
func (f *filing) addRow(cells *goquery.Selection) {
	d := document{
		sequence:    extract.Line(cells.Eq(0).Text()),
		description: extract.Line(cells.Eq(1).Text()),
		kind:        extract.Line(cells.Eq(3).Text()),
	}
	if d.sequence == "" || d.kind == "" {
		return
	}
	if u, err := url.Parse(cells.Eq(2).Find("a").AttrOr("href", "")); err == nil {
		target := u.Path
		if doc := u.Query().Get("doc"); doc != "" {
			target = doc
		}
		if a, ok := parseAddress(target); ok {
			d.name = path.Base(a.name)
			if a.name != d.name {
				d.view = folder(f.cik(a.cik), f.accession) + a.name
			}
		}
	}
	for i, old := range f.documents {
		if old.name == d.name && old.sequence == d.sequence {
			f.documents[i].view = old.view + d.view // one of them is empty
			return
		}
	}
	f.documents = append(f.documents, d)
}

// accepted is the instant that an index page states in Eastern time. Filings of the
// 1990s have midnight there, which stands for none.
func accepted(s string) time.Time {
	t, err := time.ParseInLocation(time.DateTime, s, eastern)
	if err != nil || strings.HasSuffix(s, " 00:00:00") {
		return time.Time{}
	}
	return t.UTC()
}

func indexItems(info *goquery.Selection) []string {
	var items []string
	source, _ := info.Html()
	for _, line := range regexp.MustCompile(`<br ?/?>`).Split(source, -1) {
		if line = extract.Line(html.UnescapeString(line)); itemNumber.MatchString(line) {
			items = append(items, itemNumber.ReplaceAllString(line, ""))
		}
	}
	return items
}

var (
	headersPre = regexp.MustCompile(`(?is)<pre>(.*?)</pre>`)
	anchor     = regexp.MustCompile(`(?is)<a [^>]*>.*?</a>(<br>)?`)
)

// parseHeaders reads an index-headers page: the submission's text with a link in place
// of each document.
func parseHeaders(body []byte) (filing, error) {
	m := headersPre.FindSubmatch(body)
	if m == nil {
		return filing{}, fmt.Errorf("the page holds no header")
	}
	f, _, err := parseSubmission([]byte(html.UnescapeString(string(anchor.ReplaceAll(m[1], nil)))))
	return f, err
}
