package fedreg

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What an address asks for.
type site struct {
	stream string // of a list
	page   int
	search bool // of somebody's own, which is no list of a stream
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

// partial is added to the page of a list that leaves out some of its stream. Such a
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
		if conditions(q) != "" {
			return site{search: true}
		}
		return site{stream: inspection, page: page - 1}
	case recordPath.MatchString(u.Path):
		return site{record: true}
	case listPath.MatchString(u.Path):
		s := site{stream: streamOf[conditions(q)], page: page - 1}
		if s.stream == "" {
			return site{search: true}
		}
		if q.Get("order") != "newest" || older(q) {
			s.page += partial
		}
		return s
	}
	return site{text: textPath.MatchString(u.Path)}
}

// streamOf names the stream that a search lists, by its conditions.
var streamOf = map[string]string{
	"type[]=PRESDOCU":                     presidential,
	"agencies[]=federal-trade-commission": ftc,
	"agencies[]=antitrust-division":       antitrust,
}

const ofDate = "publication_date]"

// conditions are those of a search, but for the dates from which it is sliced:
// "type[]=PRESDOCU".
func conditions(q url.Values) string {
	var all []string
	for name, values := range q {
		name, ok := strings.CutPrefix(name, "conditions[")
		if !ok || strings.HasPrefix(name, ofDate) {
			continue
		}
		for _, v := range values {
			all = append(all, strings.Replace(name, "]", "", 1)+"="+v)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "&")
}

// older reports whether a search may leave out the newest documents: any bound but
// the one from below does.
func older(q url.Values) bool {
	for name := range q {
		if strings.HasPrefix(name, "conditions["+ofDate) && name != "conditions["+ofDate+"[gte]" {
			return true
		}
	}
	return false
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
