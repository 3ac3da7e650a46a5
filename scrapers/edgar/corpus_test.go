package edgar

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// corpus is the folder of real captures.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: set DEALWATCH_CORPUS to the folder that holds them")
	}
	return dir
}

// captured reads the files that match a pattern below the folder of EDGAR's captures.
func captured(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(corpus(t), "edgar", pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no file %s: %v", pattern, err)
	}
	files := make(map[string][]byte)
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var r io.Reader = f
		if strings.HasSuffix(name, ".gz") {
			if r, err = gzip.NewReader(f); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		b, err := io.ReadAll(r)
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[strings.TrimSuffix(filepath.Base(name), ".gz")] = b
	}
	return files
}

// The walk of 12 January 2026 is all that getcurrent had: 5,100 entries.
func TestCorpusWalk(t *testing.T) {
	pages := captured(t, "getcurrent/walk-2026-01-12T1128EST/start-*.atom*")
	entries, repeated := 0, 0
	all, wanted := make(map[string]bool), make(map[string]filing)
	unwanted := make(map[string]bool)
	forms := make(map[string]int)
	for name, body := range pages {
		l, err := parseCurrent(body, every)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		entries, repeated = entries+l.entries, repeated+l.repeated
		merge(wanted, all, l)
		for form := range l.unwanted {
			unwanted[form] = true
		}
	}
	for _, f := range wanted {
		forms[strings.TrimSuffix(f.form, "/A")]++
	}
	got := []int{len(pages), entries, repeated, len(all), len(wanted), len(unwanted)}
	if want := []int{51, 5100, 40, 3409, 1030, 100}; !cmp.Equal(got, want) {
		t.Errorf("pages, entries, repeated on a page, filings, wanted filings, unwanted forms = %v, want %v", got, want)
	}
	want := map[string]int{
		"8-K": 432, "8-K12B": 1, "6-K": 145, "425": 19, "S-4": 3, "F-4": 1, "PREM14A": 1, "DEFM14A": 2, "DEFA14A": 13,
		"SC TO-T": 5, "SC TO-I": 4, "SC 14D9": 2, "SCHEDULE 13D": 21, "10-K": 3, "10-Q": 14, "20-F": 2, "S-1": 25, "D": 337,
	}
	if diff := cmp.Diff(want, forms); diff != "" {
		t.Errorf("wanted filings by form (-want +got):\n%s", diff)
	}
}

// A page asked for one form has every filing under all its names.
func TestCorpusByType(t *testing.T) {
	l, err := parseCurrent(captured(t, "getcurrent/by-type/schedule13d-current.atom")["schedule13d-current.atom"], "SCHEDULE 13D")
	if err != nil {
		t.Fatal(err)
	}
	if l.entries != 40 || len(l.filings) != 20 || len(l.unwanted) != 0 {
		t.Errorf("%d entries, %d filings, unwanted %v, want 40, 20 and none", l.entries, len(l.filings), l.unwanted)
	}
	for _, f := range l.filings {
		if len(f.filers) < 2 || f.filers[0].Role != "Subject" || f.filers[1].Role != "Filed by" {
			t.Errorf("%s has the filers %v", f.accession, f.filers)
		}
	}
}

// The page of headers lists what the index page does.
func TestCorpusHeaders(t *testing.T) {
	f, err := parseHeaders(captured(t, "filing-index/headers-23AndMe*")["headers-23AndMe.index-headers.html"])
	if err != nil {
		t.Fatal(err)
	}
	found := f.found(0)
	if len(found) != 2 || found[0].Title != "8-K · 23andMe Holding Co. · Regulation FD Disclosure" || found[1].Kind != "EX-99" {
		t.Errorf("documents %+v", found)
	}
	if found[0].Docket != "001-39587" || found[0].PublishedOn != "2024-06-03" || found[0].PublishedAt.Format("15:04") != "12:06" {
		t.Errorf("docket %q, date %q, instant %v", found[0].Docket, found[0].PublishedOn, found[0].PublishedAt)
	}
}

