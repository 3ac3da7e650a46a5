package fedreg

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// A record is a document as the API describes it, published or on public inspection.
type record struct {
	Title         string          `json:"title"`
	Type          string          `json:"type"`
	Subtype       string          `json:"subtype"`
	Number        string          `json:"document_number"`
	Date          string          `json:"publication_date"`
	Agencies      []agency        `json:"agencies"`
	Order         json.RawMessage `json:"executive_order_number"` // a string, at times a number
	Dockets       []string        `json:"docket_ids"`
	DocketNumbers []string        `json:"docket_numbers"` // on public inspection
	HTML          string          `json:"html_url"`
	XML           string          `json:"full_text_xml_url"`
	RawText       string          `json:"raw_text_url"`
	Body          string          `json:"body_html_url"`
	PDF           string          `json:"pdf_url"`
	FiledAt       string          `json:"filed_at"` // on public inspection only
}

// An agency that the register does not know has a raw name and no more.
type agency struct {
	Slug string `json:"slug"`
	Raw  string `json:"raw_name"`
}

const presidentialType = "Presidential Document"

// followed says which of the followed publishers a document is of, "" for none.
func (r record) followed() string {
	if r.Type == presidentialType {
		return "White House"
	}
	for _, a := range r.Agencies {
		switch {
		case a.Slug == "federal-trade-commission", strings.EqualFold(a.Raw, "Federal Trade Commission"):
			return "FTC"
		case a.Slug == "antitrust-division", strings.EqualFold(a.Raw, "Antitrust Division"):
			return "DOJ"
		}
	}
	return ""
}

func (r record) item() dealwatch.Item {
	k := key(r.Number, r.Date)
	number, _, _ := strings.Cut(k, "@")
	it := dealwatch.Item{
		Source: source, Key: k, URL: r.HTML,
		Title:  extract.Line(r.Title),
		Kind:   kindOf(number, r.Title, r.Type, r.Subtype),
		Agency: r.followed(), PublishedOn: r.Date,
		Docket: extract.Line(dashes.Replace(strings.Join(append(r.Dockets, r.DocketNumbers...), "; "))),
	}
	if it.URL == "" {
		it.URL = home + "/d/" + number
	}
	if order := strings.Trim(string(r.Order), `"`); isNumber(order) {
		it.Subject = "eo-" + order
	}
	addresses := []string{r.XML, r.RawText, r.Body}
	if r.FiledAt != "" {
		addresses = []string{r.RawText, r.PDF}
	}
	for _, a := range addresses {
		if a != "" {
			it.Extra = append(it.Extra, a)
		}
	}
	if len(it.Extra) == 0 {
		it.Extra = texts(number, r.Date)
	}
	return it
}

func isNumber(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0
}

// A list is one page of a search.
type list struct {
	items []dealwatch.Item
	count int    // of the documents that the whole search has
	rows  int    // of the page, whatever is followed of them
	first string // number of its first row
	next  string // address of the next page, "" on the last
	// nameless is true where a row does not say which document it is: an error, but for
	// who asked for fields without a number or date.
	nameless bool
}

// readList reads a page of a search. One without a hit has no results at all.
func readList(c dealwatch.Capture, onFile bool) (list, error) {
	var answer struct {
		Count   *int     `json:"count"`
		Next    string   `json:"next_page_url"`
		Results []record `json:"results"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(c.Body, []byte("\ufeff")), &answer); err != nil {
		return list{}, unparsed(c, "the list is no JSON as we know it: "+err.Error())
	}
	if answer.Count == nil || *answer.Count > 0 && len(answer.Results) == 0 {
		return list{}, unparsed(c, "the answer is no list of documents")
	}
	p := list{count: *answer.Count, rows: len(answer.Results), next: answer.Next}
	for i, r := range answer.Results {
		if r.Number == "" || !isDate(r.Date) {
			return list{nameless: true}, unparsed(c, fmt.Sprintf("row %d (%q) has no document number or publication date", i+1, r.Number))
		}
		if lacks := r.lacks(); lacks != "" && !chosen(c.URL) {
			return list{}, unparsed(c, fmt.Sprintf("row %d (%s) has no %s", i+1, r.Number, lacks))
		}
		if i == 0 {
			p.first = r.Number
		}
		if onFile && r.FiledAt == "" {
			r.FiledAt = "unknown"
		}
		if r.followed() != "" {
			p.items = append(p.items, r.item())
		}
	}
	return p, nil
}

// strange is the error of a search for one publisher's documents of which some are not
// his: they have lost what tells whose they are.
func (p list) strange(c dealwatch.Capture) error {
	if n := p.rows - len(p.items); n > 0 {
		return unparsed(c, fmt.Sprintf("%d of %d rows are of nobody who was asked for", n, p.rows))
	}
	return nil
}

// lacks names what the register states of every document and r does not.
func (r record) lacks() string {
	switch {
	case r.Title == "":
		return "title"
	case r.Type == "":
		return "type"
	case r.Type != presidentialType && !slices.ContainsFunc(r.Agencies, func(a agency) bool { return a.Slug != "" || a.Raw != "" }):
		return "agency"
	}
	return ""
}

// chosen reports whether somebody asked for fields of his own choice at an address. Ours
// hold all that an item is made of.
func chosen(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	asked := u.Query()["fields[]"]
	return len(asked) > 0 && slices.ContainsFunc([]string{"title", "type", "agencies"}, func(f string) bool { return !slices.Contains(asked, f) })
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// readRecords reads the record of one document, or of several that were asked for at
// once. It leaves out those that are not followed.
func readRecords(c dealwatch.Capture) ([]dealwatch.Item, error) {
	var answer struct {
		record
		Results []record `json:"results"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(c.Body, []byte("\ufeff")), &answer); err != nil {
		return nil, unparsed(c, "the record is no JSON as we know it: "+err.Error())
	}
	records := answer.Results
	if answer.Number != "" {
		records = append(records, answer.record)
	}
	if len(records) == 0 {
		return nil, unparsed(c, "the answer names no document")
	}
	var items []dealwatch.Item
	for _, r := range records {
		if r.Number == "" || !isDate(r.Date) {
			return nil, unparsed(c, "the record has no document number or publication date")
		}
		if lacks := r.lacks(); lacks != "" && !chosen(c.URL) {
			return nil, unparsed(c, fmt.Sprintf("the record of %s has no %s", r.Number, lacks))
		}
		if r.followed() != "" {
			items = append(items, r.item())
		}
	}
	return items, nil
}

