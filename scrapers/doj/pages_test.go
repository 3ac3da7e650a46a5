package doj

import (
	"bufio"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/temoto/robotstxt"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// capture is an answer as a client gives it.
func capture(address string, body []byte) dealwatch.Capture {
	return dealwatch.Capture{
		URL: address, Final: address, At: time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC),
		Status: http.StatusOK, Header: http.Header{}, Body: body,
		SHA256: strings.Repeat("0", 64), Ref: dealwatch.Ref{File: "test.warc.gz", Offset: 1},
	}
}

func sources() []dealwatch.Source {
	return []dealwatch.Source{Releases{}, Cases{}}
}

// FuzzRecognise shows any bytes at the site's addresses. Whatever comes, an item that
// is seen has a key, an address and clean lines.
func FuzzRecognise(f *testing.F) {
	index, err := os.Open(filepath.Join("testdata", "pages.txt"))
	if err != nil {
		f.Fatal(err)
	}
	defer index.Close()
	var addresses []string
	lines := bufio.NewScanner(index)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) < 2 || words[0] == "#" || words[1] == "-" {
			continue
		}
		body, err := os.ReadFile(filepath.Join("testdata", words[1]))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint(len(addresses)), body)
		addresses = append(addresses, words[0])
	}
	f.Fuzz(func(t *testing.T, n uint, body []byte) {
		address := addresses[n%uint(len(addresses))]
		for _, src := range sources() {
			sight, ok := src.Recognise(capture(address, body))
			if ok && sight.Err == nil && (sight.Stream == "") == (len(sight.Documents) == 0) {
				t.Errorf("%s: %+v is neither a listing nor a document", src.Info().Name, sight)
			}
			for _, it := range slices.Concat(sight.Items, sight.Documents) {
				if it.Key == "" || it.URL == "" || it.Title != extract.Line(it.Title) || !slices.Contains(src.Info().Kinds, it.Kind) {
					t.Errorf("%s: item %+v", src.Info().Name, it)
				}
				if it.Content != "" {
					_, _ = src.Read(t.Context(), it) // an error is an answer, a panic is not
				}
			}
		}
	})
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct{ slug, title, want string }{
		{"", "Complaint", "complaint"},
		{"", "Final Judgment", "final-judgment"},
		{"", "[Proposed] Final Judgment", "proposed-final-judgment"},
		{"", "Exhibit A: [Proposed] Final Judgment", "proposed-final-judgment"},
		{"", "Stipulation for Entry of Proposed Revised Final Judgment", "stipulation"},
		{"", "Motion of the United States for Entry of Stipulation and Order", "motion"},
		{"", "Memorandum Opinion", "opinion"},
		{"", "Exhibit C", "exhibit"},
		{"", "Service list", "document"},
		{"proposed final judgement 2", "Final Judgments + Proposed Final Judgments", "proposed-final-judgment"},
		{"final judgment 295", "Final Judgments + Proposed Final Judgments", "final-judgment"},
		{"412272", "Competitive Impact Statement", "competitive-impact-statement"},
		{"exhibit 0", "Motions", "exhibit"},
	} {
		if got := kindOf(c.slug, c.title); got != c.want {
			t.Errorf("kindOf(%q, %q) = %q, want %q", c.slug, c.title, got, c.want)
		}
	}
}

func TestCanonical(t *testing.T) {
	const want = "https://www.justice.gov/media/1359226/dl"
	for _, link := range []string{
		"https://www.justice.gov/atr/media/1359226/dl?inline", "https://www.justice.gov/media/1359226/dl?inline=",
		"http://justice.gov/media/1359226/dl#page=3", want,
	} {
		if got := canonical(link); got != want {
			t.Errorf("canonical(%q) = %q, want %q", link, got, want)
		}
	}
}

// TestInterstitial: the page that asks for a browser is a refusal; a page that only
// holds the same words, and is as large as a page with content, is none.
func TestInterstitial(t *testing.T) {
	interstitial, err := os.ReadFile(filepath.Join("testdata", "interstitial.html"))
	if err != nil {
		t.Fatal(err)
	}
	re := judge(capture(site+"/opa/pr/x", interstitial))
	if re == nil || re.Outcome != dealwatch.Blocked {
		t.Errorf("judge = %v, want %q", re, dealwatch.Blocked)
	}
	large := slices.Concat(interstitial, make([]byte, 64<<10))
	if re := judge(capture(site+"/opa/pr/x", large)); re != nil {
		t.Errorf("judge of a large page = %v, want nil", re)
	}
}

