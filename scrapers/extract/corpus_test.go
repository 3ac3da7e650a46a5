package extract

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/dealwatch/dealwatch"
)

// corpus is the folder of real captures; a test that needs it is skipped without.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir != "" {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("DEALWATCH_CORPUS names no folder of captures")
	}
	t.Skip("DEALWATCH_CORPUS names no folder of captures")
	return ""
}

// leftovers are what no text may hold: tags, uuencode, hidden facts.
var leftovers = regexp.MustCompile(`</?(?i:p|div|td|tr|font|span|table|text|type|page|document|ix:\w+)\b[^<>]{0,200}>` +
	`|begin [0-7]{3} \S|(?m:^M[!-` + "`" + `]{60}$)|\w+:\w+Member\d{4}|iso4217:|fasb\.org/us-gaap`)

func TestLabelledFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long; it runs without -short")
	}
	dir := corpus(t)
	labels, err := os.ReadFile(filepath.Join(dir, "eval-labels.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for text := range strings.Lines(string(labels)) {
		name, _, _ := strings.Cut(text, "\t")
		if name == "file" || seen[name] {
			continue
		}
		seen[name] = true
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		docs, err := File(context.Background(), name, body)
		if err != nil {
			t.Error(err)
			continue
		}
		length := 0
		for _, v := range docs {
			length += len(v.Text)
			if v.Text != Clean(v.Text) {
				t.Errorf("%s: the text of %s is not clean", name, v.Key)
			}
			if m := leftovers.FindString(v.Text); m != "" {
				t.Errorf("%s: the text of %s holds %q", name, v.Key, m)
			}
		}
		if length < 400 {
			t.Errorf("%s: %d documents with %d bytes of text", name, len(docs), length)
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d labelled files, want at least 100", len(seen))
	}
}

// corpusFiles calls each for every file of a folder of the corpus whose name, without
// ".gz", ends in one of the endings.
func corpusFiles(t *testing.T, folder string, each func(name string, body []byte), endings ...string) {
	t.Helper()
	root := filepath.Join(corpus(t), folder)
	count := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, ending := range endings {
			if !strings.HasSuffix(strings.TrimSuffix(name, ".gz"), ending) {
				continue
			}
			body, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if body, _, err = unpack(name, body); err != nil {
				return err
			}
			count++
			each(name, body)
		}
		return nil
	})
	if err != nil || count == 0 {
		t.Errorf("%s: %d files, %v", root, count, err)
	}
}

func TestCorpusPages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long; it runs without -short")
	}
	corpusFiles(t, "", func(name string, body []byte) {
		if diff := sameAsTokenizer(string(body)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		text, err := HTML(body)
		if err != nil && dealwatch.OutcomeOf(err) != dealwatch.Empty {
			t.Errorf("%s: %v", name, err)
		}
		checkText(t, text)
		if m := leftovers.FindString(text); m != "" && !strings.Contains(name, "index-headers") {
			t.Errorf("%s: the text holds %q", name, m)
		}
	}, ".htm", ".html")
}

func TestCorpusSubmissions(t *testing.T) {
	parts, encoded := 0, 0
	corpusFiles(t, "edgar/full-txt", func(name string, body []byte) {
		sub, err := ParseSubmission(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		// One file was kept without its header.
		if sub.Accession != "" && !strings.HasPrefix(filepath.Base(name), sub.Accession) || len(sub.Parts) == 0 ||
			sub.Accession != "" && (sub.Form == "" || sub.FiledOn == "" || len(sub.Filers) == 0) {
			sub.Parts = nil
			t.Errorf("%s: %+v", name, sub)
		}
		for _, part := range sub.Parts {
			parts++
			if part.Body == nil {
				encoded++
			}
		}
		docs, err := File(context.Background(), name, body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, v := range docs {
			if m := leftovers.FindString(v.Text); m != "" || v.Text == "" {
				t.Errorf("%s: the text of %s, %d bytes, holds %q", name, v.Key, len(v.Text), m)
			}
		}
	}, ".txt", ".nc")
	if parts < 390 || encoded < 120 {
		t.Errorf("%d parts, %d of them uuencoded, want at least 390 and 120", parts, encoded)
	}
}

// The Federal Register's XML loses none of its characters but blanks.
func TestCorpusXML(t *testing.T) {
	left := map[string]bool{"PRTPAGE": true, "GPH": true, "GID": true, "FTREF": true, "BILCOD": true}
	for _, folder := range []string{"federalregister/fulltext-xml", "federalregister/rule-notice-xml"} {
		corpusFiles(t, folder, func(name string, body []byte) {
			var want strings.Builder
			d := xml.NewDecoder(bytes.NewReader(body))
			for {
				token, err := d.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				switch token := token.(type) {
				case xml.StartElement:
					if left[token.Name.Local] {
						d.Skip()
					}
				case xml.CharData:
					want.Write(token)
				}
			}
			got, err := XML(body)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if w, g := visibleOnly(Clean(want.String())), visibleOnly(got); w != g {
				t.Errorf("%s: %d visible characters, want %d", name, len(g), len(w))
			}
		}, ".xml")
	}
}

// visibleOnly is s without its blanks.
func visibleOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestCorpusPDFs(t *testing.T) {
	tests := []struct {
		name  string
		pages int
		size  int    // bytes of text at least
		holds string // a passage over a line's or a page's end
		lacks string
	}{
		{"ftc/pdf/ar1970_0.pdf", 77, 100_000, "designed to help the FTC devote its resources to that work most likely to achieve goals quickly", ""},
		{"ftc/pdf/ar1963_0.pdf", 40, 50_000, "", ""},
		{"ftc/pdf/ar1976_0.pdf", 40, 50_000, "", ""},
		{"doj/legacy-2014/filing/f236400_236438.pdf", 25, 40_000, "I am an economist at the Antitrust Division of the United States Department of Justice (“DOJ”).", "Document 21-2"},
	}
	dir := corpus(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, test.name))
			if err != nil {
				t.Fatal(err)
			}
			pages, err := pdfPages(context.Background(), body)
			if err != nil || len(pages) < test.pages {
				t.Errorf("%d pages, %v, want at least %d", len(pages), err, test.pages)
			}
			text, err := PDF(context.Background(), body)
			if err != nil || len(text) < test.size {
				t.Errorf("%d bytes of text, %v, want at least %d", len(text), err, test.size)
			}
			if !strings.Contains(text, test.holds) {
				t.Errorf("the text lacks %q", test.holds)
			}
			if test.lacks != "" && strings.Contains(text, test.lacks) {
				t.Errorf("the text holds the stamp %q", test.lacks)
			}
			checkText(t, text)
		})
	}
}