// List gives the pages of a search, as the API leads from one to the next. A range
// is asked for week by week, newest first, since a search is capped; the weeks go on
// beyond its start until one shows a document, so that the start is known ground.
func (d Documents) List(ctx context.Context, s dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		if s.Name == inspection {
			d.pages(ctx, s.URL, false, true, yield)
			return
		}
		if r.Since == "" && r.Until == "" {
			d.pages(ctx, s.URL, r.First, false, func(items []dealwatch.Item, err error) bool {
				if err == nil && len(items) == 0 { // a week may be without a document, the register is not
					err = &dealwatch.ReadError{Outcome: dealwatch.Empty, URL: s.URL, Err: errors.New("the list of the newest documents is empty")}
				}
				return yield(items, err) && err == nil
			})
			return
		}
		for _, week := range d.weeks(r) {
			older := false
			ok := d.pages(ctx, s.URL+week.query(), false, false, func(items []dealwatch.Item, err error) bool {
				if err != nil || len(items) > 0 {
					older = r.Since != "" && len(items) > 0 && items[0].PublishedOn < r.Since
					return yield(items, err)
				}
				return true
			})
			if !ok || older {
				return
			}
		}
	}
}

// searchMost is as far as a search counts.
const searchMost = 10_000

// pages follows one search to its end. It reports whether the reader wants more.
func (d Documents) pages(ctx context.Context, address string, one, onFile bool, yield func([]dealwatch.Item, error) bool) bool {
	seen := make(map[string]bool)
	shown := 0
	for address != "" {
		c, err := d.Client.Get(ctx, address)
		if err != nil {
			yield(nil, err)
			return false
		}
		p, err := readList(c, onFile)
		if err == nil && !onFile {
			err = p.strange(c)
		}
		if err == nil && p.rows > 0 && seen[p.first] {
			// Asked for a page beyond its last, the server gives the first one again.
			err = unparsed(c, "this page of the list repeats one before it")
		}
		if shown += p.rows; err == nil && p.next == "" && shown < min(p.count, searchMost) {
			err = &dealwatch.ReadError{Outcome: dealwatch.Truncated, URL: c.URL, Status: c.Status, Capture: c.Ref,
				Err: fmt.Errorf("the list shows %d of the %d documents that it counts", shown, p.count)}
		}
		if err != nil {
			yield(nil, err)
			return false
		}
		if !yield(p.items, nil) {
			return false
		}
		if one {
			return true
		}
		if p.next == "" && p.rows > 0 && shown < min(p.count, mostShown) {
			yield(nil, &dealwatch.ReadError{Outcome: dealwatch.Truncated, URL: c.URL, Status: c.Status,
				Err: fmt.Errorf("the list ends after %d of the %d documents that it counts", shown, p.count)})
			return false
		}
		seen[p.first] = true
		address = p.next
	}
	return true
}

// mostShown is how many documents of a search are shown at most, whatever it counts.
const mostShown = 2000

// A week is a slice of a range.
type week struct{ from, to string }

func (w week) query() string {
	q := "&conditions%5Bpublication_date%5D%5Bgte%5D=" + w.from
	return q + "&conditions%5Bpublication_date%5D%5Blte%5D=" + w.to
}

// weeks slices a range, newest first, and a quarter of a year before it.
func (d Documents) weeks(r dealwatch.Range) []week {
	end, err := time.Parse(time.DateOnly, r.Until)
	if err != nil {
		end = d.now().UTC().AddDate(0, 0, 3) // the next issue has a date to come
	}
	since, err := time.Parse(time.DateOnly, r.Since)
	if err != nil {
		since = end.AddDate(0, 0, -6)
	}
	var weeks []week
	for stop := since.AddDate(0, 0, -91); end.After(stop); end = end.AddDate(0, 0, -7) {
		weeks = append(weeks, week{end.AddDate(0, 0, -6).Format(time.DateOnly), end.Format(time.DateOnly)})
	}
	return weeks
}
