// Package fedreg reads the Federal Register through its API: presidential documents,
// and the notices and rules of the two antitrust agencies.
package fedreg

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
)

const (
	source = "federal-register"
	host   = "www.federalregister.gov"
	home   = "https://" + host
	api    = home + "/api/v1/"
	bulk   = "www.govinfo.gov"

	presidential = "presidential"
	ftc          = "ftc"
	antitrust    = "antitrust"
	inspection   = "inspection"
)

// Documents is the source "federal-register".
type Documents struct {
	Client *crawl.Client
	Now    func() time.Time // for the end of an open range; nil stands for the client's
}

var _ dealwatch.Source = Documents{}

func (d Documents) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return d.Client.Now()
}

// Info declares the source.
func (Documents) Info() dealwatch.Info {
	return dealwatch.Info{
		Name:     source,
		Title:    "Federal Register: presidential documents, FTC, Antitrust Division",
		Agency:   "Federal Register",
		Home:     home + "/",
		Identity: "document number@publication date; a document on public inspection has the key of its publication",
		Second:   "the table of contents of each day's issue",
		Kinds:    kinds,
		Hosts: []dealwatch.Host{
			{Name: host, Every: time.Second, Judge: judge},
			{Name: "public-inspection.federalregister.gov", Budget: host, Every: time.Second},
			{Name: bulk, Every: time.Second},
		},
		Every: time.Hour,
		// Numbers and notes come late, and a copy on public inspection is replaced.
		Young: 7 * 24 * time.Hour,
		Unseen: []string{
			"lists of one agency, and the list of all that is on public inspection (what is captured is a part)",
			"text of documents on public inspection",
			"full text of notices and rules (what is captured is presidential)",
			"the table of contents of an issue",
		},
	}
}

// Streams are the searches for the documents that are followed, and what is on
// public inspection a day before it is published.
func (Documents) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{
		{Name: presidential, URL: search("conditions[type][]", "PRESDOCU"), Quiet: true},
		{Name: ftc, URL: search("conditions[agencies][]", "federal-trade-commission"), Quiet: true},
		{Name: antitrust, URL: search("conditions[agencies][]", "antitrust-division"), Quiet: true},
		{Name: inspection, URL: api + "public-inspection-documents/current.json", Whole: true, Quiet: true},
	}
}

// Read reads a document's metadata from its own record, where there is one, and its
// text from the first of its addresses that has one: XML, text, HTML. The page for
// people is behind a gate for robots, and is never asked for.
func (d Documents) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	meta, err := d.record(ctx, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	it = merge(meta, it)
	absent := false
	for _, address := range it.Extra {
		c, err := d.Client.Get(ctx, address)
		switch dealwatch.OutcomeOf(err) {
		case dealwatch.OK:
		case dealwatch.Gone:
			continue
		case dealwatch.Absent:
			absent = true
			continue
		default: // to go on would change the channel, and with it the text, for an hour's outage
			return dealwatch.Version{}, err
		}
		t, err := readText(ctx, c, it.Key)
		if err != nil {
			return dealwatch.Version{}, err
		}
		extra := it.Extra
		it = merge(it, t.item)
		it.Extra = extra
		return dealwatch.Version{Item: it, Text: t.text, Channel: t.channel, ReadAt: c.At, SHA256: c.SHA256, Capture: c.Ref}, nil
	}
	re := &dealwatch.ReadError{Outcome: dealwatch.Failed, URL: it.URL, Err: errors.New("the register serves no full text of it yet")}
	switch {
	case absent:
		re.Outcome, re.Err = dealwatch.Absent, errors.New("the archive holds no full text of it")
	case meta.Key == "" && d.withdrawn(it.Key):
		re.Outcome, re.Err = dealwatch.Gone, errors.New("it was on public inspection and was not published on its day: withdrawn")
	}
	return dealwatch.Version{}, re
}

// withdrawn reports whether a document of which the register has neither record nor text
// should have been published days ago.
func (d Documents) withdrawn(key string) bool {
	_, date, _ := strings.Cut(key, "@")
	day, err := time.Parse(time.DateOnly, date)
	return err == nil && d.now().After(day.AddDate(0, 0, 4))
}

// record reads the document's own record. It gives no item where there is none,
// which is so for a document on public inspection.
func (d Documents) record(ctx context.Context, it dealwatch.Item) (dealwatch.Item, error) {
	number, date, _ := strings.Cut(it.Key, "@")
	address := api + "documents/" + url.PathEscape(number) + ".json"
	// Numbers were used again before 2016: the date is asked for where the plain
	// answer is of another day.
	for _, address := range []string{address, address + "?publication_date=" + url.QueryEscape(date)} {
		c, err := d.Client.Get(ctx, address)
		switch dealwatch.OutcomeOf(err) {
		case dealwatch.OK:
		case dealwatch.Gone:
			return dealwatch.Item{}, nil
		case dealwatch.Absent:
			continue
		default:
			return dealwatch.Item{}, err
		}
		items, err := readRecords(c)
		if err != nil {
			return dealwatch.Item{}, err
		}
		for _, found := range items {
			if found.Key == it.Key {
				return found, nil
			}
		}
	}
	return dealwatch.Item{}, nil
}

