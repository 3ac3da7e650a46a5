package edgar

import (
	"bytes"
	"html"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// Recognise implements [dealwatch.Source]. Pages of getcurrent are recognised whatever
// they were asked for; index pages, headers and full submissions are where they are of
// a wanted form; and documents alone, where they say themselves which form they are.
// Index files, submissions data and the text search are the second channel's.
func (f Filings) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	if name, page, ok := currentPage(c.URL); ok {
		return recogniseCurrent(c, name, page)
	}
	a, ok := parseAddress(c.URL)
	if !ok {
		return dealwatch.Sight{}, false
	}
	if err := refused(c); err != nil {
		return dealwatch.Sight{Err: err}, true
	}
	switch {
	case a.is("-index.htm", "-index.html", "-index-headers.html", "-index-headers.htm", ".hdr.sgml"):
		return recogniseIndex(c, a)
	case a.is(".txt"):
		return recogniseSubmission(c, a)
	}
	it, ok := introduction(c)
	if !ok {
		return dealwatch.Sight{}, false
	}
	it.Title = "" // what it says of itself yields to what its filing says; see Read
	return dealwatch.Sight{Documents: []dealwatch.Item{it}}, true
}

// currentPage takes apart an address of getcurrent: the stream that it is a page of
// and the page's number. A listing of another type is a stream of its own name.
func currentPage(address string) (name string, page int, ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.Path != currentPath || u.Hostname() != "www.sec.gov" && u.Hostname() != "sec.gov" {
		return "", 0, false
	}
	q := u.Query()
	if q.Get("action") != "getcurrent" || q.Get("CIK") != "" || q.Get("company") != "" {
		return "", 0, false
	}
	name = strings.ToUpper(strings.TrimSpace(q.Get("type")))
	if name == "" {
		name = every
	} else if i := slices.IndexFunc(streams, func(s stream) bool { return s.prefix == name }); i >= 0 {
		name = streams[i].name
	}
	count, err := strconv.Atoi(q.Get("count"))
	if err != nil || count <= 0 || count > perPage {
		count = perPage
	}
	return name, startOf(address) / count, true
}

func recogniseCurrent(c dealwatch.Capture, name string, page int) (dealwatch.Sight, bool) {
	s := dealwatch.Sight{Stream: name, Page: page}
	if s.Err = refused(c); s.Err != nil {
		// Past the end of the list there is no page of it.
		past := page > 0 && dealwatch.OutcomeOf(s.Err) == dealwatch.Gone
		return s, !past
	}
	if !bytes.Contains(c.Body[:min(len(c.Body), 1024)], []byte("<feed")) {
		u, _ := url.Parse(c.URL)
		if u.Query().Get("output") != "atom" {
			return dealwatch.Sight{}, false // the page for people
		}
	}
	l, err := parseCurrent(c.Body, name)
	if err != nil {
		s.Err = readError(err, c)
		return s, true
	}
	s.Items, s.Unwanted, s.Repeated = l.found(), l.left(), l.repeated
	return s, true
}

func recogniseIndex(c dealwatch.Capture, a address) (dealwatch.Sight, bool) {
	var f filing
	var err error
	if a.is(".hdr.sgml") {
		f, _, err = parseSubmission(c.Body)
	} else {
		f, err = parseFiling(c)
	}
	if err != nil {
		return dealwatch.Sight{Err: readError(err, c)}, true
	}
	if !wants(every, f.form) {
		return dealwatch.Sight{}, false
	}
	return dealwatch.Sight{Documents: []dealwatch.Item{f.item(a.cik)}}, true
}

// recogniseSubmission gives the documents of a filing, and the filing itself, which is
// read with them.
func recogniseSubmission(c dealwatch.Capture, a address) (dealwatch.Sight, bool) {
	f, err := parseFiling(c)
	if err != nil {
		return dealwatch.Sight{Err: readError(err, c)}, true
	}
	if !wants(every, f.form) {
		return dealwatch.Sight{}, false
	}
	whole := f.item(a.cik)
	if !slices.Contains(whole.Extra, c.URL) {
		whole.Extra = append(whole.Extra, c.URL)
	}
	return dealwatch.Sight{Documents: append(f.found(a.cik), whole)}, true
}

// introduction is what a document captured alone says of itself: by its wrapper, by
// the cover facts of inline XBRL, or by the XML of its form. It is false for a file
// that is no wanted document or does not say.
func introduction(c dealwatch.Capture) (dealwatch.Item, bool) {
	a, ok := parseAddress(c.URL)
	if !ok || !(document{name: path.Base(a.name)}).readable() || path.Base(a.name) != a.name {
		return dealwatch.Item{}, false
	}
	d := document{name: a.name}
	who := dealwatch.Filer{CIK: a.cik, Role: "Filer"}
	if part, ok := extract.Unwrap(c.Body); ok {
		d.kind, d.description = extract.Line(part.Type), extract.Line(part.Description)
	} else if head := c.Body[:min(len(c.Body), 4096)]; isSubmissionXML(string(head)) {
		d.kind = xmlForm(c.Body)
	} else {
		d.kind, who.Name = cover(c.Body, "DocumentType"), cover(c.Body, "EntityRegistrantName")
	}
	form := wants(every, d.kind)
	kind := d.kind
	if !form {
		kind = family(d.kind)
	}
	if kind == "" {
		return dealwatch.Item{}, false
	}
	f := filing{accession: a.accession}
	f.add(who)
	it := f.common()
	it.Key, it.Kind = d.key(a.accession), kind
	it.Title = f.title(d.kind, d.description, form)
	it.URL = folder(a.cik, a.accession) + strings.ReplaceAll(a.name, " ", "%20")
	return it, true
}

var tags = regexp.MustCompile(`<[^>]*>`)

// cover is the first value of a fact on the cover of an inline XBRL document.
func cover(body []byte, fact string) string {
	i := bytes.Index(body, []byte(`"dei:`+fact+`"`))
	if i < 0 {
		i = bytes.Index(body, []byte(`'dei:`+fact+`'`))
	}
	if i < 0 {
		return ""
	}
	_, rest, ok := bytes.Cut(body[i:], []byte(">"))
	value, _, ended := bytes.Cut(rest[:min(len(rest), 4096)], []byte("</ix:nonNumeric>"))
	if !ok || !ended {
		return ""
	}
	return extract.Line(html.UnescapeString(string(tags.ReplaceAll(value, nil))))
}
