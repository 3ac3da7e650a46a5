package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const declared = `<?xml version="1.0" encoding="UTF-8"?>`

func TestScanXML(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		ok         bool
	}{
		{"text with entities", `<a>&amp;&lt;&#xA;&#34; é</a>`, true},
		{"attributes", `<a b="1" xml:c="&quot;"><d></d></a>` + "\n", true},
		{"no root", ``, false},
		{"two roots", `<a></a><a></a>`, false},
		{"text outside", `<a></a>b`, false},
		{"not closed", `<a><b></a>`, false},
		{"closed twice", `<a></a></a>`, false},
		{"a bare ampersand", `<a>AT&T</a>`, false},
		{"an entity of HTML", `<a>&nbsp;</a>`, false},
		{"a character that does not exist", `<a>&#0;</a>`, false},
		{"a number too long", `<a>&#99999999999;</a>`, false},
		{"a control character", "<a>\x01</a>", false},
		{"a noncharacter", "<a>\uFFFF</a>", false},
		{"another letter of the same first byte", "<a>\uFF21 \uFFFD</a>", true},
		{"bad UTF-8", "<a>\xff</a>", false},
		{"an end of CDATA", "<a>]]></a>", false},
		{"a DOCTYPE", `<!DOCTYPE a><a></a>`, false},
		{"a comment", `<a><!-- --></a>`, false},
		{"an instruction", `<a><?b c?></a>`, false},
		{"an attribute twice", `<a b="1" b="2"></a>`, false},
		{"an attribute without a value", `<a b></a>`, false},
		{"attributes that touch", `<a b="1"c="2"></a>`, false},
		{"an attribute without an end", `<a b="1></a>`, false},
		{"no name", `<1></1>`, false},
	} {
		err := scanXML([]byte(declared+tt.body), func([]string) {}, func([]string, []byte) {})
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if scanXML([]byte("<a></a>"), func([]string) {}, func([]string, []byte) {}) == nil {
		t.Error("a missing declaration is not found")
	}
}

// What scanXML lets pass, the library does too, and finds the same texts in it.
func FuzzScanXML(f *testing.F) {
	goldens, err := filepath.Glob("testdata/*.*")
	if err != nil || len(goldens) == 0 {
		f.Fatal(goldens, err)
	}
	for _, name := range goldens {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(bytes.TrimPrefix(b, []byte(declared))))
	}
	f.Add(`<a b="1">&#x26;<entry><id>x</id></entry></a>`)
	f.Fuzz(func(t *testing.T, body string) {
		body = declared + body
		got, err := xmlIDs("entry", "id")([]byte(body))
		if err != nil {
			return
		}
		for d := xml.NewDecoder(strings.NewReader(body)); ; {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q passes, but %v", body, err)
			}
		}
		var want, path []string
		for d := xml.NewDecoder(strings.NewReader(body)); ; {
			tok, err := d.RawToken()
			if err != nil {
				break
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				path = append(path, tok.Name.Space+tok.Name.Local)
				if path[len(path)-1] == "entry" {
					want = append(want, "")
				}
			case xml.EndElement:
				path = path[:len(path)-1]
			case xml.CharData:
				if n := len(path); n > 1 && path[n-1] == "id" && path[n-2] == "entry" {
					want[len(want)-1] += string(tok)
				}
			}
		}
		// Text beside elements is no id of ours, and the library folds line ends.
		if len(got) != len(want) || !slices.Equal(got, want) && !strings.Contains(body, "<id><") && !strings.ContainsRune(body, '\r') {
			t.Errorf("%q: ids %q, want %q", body, got, want)
		}
	})
}
