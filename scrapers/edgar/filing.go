package edgar

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// A filing is what a listing, an index page or a submission's header says of one.
type filing struct {
	accession  string
	form       string
	filedOn    string
	acceptedAt time.Time
	filers     []dealwatch.Filer
	dockets    map[int]string // file numbers by CIK
	items      []string       // titles of an 8-K's items
	documents  []document
}

// A document is one row of an index page or one part of a submission.
type document struct {
	kind, sequence, name, description string
	view                              string // address of the SEC's rendering of an XML document; "" for none
}

// key is the document's official name: one word.
func (d document) key(accession string) string {
	return accession + "/" + strings.Join(strings.Fields(cmp.Or(d.name, d.sequence)), "%20")
}

// readable reports whether the document is text by its name, or a PDF.
func (d document) readable() bool {
	switch strings.ToLower(path.Ext(d.name)) {
	case "", ".htm", ".html", ".txt", ".xml":
		return true
	}
	return d.isPDF()
}

func (d document) isPDF() bool { return strings.EqualFold(path.Ext(d.name), ".pdf") }

// isCopy reports whether a PDF only repeats a document of the filing, as it may beside
// the form or an exhibit of the same number. Such copies are never official.
func (f filing) isCopy(d document) bool {
	return d.isPDF() && d.kind != family(d.kind) && slices.ContainsFunc(f.documents, func(other document) bool {
		return other.kind == d.kind && other.readable() && !other.isPDF()
	})
}

// add takes further filers, each once a role, in an order that does not depend on
// where they were read: whom the filing is about before who else filed it.
func (f *filing) add(filers ...dealwatch.Filer) {
	for _, new := range filers {
		new.Name, new.Role = extract.Line(new.Name), role(new.Role)
		same := func(old dealwatch.Filer) bool { return old.CIK == new.CIK && old.Role == new.Role }
		if !slices.ContainsFunc(f.filers, same) {
			f.filers = append(f.filers, new)
		}
	}
	slices.SortStableFunc(f.filers, func(a, b dealwatch.Filer) int {
		return cmp.Or(cmp.Compare(rank(a.Role), rank(b.Role)), cmp.Compare(a.CIK, b.CIK))
	})
}

// role gives one spelling to the roles of listings, index pages and headers.
func role(s string) string {
	s = extract.Line(s)
	if s == "" {
		return ""
	}
	s = strings.ToUpper(s[:1]) + strings.ToLower(s[1:])
	if s == "Reporting" {
		return "Reporting owner"
	}
	return s
}

func rank(role string) int {
	switch role {
	case "Filer":
		return 0
	case "Subject":
		return 1
	case "Issuer":
		return 2
	case "Filed by":
		return 3
	}
	return 4
}

// item is the filing as an item whose reading is its list of documents. from is the
// CIK under which it was seen, 0 for that of the first filer.
func (f filing) item(from int) dealwatch.Item {
	it := f.common()
	it.Key = f.accession
	it.Kind = f.form
	it.Title = f.title(f.form, "", true)
	addresses := indexAddresses(f.cik(from), f.accession)
	if from != 0 && from != f.cik(from) {
		addresses = append(addresses, indexAddresses(from, f.accession)...)
	}
	it.URL, it.Extra = addresses[0], addresses[1:]
	return it
}

// found are the documents of the filing that are read, the primary one first.
func (f filing) found(from int) []dealwatch.Item {
	var items []dealwatch.Item
	parent := ""
	documents, p := f.documents, f.primary()
	if p > 0 {
		documents = slices.Concat(documents[p:p+1], documents[:p], documents[p+1:])
	}
	for i, d := range documents {
		primary := i == 0 && p >= 0
		if !d.readable() || f.isCopy(d) || !primary && (family(d.kind) == "" || path.Ext(d.name) == ".xml") {
			continue
		}
		it := f.common()
		it.Key = d.key(f.accession)
		it.Kind = family(d.kind)
		it.Title = f.title(d.kind, d.description, primary)
		it.ParentKey = parent
		it.URL, it.Extra = f.places(d, from)
		if primary {
			it.Kind = d.kind
			parent = it.Key
		}
		if !slices.ContainsFunc(items, func(old dealwatch.Item) bool { return old.Key == it.Key }) {
			items = append(items, it)
		}
	}
	return items
}