// merge fills what first does not say from then.
func merge(first, then dealwatch.Item) dealwatch.Item {
	it := first
	if it.Key == "" {
		return then
	}
	fill := func(to *string, from string) {
		if *to == "" {
			*to = from
		}
	}
	fill(&it.Title, then.Title)
	fill(&it.Agency, then.Agency)
	fill(&it.Docket, then.Docket)
	fill(&it.Subject, then.Subject)
	if it.Kind == "" || it.Kind == anyPresidential && then.Kind != "" {
		it.Kind = then.Kind
	}
	seen := make(map[string]bool)
	for _, a := range it.Extra {
		seen[a] = true
	}
	for _, a := range then.Extra {
		if !seen[a] {
			it.Extra = append(it.Extra[:len(it.Extra):len(it.Extra)], a)
		}
	}
	return it
}

// Recognise knows the API's lists and records, the full texts, and the issues that
// govinfo serves whole. Of each it takes the documents that are followed.
func (Documents) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return dealwatch.Sight{}, false
	}
	at := place(u)
	if at == (site{}) {
		return dealwatch.Sight{}, false
	}
	s := dealwatch.Sight{Stream: at.stream, Page: at.page}
	if s.Err = refusal(c); s.Err != nil {
		return s, true
	}
	switch {
	case at.stream != "":
		var p list
		p, s.Err = readList(c, at.stream == inspection)
		if p.nameless && u.Query().Has("fields[]") {
			return dealwatch.Sight{}, false
		}
		s.Items = p.items
		if s.Err == nil && at.stream != inspection && !chosen(c.URL) {
			if s.Err = p.strange(c); s.Err != nil {
				s.Items = nil
			}
		}
		if at.stream == inspection && at.page < partial && (p.next != "" || p.rows < p.count) {
			s.Page += partial
		}
	case at.search:
		var p list
		p, s.Err = readList(c, onFilePath.MatchString(u.Path))
		if p.nameless && u.Query().Has("fields[]") {
			return dealwatch.Sight{}, false
		}
		s.Documents = p.items
		return s, true
	case at.record:
		s.Documents, s.Err = readRecords(c)
	default:
		s.Documents, s.Err = documentsIn(c)
	}
	if s.Err == nil && s.Stream == "" && len(s.Documents) == 0 {
		return dealwatch.Sight{}, false // of an agency that is not followed
	}
	return s, true
}

// judge tells refusals from content: the site gates robots with a page of HTML, at
// times with status 200, and puts its reason for a refusal into JSON.
func judge(c dealwatch.Capture) *dealwatch.ReadError {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil
	}
	fail := func(o dealwatch.Outcome, why string) *dealwatch.ReadError {
		return &dealwatch.ReadError{Outcome: o, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: errors.New(why)}
	}
	body := bytes.TrimLeft(c.Body, "\ufeff \t\r\n")
	page := len(body) > 0 && body[0] == '<'
	inAPI := strings.HasPrefix(u.Path, "/api/")
	var said struct {
		Message string          `json:"message"`
		Count   *int            `json:"count"`
		Errors  json.RawMessage `json:"errors"`
	}
	if inAPI && !page {
		_ = json.Unmarshal(body, &said) // what is no JSON is for its reader to say
	}
	switch {
	case c.Status == http.StatusNotFound:
		return fail(dealwatch.Gone, "the register has no such document")
	case inAPI && page, strings.HasSuffix(path.Ext(u.Path), ".xml") && looksLikeHTML(body),
		bytes.Contains(body[:min(len(body), 4096)], []byte("Request Access</title>")):
		return fail(dealwatch.Blocked, "a page of HTML came instead, as the gate for robots gives")
	case c.Status == http.StatusBadRequest:
		why := said.Message
		if why == "" {
			why = string(said.Errors)
		}
		if why == "" {
			why = "the API refused the request"
		}
		return fail(dealwatch.Unparsed, "the API refused the request: "+why)
	case said.Count != nil && *said.Count == 0 && bytes.Contains(said.Errors, []byte("not_found")):
		return fail(dealwatch.Gone, fmt.Sprintf("the register has no such document: %s", said.Errors))
	}
	return nil
}

func looksLikeHTML(body []byte) bool {
	head := bytes.ToLower(body[:min(len(body), 64)])
	return bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html"))
}

// refusal is what a capture without content says, nil for one with content.
func refusal(c dealwatch.Capture) error {
	if err := judge(c); err != nil {
		return err
	}
	if c.Status == http.StatusOK && len(c.Body) > 0 {
		return nil
	}
	outcome := dealwatch.Failed
	switch c.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		outcome = dealwatch.Blocked
	case http.StatusGone:
		outcome = dealwatch.Gone
	case http.StatusBadRequest:
		outcome = dealwatch.Unparsed
	case http.StatusOK:
		outcome = dealwatch.Empty
	}
	return &dealwatch.ReadError{Outcome: outcome, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: errors.New("the answer holds no document")}
}

func unparsed(c dealwatch.Capture, what string) error {
	return &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: errors.New(what)}
}
