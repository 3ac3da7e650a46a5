package edgar

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

var noon = time.Date(2026, 3, 3, 17, 0, 0, 0, time.UTC)

// answer is what a server said at an address.
type answer struct {
	url, body string
	status    int // 0 stands for 200
	media     string
}

// client gives a client that knows nothing but the answers.
func client(t *testing.T, answers ...answer) *crawl.Client {
	t.Helper()
	return loggingClient(t, nil, answers...)
}

func loggingClient(t *testing.T, log *slog.Logger, answers ...answer) *crawl.Client {
	t.Helper()
	dir := t.TempDir()
	archive, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, a := range answers {
		ex := warc.Exchange{URL: a.url, At: noon, Method: http.MethodGet, Status: max(a.status, 200), Body: []byte(a.body),
			Header: http.Header{"Content-Type": {a.media}}}
		if a.media == "" {
			ex.Header.Set("Content-Type", "text/html")
		}
		if _, err := archive.Keep(ex); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	return crawl.New(crawl.Config{Hosts: Filings{}.Info().Hosts, Tape: tape, Log: log})
}

// entry is one of getcurrent: the n-th filing of a list, in the name of a company.
type entry struct {
	n          int
	form       string // "" stands for 8-K
	role       string // "" stands for Filer
	cik        int
	date, time string // of acceptance; the filing date is the same
}

func (e entry) String() string {
	if e.form == "" {
		e.form = "8-K"
	}
	if e.role == "" {
		e.role = "Filer"
	}
	if e.cik == 0 {
		e.cik = 2900001
	}
	return fmt.Sprintf(`<entry><title>%s - Company %d (%010d) (%s)</title>
<link rel="alternate" href="https://www.sec.gov/Archives/edgar/data/%d/000290000026%06d/0002900000-26-%06d-index.htm"/>
<summary type="html"> &lt;b&gt;Filed:&lt;/b&gt; %s &lt;b&gt;Size:&lt;/b&gt; 1 KB
</summary>
<updated>%sT%s-05:00</updated>
<category term="%s"/>
<id>urn:tag:sec.gov,2008:accession-number=0002900000-26-%06d</id></entry>
`, e.form, e.cik, e.cik, e.role, e.cik, e.n, e.n, e.date, e.date, e.time, e.form, e.n)
}

// page is a page of getcurrent for 8-K.
func page(start int, entries ...entry) answer {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="ISO-8859-1" ?><feed xmlns="http://www.w3.org/2005/Atom">`)
	for _, e := range entries {
		b.WriteString(e.String())
	}
	b.WriteString("</feed>")
	return answer{url: currentURL("8-K", start), body: b.String(), media: "application/atom+xml"}
}

// filings are the entries of the filings numbered from to to, newest first.
func filings(from, to int, date string) []entry {
	var all []entry
	for n := from; n >= to; n-- {
		all = append(all, entry{n: n, date: date, time: "10:00:00"})
	}
	return all
}

// list gives the accession numbers of each page.
func list(c *crawl.Client, r dealwatch.Range) (pages [][]string, items []dealwatch.Item, err error) {
	f := Filings{Client: c}
	for found, err := range f.List(noContext, f.Streams()[0], r) {
		if err != nil {
			return pages, items, err
		}
		var keys []string
		for _, it := range found {
			keys = append(keys, it.Key)
		}
		pages, items = append(pages, keys), append(items, found...)
	}
	return pages, items, nil
}

func TestListPagesOn(t *testing.T) {
	end := answer{url: currentURL("8-K", 180), status: 503, body: "<title>SEC.gov | File Unavailable</title>"}
	pages, items, err := list(client(t,
		page(0, filings(500, 401, "2026-03-03")...),
		page(90, filings(411, 312, "2026-03-03")...), // one filing came between the two
		end,
	), dealwatch.Range{})
	if err != nil {
		t.Fatalf("the end of the list is no trouble: %v", err)
	}
	if len(pages) != 2 || len(pages[0]) != 100 || len(pages[1]) != 89 {
		t.Errorf("pages of %d and %d filings, want 100 and 89", len(pages[0]), len(pages[1]))
	}
	keys := make(map[string]bool)
	for _, it := range items {
		keys[it.Key] = true
	}
	if len(keys) != 189 {
		t.Errorf("%d filings, want 189", len(keys))
	}
}

func TestListEnds(t *testing.T) {
	friday, monday, tuesday := filings(300, 250, "2026-02-27"), filings(350, 301, "2026-03-02"), filings(360, 351, "2026-03-03")
	full := slices.Concat(tuesday, monday, friday)[:100]
	tests := []struct {
		name    string
		answers []answer
		r       dealwatch.Range
		want    int // pages
		outcome dealwatch.Outcome
	}{
		{"a page that is not full is the last", []answer{page(0, tuesday...)}, dealwatch.Range{}, 1, dealwatch.OK},
		{"the first listing ends behind the last business day", []answer{page(0, full...)}, dealwatch.Range{First: true}, 1, dealwatch.OK},
		{"any other goes on", []answer{page(0, full...)}, dealwatch.Range{}, 1, dealwatch.Absent},
		{"an empty page is the last", []answer{page(0, full...), page(90)}, dealwatch.Range{}, 2, dealwatch.OK},
		{"a page that does not join proves nothing", []answer{page(0, full...), page(90, filings(200, 101, "2026-02-26")...)},
			dealwatch.Range{}, 1, dealwatch.Failed},
		{"unavailable at the first page is trouble", []answer{{url: currentURL("8-K", 0), status: 503,
			body: "<title>SEC.gov | File Unavailable</title>"}}, dealwatch.Range{}, 0, dealwatch.Failed},
		{"a page of another shape", []answer{{url: currentURL("8-K", 0), body: "<html><p>Latest filings</p></html>"}},
			dealwatch.Range{}, 0, dealwatch.Unparsed},
		{"an entry without its filing date", []answer{{url: currentURL("8-K", 0), media: "application/atom+xml",
			body: strings.Replace(page(0, tuesday...).body, "Filed:", "Dated:", 1)}}, dealwatch.Range{}, 0, dealwatch.Unparsed},
		{"a feed that breaks off", []answer{{url: currentURL("8-K", 0), media: "application/atom+xml",
			body: page(0, tuesday...).body[:900]}}, dealwatch.Range{}, 0, dealwatch.Truncated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pages, _, err := list(client(t, tt.answers...), tt.r)
			if len(pages) != tt.want || dealwatch.OutcomeOf(err) != tt.outcome {
				t.Errorf("%d pages and %v, want %d and %s", len(pages), err, tt.want, tt.outcome)
			}
		})
	}
}

// A filing has an entry for each of its filers, and they may stand on two pages.
func TestListJoinsFilers(t *testing.T) {
	first := filings(500, 402, "2026-03-03")
	first = append(first, entry{n: 401, date: "2026-03-03", time: "10:00:00", role: "Filed by", cik: 2900009})
	second := append(slices.Clone(first[90:]), entry{n: 401, date: "2026-03-03", time: "10:00:00", role: "Subject", cik: 2900002})
	pages, items, err := list(client(t, page(0, first...), page(90, second...)), dealwatch.Range{})
	if err != nil || len(pages) != 2 || len(pages[1]) != 1 {
		t.Fatalf("pages %v, %v, want the filing alone on the second", pages, err)
	}
	got := items[len(items)-1]
	want := []dealwatch.Filer{
		{CIK: 2900002, Name: "Company 2900002", Role: "Subject"}, {CIK: 2900009, Name: "Company 2900009", Role: "Filed by"},
	}
	if got.Key != "0002900000-26-000401" || !slices.Equal(got.Filers, want) {
		t.Errorf("%s with %v, want %v", got.Key, got.Filers, want)
	}
	if want := "8-K · Company 2900002, by Company 2900009"; got.Title != want {
		t.Errorf("Title = %q, want %q", got.Title, want)
	}
}

func TestParseCurrentCounts(t *testing.T) {
	e := entry{n: 1, date: "2026-03-03", time: "10:00:00"}
	other, third := e, e
	other.n, other.form = 2, "424B5"
	third.n, third.form = 3, "8-K/A"
	l, err := parseCurrent([]byte(page(0, e, e, other, other, third).body), "8-K")
	if err != nil {
		t.Fatal(err)
	}
	if l.entries != 5 || l.repeated != 2 || len(l.filings) != 2 || l.unwanted["424B5"] != 1 {
		t.Errorf("%d entries, %d repeated, %d wanted, unwanted %v; want 5, 2, 2 and one 424B5", l.entries, l.repeated, len(l.filings), l.unwanted)
	}
}

func TestWants(t *testing.T) {
	tests := []struct {
		stream, form string
		want         bool
	}{
		{"8-K", "8-K/A", true},
		{"8-K", "8-K12B", true},
		{"D", "D/A", true},
		{"D", "DEF 14A", false}, // the site takes a type as a prefix
		{"S-1", "S-11", false},
		{"SC TO", "SC TO-T/A", true},
		{"SC 13D", "SC 13G", false},
		{every, "SCHEDULE 13D", true},
		{every, "SCHEDULE 13G", false},
		{every, "4", false},
	}
	for _, tt := range tests {
		if got := wants(tt.stream, tt.form); got != tt.want {
			t.Errorf("wants(%q, %q) = %v, want %v", tt.stream, tt.form, got, tt.want)
		}
	}
}

// What a listing leaves out is told, each filing once.
func TestListTellsUnwanted(t *testing.T) {
	var log bytes.Buffer
	one := entry{n: 2, form: "424B5", date: "2026-03-03", time: "10:00:00"}
	c := loggingClient(t, slog.New(slog.NewTextHandler(&log, nil)),
		page(0, entry{n: 3, date: "2026-03-03", time: "11:00:00"}, one, one))
	if _, _, err := list(c, dealwatch.Range{}); err != nil {
		t.Fatal(err)
	}
	if want := "source=edgar/8-K listed=1 unwanted=1 repeated=1"; !strings.Contains(log.String(), want) {
		t.Errorf("the log has no %q:\n%s", want, log.String())
	}
}