// primary is the index of the document that is the form itself, -1 for none.
func (f filing) primary() int {
	return slices.IndexFunc(f.documents, func(d document) bool {
		return (d.kind == f.form || wants(every, d.kind)) && !f.isCopy(d)
	})
}

// places are the address of a document and where else it may be had.
func (f filing) places(d document, from int) (string, []string) {
	cik := f.cik(from)
	full := submissions(cik, f.accession)
	if from != 0 && from != cik {
		full = append(full, submissions(from, f.accession)...)
	}
	if d.name == "" {
		return full[0] + "#" + d.sequence, full
	}
	name := strings.ReplaceAll(d.name, " ", "%20")
	own := folder(cik, f.accession) + name
	var extra []string
	if d.view != "" {
		extra = append(extra, own)
	}
	if from != 0 && from != cik {
		extra = append(extra, folder(from, f.accession)+name)
	}
	return cmp.Or(d.view, own), append(extra, full...)
}

// cik is the CIK under which the filing's addresses are given: that of its first
// filer, so that they do not depend on where it was seen.
func (f filing) cik(from int) int {
	if len(f.filers) > 0 && f.filers[0].CIK != 0 {
		return f.filers[0].CIK
	}
	return from
}

func (f filing) common() dealwatch.Item {
	it := dealwatch.Item{
		Source: "edgar", Agency: "SEC", PublishedOn: f.filedOn, PublishedAt: f.acceptedAt, Filers: slices.Clone(f.filers),
	}
	for _, who := range f.filers {
		if it.Docket = f.dockets[who.CIK]; it.Docket != "" {
			break
		}
	}
	return it
}

// title says what a reader wants to know of a document before opening it: what it
// is, whose it is, and what it is about.
//
//	8-K · AMAZON COM INC · Entry into a Material Definitive Agreement; Other Events
//	EX-99.1 to 8-K · AMAZON COM INC · PRESS RELEASE
//	SC TO-T/A · CVR ENERGY INC, by ICAHN ENTERPRISES HOLDINGS L.P.
func (f filing) title(kind, description string, primary bool) string {
	parts := []string{kind}
	if !primary && f.form != "" {
		parts[0] += " to " + f.form
	}
	if who := names(f.filers); who != "" {
		parts = append(parts, who)
	}
	about := strings.Join(f.about(), "; ")
	if d := extract.Line(description); tells(d, kind) && (!primary || about == "") {
		about = d
	}
	if about != "" {
		parts = append(parts, about)
	}
	return strings.Join(parts, " · ")
}

// newItems is when the items of Form 8-K got their present numbers. Before it, the
// headers of submissions leave out some that the index page shows.
const newItems = "2004-08-23"

// about are the first clauses of the items' titles, but for the list of exhibits,
// which every report with a press release has. The items of other forms are codes.
func (f filing) about() []string {
	if !strings.HasPrefix(f.form, "8-K") || f.filedOn < newItems {
		return nil
	}
	var titles []string
	for _, t := range f.items {
		if !strings.EqualFold(t, "Financial Statements and Exhibits") {
			t, _, _ = strings.Cut(t, ";")
			titles = append(titles, t)
		}
	}
	if titles == nil {
		return f.items
	}
	return titles
}

// names lists whom a filing is about and who filed it.
func names(filers []dealwatch.Filer) string {
	var about, by []string
	for _, who := range filers {
		name := who.Name
		if name == "" {
			name = fmt.Sprintf("CIK %d", who.CIK)
		}
		if who.Role == "Filed by" && len(about) > 0 {
			by = append(by, name)
		} else {
			about = append(about, name)
		}
	}
	by = slices.DeleteFunc(by, func(name string) bool { return slices.Contains(about, name) })
	s := few(about)
	if len(by) > 0 {
		s += ", by " + few(by)
	}
	return s
}

func few(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d others", names[0], len(names)-1)
	}
	return strings.Join(names, ", ")
}

// plain matches a description that only repeats a type or number: "FORM 8-K", "EX-99.1".
var plain = regexp.MustCompile(`(?i)^((form|exhibit|ex)[ .-]*)?\S*\d\S*$`)

func tells(description, kind string) bool {
	return description != "" && !strings.EqualFold(description, kind) && !plain.MatchString(description)
}
