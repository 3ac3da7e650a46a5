package edgar

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"html"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
	"golang.org/x/net/html/charset"
)

const (
	currentPath = "/cgi-bin/browse-edgar"
	perPage     = 100
	// overlap is how many entries of a page are asked for again with the next. A filing
	// that comes between two requests only repeats entries; but two machines answer,
	// and one that lags behind the other would lose what lies between them.
	overlap = 10
	// depth is more pages than the list ever had; the list ends by itself before.
	depth = 80
)

// currentURL is the address of a page of getcurrent.
func currentURL(prefix string, start int) string {
	return fmt.Sprintf("https://www.sec.gov%s?action=getcurrent&type=%s&count=%d&start=%d&owner=include&output=atom",
		currentPath, url.QueryEscape(prefix), perPage, start)
}

// A listing is one page of getcurrent. It has one entry for each filer of a filing,
// and some of them twice.
type listing struct {
	entries  int
	repeated int             // entries that stood before them word for word
	unwanted map[string]int  // filings of forms that are not read, by form
	filings  []filing        // wanted ones, newest first
	all      map[string]bool // every accession number
}

type currentFeed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Entries []struct {
		Title    string `xml:"title"`
		Summary  string `xml:"summary"`
		Updated  string `xml:"updated"`
		ID       string `xml:"id"`
		Category struct {
			Term string `xml:"term,attr"`
		} `xml:"category"`
	} `xml:"entry"`
}

var (
	// entryTitle is taken apart from the right: names hold dashes and brackets.
	entryTitle = regexp.MustCompile(`^(.*) \((\d{10})\) \(([^()]+)\)$`)
	entryFiled = regexp.MustCompile(`Filed:</b>\s*(\d{4}-\d{2}-\d{2})`)
	entryItem  = regexp.MustCompile(`(?m)^<br>Item [^:\n]*: (.+)$`)
)

// parseCurrent reads a page of getcurrent as the named stream sees it.
func parseCurrent(body []byte, name string) (listing, error) {
	var feed currentFeed
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset.NewReaderLabel
	if err := d.Decode(&feed); err != nil {
		return listing{}, fmt.Errorf("not a page of EDGAR's latest filings: %w", err)
	}
	if n := bytes.Count(body, []byte("</summary>")); n != len(feed.Entries) {
		return listing{}, fmt.Errorf("%d of the %d entries are none by their form", n-len(feed.Entries), n)
	}
	page := listing{entries: len(feed.Entries), unwanted: make(map[string]int), all: make(map[string]bool)}
	seen := make(map[string]bool)
	for _, e := range feed.Entries {
		accession := accessions.FindString(e.ID)
		if accession == "" {
			return listing{}, fmt.Errorf("entry %q has no accession number", extract.Line(e.Title))
		}
		form := extract.Line(e.Category.Term)
		if form == "" {
			return listing{}, fmt.Errorf("entry %q has no form", extract.Line(e.Title))
		}
		again := seen[accession+e.Title]
		known := page.all[accession]
		seen[accession+e.Title], page.all[accession] = true, true
		if again {
			page.repeated++
			continue
		}
		if !wants(name, form) {
			if !known {
				page.unwanted[form]++
			}
			continue
		}
		m := entryTitle.FindStringSubmatch(strings.TrimPrefix(extract.Line(e.Title), form+" - "))
		on := entryFiled.FindStringSubmatch(e.Summary)
		at, err := time.Parse(time.RFC3339, e.Updated)
		if m == nil || on == nil || err != nil {
			return listing{}, fmt.Errorf("entry %q lacks its filer, filing date or time of acceptance", extract.Line(e.Title))
		}
		i := slices.IndexFunc(page.filings, func(f filing) bool { return f.accession == accession })
		if i < 0 {
			i = len(page.filings)
			page.filings = append(page.filings, filing{
				accession: accession, form: form, filedOn: on[1], acceptedAt: at.UTC(), items: entryItems(e.Summary),
			})
		}
		cik, _ := strconv.Atoi(m[2])
		page.filings[i].add(dealwatch.Filer{CIK: cik, Name: m[1], Role: m[3]})
	}
	return page, nil
}

func entryItems(summary string) []string {
	var items []string
	for _, m := range entryItem.FindAllStringSubmatch(summary, -1) {
		items = append(items, extract.Line(html.UnescapeString(m[1])))
	}
	return items
}

// found are the filings of the page as items.
func (l listing) found() []dealwatch.Item {
	items := make([]dealwatch.Item, 0, len(l.filings))
	for _, f := range l.filings {
		items = append(items, f.item(0))
	}
	return items
}

// List implements [dealwatch.Source]. Pages are fetched one after the other, each
// overlapping the one before; a page that does not is an error, since something may
// lie between them. How many filings were left out for their form is logged. A filing whose entries stand on two pages is given again, with all
// its filers. The first listing of all ends when two filing dates are whole.
func (f Filings) List(ctx context.Context, s dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		i := slices.IndexFunc(streams, func(known stream) bool { return known.name == s.Name })
		if i < 0 {
			yield(nil, fmt.Errorf("edgar has no listing %q", s.Name))
			return
		}
		known := make(map[string]filing)
		all := make(map[string]bool)
		repeated := 0
		defer func() {
			if unwanted := len(all) - len(known); unwanted+repeated > 0 {
				f.Client.Log().Info("listed", "source", "edgar/"+s.Name, "listed", len(known), "unwanted", unwanted, "repeated", repeated)
			}
		}()
		for n := range depth {
			start := n * (perPage - overlap)
			c, err := f.Client.Get(ctx, currentURL(streams[i].prefix, start))
			if n > 0 && dealwatch.OutcomeOf(err) == dealwatch.Gone {
				return
			}
			var page listing
			if err == nil {
				page, err = parseCurrent(c.Body, s.Name)
				if err != nil {
					err = &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: err}
				}
			}
			if err == nil && n > 0 && page.entries > 0 && !joins(page.all, all) {
				err = &dealwatch.ReadError{Outcome: dealwatch.Failed, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: fmt.Errorf(
					"the list moved by more than %d entries since the page before; it is read again with the next poll", overlap)}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			repeated += page.repeated
			page.filings = merge(known, all, page)
			if !yield(page.found(), nil) || page.entries < perPage || r.First && twoDays(known) {
				return
			}
		}
	}
}

// joins reports whether a page shows a filing of the pages before it.
func joins(page, before map[string]bool) bool {
	for accession := range page {
		if before[accession] {
			return true
		}
	}
	return false
}

// merge remembers a page and gives its filings that are new or have gained a filer.
func merge(known map[string]filing, all map[string]bool, page listing) []filing {
	var fresh []filing
	for accession := range page.all {
		all[accession] = true
	}
	for _, f := range page.filings {
		old, ok := known[f.accession]
		if ok {
			n := len(old.filers)
			old.filers = slices.Clone(old.filers)
			old.add(f.filers...)
			if len(old.filers) == n {
				continue
			}
			f = old
		}
		known[f.accession] = f
		fresh = append(fresh, f)
	}
	return fresh
}

// twoDays reports whether the filings reach back behind the two newest filing dates:
// today and the last business day, whatever the calendar.
func twoDays(known map[string]filing) bool {
	dates := make(map[string]bool)
	for _, f := range known {
		dates[f.filedOn] = true
	}
	return len(dates) > 2
}

// left counts the filings of forms that are not read.
func (l listing) left() int {
	n := 0
	for _, of := range l.unwanted {
		n += of
	}
	return n
}
