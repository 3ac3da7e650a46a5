package fedreg

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// served is a client for which the register gives these answers and no other.
func served(t *testing.T, answers map[string]string) *crawl.Client {
	t.Helper()
	dir := t.TempDir()
	archive, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for url, body := range answers {
		ex := warc.Exchange{URL: url, At: time.Date(2026, 10, 6, 0, 0, 0, 0, time.UTC), Method: http.MethodGet, Status: 200,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(body)}
		switch {
		case body == "404":
			ex.Status = http.StatusNotFound
		case strings.HasPrefix(body, "<"):
			ex.Header.Set("Content-Type", "text/xml; charset=UTF-8")
		}
		if _, err := archive.Keep(ex); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	return crawl.New(crawl.Config{Hosts: Documents{}.Info().Hosts, Tape: tape})
}

// rows is a page of a list of proclamations, each "number date".
func rows(next string, documents ...string) string {
	var list []string
	for _, d := range documents {
		number, date, _ := strings.Cut(d, " ")
		list = append(list, fmt.Sprintf(`{"title":"A Day","type":"Presidential Document","subtype":"Proclamation","document_number":%q,"publication_date":%q}`, number, date))
	}
	return fmt.Sprintf(`{"count":%d,"next_page_url":%q,"results":[%s]}`, len(documents), next, strings.Join(list, ","))
}

const nothing = `{"description":"Documents","count":0}`

func TestListFollowsPages(t *testing.T) {
	s := Documents{}.Streams()[0]
	next := api + "documents?page=2&search_after_cursor=abc"
	last := func(from, to string) string { return s.URL + week{from, to}.query() }
	tests := []struct {
		name    string
		r       dealwatch.Range
		answers map[string]string
		want    []string
		outcome dealwatch.Outcome
	}{
		{"to the page without a next", dealwatch.Range{},
			map[string]string{s.URL: rows(next, "2026-00003 2026-10-05", "2026-00002 2026-10-05"), next: rows("", "2026-00001 2026-10-02")},
			[]string{"2026-00003@2026-10-05 2026-00002@2026-10-05", "2026-00001@2026-10-02"}, dealwatch.OK},
		{"a first poll reads the newest page", dealwatch.Range{First: true},
			map[string]string{s.URL: rows(next, "2026-00003 2026-10-05")},
			[]string{"2026-00003@2026-10-05"}, dealwatch.OK},
		{"a page beyond the last, which is the first again", dealwatch.Range{},
			map[string]string{s.URL: rows(next, "2026-00003 2026-10-05"), next: rows(next, "2026-00003 2026-10-05")},
			[]string{"2026-00003@2026-10-05"}, dealwatch.Unparsed},
		{"a list of everything that is empty", dealwatch.Range{}, map[string]string{s.URL: nothing}, nil, dealwatch.Empty},
		{"a gate in place of an answer", dealwatch.Range{}, map[string]string{s.URL: "<html><title>Request Access</title></html>"}, nil, dealwatch.Blocked},
		{"a range, week by week and on to the first document before it", dealwatch.Range{Since: "2026-09-24", Until: "2026-10-05"},
			map[string]string{
				last("2026-09-29", "2026-10-05"): rows("", "2026-00003 2026-10-05"),
				last("2026-09-22", "2026-09-28"): rows("", "2026-00002 2026-09-25"),
				last("2026-09-15", "2026-09-21"): nothing,
				last("2026-09-08", "2026-09-14"): rows("", "2026-00001 2026-09-10"),
			},
			[]string{"2026-00003@2026-10-05", "2026-00002@2026-09-25", "2026-00001@2026-09-10"}, dealwatch.OK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			var failed error
			for items, err := range (Documents{Client: served(t, tt.answers)}).List(t.Context(), s, tt.r) {
				if err != nil {
					failed = err
					break
				}
				var keys []string
				for _, it := range items {
					keys = append(keys, it.Key)
				}
				got = append(got, strings.Join(keys, " "))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
			if o := dealwatch.OutcomeOf(failed); o != tt.outcome {
				t.Errorf("outcome = %s (%v), want %s", o, failed, tt.outcome)
			}
		})
	}
}

func TestWeeksEndToday(t *testing.T) {
	d := Documents{Now: func() time.Time { return time.Date(2026, 10, 6, 12, 0, 0, 0, time.UTC) }}
	weeks := d.weeks(dealwatch.Range{Since: "2026-09-30"})
	if want := (week{"2026-10-03", "2026-10-09"}); weeks[0] != want {
		t.Errorf("newest week = %v, want %v, with the next issues in it", weeks[0], want)
	}
	for i, w := range weeks[1:] {
		end, _ := time.Parse(time.DateOnly, w.to)
		if next := end.AddDate(0, 0, 1).Format(time.DateOnly); next != weeks[i].from {
			t.Errorf("%v does not join %v", w, weeks[i])
		}
	}
}

// What is on public inspection is one list: all its pages are read, and one that shows
// less than it counts proves nothing.
func TestListOfAllOnFile(t *testing.T) {
	s := Documents{}.Streams()[3]
	next := api + "public_inspection_documents?action=index&page=2"
	page := func(next string, count int, documents ...string) string {
		return strings.Replace(rows(next, documents...), fmt.Sprintf(`"count":%d`, len(documents)), fmt.Sprintf(`"count":%d`, count), 1)
	}
	tests := []struct {
		name    string
		answers map[string]string
		items   int
		outcome dealwatch.Outcome
	}{
		{"two pages", map[string]string{s.URL: page(next, 3, "2026-00003 2026-10-07", "2026-00002 2026-10-07"), next: page("", 3, "2026-00001 2026-10-07")}, 3, dealwatch.OK},
		{"a page short", map[string]string{s.URL: page("", 127, "2026-00003 2026-10-07")}, 0, dealwatch.Truncated},
		{"a second page that is not to be had", map[string]string{s.URL: page(next, 3, "2026-00003 2026-10-07"), next: "404"}, 1, dealwatch.Gone},
		{"nothing on file", map[string]string{s.URL: nothing}, 0, dealwatch.OK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, outcome := 0, dealwatch.OK
			for items, err := range (Documents{Client: served(t, tt.answers)}).List(t.Context(), s, dealwatch.Range{First: true}) {
				n += len(items)
				outcome = dealwatch.OutcomeOf(err)
			}
			if n != tt.items || outcome != tt.outcome {
				t.Errorf("%d items, %s; want %d, %s", n, outcome, tt.items, tt.outcome)
			}
		})
	}
}

