package edgar

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
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

// xmlText gives the values in the document's order, each a paragraph of its own, so
// that no two of them can make a sentence. Answers of yes and no are left out.
func xmlText(body []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset.NewReaderLabel
	var out, value strings.Builder
	end := func() {
		switch s := strings.TrimSpace(value.String()); s {
		case "", "true", "false", "Y", "N":
		default:
			out.WriteString(s + "\n\n")
		}
		value.Reset()
	}
	for {
		token, err := d.Token()
		if err == io.EOF {
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
			}
		case xml.EndElement:
			end()
		case xml.CharData:
			value.Write(t)
		}
	}
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
