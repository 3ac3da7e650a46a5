package extract

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

// checkText checks what the package promises of every text.
func checkText(t *testing.T, text string) {
	t.Helper()
	if clean := Clean(text); clean != text {
		t.Errorf("text %q is not clean: Clean gives %q", text, clean)
	}
}

func FuzzHTML(f *testing.F) {
	for _, page := range pages {
		f.Add(page.in)
	}
	f.Add(string(filing(100)))
	f.Fuzz(func(t *testing.T, body string) {
		text, err := HTML([]byte(body))
		var re *dealwatch.ReadError
		if (err == nil) != (text != "") || err != nil && !errors.As(err, &re) {
			t.Errorf("HTML = %q, %v", text, err)
		}
		checkText(t, text)
		if strings.Contains(strings.ToLower(body), "<script") {
			return // the tokenizer lets "<!--" in a script hide its end
		}
		if diff := sameAsTokenizer(body); diff != "" {
			t.Errorf("%q: %s", body, diff)
		}
	})
}

func FuzzXML(f *testing.F) {
	f.Add(registerXML)
	f.Add("<a><![CDATA[<b>]]></a>")
	f.Fuzz(func(t *testing.T, body string) {
		for _, doc := range xmlDocuments([]byte(body)) {
			text, _ := XML(doc)
			checkText(t, text)
			checkText(t, xmlTitle(doc))
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add("The Federal Trade Commis-\nsion\n\n    a      b\n<PAGE>  2\nx | y | z\f(a) Commission")
	f.Add(fullText)
	f.Fuzz(func(t *testing.T, body string) {
		checkText(t, Plain([]byte(body)))
		checkText(t, markdownText(body))
	})
}

func FuzzParseSubmission(f *testing.F) {
	f.Add(fullText)
	f.Add(feedDialect)
	f.Add(strings.ReplaceAll(feedDialect, "\n", ""))
	f.Fuzz(func(t *testing.T, body string) {
		sub, err := ParseSubmission([]byte(body))
		var re *dealwatch.ReadError
		if err != nil && !errors.As(err, &re) {
			t.Errorf("ParseSubmission: %v, want a *ReadError", err)
		}
		size := 0
		for _, part := range sub.Parts {
			size += len(part.Body)
		}
		if size > len(body) {
			t.Errorf("%d bytes in parts of %d", size, len(body))
		}
		for _, filer := range sub.Filers {
			if filer.CIK <= 0 || filer.Role == "" {
				t.Errorf("filer %+v lacks its CIK or role", filer)
			}
		}
		Unwrap([]byte(body))
	})
}

func FuzzFile(f *testing.F) {
	f.Add("a.htm", "<title>x</title><p>y")
	f.Add("a", fullText)
	f.Add("a.json", `{"results":[{"title":"a","body":"<p>x"}]}`)
	f.Add("a.md", "---\ntitle: x\n---\n# a *b*")
	f.Add("a.xml", `<rss version="2.0"><channel><item><title>a</title><description>b</description></item></channel></rss>`)
	f.Add("a.xml", registerXML)
	f.Add("a.txt", "CIK: 1\nCompany: x\n==========\ny")
	f.Fuzz(func(t *testing.T, name, body string) {
		if kindOf("", name, []byte(body)) == pdfFile {
			return // the reader of PDFs is fuzzed by its makers, and slow
		}
		docs, err := File(context.Background(), name, []byte(body))
		var re *dealwatch.ReadError
		if (err == nil) != (docs != nil) || err != nil && !errors.As(err, &re) {
			t.Errorf("File = %d documents, %v", len(docs), err)
		}
		for _, v := range docs {
			checkText(t, v.Text)
			if v.Title != Line(v.Title) || v.Source == "" {
				t.Errorf("title %q of source %q", v.Title, v.Source)
			}
		}
	})
}