// An answer that fails for the hour must not make a lesser form the canonical one.
func TestReadWaitsForTheBestText(t *testing.T) {
	it := record{Type: "Presidential Document", Subtype: "Executive Order", Number: "2026-20001", Date: "2026-10-06", Title: "An Order"}.item()
	address := api + "documents/2026-20001.json"
	tests := []struct {
		name    string
		answers map[string]string
		channel string
		outcome dealwatch.Outcome
	}{
		{"XML", map[string]string{address: "404", it.Extra[0]: file(t, "full-20001.xml")}, "xml", dealwatch.OK},
		{"no XML, but HTML", map[string]string{address: "404", it.Extra[0]: "404", it.Extra[1]: "404", it.Extra[2]: "<p>We order.</p><p>[FR Doc. 2026-20001</p>"}, "html", dealwatch.OK},
		{"HTML that breaks off", map[string]string{address: "404", it.Extra[0]: "404", it.Extra[1]: "404", it.Extra[2]: "<p>We order.</p>"}, "", dealwatch.Truncated},
		{"XML that is damaged", map[string]string{address: "404", it.Extra[0]: "<PRESDOCU><EXEC<</PRESDOCU>", it.Extra[2]: "<p>We order.</p>"}, "", dealwatch.Unparsed},
		{"XML that breaks off", map[string]string{address: "404", it.Extra[0]: "<PRESDOCU><EXECORD>", it.Extra[2]: "<p>We order.</p>"}, "", dealwatch.Truncated},
		{"XML that is a gate", map[string]string{address: "404", it.Extra[0]: "<!DOCTYPE html><title>x</title>", it.Extra[2]: "<p>We order.</p>"}, "", dealwatch.Blocked},
		{"no text yet", map[string]string{address: "404", it.Extra[0]: "404", it.Extra[1]: "404", it.Extra[2]: "404"}, "", dealwatch.Failed},
		{"no text days later", map[string]string{address: "404", it.Extra[0]: "404", it.Extra[1]: "404", it.Extra[2]: "404"}, "", dealwatch.Gone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Date(2026, 10, 7, 12, 0, 0, 0, time.UTC)
			if tt.name == "no text days later" {
				now = now.AddDate(0, 0, 4)
			}
			v, err := Documents{Client: served(t, tt.answers), Now: func() time.Time { return now }}.Read(t.Context(), it)
			if o := dealwatch.OutcomeOf(err); o != tt.outcome || v.Channel != tt.channel {
				t.Errorf("channel %q, outcome %s (%v), want %q, %s", v.Channel, o, err, tt.channel, tt.outcome)
			}
		})
	}
}

// A text on public inspection that is cut in two has neither a length nor markup that
// would tell; its last line does.
func TestReadOnFile(t *testing.T) {
	whole := file(t, "on-file-20030.txt")
	address := home + "/public-inspection/raw_text/202/620/030.txt"
	it := dealwatch.Item{Source: source, Key: "2026-20030@2026-10-07", Title: "x", URL: home + "/public-inspection/2026-20030/x", Extra: []string{address}}
	foot := strings.LastIndex(whole, "[FR Doc")
	for _, tt := range []struct {
		name, body string
		outcome    dealwatch.Outcome
	}{
		{"whole", whole, dealwatch.OK},
		{"the last line in two", whole[:foot] + "[FR\nDoc. 2026-20030]", dealwatch.OK},
		{"half", whole[:len(whole)/2], dealwatch.Truncated},
		{"without its last line", whole[:foot], dealwatch.Truncated},
		{"half, with the number of another document", "[FR Doc. 2026-1]\n" + strings.Repeat("The agency corrects its notice.\n", 200), dealwatch.Truncated},
	} {
		t.Run(tt.name, func(t *testing.T) {
			record := api + "documents/2026-20030.json"
			v, err := Documents{Client: served(t, map[string]string{record: "404", address: tt.body})}.Read(t.Context(), it)
			if o := dealwatch.OutcomeOf(err); o != tt.outcome || (v.Text == "") != (err != nil) {
				t.Errorf("outcome %s (%v), text %q; want %s", o, err, v.Text, tt.outcome)
			}
		})
	}
}

func file(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
