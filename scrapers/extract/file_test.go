package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// facts is what a test looks at of a document: one line each.
func facts(v dealwatch.Version) string {
	s := []string{v.Source, v.Key, v.URL, v.Kind, v.PublishedOn, v.Title, v.Text}
	for _, f := range v.Filers {
		s = append(s, f.Name+" "+f.Role)
	}
	return strings.Join(s, " | ")
}

func TestFile(t *testing.T) {
	tests := []struct {
		test, name, in string
		want           []string
	}{
		{"a page, without its frame", "dir/a.html",
			`<!DOCTYPE html><html><head><title>Acme | FTC</title><meta property="og:title" content="FTC sues Acme"><link rel="canonical" href="https://example.org/a"></head><body><nav>Menu</nav><header>Top</header><main><h1>FTC sues</h1><p>Acme merges.</main><footer>Foot</footer></body></html>`,
			[]string{"file | a.html | https://example.org/a |  |  | FTC sues Acme | FTC sues\n\nAcme merges."}},
		{"a page's title", "a", `<html><head><title> Acme &amp; Co </title></head><body><h1>Other</h1></body>`, []string{"file | a | a |  |  | Acme & Co | Other"}},
		{"a heading for a title", "a.htm", `<h1>Acme <b>wins</b></h1>text`, []string{"file | a.htm | a.htm |  |  | Acme wins | Acme wins\n\ntext"}},
		{"inline XBRL knows its filer", "x.htm", `<?xml version='1.0'?><html><head><title>x-2025</title></head><body><div style="display:none"><ix:header><ix:nonNumeric contextRef="c-1" name="dei:EntityCentralIndexKey" id="f-1">0001018724</ix:nonNumeric></ix:header></div><nav>kept</nav><ix:nonNumeric name="dei:DocumentType"><b>10-K</b></ix:nonNumeric> <ix:nonNumeric name="dei:EntityRegistrantName">ACME COM INC</ix:nonNumeric></body></html>`,
			[]string{"edgar | x.htm | x.htm | 10-K |  | 10-K · ACME COM INC | kept\n\n10-K ACME COM INC | ACME COM INC Filer"}},
		{"a feed", "f.xml", `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>FTC sues</title><link>https://example.org/1</link><guid>1</guid><pubDate>Tue, 14 Jul 2026 20:00:00 -0400</pubDate><description>&lt;p&gt;Acme &amp;amp; Beta&lt;/p&gt;</description></item><item><title>Second</title><link>https://example.org/2</link></item></channel></rss>`,
			[]string{"file | 1 | https://example.org/1 |  | 2026-07-14 | FTC sues | Acme & Beta", "file | f.xml#2 | https://example.org/2 |  |  | Second | "}},
		{"Atom", "f", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>Order</title><link href="https://example.org/o"/><content type="html">&lt;b&gt;O&lt;/b&gt;rder</content></entry></feed>`,
			[]string{"file | urn:1 | https://example.org/o |  |  | Order | Order"}},
		{"an API's results", "r.json", `{"count":2,"results":[{"document_number":"2026-1","title":"Merger notice","abstract":"Acme & Beta.","html_url":"https://example.org/r","publication_date":"2026-07-23","pdf_url":"https://example.org/r.pdf","page":3},{"title":"Other","body":"<p>One</p><p>Two</p>","agency":null}]}`,
			[]string{"file | r.json#1 | https://example.org/r |  | 2026-07-23 | Merger notice | 2026-1\n\nAcme & Beta.", "file | r.json#2 | r.json |  |  | Other | One\n\nTwo"}},
		{"a list of objects", "r.json", `[{"name":"A","documents":[{"title":"Complaint"}]},{"name":"B"}]`, []string{"file | r.json#1 | r.json |  |  | A | Complaint", "file | r.json#2 | r.json |  |  | B | "}},
		{"other JSON", "r.json", `{"a":["one","two"],"b":{"c":"three\nfour"},"d":1e3,"_id":"x"}`, []string{"file | r.json | r.json |  |  |  | one\n\ntwo\n\nthree four"}},
		{"Markdown with front matter", "m.md", "---\ntitle: An Order\ndate: '2026-01-02'\nsource_url: https://example.org/m\n---\n\n# Heading\nBy the **authority** vested\nin [me](https://x.y), *et seq*. it is\n\n- one\n- two \\_x\n\n<span>Sec</span>.\n<span>1</span>. Go\n",
			[]string{"file | m.md | https://example.org/m |  | 2026-01-02 | An Order | Heading\n\nBy the authority vested in me, et seq. it is\n\n- one\n- two _x\n\nSec. 1. Go"}},
		{"Markdown's first heading", "m.md", "# The *Order*\n\ntext", []string{"file | m.md | m.md |  |  | The *Order* | The Order\n\ntext"}},
		{"a submission", "s.txt", fullText, []string{
			"edgar | 0000000001-25-000002/a.htm | s.txt | SC TO-T/A | 2025-01-10 | SC TO-T/A · ACME & CO | Beta offers to buy Acme. | ACME & CO Subject | BETA HOLDINGS L.P. Filed by",
			"edgar | 0000000001-25-000002/2 | s.txt | EX-99.(A)(1) | 2025-01-10 | EX-99.(A)(1) to SC TO-T/A · ACME & CO · PRESS RELEASE | Acme agreed. | ACME & CO Subject | BETA HOLDINGS L.P. Filed by"}},
		{"a feed file", "s.nc", feedDialect, []string{"edgar | 0000000001-25-000002/1 | s.nc | 8-K | 2025-01-10 | 8-K · ACME & CO | Text. | ACME & CO Filer"}},
		{"a document in its wrapper", "d.htm", "<DOCUMENT>\n<TYPE>EX-99.1\n<SEQUENCE>2\n<FILENAME>d.htm\n<TEXT>\n<html><p>News</html>\n</TEXT>\n</DOCUMENT>", []string{"edgar | d.htm | d.htm | EX-99.1 |  | EX-99.1 | News"}},
		{"parts without a header", "d.txt", "<DOCUMENT>\n<TYPE>S-3\n<TEXT>\nOne\n</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>EX-1\n<TEXT>\nTwo\n</TEXT>\n</DOCUMENT>\n", []string{"edgar | d.txt#1 | d.txt | S-3 |  | S-3 | One", "edgar | d.txt#2 | d.txt | EX-1 |  | EX-1 | Two"}},
		{"a text with a head", "t.txt", "Company: Acme Inc\nFiling Type: 10-K (Annual Report)\nFiling Date: 2022-10-28\nCIK: 0000320193\n============\n\nWe sell.\n", []string{"edgar | t.txt | t.txt | 10-K | 2022-10-28 |  | We sell. | Acme Inc Filer"}},
		{"a text", "t.txt", "Note: this is\nno head\n", []string{"file | t.txt | t.txt |  |  |  | Note: this is no head"}},
		{"a text that begins with a tag", "t.txt", "<PAGE>\nFirst Page\n<TABLE>\n<S> <C>\nSales  $5\n</TABLE>", []string{"file | t.txt | t.txt |  |  |  | First Page\n\nSales\n$5"}},
		{"the register's text", "r.txt", "<html>\n<head>\n<title>Federal Register</title></head><body><pre>\nExecutive Order of May 12\n\nBy the authority\n</pre></body></html>", []string{"file | r.txt | r.txt |  |  | Federal Register | Executive Order of May 12\n\nBy the authority"}},
		{"the register's text with bytes of zero", "r.htm", "<html><body><pre>\nExecutive Order of May 12\n\x00\n\x00\nBy the authority\n</pre></body></html>", []string{"file | r.htm | r.htm |  |  |  | Executive Order of May 12\n\nBy the authority"}},
		{"Latin-1", "l.html", "<html><head><meta charset=iso-8859-1></head><body>caf\xe9 \x93x\x94", []string{"file | l.html | l.html |  |  |  | café “x”"}},
		{"UTF-16", "u.txt", utf16LE("Acme é"), []string{"file | u.txt | u.txt |  |  |  | Acme é"}},
		{"a PDF", "p.bin", string(pdf("", lines("Acme merges."))), []string{"file | p.bin | p.bin |  |  |  | Acme merges."}},
	}
	for _, test := range tests {
		t.Run(test.test, func(t *testing.T) {
			for _, packed := range []bool{false, true} {
				body, name := []byte(test.in), test.name
				if packed {
					body, name = pack(body), name+".gz"
				}
				docs, err := File(context.Background(), name, body)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, v := range docs {
					got = append(got, facts(v))
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("File(%s) (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func utf16LE(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func pack(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(body)
	z.Close()
	return b.Bytes()
}

func TestFileErrors(t *testing.T) {
	packed := pack([]byte(strings.Repeat("text ", 1000)))
	tests := []struct {
		test, name, in string
		outcome        dealwatch.Outcome
		words          string
	}{
		{"nothing", "a.txt", "", dealwatch.Empty, "a.txt: empty: the file is empty"},
		{"blanks", "a.html", " \n\t", dealwatch.Empty, "empty"},
		{"a page without text", "a.html", "<html><body><script>x</script></body></html>", dealwatch.Empty, "no text"},
		{"a picture", "a.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", dealwatch.Unparsed, "image/png; give HTML"},
		{"a zip", "a.docx", "PK\x03\x04\x14\x00\x06\x00", dealwatch.Unparsed, "application/zip"},
		{"a PDF by name only", "a.pdf", "<html>Access denied</html>", dealwatch.Unparsed, "a.pdf"},
		{"a broken PDF", "a.pdf", "%PDF-1.7\nxx", dealwatch.Unparsed, "a.pdf"},
		{"broken JSON", "a.json", `{"a": [1, "x"`, dealwatch.Unparsed, "broken JSON at byte 13"},
		{"JSON without words", "a.json", `{"a": [1, null]}`, dealwatch.Empty, "no text"},
		{"nested JSON", "a.json", strings.Repeat("[", 100_000), dealwatch.Unparsed, "nested"},
		{"a broken feed", "a.xml", `<rss><channel><item><title>x`, dealwatch.Unparsed, "feed"},
		{"a feed without entries", "a.xml", `<rss version="2.0"><channel><title>x</title></channel></rss>`, dealwatch.Empty, "no entry"},
		{"a submission that breaks off", "a.txt", fullText[:strings.Index(fullText, "AWS")], dealwatch.Truncated, "has no end"},
		{"gzip that breaks off", "a.txt.gz", string(packed[:len(packed)-12]), dealwatch.Truncated, "breaks off"},
		{"gzip of another's length", "a.txt.gz", string(packed[:len(packed)-4]) + "abcd", dealwatch.Unparsed, "gzip"},
	}
	for _, test := range tests {
		t.Run(test.test, func(t *testing.T) {
			docs, err := File(context.Background(), test.name, []byte(test.in))
			if docs != nil || dealwatch.OutcomeOf(err) != test.outcome || !strings.Contains(err.Error(), test.words) || strings.Contains(err.Error(), "\n") {
				t.Errorf("File = %d documents, %v, want the outcome %s and %q", len(docs), err, test.outcome, test.words)
			}
		})
	}
}

func TestFileDates(t *testing.T) {
	docs, err := File(context.Background(), "f", []byte(`<rss version="2.0"><channel><item><title>a</title><pubDate>Tue, 14 Jul 2026 22:30:00 -0400</pubDate></item></channel></rss>`))
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 7, 15, 2, 30, 0, 0, time.UTC); docs[0].PublishedOn != "2026-07-14" || docs[0].PublishedAt != want {
		t.Errorf("published on %s at %v, want 2026-07-14 at %v", docs[0].PublishedOn, docs[0].PublishedAt, want)
	}
}

func TestDocument(t *testing.T) {
	tests := []struct{ test, contentType, name, in, want string }{
		{"a page", "text/html; charset=utf-8", "a", "<p>Acme</p>", "Acme"},
		{"a page by its ending", "", "a.htm", "text <b>and</b> more", "text and more"},
		{"a wrapped text", "text/html", "a.htm", "<DOCUMENT>\n<TYPE>EX-10\n<TEXT>\n<PAGE>\nAcme\n</TEXT>\n</DOCUMENT>", "Acme"},
		{"a PDF that is called a page", "text/html", "a.htm", string(pdf("", lines("Acme"))), "Acme"},
		{"a text", "text/plain", "a.txt", "Acme\n<Clinton1>", "Acme\n<Clinton1>"},
		{"XML of the register", "text/xml", "a.xml", registerXML, registerText},
	}
	for _, test := range tests {
		t.Run(test.test, func(t *testing.T) {
			got, err := Document(context.Background(), test.contentType, test.name, []byte(test.in))
			if err != nil || got != test.want {
				t.Errorf("Document = %q, %v, want %q", got, err, test.want)
			}
		})
	}
	for name, in := range map[string]string{"a.pdf": "<html>Just a moment...</html>", "a.xls": "\xd0\xcf\x11\xe0\x00", "b.pdf": ""} {
		if text, err := Document(context.Background(), "application/pdf", name, []byte(in)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Document(%s) = %q, %v, want an error with the name", name, text, err)
		}
	}
}

const registerXML = `<RULE>
  <PREAMB><PRTPAGE P="69753"/>
    <AGENCY TYPE="F">DEPARTMENT OF JUSTICE</AGENCY>
    <SUBAGY>Antitrust Division</SUBAGY>
    <SUBJECT>Acme &amp; Beta; Proposed Final Judgment</SUBJECT>
    <P>The notice in the<E T="04">Federal Register</E>on June 27 by Acme<SU>1</SU><FTREF/>, which
    <PRTPAGE P="69754"/>
    merges. <E T="03">Section 1</E> .</P>
    <FTNT><P><SU>1</SU>15 U.S.C. 18.</P></FTNT>
    <GPOTABLE><ROW><ENT>Sales</ENT><ENT>5</ENT></ROW></GPOTABLE>
  </PREAMB>
  <GPH><GID>ER17.000</GID></GPH>
  <FRDOC>[FR Doc. 2026-1</FRDOC> <FILED>Filed 9-21-26; 11:15 am]</FILED>
  <BILCOD>BILLING CODE 1-P</BILCOD>
</RULE>`

const registerText = "DEPARTMENT OF JUSTICE\n\nAntitrust Division\n\nAcme & Beta; Proposed Final Judgment\n\n" +
	"The notice in the Federal Register on June 27 by Acme 1, which merges. Section 1.\n\n" +
	"1 15 U.S.C. 18.\n\nSales\n5\n\n[FR Doc. 2026-1 Filed 9-21-26; 11:15 am]"

func TestXMLFile(t *testing.T) {
	docs, err := File(context.Background(), "a.xml", []byte("<FEDREG>"+registerXML+"<NOTICE><SUBJECT>Second</SUBJECT><P><![CDATA[a < b]]></P></NOTICE></FEDREG>"))
	if err != nil || len(docs) != 2 {
		t.Fatalf("File = %d documents, %v, want 2", len(docs), err)
	}
	for i, want := range []string{"Acme & Beta; Proposed Final Judgment", "Second"} {
		if docs[i].Title != want {
			t.Errorf("title %d = %q, want %q", i, docs[i].Title, want)
		}
	}
	if got, want := docs[1].Text, "Second\n\na < b"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
}

// What a DOCTYPE declares is no text, and entities that it declares are not put in.
func TestFileDeclarations(t *testing.T) {
	const declared = `<!DOCTYPE note [
  <!ELEMENT note (#PCDATA)>
  <!ENTITY co "OpenAI > Amazon">
  <!ENTITY x SYSTEM "file:///etc/passwd">
  <!-- it's ]> here -->
  <!ENTITY co2 '&co;&co;'>
]>`
	const body = `<note><p>Deal of &co2; with &x; &amp; &lt;others&gt;.</p></note>`
	const want = "Deal of &co2; with &x; & <others>."
	tests := []struct{ test, name, in, want string }{
		{"XML", "a.xml", `<?xml version="1.0"?>` + "\n" + declared + body, want},
		{"without a name", "a", declared + body, want},
		{"as text", "a.txt", declared + body, want},
		{"after a comment", "a", "<!-- x -->\n" + declared + "<?go on?>" + body, want},
		{"with an outer DTD", "a", `<!DOCTYPE note PUBLIC "-//X//[]>//EN" "http://example.org/x.dtd">` + body, want},
		{"XHTML", "a.html", strings.Replace(declared, "note", "html", 1) + "<html><body>" + body + "</body></html>", want},
		{"without an end", "a.xml", `<!DOCTYPE note [ <!ENTITY co "OpenAI">` + body, ""},
		{"a feed", "a.xml", strings.Replace(declared, "note", "rss", 1) + `<rss version="2.0"><channel><item><title>T</title><description>Deal</description></item></channel></rss>`, "Deal"},
	}
	for _, tt := range tests {
		docs, err := File(t.Context(), tt.name, []byte(tt.in))
		got := ""
		for _, d := range docs {
			got += d.Text
		}
		if got != tt.want || err != nil && tt.want != "" {
			t.Errorf("%s: %q, %v; want %q", tt.test, got, err, tt.want)
		}
	}
}
