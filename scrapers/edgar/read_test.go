package edgar

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

var noContext = context.Background()

func file(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const folder8K = "https://www.sec.gov/Archives/edgar/data/2900001/000290000126000011/"

// documents8K are the documents of the 8-K in testdata as its index page lists them.
func documents8K(t *testing.T) []dealwatch.Item {
	t.Helper()
	f, err := parseIndex([]byte(file(t, "8-K-index.html")))
	if err != nil {
		t.Fatal(err)
	}
	return f.found(0)
}

// submission8K is the full submission of the 8-K in testdata, made of its files.
func submission8K(t *testing.T) string {
	t.Helper()
	primary := file(t, "8-K.htm")
	return "<SEC-DOCUMENT>0002900001-26-000011.txt : 20260303\n<SEC-HEADER>0002900001-26-000011.hdr.sgml : 20260303\n" +
		"<ACCEPTANCE-DATETIME>20260303093105\nACCESSION NUMBER:\t\t0002900001-26-000011\nCONFORMED SUBMISSION TYPE:\t8-K\n" +
		"ITEM INFORMATION:\t\tEntry into a Material Definitive Agreement\nITEM INFORMATION:\t\tRegulation FD Disclosure\n" +
		"ITEM INFORMATION:\t\tFinancial Statements and Exhibits\nFILED AS OF DATE:\t\t20260303\n\nFILER:\n\n\tCOMPANY DATA:\t\n" +
		"\t\tCOMPANY CONFORMED NAME:\t\t\tLarkspur Cloud (UK) - Holdings, Inc.\n\t\tCENTRAL INDEX KEY:\t\t\t0002900001\n\n" +
		"\tFILING VALUES:\n\t\tFORM TYPE:\t\t8-K\n\t\tSEC FILE NUMBER:\t001-99001\n</SEC-HEADER>\n" +
		"<DOCUMENT>\n<TYPE>8-K\n<SEQUENCE>1\n<FILENAME>lark-20260302.htm\n<DESCRIPTION>8-K\n<TEXT>\n<XBRL>\n" + primary + "</XBRL>\n</TEXT>\n</DOCUMENT>\n" +
		file(t, "8-K-ex101.htm") + file(t, "8-K-ex991.htm") +
		strings.Replace(part("EX-99.2", "lark-ex992.pdf", "<PDF>\n"+uuencode("lark-ex992.pdf", []byte(file(t, "letter.pdf")))+"</PDF>"), "<TEXT>", "<DESCRIPTION>SLIDES\n<TEXT>", 1) + "</SEC-DOCUMENT>\n"
}

// A document is the same whether its own file or the submission was read, and
// whether the index page or the submission's header told of it.
func TestSameFromFileAndSubmission(t *testing.T) {
	own := Filings{Client: client(t,
		answer{url: folder8K + "lark-20260302.htm", body: file(t, "8-K.htm")},
		answer{url: folder8K + "lark-ex101.htm", body: file(t, "8-K-ex101.htm")},
		answer{url: folder8K + "lark-ex991.htm", body: file(t, "8-K-ex991.htm")},
		answer{url: folder8K + "lark-ex992.pdf", body: file(t, "letter.pdf"), media: "application/pdf"},
	)}
	txt := answer{url: folder8K + "0002900001-26-000011.txt", body: submission8K(t), media: "text/plain"}
	full := Filings{Client: client(t, txt)}
	sight, ok := full.Recognise(dealwatch.Capture{URL: txt.url, Status: 200, Body: []byte(txt.body)})
	if !ok || sight.Err != nil {
		t.Fatalf("the submission is not recognised: %v", sight.Err)
	}
	items := documents8K(t)
	n := len(sight.Documents) - 1
	if diff := cmp.Diff(items, sight.Documents[:n]); diff != "" {
		t.Errorf("items differ (-index +submission):\n%s", diff)
	}
	if v, err := full.Read(noContext, sight.Documents[n]); err != nil || v.Key != "0002900001-26-000011" || !v.Index || len(v.Found) != len(items) {
		t.Errorf("the filing itself: %+v, %v", v, err)
	}
	for i, it := range items {
		a, err := own.Read(noContext, it)
		if err != nil {
			t.Fatal(err)
		}
		b, err := full.Read(noContext, sight.Documents[i])
		if err != nil {
			t.Fatal(err)
		}
		if a.Text != b.Text || a.Title != b.Title || a.Channel != b.Channel {
			t.Errorf("%s: %q and %q", it.Key, a.Text, b.Text)
		}
	}
}

// uuencode wraps bytes as a submission holds them.
func uuencode(name string, b []byte) string {
	var s strings.Builder
	s.WriteString("begin 644 " + name + "\n")
	for len(b) > 0 {
		line := b[:min(45, len(b))]
		b = b[len(line):]
		s.WriteByte(' ' + byte(len(line)))
		for len(line) > 0 {
			var g [3]byte
			line = line[copy(g[:], line):]
			for _, six := range []byte{g[0] >> 2, g[0]<<4 | g[1]>>4, g[1]<<2 | g[2]>>6, g[2]} {
				if six &= 63; six == 0 {
					six = '`' - ' '
				}
				s.WriteByte(' ' + six)
			}
		}
		s.WriteByte('\n')
	}
	return s.String() + "`\nend\n"
}

func part(kind, name, text string) string {
	return "<DOCUMENT>\n<TYPE>" + kind + "\n<SEQUENCE>9\n<FILENAME>" + name + "\n<TEXT>\n" + text + "\n</TEXT>\n</DOCUMENT>\n"
}

// An exhibit that is a PDF is a document as any other, from its own file and from the
// submission. A copy of what the filing has as text is none.
func TestReadPDF(t *testing.T) {
	letter := file(t, "letter.pdf")
	encoded := func(name, b string) string { return "<PDF>\n" + uuencode(name, []byte(b)) + "</PDF>" }
	txt := answer{url: folder8K + "0002900001-26-000011.txt", media: "text/plain",
		body: strings.Replace(submission8K(t), "</SEC-DOCUMENT>", part("EX-10.2", "lease.pdf", encoded("lease.pdf", letter))+
			part("EX-99.1", "lark-ex991.pdf", encoded("lark-ex991.pdf", letter))+
			part("EX-99.4", "slides.pdf", encoded("slides.pdf", "PK\x03\x04 and so on"))+
			part("EX-99.3", "cut.pdf", encoded("cut.pdf", letter)[:400])+
			part("GRAPHIC", "logo.jpg", uuencode("logo.jpg", []byte("\xff\xd8\xff")))+"</SEC-DOCUMENT>", 1)}
	full := Filings{Client: client(t, txt)}
	sight, ok := full.Recognise(dealwatch.Capture{URL: txt.url, Status: 200, Body: []byte(txt.body)})
	if !ok || sight.Err != nil {
		t.Fatalf("the submission is not recognised: %v", sight.Err)
	}
	got := make(map[string]dealwatch.Outcome)
	for _, it := range sight.Documents {
		v, err := full.Read(noContext, it)
		_, name, _ := strings.Cut(it.Key, "/")
		got[name] = dealwatch.OutcomeOf(err)
		if name != "lease.pdf" {
			continue
		}
		own, err := Filings{Client: client(t, answer{url: it.URL, body: letter, media: "application/pdf"})}.Read(noContext, it)
		if err != nil || v.Text == "" || own.Text != v.Text || v.Kind != "EX-10" || own.Channel != v.Channel {
			t.Errorf("from its file %q (%v), from the submission %q, kind %q", own.Text, err, v.Text, v.Kind)
		}
	}
	want := map[string]dealwatch.Outcome{"": dealwatch.OK, "lark-20260302.htm": dealwatch.OK, "lark-ex101.htm": dealwatch.OK,
		"lark-ex991.htm": dealwatch.OK, "lease.pdf": dealwatch.OK, "lark-ex992.pdf": dealwatch.OK,
		"slides.pdf": dealwatch.Unparsed, "cut.pdf": dealwatch.Truncated}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

// A filing whose form itself is a PDF has that for its primary document.
func TestPrimaryPDF(t *testing.T) {
	f := filing{accession: "0002900001-26-000011", form: "6-K", documents: []document{
		{kind: "6-K", sequence: "1", name: "letter.pdf"}, {kind: "EX-99.1", sequence: "2", name: "a.htm"},
	}}
	if found := f.found(1); len(found) != 2 || found[0].Kind != "6-K" || found[1].ParentKey != found[0].Key {
		t.Errorf("found %+v", found)
	}
	f.documents = append(f.documents, document{kind: "6-K", sequence: "3", name: "letter.htm"})
	if found := f.found(1); len(found) != 2 || !strings.HasSuffix(found[0].Key, "/letter.htm") {
		t.Errorf("beside its text: %+v", found)
	}
}

func TestReadDocument(t *testing.T) {
	items := documents8K(t)
	own, ex := items[0].URL, answer{url: items[0].URL, body: file(t, "8-K.htm")}
	txt := answer{url: folder8K + "0002900001-26-000011.txt", body: submission8K(t), media: "text/plain"}
	noFile := answer{url: own, status: 403, media: "application/xml",
		body: `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`}
	late := items[0]
	late.PublishedAt = noon.Add(-48 * time.Hour)
	tests := []struct {
		name    string
		item    dealwatch.Item
		answers []answer
		outcome dealwatch.Outcome
	}{
		{"its own file", items[0], []answer{ex}, dealwatch.OK},
		{"from the submission where the file is gone", late, []answer{noFile, txt}, dealwatch.OK},
		{"gone, long after its acceptance", late, []answer{noFile}, dealwatch.Gone},
		{"not there yet, soon after its acceptance", items[0], []answer{noFile}, dealwatch.Failed},
		{"not captured", items[0], nil, dealwatch.Absent},
		{"refused", items[0], []answer{{url: own, status: 403, body: "<title>SEC.gov | Request Rate Threshold Exceeded</title>"}, txt}, dealwatch.Blocked},
		{"without a word", items[0], []answer{{url: own, body: "<html><body><img src='a.gif'></body></html>"}}, dealwatch.Empty},
		{"of another submission", items[0], []answer{{url: txt.url, media: "text/plain",
			body: strings.ReplaceAll(txt.body, "lark-20260302.htm", "other.htm")}}, dealwatch.Unparsed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := Filings{Client: client(t, tt.answers...)}.Read(noContext, tt.item)
			if dealwatch.OutcomeOf(err) != tt.outcome {
				t.Fatalf("%v, want %s", err, tt.outcome)
			}
			if err == nil && !strings.Contains(v.Text, "entered into a compute agreement with Tern Robotics, Inc. The term") {
				t.Errorf("Text = %q", v.Text)
			}
			if err == nil && (strings.Contains(v.Text, "Member") || strings.Contains(v.Text, "EX-101") || v.SHA256 == "" || v.Capture.Zero()) {
				t.Errorf("hidden XBRL in %q, or no trace of the capture: %+v", v.Text, v.Capture)
			}
		})
	}
}

// What a document captured alone says of itself yields to what its filing says.
func TestReadAlone(t *testing.T) {
	doc := answer{url: folder8K + "lark-ex991.htm", body: file(t, "8-K-ex991.htm")}
	f := Filings{Client: client(t, doc)}
	sight, ok := f.Recognise(dealwatch.Capture{URL: doc.url, Status: 200, Body: []byte(doc.body)})
	if !ok || len(sight.Documents) != 1 {
		t.Fatalf("recognised as %+v", sight)
	}
	v, err := f.Read(noContext, sight.Documents[0])
	if err != nil {
		t.Fatal(err)
	}
	if v.Channel != alone || v.PublishedOn != "" || v.Title != "EX-99.1 · CIK 2900001 · PRESS RELEASE DATED MARCH 3, 2026" {
		t.Errorf("alone: channel %q, date %q, title %q", v.Channel, v.PublishedOn, v.Title)
	}
	index := answer{url: short(2900001, "0002900001-26-000011-index.html"), body: file(t, "8-K-index.html")}
	v, err = Filings{Client: client(t, doc, index)}.Read(noContext, sight.Documents[0])
	if err != nil {
		t.Fatal(err)
	}
	want := documents8K(t)[2]
	if v.Channel != filed || v.Title != want.Title || v.PublishedOn != want.PublishedOn || v.ParentKey != want.ParentKey || v.Key != want.Key {
		t.Errorf("with its index: channel %q, %+v, want %+v", v.Channel, v.Item, want)
	}
}

// Of an XML document the XML is read, which is in the submission too; people are sent
// to the SEC's rendering of it, which is read only where nothing else is.
func TestReadXML(t *testing.T) {
	f, err := parseIndex([]byte(file(t, "SCHEDULE-13D-index.html")))
	if err != nil {
		t.Fatal(err)
	}
	it := f.found(0)[0]
	if !strings.HasSuffix(it.URL, "/xslSCHEDULE_13D_X01/primary_doc.xml") {
		t.Errorf("URL = %s, want the rendering", it.URL)
	}
	view := answer{url: it.URL, body: "<html><body><p>SCHEDULE 13D</p></body></html>"}
	xml := answer{url: bare(it.URL), body: file(t, "SCHEDULE-13D.xml"), media: "application/xml"}
	for _, tt := range []struct {
		answers       []answer
		channel, text string
	}{
		{[]answer{view, xml}, filed, "Securities Class Title\nCommon Stock, par value $0.01\n\nIssuer CIK\n0002900006\n\n" +
			"Issuer Name\nPENNYROYAL SEMICONDUCTOR CORP\n\nCity\nDENVER\n\nTransaction Purpose\n" +
			"The Reporting Persons intend to acquire the Issuer.\n\nA second request was received."},
		{[]answer{view}, rendered, "SCHEDULE 13D"},
	} {
		v, err := Filings{Client: client(t, tt.answers...)}.Read(noContext, it)
		if err != nil {
			t.Fatal(err)
		}
		if v.Channel != tt.channel || v.Text != tt.text {
			t.Errorf("channel %q, text:\n%s\nwant %q:\n%s", v.Channel, v.Text, tt.channel, tt.text)
		}
	}
}

func TestParseAddress(t *testing.T) {
	tests := []struct {
		in   string
		want address
		ok   bool
	}{
		{"https://www.sec.gov/Archives/edgar/data/1045810/000104581026000024/nvda-20260302.htm", address{1045810, "0001045810-26-000024", "nvda-20260302.htm"}, true},
		{"http://www.sec.gov/Archives/edgar/data/1045810/000104581026000024/nvda-20260302.htm#a", address{1045810, "0001045810-26-000024", "nvda-20260302.htm"}, true},
		{"https://www.sec.gov/ix?doc=/Archives/edgar/data/1045810/000104581026000024/nvda-20260302.htm", address{1045810, "0001045810-26-000024", "nvda-20260302.htm"}, true},
		{"/ix?doc=/Archives/edgar/data/1045810/000104581026000024/nvda-20260302.htm", address{1045810, "0001045810-26-000024", "nvda-20260302.htm"}, true},
		{"https://www.sec.gov/Archives/edgar/data/320193/0000320193-96-000027.txt", address{320193, "0000320193-96-000027", "0000320193-96-000027.txt"}, true},
		{"https://www.sec.gov/Archives/edgar/data/1/000104581026000024/xslF345X05/form4.xml", address{1, "0001045810-26-000024", "xslF345X05/form4.xml"}, true},
		{"https://www.sec.gov/Archives/edgar/data/1045810/000104581026000024/", address{}, false},
		{"https://www.sec.gov/Archives/edgar/daily-index/2025/QTR2/master.20250418.idx", address{}, false},
		{"https://www.example.org/Archives/edgar/data/1/000104581026000024/a.htm", address{}, false},
		{"://", address{}, false},
	}
	for _, tt := range tests {
		if got, ok := parseAddress(tt.in); got != tt.want || ok != tt.ok {
			t.Errorf("parseAddress(%q) = %+v, %v, want %+v, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestCurrentPage(t *testing.T) {
	const base = "https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent"
	tests := []struct {
		in   string
		name string
		page int
		ok   bool
	}{
		{base + "&type=8-K&count=100&start=200&output=atom", "8-K", 2, true},
		{base + "&type=SC+TO-&count=40&start=40&output=atom&owner=only", "SC TO", 1, true},
		{base + "&output=atom", every, 0, true},
		{base + "&type=4&output=atom", "4", 0, true}, // brings 425 among others
		{base + "&count=7&start=-3&type=&output=atom", every, 0, true},
		{base + "&CIK=1018724&output=atom", "", 0, false},
		{strings.Replace(base, "getcurrent", "getcompany", 1), "", 0, false},
	}
	for _, tt := range tests {
		if name, page, ok := currentPage(tt.in); name != tt.name || page != tt.page || ok != tt.ok {
			t.Errorf("currentPage(%q) = %q, %d, %v, want %q, %d, %v", tt.in, name, page, ok, tt.name, tt.page, tt.ok)
		}
	}
}

func TestRecogniseCountsUnwanted(t *testing.T) {
	s, ok := Filings{}.Recognise(dealwatch.Capture{URL: currentURL("", 0), Status: 200, Body: []byte(file(t, "current-all.atom"))})
	if !ok || len(s.Items) != 5 || s.Unwanted != 3 || s.Repeated != 0 {
		t.Errorf("%d items, %d unwanted, %d repeated; want 5, 3, 0", len(s.Items), s.Unwanted, s.Repeated)
	}
}
