package ftc

import (
	"bufio"
	"encoding/json"
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
	"github.com/dealwatch/dealwatch/scrapers/extract"
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
	return []dealwatch.Source{Releases{}, EarlyTerminations{}, Cases{}}
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
	for title, want := range map[string]string{
		"Complaint":                           "complaint",
		"FTC’s complaint alleges":             "complaint",
		"consent order settles allegations":   "complaint",
		"proposed consent order":              "order",
		"Order Dismissing Complaint":          "order",
		"Agreement Containing Consent Orders": "consent-agreement",
		"Analysis of Agreement Containing Consent Orders to Aid Public Comment": "analysis",
		"Petition of Borderland to Reopen and Set Aside Decision and Order":     "petition",
		"issued warning letters": "letter",
		"Borderline":             "document",
		"":                       "document",
	} {
		if got := kindOf(title); got != want {
			t.Errorf("kindOf(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestFileTitle(t *testing.T) {
	for text, want := range map[string]string{
		"Complaint (1.31 MB)":                     "Complaint",
		" Decision and\n Order (340.02 KB) ":      "Decision and Order",
		"Order (ESI Respondents)":                 "Order (ESI Respondents)",
		"Order (ESI Respondents) (12,301 bytes)":  "Order (ESI Respondents)",
		"Comments on 16 C.F.R. Part 801 (2.1 GB)": "Comments on 16 C.F.R. Part 801",
	} {
		if got := fileTitle(text); got != want {
			t.Errorf("fileTitle(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWithoutDrawings(t *testing.T) {
	for page, want := range map[string]string{
		`<p>a</p><svg><path d="M0"/></svg><p>b</p>`: `<p>a</p><p>b</p>`,
		`<svg/>a<svg x="1"></svg>b`:                 `ab`,
		`a<svg><path>`:                              `a<svg><path>`,
		`a<svg`:                                     `a<svg`,
		``:                                          ``,
	} {
		if got := string(withoutDrawings([]byte(page))); got != want {
			t.Errorf("withoutDrawings(%q) = %q, want %q", page, got, want)
		}
	}
}

func TestKindAt(t *testing.T) {
	const under = "https://www.ftc.gov/legal-library/browse/cases-proceedings"
	for link, want := range map[string]string{
		under + "/okcupidmatch":                         "case",
		"http://ftc.gov" + casesPath + "/okcupidmatch/": "case",
		under + "/public-statements/statement-x":        "statement",
		under + "/closing-letters":                      "",
		under + "/banned-debt-collectors":               "",
		under + "/okcupidmatch/more":                    "",
		under:                                           "",
		"https://www.example.org" + casesPath + "/x":    "",
	} {
		if got := kindAt(link); got != want {
			t.Errorf("kindAt(%q) = %q, want %q", link, got, want)
		}
	}
}

// TestAnotherDocument asks for a release whose address now shows another one.
func TestAnotherDocument(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("testdata", "article.html"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := parse(capture(releasesListing+"/2026/01/x", body))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Releases{}.readArticle(dealwatch.Item{Key: "1", Kind: "press-release"}, p)
	if got := dealwatch.OutcomeOf(err); got != dealwatch.Moved {
		t.Errorf("outcome = %q, want %q: %v", got, dealwatch.Moved, err)
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

// TestNoticeExcerpts reads the parts of two real pages that were kept.
func TestNoticeExcerpts(t *testing.T) {
	body := shared(t, "ftc/early-termination/listing-page0.excerpt.html")
	sight, ok := EarlyTerminations{}.Recognise(capture(noticesListing, body))
	if !ok || sight.Err != nil || sight.Stream != "notices" {
		t.Fatalf("listing: %v, %+v", ok, sight)
	}
	var got []string
	for _, it := range sight.Items {
		got = append(got, it.Key+" "+it.PublishedOn)
	}
	want := []string{
		"20262162 2026-09-29", "20262239 2026-09-29", "20262247 2026-09-29",
		"20262189 2026-09-21", "20262191 2026-09-21", "20262210 2026-09-21", "20262215 2026-09-21", "20262225 2026-09-21",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	v, err := EarlyTerminations{}.Read(t.Context(), sight.Items[3])
	if err != nil || v.Channel != "listing" || !strings.HasSuffix(v.Text, "Life Insurance Company; Equitable Financial Life Insurance Company of America") {
		t.Errorf("a notice out of its row: %v, %+v", err, v)
	}

	body = shared(t, "ftc/early-termination/20262162.excerpt.html")
	sight, ok = EarlyTerminations{}.Recognise(capture(noticesListing+"/20262162", body))
	if !ok || sight.Err != nil || len(sight.Documents) != 1 {
		t.Fatalf("notice: %v, %+v", ok, sight)
	}
	it := sight.Documents[0]
	if it.Key != "20262162" || it.PublishedOn != "2026-09-29" || !strings.HasPrefix(it.Title, "20262162: Kirin") {
		t.Errorf("notice: %+v", it)
	}
}

// TestStamps reads the text of a real filing, with its stamps.
func TestStamps(t *testing.T) {
	var filing struct{ Text string }
	body := shared(t, "ftc/cases-extracted/181-0005-c-4652-northrop-grumman-orbital-atk-matter.json")
	if err := json.Unmarshal(body, &filing); err != nil {
		t.Fatal(err)
	}
	const doubled = "FFEEDDEERRAALL TTRRAADDEE"
	if n := strings.Count(filing.Text, doubled); n < 290 {
		t.Fatalf("%d stamps in the text: not the one that this test is about", n)
	}
	text := withoutStamps(filing.Text)
	if n := strings.Count(text, doubled); n > 0 {
		t.Errorf("%d stamps left", n)
	}
	if lost := len(filing.Text) - len(text); lost > 341*220 {
		t.Errorf("%d bytes lost: more than the stamps", lost)
	}
}

// TestRobots asks the site's robots.txt about every form of address that is fetched.
func TestRobots(t *testing.T) {
	robots, err := robotstxt.FromBytes(shared(t, "ftc/robots/robots.txt"))
	if err != nil {
		t.Fatal(err)
	}
	group := robots.FindGroup("dealwatch")
	if got, want := group.CrawlDelay, hosts()[0].Every; got != want {
		t.Errorf("crawl-delay is %v, the host declares %v", got, want)
	}
	for _, address := range []string{
		competitionFeed, releasesFeed, releasesListing, releasesListing + "?page=3", releasesListing + "/2026/01/x",
		noticesFeed, noticesListing, noticesListing + "?page=3", noticesListing + "/20262162",
		casesListing, casesListing + "?page=3", casesListing + "/okcupidmatch",
		site + "/system/files/ftc_gov/pdf/x.pdf", site + "/sites/default/files/documents/x.pdf",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if !group.Test(u.RequestURI()) {
			t.Errorf("robots.txt forbids %s", address)
		}
	}
}
