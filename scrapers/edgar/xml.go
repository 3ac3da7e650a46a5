package edgar

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/dealwatch/dealwatch/scrapers/extract"
	"golang.org/x/net/html/charset"
)

// isSubmissionXML reports whether a document begins as the XML of forms that have no
// other text, such as D and SCHEDULE 13D.
func isSubmissionXML(head string) bool {
	return strings.Contains(strings.ToLower(head), "<edgarsubmission")
}

// noText are the elements of such a document that are no text of it: the submitter's
// credentials, and codes that mean nothing without the form.
var noText = map[string]bool{
	"schemaVersion": true, "headerData": true, "filerInfo": true, "liveTestFlag": true, "testOrLive": true,
}

// words finds where a word begins within the name of an element.
var words = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// xmlText gives each value in the document's order as a paragraph of its own, under
// the name of its element, so that no two of them can make a sentence. Answers of yes
// and no are left out.
func xmlText(body []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset.NewReaderLabel
	var out, value strings.Builder
	var open []string
	end := func() {
		switch s := strings.TrimSpace(value.String()); s {
		case "", "true", "false", "Y", "N":
		default:
			fmt.Fprintf(&out, "%s\n%s\n\n", label(open), s)
		}
		value.Reset()
	}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return extract.Clean(out.String()), nil
		}
		if err != nil {
			return "", fmt.Errorf("broken XML: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			end()
			if noText[t.Name.Local] {
				if err := d.Skip(); err != nil {
					return "", fmt.Errorf("broken XML: %w", err)
				}
				continue
			}
			open = append(open, t.Name.Local)
		case xml.EndElement:
			end()
			open = open[:len(open)-1]
		case xml.CharData:
			value.Write(t)
		}
	}
}

// label is the name of the innermost element in words; one called value or item is
// named by what holds it.
func label(open []string) string {
	for i := len(open) - 1; i >= 0; i-- {
		if name := open[i]; name != "value" && name != "item" {
			return words.ReplaceAllString(strings.ToUpper(name[:1])+name[1:], "$1 $2")
		}
	}
	return ""
}

// xmlForm is the form that the XML of a submission names, "" for none.
func xmlForm(body []byte) string {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset.NewReaderLabel
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		if t, ok := token.(xml.StartElement); ok && t.Name.Local == "submissionType" {
			var form string
			if d.DecodeElement(&form, &t) != nil {
				return ""
			}
			return extract.Line(form)
		}
	}
}