// Every recorded error page has its outcome, and none passes for content.
func TestCorpusErrors(t *testing.T) {
	files := captured(t, "errors/*")
	c := crawl.New(crawl.Config{Hosts: Filings{}.Info().Hosts})
	const list = "https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent&type=8-K&count=100&output=atom&start="
	const index = "https://www.sec.gov/Archives/edgar/data/1045810/000104581026000024/0001045810-26-000024-index.htm"
	tests := []struct {
		file, url, media string
		status           int
		want             dealwatch.Outcome
	}{
		{"403-archives-accessdenied.xml", index, "application/xml", 403, dealwatch.Gone},
		{"404-data-sec-gov-nosuchkey.xml", "https://data.sec.gov/submissions/CIK-000000001.json", "application/xml", 404, dealwatch.Gone},
		{"403-undeclared-automated-tool.html", index, "text/html", 403, dealwatch.Blocked},
		{"403-undeclared-automated-tool.html", index, "text/html", 200, dealwatch.Blocked},
		{"403-undeclared-automated-tool.html", list + "0", "text/html", 200, dealwatch.Blocked},
		{"rate-threshold-exceeded.html", index, "text/html", 403, dealwatch.Blocked},
		{"rate-threshold-exceeded.html", list + "0", "text/html", 429, dealwatch.Blocked},
		{"503-file-unavailable-getcurrent-start-5100.html", list + "5100", "text/html", 503, dealwatch.Gone},
		{"503-file-unavailable-getcurrent-start-5100.html", list + "0", "text/html", 503, dealwatch.Failed},
		{"503-file-unavailable-getcurrent-start-5100.html", index, "text/html", 503, dealwatch.Failed},
	}
	for _, tt := range tests {
		body := files[tt.file]
		if body == nil {
			t.Fatalf("no %s", tt.file)
		}
		ex := warc.Exchange{URL: tt.url, At: noon, Status: tt.status, Header: map[string][]string{"Content-Type": {tt.media}}, Body: body}
		got, err := c.Recorded(ex, dealwatch.Ref{})
		if dealwatch.OutcomeOf(err) != tt.want {
			t.Errorf("%s, HTTP %d at %s: %v, want %s", tt.file, tt.status, tt.url, err, tt.want)
		}
		whole := got
		whole.Body = body
		for _, c := range []dealwatch.Capture{got, whole} {
			sight, ok := Filings{}.Recognise(c)
			if len(sight.Items)+len(sight.Documents) > 0 || ok && dealwatch.OutcomeOf(sight.Err) != tt.want {
				t.Errorf("%s at %s is recognised as %+v, want the outcome %s", tt.file, tt.url, sight, tt.want)
			}
		}
	}
}

// What the index page and the submission say of a filing is the same, and so are
// the texts of a document's own file and of its part of the submission.
func TestCorpusPairs(t *testing.T) {
	submissions, own := captured(t, "full-txt/*.txt*"), captured(t, "primary/8-K/*")
	filings, documents := 0, 0
	for name, body := range captured(t, "filing-index/*-index.htm*") {
		if strings.HasPrefix(name, "headers") {
			continue
		}
		index, err := parseIndex(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		txt := submissions[index.accession+".txt"]
		if txt == nil || !wants(every, index.form) {
			continue
		}
		filings++
		full, parts, err := parseSubmission(txt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(index.found(0), full.found(0)); diff != "" {
			t.Errorf("%s (-index +submission):\n%s", name, diff)
		}
		for i, d := range full.documents {
			file := own[full.accession+"-"+d.name]
			if file == nil {
				file = own[d.name]
			}
			if file == nil || d.name == "" {
				continue
			}
			documents++
			a, err := textOf(noContext, file)
			if err != nil {
				t.Errorf("%s: %v", d.name, err)
			}
			part, err := content(parts[i])
			if err != nil {
				t.Errorf("%s in %s: %v", d.name, full.accession, err)
			}
			b, err := textOf(noContext, part)
			if err != nil {
				t.Errorf("%s in %s: %v", d.name, full.accession, err)
			}
			if a != b {
				t.Errorf("%s: its own text and that in the submission differ (-own +part):\n%s", d.name, cmp.Diff(a, b))
			}
		}
	}
	if filings != 26 || documents != 20 {
		t.Errorf("compared %d filings and %d documents, want 26 and 20", filings, documents)
	}
}

// machine is what must never reach a text: wrappers, encoded parts, XBRL's names.
var machine = regexp.MustCompile(`(?m)^<?(DOCUMENT|TYPE|SEQUENCE|FILENAME)>|^begin 6\d\d |^M[!-` + "`" + `]{60}$|\b(us-gaap|dei|xbrli):|[a-z]+:\w+Member\b`)

func TestCorpusTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long; it runs without -short")
	}
	texts := 0
	check := func(name, text string, err error) {
		texts++
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if m := machine.FindString(text); m != "" {
			t.Errorf("%s: %q in the text", name, m)
		}
	}
	for name, body := range captured(t, "primary/*/*") {
		text, err := textOf(noContext, body)
		check(name, text, err)
	}
	for name, body := range captured(t, "full-txt/*.[tn]*") {
		f, parts, err := parseSubmission(body)
		if err != nil && name != "0000899681-95-000096.txt" { // which has lost its header
			t.Errorf("%s: %v", name, err)
		}
		for i, d := range f.documents {
			if d.readable() && (i == f.primary() || family(d.kind) != "") {
				part, err := content(parts[i])
				if err != nil {
					t.Errorf("%s %s: %v", name, d.name, err)
				}
				text, err := textOf(noContext, part)
				check(name+" "+d.kind, text, err)
				if text == "" && wants(every, f.form) {
					t.Errorf("%s: no text in %s", name, d.kind)
				}
			}
		}
	}
	if texts < 270 {
		t.Errorf("read %d texts, want 270 and more", texts)
	}
}
