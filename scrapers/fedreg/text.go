package fedreg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// A text is a document's full text, and what it says of the document itself.
type text struct {
	item    dealwatch.Item
	text    string
	channel string
}

// readText reads the text of the document that has the key from one of its
// addresses.
//
// A copy on public inspection goes by the channel of the XML that will replace it on
// the day of publication; by a channel of its own it would never be replaced.
func readText(ctx context.Context, c dealwatch.Capture, key string) (text, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return text{}, unparsed(c, err.Error())
	}
	if !place(u).text {
		t := text{channel: "xml"}
		if strings.HasSuffix(u.Path, ".txt") {
			if !filedLine.Match(c.Body[max(0, len(c.Body)-tail):]) {
				return text{}, endless(c)
			}
			t.text = extract.Plain(preformatted(c.Body))
		} else {
			t.text, err = extract.Document(ctx, c.Header.Get("Content-Type"), path.Base(u.Path), c.Body)
		}
		return filled(c, t, err)
	}
	found, err := textsIn(c, u)
	if err != nil {
		return text{}, err
	}
	for _, t := range found {
		if t.item.Key == key {
			return filled(c, t, nil)
		}
	}
	return text{}, unparsed(c, "the document "+key+" is not in it")
}

// filedLine begins the line that every document ends in, as the register files it. A text
// on public inspection has no other end, and may come without its length.
var filedLine = regexp.MustCompile(`\[\s*FR\s+Doc`)

// tail is how far from its end that line is looked for: signatures and a billing code
// may follow it.
const tail = 4 << 10

func endless(c dealwatch.Capture) error {
	return &dealwatch.ReadError{Outcome: dealwatch.Truncated, URL: c.URL, Status: c.Status, Capture: c.Ref,
		Err: errors.New("the full text has no end: the line with its document number is missing")}
}

func filled(c dealwatch.Capture, t text, err error) (text, error) {
	if err == nil && t.text == "" {
		err = &dealwatch.ReadError{Outcome: dealwatch.Empty, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: errors.New("the full text is empty")}
	}
	return t, err
}

// documentsIn gives the documents of a full text or an issue that are followed.
func documentsIn(c dealwatch.Capture) ([]dealwatch.Item, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, unparsed(c, err.Error())
	}
	found, err := textsIn(c, u)
	if err != nil {
		return nil, err
	}
	var items []dealwatch.Item
	for _, t := range found {
		if t.item.Agency != "" {
			items = append(items, t.item)
		}
	}
	return items, nil
}

// textsIn reads the documents at one of the addresses of full texts.
func textsIn(c dealwatch.Capture, u *url.URL) ([]text, error) {
	var found []text
	number, date := "", ""
	if m := textPath.FindStringSubmatch(u.Path); m != nil {
		number, date = m[4], m[1]+"-"+m[2]+"-"+m[3]
	} else if m := issuePath.FindStringSubmatch(u.Path); m != nil {
		date = m[1]
	}
	switch path.Ext(u.Path) {
	case ".xml":
		documents, err := readXML(c)
		if err != nil {
			return nil, err
		}
		for _, d := range documents {
			t := d.facts()
			t.channel = "xml"
			if number != "" {
				d.number = number
			}
			switch {
			case d.number == "":
				return nil, unparsed(c, fmt.Sprintf("a document of the issue has no number (%.60q)", d.title))
			case d.title == "":
				return nil, unparsed(c, "document "+d.number+" has no title")
			case d.root != "PRESDOCU" && !d.published:
				return nil, unparsed(c, "document "+d.number+" names no agency")
			}
			t.item.Key = key(d.number, date)
			found = append(found, t)
		}
		if number != "" && len(found) > 1 {
			found = found[:1]
		}
	case ".txt":
		t := readRawText(c.Body)
		t.channel = "text"
		t.item.Key = key(number, date)
		found = append(found, t)
	default:
		t, err := readFragment(c)
		if err != nil {
			return nil, err
		}
		t.channel = "html"
		t.item.Key = key(number, date)
		found = append(found, t)
	}
	for i := range found {
		it := &found[i].item
		plain, _, _ := strings.Cut(it.Key, "@")
		it.Source, it.PublishedOn, it.URL = source, date, home+"/d/"+plain
		it.Extra = texts(plain, date)
		if number == "" {
			it.Extra = append(it.Extra, c.URL)
		}
	}
	return found, nil
}

var (
	preTags    = regexp.MustCompile(`(?i)</?a( [^>]*)?>|<[A-Z][^<>\n]*>`) // one link, and names of pictures (<Clinton1>)
	pageMark   = regexp.MustCompile(`\s*\[\[Page [^\]\n]*\]\][ \t]*\n*`)
	parted     = regexp.MustCompile(`(\pL)- (\p{Lu})`) // a name with a hyphen at the end of a line
	head       = regexp.MustCompile(`(?s)^.*?\[FR Doc(?:\.|ument)? No:? [^\]]*\]`)
	rawOrder   = regexp.MustCompile(`(?m)^(Executive Order|Proclamation) (?:No\. )?(\d+) of [A-Z][a-z]+ \d+, \d{4}$`)
	orderLine  = regexp.MustCompile(`^(Executive Order|Proclamation) (?:No\. )?(\d+) of `)
	raised     = strings.NewReplacer("``", `"`, "''", `"`)
	anyLetter  = regexp.MustCompile(`[\pL\pN]`)
	rawSection = regexp.MustCompile(`(?m)^\[(Presidential Documents|Notices|Rules and Regulations|Proposed Rules)\]`)
	rawAgency  = regexp.MustCompile(`(?m)^(FEDERAL TRADE COMMISSION|Antitrust Division)\s*$`)
)

