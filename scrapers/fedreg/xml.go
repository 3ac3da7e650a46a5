package fedreg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// An xmlDocument is a document in the printer's XML.
type xmlDocument struct {
	root, form string // PRESDOCU and EXECORD, NOTICE and PREAMB
	number     string // in it, beside its billing code
	title      string
	order      string
	agency     string // where it is followed
	published  bool   // some agency is named
	docket     string
	text       strings.Builder
}

var forms = map[string]string{
	"EXECORD": "executive-order", "PROCLA": "proclamation", "PRMEMO": "presidential-memorandum", "PRNOTICE": "presidential-notice",
	"PRORDER": "presidential-order", "DETERM": "presidential-determination",
	"NOTICE": "Notice", "RULE": "Rule", "PRORULE": "Proposed Rule",
}

// Elements that stand inside a line, those that print nothing of the text, and those
// that are read for what they say and are no text either.
var (
	inline = set("E", "AC", "FR", "I", "B", "VRU", "HSP")
	unread = set("PRTPAGE", "GPH", "FTREF", "SU", "BILCOD", "TITLE3", "MATH", "CNTNTS", "EAR", "FILED")
	facts  = set("FRDOC")
	cells  = set("ENT", "CHED", "LI")
)

func set(names ...string) map[string]bool {
	s := make(map[string]bool)
	for _, n := range names {
		s[n] = true
	}
	return s
}

var (
	docNumber = regexp.MustCompile(`\[FR Doc\.? ([^\s\];]+)`)
	eoNumber  = regexp.MustCompile(`^Executive Order (?:No\. )?(\d+)\b`)
)

// edge marks where an inline element begins or ends, until the line is whole.
const edge = '\x00'

// readXML reads the documents of a file: one, or those of a whole issue. It looks for
// them at any depth.
func readXML(c dealwatch.Capture) ([]*xmlDocument, error) {
	d := xml.NewDecoder(bytes.NewReader(c.Body))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var found []*xmlDocument
	var in *xmlDocument
	var open []string            // elements of the document that are open
	var lines []*strings.Builder // one for each of them that is a block
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unparsed(c, "the full text is no XML: "+err.Error())
		}
		switch t := tok.(type) {
		case xml.StartElement:
			name := t.Name.Local
			if in == nil {
				if facts[name] {
					return nil, unparsed(c, "the number of a document stands outside of all")
				}
				if name != "PRESDOCU" && name != "NOTICE" && name != "RULE" && name != "PRORULE" {
					continue
				}
				in = &xmlDocument{root: name}
			} else if len(open) == 1 && in.form == "" {
				in.form = name
			}
			if unread[name] {
				if err := d.Skip(); err != nil {
					return nil, unparsed(c, "the full text is no XML: "+err.Error())
				}
				continue
			}
			open = append(open, name)
			if inline[name] {
				mark(lines, t)
				continue
			}
			lines = append(lines, new(strings.Builder))
		case xml.CharData:
			if in != nil && len(lines) > 0 {
				lines[len(lines)-1].Write(bytes.ReplaceAll(t, []byte{edge}, nil))
			}
		case xml.EndElement:
			if in == nil || len(open) == 0 {
				continue
			}
			name := open[len(open)-1]
			open = open[:len(open)-1]
			if inline[name] {
				mark(lines, xml.StartElement{})
				continue
			}
			in.take(name, joined(lines[len(lines)-1].String()))
			lines = lines[:len(lines)-1]
			if len(open) == 0 {
				found = append(found, in)
				in = nil
			}
		}
	}
	if len(found) == 0 {
		return nil, unparsed(c, "the XML holds no document of the register")
	}
	return found, nil
}

func mark(lines []*strings.Builder, t xml.StartElement) {
	for _, a := range t.Attr {
		if a.Name.Local == "T" && (a.Value == "51" || a.Value == "52") {
			return // raised or lowered: CO2 is one word
		}
	}
	lines[len(lines)-1].WriteRune(edge)
}

// take adds a block of the document that has come to its end.
func (d *xmlDocument) take(name, line string) {
	if line == "" {
		return
	}
	// A line above the subject that is nothing but a publisher names him, in whatever
	// element it stands.
	if d.title == "" && d.agency != "FTC" && (strings.EqualFold(line, "Federal Trade Commission") || strings.EqualFold(line, "Antitrust Division")) {
		d.agency = publisher(line)
	}
	switch name {
	case "FRDOC":
		if m := docNumber.FindStringSubmatch(line); m != nil {
			d.number = m[1]
		}
	case "EXECORDR":
		if m := eoNumber.FindStringSubmatch(line); m != nil {
			d.order = m[1]
		}
	case "SUBJECT":
		d.title = line
	case "HD":
		if d.title == "" && d.root == "PRESDOCU" {
			d.title = line
		}
	case "AGENCY", "SUBAGY":
		d.published = true
	case "DEPDOC":
		if d.docket == "" {
			d.docket = dashes.Replace(strings.Trim(line, "[]"))
		}
	}
	if facts[name] || name == "PRES" && line == "The President" {
		return
	}
	if d.text.Len() > 0 {
		gap := "\n\n"
		if cells[name] {
			gap = "\n"
		}
		d.text.WriteString(gap)
	}
	d.text.WriteString(line)
}

func (d *xmlDocument) facts() text {
	t := text{text: extract.Clean(d.text.String())}
	t.item.Title, t.item.Agency, t.item.Docket = d.title, d.agency, d.docket
	number := dashes.Replace(d.number)
	if d.root != "PRESDOCU" {
		t.item.Kind = kindOf(number, d.title, forms[d.root], "")
		return t
	}
	t.item.Agency, t.item.Kind = "White House", anyPresidential
	if k := forms[d.form]; k != "" {
		t.item.Kind = k
	}
	if correctionNumber.MatchString(number) {
		t.item.Kind = "correction"
	}
	if d.order != "" {
		t.item.Subject = "eo-" + d.order
	}
	return t
}

// joined makes one line of a block. The files disagree on the space about an inline
// element: some put none where words would then run together, others one where a
// point then stands alone ("Section 1 . Purpose").
func joined(s string) string {
	parts := strings.Split(s, string(edge))
	var b strings.Builder
	last, space := rune(0), false
	for i, part := range parts {
		folded := extract.Line(part)
		if folded == "" {
			space = space || part != ""
			continue
		}
		first, _ := utf8.DecodeRuneInString(folded)
		began := unicode.IsSpace([]rune(part)[0])
		if i > 0 && b.Len() > 0 && apart(last, first, space || began) {
			b.WriteByte(' ')
		}
		b.WriteString(folded)
		last, _ = utf8.DecodeLastRuneInString(folded)
		final, _ := utf8.DecodeLastRuneInString(part)
		space = unicode.IsSpace(final)
	}
	return b.String()
}

// apart reports whether a space belongs between two characters on either side of the
// edge of an inline element.
func apart(left, right rune, space bool) bool {
	if strings.ContainsRune(".,;:)]", right) || strings.ContainsRune("([", left) {
		return false
	}
	wordly := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return space || wordly(right) && (wordly(left) || strings.ContainsRune(",;:.)", left))
}
