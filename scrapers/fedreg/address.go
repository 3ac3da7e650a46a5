package fedreg

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// What an address asks for.
type site struct {
	stream string // of a list
	page   int
	record bool // of one or several documents
	text   bool // a full text, or an issue of several
}

var (
	listPath   = regexp.MustCompile(`^/api/v1/documents(\.json)?$`)
	recordPath = regexp.MustCompile(`^/api/v1/(?:documents|public[-_]inspection[-_]documents)/[\p{L}\d,–—-]+(\.json)?$`)
	onFilePath = regexp.MustCompile(`^/api/v1/public[-_]inspection[-_]documents(/current)?(\.json)?$`)
	textPath   = regexp.MustCompile(`^/documents/full_text/(?:xml|text|html)/(\d{4})/(\d\d)/(\d\d)/([^/]+)\.(?:xml|txt|html?)$`)
	issuePath  = regexp.MustCompile(`^/bulkdata/FR/\d{4}/\d\d/FR-(\d{4}-\d\d-\d\d)\.xml$`)
)

// partial is added to the page of a search that leaves out some of its stream. Such a
// list has no first page of the stream, and so proves nothing complete.
const partial = 1000

func place(u *url.URL) site {
	switch strings.ToLower(u.Hostname()) {
	case bulk:
		return site{text: issuePath.MatchString(u.Path)}
	case host, "federalregister.gov":
	default:
		return site{}
	}
	q := u.Query()
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	switch {
	case onFilePath.MatchString(u.Path):
		return site{stream: inspection, page: page - 1}
	case recordPath.MatchString(u.Path):
		return site{record: true}
	case listPath.MatchString(u.Path):
		s := site{stream: presidential, page: page - 1}
		switch agencies := q["conditions[agencies][]"]; {
		case len(agencies) == 1 && agencies[0] == "federal-trade-commission":
			s.stream = ftc
		case len(agencies) == 1 && agencies[0] == "antitrust-division":
			s.stream = antitrust
		}
		for name := range q {
			if strings.HasPrefix(name, "conditions[") && name != "conditions[agencies][]" && name != "conditions[type][]" &&
				!strings.HasPrefix(name, "conditions[publication_date]") {
				s.page += partial
				break
			}
		}
		return s
	}
	return site{text: textPath.MatchString(u.Path)}
}

// search is the address of the newest documents that meet a condition.
func search(condition, value string, more ...string) string {
	q := url.Values{condition: {value}, "order": {"newest"}, "per_page": {"100"}, "fields[]": fields}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return api + "documents.json?" + q.Encode()
}

// fields are those that an item is made of. The API's own choice lacks most.
var fields = []string{
	"title", "type", "subtype", "document_number", "publication_date", "agencies", "docket_ids", "executive_order_number",
	"html_url", "full_text_xml_url", "raw_text_url", "body_html_url",
}

var dashes = strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-")

var paddedNumber = regexp.MustCompile(`^(20\d\d)-0*(\d{1,5})$`)

// key names a document by its number as the register prints it: with ASCII dashes,
// and in five digits from 2013, without zeros before. Lists of what is on public
// inspection have padded what the issue did not.
func key(number, date string) string {
	number = dashes.Replace(strings.TrimSpace(number))
	if m := paddedNumber.FindStringSubmatch(number); m != nil {
		number = m[1] + "-" + m[2]
		if m[1] >= "2013" {
			number = m[1] + "-" + strings.Repeat("0", 5-len(m[2])) + m[2]
		}
	}
	return number + "@" + date
}

// texts are the addresses of a document's full text, best first.
func texts(number, date string) []string {
	day := strings.ReplaceAll(date, "-", "/")
	at := func(form, ending string) string {
		return home + "/documents/full_text/" + form + "/" + day + "/" + url.PathEscape(number) + ending
	}
	return []string{at("xml", ".xml"), at("text", ".txt"), at("html", ".html")}
}