// preformatted is the plain text inside the page that the register serves as a text
// file. It is HTML only outside: signs in it stand for themselves.
func preformatted(body []byte) []byte {
	if _, after, ok := bytes.Cut(body, []byte("<pre>")); ok {
		body, _, _ = bytes.Cut(after, []byte("</pre>"))
	}
	return []byte(html.UnescapeString(preTags.ReplaceAllString(string(body), "")))
}

// readRawText reads a text file of the register, without the head and foot of the
// printed page and the marks where one page ends in a sentence.
func readRawText(body []byte) text {
	raw := strings.ReplaceAll(string(preformatted(body)), "\r", "")
	var t text
	typ := "" // of one that is not the President's
	switch section := rawSection.FindStringSubmatch(raw); {
	case section == nil:
	case section[1] == "Presidential Documents":
		t.item.Agency, t.item.Kind = "White House", anyPresidential
	default:
		if a := rawAgency.FindStringSubmatch(raw[:min(len(raw), 4000)]); a != nil {
			t.item.Agency, typ = publisher(a[1]), rawTypes[section[1]]
		}
	}
	raw = head.ReplaceAllString(raw, "")
	all := extract.Plain([]byte(raised.Replace(unpaged(raw))))
	all = parted.ReplaceAllString(all, "$1-$2")
	if m := rawOrder.FindStringSubmatchIndex(all); m != nil { // what stands before it is of the printed part
		all = all[m[0]:]
	}
	var kept []string
	for p := range strings.SplitSeq(all, "\n\n") {
		switch {
		case strings.HasPrefix(p, "[FR Doc"), strings.HasPrefix(p, "Billing code"), strings.HasPrefix(p, "BILLING CODE"),
			p == "(Presidential Sig.)", p == "Presidential Documents", strings.HasPrefix(p, "Federal Register / Vol."), !anyLetter.MatchString(p):
			continue
		}
		kept = append(kept, p)
	}
	t.text = strings.Join(kept, "\n\n")
	if typ != "" {
		t.item.Title = headline(kept)
		t.item.Kind = kindOf("", t.item.Title, typ, "")
	}
	if m := orderLine.FindStringSubmatch(t.text); m != nil {
		order(&t.item, m[1], m[2])
		if len(kept) > 1 {
			t.item.Title = extract.Line(kept[1])
		}
	}
	return t
}

// unpaged drops the marks of pages. Where one stands in a sentence, the lines about it
// are neighbours again.
func unpaged(raw string) string {
	var b strings.Builder
	from := 0
	for _, at := range pageMark.FindAllStringIndex(raw, -1) {
		b.WriteString(raw[from:at[0]])
		b.WriteByte('\n')
		if at[0] == 0 || strings.ContainsRune(".;:!?\"')-_", rune(raw[at[0]-1])) {
			b.WriteByte('\n')
		}
		from = at[1]
	}
	b.WriteString(raw[from:])
	return b.String()
}

var rawTypes = map[string]string{"Notices": "Notice", "Rules and Regulations": "Rule", "Proposed Rules": "Proposed Rule"}

// headline is what follows the agency and its docket at the head of a notice.
func headline(paragraphs []string) string {
	after := false
	for _, p := range paragraphs {
		switch {
		case rawAgency.MatchString(p):
			after = true
		case after && !strings.HasPrefix(p, "["):
			return extract.Line(p)
		}
	}
	return ""
}

func publisher(agency string) string {
	if strings.EqualFold(agency, "Federal Trade Commission") {
		return "FTC"
	}
	return "DOJ"
}

func order(it *dealwatch.Item, what, number string) {
	it.Agency, it.Kind = "White House", "proclamation"
	if what == "Executive Order" {
		it.Kind, it.Subject = "executive-order", "eo-"+number
	}
}

// readFragment reads the body of the register's page, which is no whole page.
func readFragment(c dealwatch.Capture) (text, error) {
	if !bytes.Contains(c.Body, []byte("[FR Doc")) {
		return text{}, endless(c)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(c.Body))
	if err != nil {
		return text{}, unparsed(c, "the full text is no HTML: "+err.Error())
	}
	t := text{text: extract.Selection(doc.Find("body"), ".unprinted-element", ".unprinted-element-wrapper", ".printed-page")}
	if m := orderLine.FindStringSubmatch(t.text); m != nil {
		order(&t.item, m[1], m[2])
		if t.item.Title = extract.Line(doc.Find("h1").First().Text()); t.item.Title == "" {
			return text{}, unparsed(c, "the full text has no title")
		}
	}
	return t, nil
}
