// Package edgar reads company filings from the SEC's EDGAR.
//
// A listing shows filings; a filing's index page shows its documents; documents are
// what is matched. So a filing is an item under its accession number whose reading is
// an Index, and each document is an item under "accession/file name". The same
// document can be had from its own address or as a part of the full submission text,
// and the same facts from the index page or the submission's header: whichever is
// read, key, title, kind, filers, dates and text come out the same.
package edgar

import (
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
)

// The channels of a document. One that is read with what its filing says of it has
// channel filed; one that was captured alone has channel alone, says no date and
// names its filer only where the document does. The first reading decides, so that
// neither revises the other.
const (
	filed    = "filing"
	alone    = "file"
	rendered = "rendered" // the SEC's own page of an XML document, where the XML is not to be had
)

// Filings is the source "edgar".
type Filings struct {
	Client *crawl.Client
	Now    func() time.Time // for the days whose index is there; nil stands for the client's
}

var _ dealwatch.Source = Filings{}

func (f Filings) now() time.Time {
	if f.Now != nil {
		return f.Now()
	}
	return f.Client.Now()
}

// Info implements [dealwatch.Source].
func (f Filings) Info() dealwatch.Info {
	return dealwatch.Info{
		Name:     "edgar",
		Title:    "Company filings on EDGAR",
		Agency:   "SEC",
		Home:     "https://www.sec.gov/search-filings",
		Identity: "accession number / file name",
		Second:   "EDGAR's daily index files, and that of the quarter on Sundays",
		Kinds:    kinds(),
		Hosts: []dealwatch.Host{
			{
				Name: "www.sec.gov", Budget: "sec.gov", Every: 250 * time.Millisecond, MaxBody: 64 << 20, Judge: judge,
				Exempt:      "https://www.sec.gov/about/developer-resources",
				ExemptPaths: []string{"/cgi-bin/browse-edgar"},
			},
			{Name: "data.sec.gov", Budget: "sec.gov", Every: 250 * time.Millisecond, MaxBody: 64 << 20, Judge: judge},
			{Name: "efts.sec.gov", Budget: "sec.gov", Every: 250 * time.Millisecond, MaxBody: 64 << 20, Judge: judge},
		},
		Every:   5 * time.Minute,
		Contact: true,
		Unseen: []string{
			"getcurrent asked for one form type (but for SCHEDULE 13D)",
			"S-4, F-4, 425, PREM14A, DEFM14A, SC TO-T and 20-F documents",
			"the list of documents of an XML filing (D, SCHEDULE 13D)",
			"exhibits that are PDFs (what is captured is one of an unwanted form)",
		},
	}
}

// Streams implements [dealwatch.Source]: one listing a form type, since each reaches
// back 5,100 entries, which is days or weeks of one form but hardly a day of all.
func (f Filings) Streams() []dealwatch.Stream {
	var all []dealwatch.Stream
	for _, s := range streams {
		all = append(all, dealwatch.Stream{Name: s.name, URL: currentURL(s.prefix, 0), Quiet: s.rare})
	}
	return all
}
