package edgar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// young is how long after its acceptance a filing's files may still be missing: its
// entry is often listed before they are served.
const young = 24 * time.Hour

// Read implements [dealwatch.Source]. The reading of a filing is an Index of its
// documents.
func (f Filings) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	accession, name, isDocument := strings.Cut(it.Key, "/")
	if !accessions.MatchString(accession) {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Failed, URL: it.URL,
			Err: fmt.Errorf("%q is no key of a filing", it.Key)}
	}
	if !isDocument {
		return f.first(ctx, it, append([]string{it.URL}, it.Extra...), func(c dealwatch.Capture) (dealwatch.Version, error) {
			return readIndex(c, it)
		})
	}
	channel := filed
	if it.Title == "" {
		it, channel = f.introduce(ctx, it, accession)
	}
	return f.first(ctx, it, places(it), func(c dealwatch.Capture) (dealwatch.Version, error) {
		return readDocument(ctx, c, it, name, channel)
	})
}

// first reads the first of several addresses that has something.
func (f Filings) first(ctx context.Context, it dealwatch.Item, addresses []string,
	read func(dealwatch.Capture) (dealwatch.Version, error)) (dealwatch.Version, error) {
	var first *dealwatch.ReadError
	for _, a := range addresses {
		c, err := f.Client.Get(ctx, a)
		if err == nil {
			var v dealwatch.Version
			if v, err = read(c); err == nil {
				v.ReadAt, v.SHA256, v.Capture = c.At, c.SHA256, c.Ref
				return v, nil
			}
		}
		re := readError(err, c)
		missing := re.Outcome == dealwatch.Absent || re.Outcome == dealwatch.Gone
		if re.Outcome == dealwatch.Gone && !it.PublishedAt.IsZero() && c.At.Sub(it.PublishedAt) < young {
			re.Outcome = dealwatch.Failed
			re.Err = fmt.Errorf("not there yet, %s after its acceptance: %w", c.At.Sub(it.PublishedAt).Round(time.Second), re.Err)
		}
		if first == nil {
			first = re
		}
		if !missing {
			return dealwatch.Version{}, re
		}
	}
	return dealwatch.Version{}, first
}

// readError makes a *ReadError of whatever a page's reader gave.
func readError(err error, c dealwatch.Capture) *dealwatch.ReadError {
	re := &dealwatch.ReadError{Outcome: dealwatch.Unparsed, Err: err}
	var told *dealwatch.ReadError
	if errors.As(err, &told) {
		*re = *told
	}
	if re.URL == "" {
		re.URL, re.Status, re.Capture = c.URL, c.Status, c.Ref
	}
	return re
}

// places are the addresses of a document, the XML before what the SEC makes of it.
func places(it dealwatch.Item) []string {
	all := append([]string{bare(it.URL)}, it.Extra...)
	all = append(all, it.URL)
	var once []string
	for _, a := range all {
		a, _, _ = strings.Cut(a, "#") // the part of a submission
		if !slices.Contains(once, a) {
			once = append(once, a)
		}
	}
	return once
}

// introduce looks up what the filing says of a document that was captured alone.
// Where that is not to be had, the document must speak for itself.
func (f Filings) introduce(ctx context.Context, it dealwatch.Item, accession string) (dealwatch.Item, string) {
	a, ok := parseAddress(it.URL)
	if !ok {
		return it, alone
	}
	for _, at := range indexAddresses(a.cik, accession) {
		c, err := f.Client.Get(ctx, at)
		if err != nil {
			continue
		}
		from, err := parseFiling(c)
		if err != nil {
			continue
		}
		for _, known := range from.found(a.cik) {
			if known.Key == it.Key {
				known.Extra = append([]string{it.URL}, known.Extra...)
				return known, filed
			}
		}
	}
	return it, alone
}