// TestNoSecondDoor reads a release whose record is refused and whose page is there.
func TestNoSecondDoor(t *testing.T) {
	dir := t.TempDir()
	archive, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("testdata", "speech.html"))
	if err != nil {
		t.Fatal(err)
	}
	it, _, _ := Releases{}.item(site+"/opa/pr/x", "X")
	api := site + releasesAPI + "?direction=DESC&pagesize=20&parameters%5Btitle%5D=X&sort=date"
	for _, ex := range []warc.Exchange{
		{URL: api, Status: http.StatusForbidden, Body: []byte("no")},
		{URL: it.URL, Status: http.StatusOK, Body: page},
	} {
		ex.At, ex.Method, ex.Header = time.Unix(1, 0), http.MethodGet, http.Header{"Content-Type": {"text/html"}}
		if _, err := archive.Keep(ex); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	tape, err := warc.OpenTape(files...)
	if err != nil {
		t.Fatal(err)
	}
	client := crawl.New(crawl.Config{Hosts: hosts(), Tape: tape})
	_, err = Releases{Client: client}.Read(t.Context(), it)
	if got := dealwatch.OutcomeOf(err); got != dealwatch.Blocked {
		t.Errorf("outcome = %q, want %q: %v", got, dealwatch.Blocked, err)
	}
}

// TestRecordsExcerpts reads the real records that were kept of two answers. They are
// of other offices.
func TestRecordsExcerpts(t *testing.T) {
	for name, want := range map[string][]string{
		"doj/api/press_releases-sort-date-desc.excerpt.json": {"usao-sdny/pr/coordinated-arrests-and-charges-dismantle-hamas-terror-finance-network-raising-funds 2026-10-02 26-281"},
		"doj/api/press_releases-default-order.excerpt.json":  {"opa/pr/statement-attorney-general-michael-b-mukasey-death-former-attorney-general-griffin-bell 2009-01-05 09-001", "opa/pr/chicago-advertising-firm-pays-united-states-155-million-settle-overbilling-allegations-army 2009-01-06 09-004"},
	} {
		c := capture(site+releasesAPI, shared(t, name))
		all, err := answer(c)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range all {
			it, ok := Releases{}.fromRecord(c, r)
			if !ok || it.Title == "" || it.Content == "" {
				t.Errorf("%s: %v, %+v", name, ok, it)
			}
			got = append(got, it.Key+" "+it.PublishedOn+" "+it.Docket)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if sight, ok := (Releases{}).Recognise(c); ok {
			t.Errorf("%s: other offices' records are recognised: %+v", name, sight)
		}
	}
}

// shared reads a file of the shared captures that is no WARC.
func shared(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("no captures: set DEALWATCH_CORPUS to the folder that holds them")
	}
	body, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// TestRobots asks the site's robots.txt about every form of address that is fetched,
// and about the pages of the index that are not.
func TestRobots(t *testing.T) {
	robots, err := robotstxt.FromBytes(shared(t, "doj/robots/robots.txt"))
	if err != nil {
		t.Fatal(err)
	}
	group := robots.FindGroup("dealwatch")
	if got, want := group.CrawlDelay, hosts()[0].Every; got != want {
		t.Errorf("crawl-delay is %v, the host declares %v", got, want)
	}
	for address, want := range map[string]bool{
		releasesFeed: true,
		site + releasesAPI + "?sort=date&direction=DESC&pagesize=50&page=3":           true,
		site + speechesAPI + "?direction=DESC&pagesize=20&parameters%5Btitle%5D=Page": true,
		site + "/opa/pr/x":                    true,
		indexPage:                             true,
		indexPage + "?page=1":                 false,
		site + "/atr/case/x":                  true,
		site + "/atr/case-document/x":         true,
		site + "/atr/media/1359226/dl?inline": true,
		site + "/d9/2023-11/418025.pdf":       true,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := group.Test(u.RequestURI()); got != want {
			t.Errorf("robots.txt allows %s: %v, want %v", address, got, want)
		}
	}
}

func TestFiledOn(t *testing.T) {
	long := strings.Repeat("The parties agree.\n", 500)
	tests := []struct{ name, text, want string }{
		{"in the caption", "Civil Action No.: 3\nFiled: June 21, 1999\n\nCOMPLAINT\n" + long + "DATED this 22nd day of June, 1999.", "1999-06-21"},
		{"in two digits", "Filed: 12/7/99\n" + long, "1999-12-07"},
		{"in two digits of this century", "Filed: 1/9/04\n", "2004-01-09"},
		{"in four", "FILED: 11/06/2008\n", "2008-11-06"},
		{"left blank in the caption", "Filed:\n\n" + long + "Dated:July 15, 1999\n\nRespectfully submitted", "1999-07-15"},
		{"above the signatures", long + "DATED: August 3, 1999", "1999-08-03"},
		{"in words", long + "DATED this 21st day of June, 1999.", "1999-06-21"},
		{"in small letters", long + "Dated december 7, 1999.", "1999-12-07"},
		{"left blank", long + "Dated _____________, 1999.\nDate: ______________", ""},
		{"of something else", "WHEREAS, plaintiffs filed: June 1, 1999\n" + long + "an Agreement dated as of December 9, 1998", ""},
		{"of an agreement", long + "dated as of December 9, 1998", ""},
		{"far from both ends", long + "Dated: May 1, 1998\n" + long, ""},
		{"no date", "Filed: 13/45/99\n", ""},
	}
	for _, tt := range tests {
		if got := filedOn(tt.text); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
