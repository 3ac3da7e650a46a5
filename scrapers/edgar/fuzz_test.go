package edgar

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch"
)

// FuzzRecognise shows pages of any shape at every kind of address: it must not panic,
// and what it makes of them must be clean.
func FuzzRecognise(f *testing.F) {
	const dir = "https://www.sec.gov/Archives/edgar/data/2900001/000290000126000011/"
	addresses := []string{
		currentURL("", 0), dir + "0002900001-26-000011-index.htm", dir + "0002900001-26-000011-index-headers.html",
		dir + "0002900001-26-000011.txt", dir + "lark-ex991.htm", dir + "primary_doc.xml",
	}
	for i, name := range []string{"current-all.atom", "8-K-index.html", "8-K-A-headers.html", "SC-TO-T.txt", "8-K-ex991.htm", "SCHEDULE-13D.xml"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, b)
		f.Add(i, b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, at int, body []byte) {
		c := dealwatch.Capture{URL: addresses[uint(at)%uint(len(addresses))], Status: 200, Body: body}
		sight, ok := Filings{}.Recognise(c)
		if !ok || sight.Err != nil {
			return
		}
		for _, it := range append(sight.Items, sight.Documents...) {
			if strings.ContainsAny(it.Title+it.Kind+it.Docket, "\x00\n\u202e") || !utf8.ValidString(it.Title) {
				t.Errorf("not clean: %+v", it)
			}
			if strings.ContainsAny(it.Key, " \n") || it.Key == "" {
				t.Errorf("Key = %q", it.Key)
			}
			if v, err := readDocument(noContext, c, it, it.Key, filed); err == nil && (v.Text == "" || !utf8.ValidString(v.Text)) {
				t.Errorf("Text = %q", v.Text)
			}
			readIndex(c, it)
		}
	})
}