// parseFiling reads whatever lists a filing's documents: the index page, the page of
// headers or the full submission.
func parseFiling(c dealwatch.Capture) (filing, error) {
	a, ok := parseAddress(c.URL)
	if !ok {
		return filing{}, fmt.Errorf("%s is no address of a filing", c.URL)
	}
	var f filing
	var err error
	switch {
	case a.is(".txt"):
		f, _, err = parseSubmission(c.Body)
	case a.is("-index-headers.html", "-index-headers.htm"):
		f, err = parseHeaders(c.Body)
	default:
		f, err = parseIndex(c.Body)
	}
	if err == nil && f.accession != a.accession {
		err = fmt.Errorf("the page is about filing %s", f.accession)
	}
	return f, err
}

func readIndex(c dealwatch.Capture, it dealwatch.Item) (dealwatch.Version, error) {
	f, err := parseFiling(c)
	if err != nil {
		return dealwatch.Version{}, err
	}
	from := 0
	if a, ok := parseAddress(c.URL); ok {
		from = a.cik
	}
	told := f.item(from)
	told.URL, told.Extra = it.URL, it.Extra
	return dealwatch.Version{Item: told, Channel: filed, Index: true, Found: f.found(from)}, nil
}

// readDocument reads a document from its own file or from the full submission.
func readDocument(ctx context.Context, c dealwatch.Capture, it dealwatch.Item, name, channel string) (dealwatch.Version, error) {
	body := c.Body
	a, _ := parseAddress(c.URL)
	if a.is(".txt") {
		f, parts, err := parseSubmission(c.Body)
		if err != nil {
			return dealwatch.Version{}, err
		}
		i := slices.IndexFunc(f.documents, func(d document) bool { return d.key(f.accession) == it.Key })
		if i < 0 {
			return dealwatch.Version{}, fmt.Errorf("the submission has no document %q", name)
		}
		if body, err = content(parts[i]); err != nil {
			return dealwatch.Version{}, err
		}
	} else if it.Title == "" {
		who, ok := introduction(c)
		if !ok {
			return dealwatch.Version{}, fmt.Errorf("the document does not say which form it is")
		}
		who.URL, who.Extra = it.URL, it.Extra
		it = who
	}
	if path.Base(path.Dir(a.name)) != "." {
		channel = rendered
	}
	text, err := textOf(ctx, body)
	if err != nil {
		return dealwatch.Version{}, err
	}
	if text == "" {
		return dealwatch.Version{}, &dealwatch.ReadError{Outcome: dealwatch.Empty, Err: errors.New("the document has no text")}
	}
	return dealwatch.Version{Item: it, Text: text, Channel: channel}, nil
}

// content is what a part holds. What is uuencoded and no PDF holds no text.
func content(part extract.Part) ([]byte, error) {
	body, err := part.Content()
	if err == nil && part.Body == nil && len(body) > 0 && !isPDF(body) {
		err = &dealwatch.ReadError{Outcome: dealwatch.Unparsed, Err: errors.New("the document is encoded, and no PDF")}
	}
	return body, err
}

func isPDF(body []byte) bool { return bytes.HasPrefix(body, []byte("%PDF-")) }

// markup matches the start of a document that is HTML. Plain text filings have tables
// and page marks in angle brackets, which make no HTML of them.
var markup = []string{"<!doctype html", "<html", "<head", "<body", "<title", "<div", "<p>", "<p ", "<font", "<center"}

// textOf is the text of a document, with or without its wrapper.
func textOf(ctx context.Context, body []byte) (string, error) {
	if part, ok := extract.Unwrap(body); ok {
		var err error
		if body, err = content(part); err != nil {
			return "", err
		}
	}
	if isPDF(body) {
		return extract.PDF(ctx, body)
	}
	head := string(bytes.ToLower(body[:min(len(body), 4096)]))
	if isSubmissionXML(head) {
		return xmlText(body)
	}
	if slices.ContainsFunc(markup, func(tag string) bool { return strings.Contains(head, tag) }) {
		return extract.HTML(body)
	}
	return extract.Plain(body), nil
}
