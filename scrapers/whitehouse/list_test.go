package whitehouse

import (
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

// served is a client for which the site holds these pages and no other. A body "404"
// is the site's answer that it has no such page.
func served(t *testing.T, pages map[string]string) *crawl.Client {
	t.Helper()
	dir := t.TempDir()
	archive, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for url, body := range pages {
		ex := warc.Exchange{URL: url, At: time.Date(2026, 6, 23, 0, 0, 0, 0, time.UTC), Method: http.MethodGet, Status: 200,
			Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, Body: []byte(body)}
		if body == "404" {
			ex.Status = http.StatusNotFound
		}
		if strings.Contains(url, "/feed/") {
			ex.Header.Set("Content-Type", "application/rss+xml; charset=UTF-8")
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
	return crawl.New(crawl.Config{Hosts: Actions{}.Info().Hosts, Tape: tape})
}

func page(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestListFollowsPages(t *testing.T) {
	streams := make(map[string]dealwatch.Stream)
	for _, s := range (Actions{}).Streams() {
		streams[s.Name] = s
	}
	feed, listing := streams[feedStream].URL, streams[actionsStream].URL
	tests := []struct {
		name    string
		stream  string
		first   bool
		pages   map[string]string
		want    []string
		outcome dealwatch.Outcome
	}{
		{"feed, until the site has no further page", feedStream, false,
			map[string]string{feed: page(t, "feed.xml"), feed + "?paged=2": page(t, "feed-2.xml"), feed + "?paged=3": "404"},
			[]string{"post-40012 post-40010", "post-40007"}, dealwatch.OK},
		{"a first poll reads the feed as it is", feedStream, true,
			map[string]string{feed: page(t, "feed.xml"), feed + "?paged=2": page(t, "feed-2.xml")},
			[]string{"post-40012 post-40010"}, dealwatch.OK},
		{"listing, until a page has no link to the next", actionsStream, false,
			map[string]string{listing: page(t, "actions.html"), listing + "page/2/": page(t, "actions-2.html")},
			[]string{"post-40012 post-40010", "post-40007 post-39990"}, dealwatch.OK},
		{"a page that repeats the one before", actionsStream, false,
			map[string]string{listing: page(t, "actions.html"), listing + "page/2/": page(t, "actions.html")},
			[]string{"post-40012 post-40010"}, dealwatch.Unparsed},
		{"a layout without items", actionsStream, false, map[string]string{listing: page(t, "no-item.html")}, nil, dealwatch.Unparsed},
		{"a feed that is gone", feedStream, false, map[string]string{feed: "404"}, nil, dealwatch.Gone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			var failed error
			src := Actions{Client: served(t, tt.pages)}
			for items, err := range src.List(t.Context(), streams[tt.stream], dealwatch.Range{First: tt.first}) {
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

// The text is what stands in the article: no topper, no menu, no link to a file.
func TestReadGivesTheArticle(t *testing.T) {
	address := home + "/presidential-actions/2026/06/regarding-the-supply-of-computing-power/"
	src := Actions{Client: served(t, map[string]string{address: page(t, "order.html")})}
	v, err := src.Read(t.Context(), dealwatch.Item{Source: source, Key: "post-40012", URL: address})
	if err != nil {
		t.Fatal(err)
	}
	want := `By the authority vested in me as President, it is hereby ordered:

Section 1. Policy. Example Compute LLC and Sample Models, Inc. shall:
(a) report to the Secretary;
(b) keep records.

This order amends Executive Order 14383.

THE WHITE HOUSE,
June 22, 2026.

EO 14412

Annex I

A plan of another agency`
	if diff := cmp.Diff(want, v.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if v.Subject != "eo-14412" {
		t.Errorf("Subject = %q: the number of the signed order is eo-14412", v.Subject)
	}
	if len(v.Found) != 2 { // the file of EO 14383 belongs to another page
		t.Errorf("found %d files, want the signed order and its annex: %+v", len(v.Found), v.Found)
	}
}

func TestReadContentDropsFurniture(t *testing.T) {
	it := dealwatch.Item{Source: source, Key: "2021-post-1", URL: home + "/briefing-room/presidential-actions/2021/07/30/x/",
		Content: `<div class="wp-block-whitehouse-topper"><h1>Presidential Actions</h1></div><nav>Search</nav>
<p>One<br>two.</p><p>The post <a href="#">X</a> appeared first on <a href="#">The White House</a>.</p>`}
	v, err := Actions{}.Read(t.Context(), it)
	if err != nil {
		t.Fatal(err)
	}
	if want := "One\ntwo."; v.Text != want || v.Channel != "feed" {
		t.Errorf("text %q by %s, want %q by feed", v.Text, v.Channel, want)
	}
}

// A page that states no date, or no kind, leaves those of the listing standing.
func TestReadTakesWhatTheListingSaid(t *testing.T) {
	address := home + "/presidential-actions/2026/06/regarding-the-supply-of-computing-power/"
	body := page(t, "order.html")
	silent := strings.NewReplacer(`property="article:published_time"`, `property="x"`, `<time datetime=`, `<time x=`,
		"Executive Orders</a>", "</a>", "it is hereby ordered", "the following is so", "This order", "This").Replace(body)
	listed := dealwatch.Item{Source: source, Key: "post-40012", URL: address, Kind: "nomination", PublishedOn: "2026-06-20",
		PublishedAt: time.Date(2026, 6, 20, 12, 0, 0, 0, time.UTC)}
	tests := []struct{ name, body, on, kind string }{
		{"a page that says both", body, "2026-06-22", "executive-order"},
		{"a page that says neither", silent, "2026-06-20", "nomination"},
	}
	for _, tt := range tests {
		v, err := Actions{Client: served(t, map[string]string{address: tt.body})}.Read(t.Context(), listed)
		if err != nil || v.PublishedOn != tt.on || v.PublishedAt.IsZero() || v.Kind != tt.kind {
			t.Errorf("%s: %s of %s (%s), %v; want %s of %s", tt.name, v.Kind, v.PublishedOn, v.PublishedAt, err, tt.kind, tt.on)
		}
		for _, file := range v.Found {
			if file.PublishedOn != tt.on {
				t.Errorf("%s: file %s of %q, want %s", tt.name, file.Key, file.PublishedOn, tt.on)
			}
		}
	}
}

func TestReadRefusesAnotherPost(t *testing.T) {
	address := home + "/presidential-actions/2026/06/data-center-safety-week-2026/"
	src := Actions{Client: served(t, map[string]string{address: page(t, "other-post.html")})}
	_, err := src.Read(t.Context(), dealwatch.Item{Source: source, Key: "post-40007", URL: address})
	if o := dealwatch.OutcomeOf(err); o != dealwatch.Unparsed {
		t.Errorf("outcome = %s (%v), want unparsed: the address now holds post-41999", o, err)
	}
}

func TestResolve(t *testing.T) {
	base := home + "/presidential-actions/page/2/"
	tests := []struct{ name, href, want string }{
		{"a mirror's link", "../../2025/02/a-b/index.html", home + "/presidential-actions/2025/02/a-b/"},
		{"insecure, without www, with a query", "http://whitehouse.gov/remarks/2025/02/a?x=1#y", home + "/remarks/2025/02/a/"},
		{"of 2017", "/the-press-office/2017/09/13/order", home + "/the-press-office/2017/09/13/order"},
		{"a file", "/wp-content/uploads/2026/06/eo-14412.pdf", home + "/wp-content/uploads/2026/06/eo-14412.pdf"},
		{"another site", "https://www.nist.gov/a.pdf", ""},
		{"a site that begins like it", "https://www.whitehouse.gov.example.org/a/", ""},
		{"a script", "javascript:alert(1)", ""},
		{"no address", "http://%zz", ""},
	}
	for _, tt := range tests {
		if got := resolve(base, tt.href); got != tt.want {
			t.Errorf("%s: resolve(%q) = %q, want %q", tt.name, tt.href, got, tt.want)
		}
	}
}

func TestKindOf(t *testing.T) {
	tests := []struct {
		title, text string
		called      []string
		want        string
	}{
		{"Some Order", "", []string{"", "EXECUTIVE ORDER", "Presidential Actions"}, "executive-order"},
		{"Some Order", "", []string{"Presidential Actions", "presidential-actions", "executive-orders"}, "executive-order"},
		{"Nominations", "", []string{"Nominations & Appointments", "Presidential Actions"}, "nomination"},
		{"National Security Presidential Memorandum/NSPM-2", "", []string{"Presidential Memoranda"}, "national-security-memorandum"},
		{"Some Action", "By the authority vested in me", []string{"Presidential Actions"}, "presidential-action"},
		{"Some Action", "January 20, 2025\n\nMEMORANDUM FOR THE SECRETARY OF STATE", []string{"Presidential Actions"}, "presidential-memorandum"},
		{"Some Day, 2025", "BY THE PRESIDENT\n\nA PROCLAMATION\n\nWe", []string{"Presidential Actions"}, "proclamation"},
		{"Some Order", "By the authority vested in me, it is hereby ordered:\n\nThe prior memorandum is revoked.", []string{"Presidential Actions"}, "executive-order"},
		{"Some Order", "I hereby\norder all agencies to act.", []string{"Presidential Actions"}, "executive-order"},
		{"Some Freeze", "I hereby order all agencies to wait.\n\nThis memorandum shall be implemented consistent with law.", []string{"Presidential Actions"}, "presidential-memorandum"},
		{"Keeping X", "SUBJECT: Keeping X\n\nEvery day", []string{"Presidential Actions"}, "presidential-memorandum"},
		{"The Council", "January 20, 2025\n\nNational Security Presidential Memorandum/NSPM-1\n\nSUBJECT: The Council", []string{"Presidential Actions"}, "national-security-memorandum"},
		{"An Emergency", "By the authority vested in me, I hereby proclaim:", []string{"Presidential Actions"}, "proclamation"},
		{"Some Month", "NOW, THEREFORE, I do hereby proclaim this month", []string{"Presidential Actions"}, "proclamation"},
		{"The Cabinet", "To the Senate of the United States, I nominate", []string{"Presidential Actions"}, "nomination"},
		{"Some Notice", "This notice shall be published. The order is continued.", []string{"Presidential Actions"}, "presidential-action"},
		{"Some Order", "I hereby proclaim", []string{"Executive Order", "Presidential Actions"}, "executive-order"},
		{"The First Hours", "He signed an order. I hereby proclaim", []string{"Articles"}, "article"},
		{"Presidential Executive Order on X", "", []string{"Presidential Actions"}, "executive-order"},
		{"Fact Sheet: The Executive Order", "", []string{"Statements and Releases"}, "fact-sheet"},
		{"Memorandum on Talks", "", []string{"Briefings & Statements"}, "briefing-statement"},
		{"A study", "", []string{"research"}, "research"},
		{"A disclosure", "", []string{"Disclosures", "disclosures"}, "article"},
	}
	for _, tt := range tests {
		if got := kindOf(tt.title, tt.text, tt.called...); got != tt.want {
			t.Errorf("kindOf(%q, %q, %q) = %q, want %q", tt.title, tt.text, tt.called, got, tt.want)
		}
	}
}

// FuzzReaders feeds both readers whatever there may be. What they give must be whole.
func FuzzReaders(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*ml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c := dealwatch.Capture{URL: home + "/presidential-actions/2026/06/x/", Status: 200, Body: body}
		if p, err := readListing(c); err == nil {
			for _, it := range p.items {
				whole(t, it)
			}
			if p.next != "" && !strings.HasPrefix(p.next, home+"/") {
				t.Errorf("the next page is %q", p.next)
			}
		}
		if a, err := readArticle(c, dealwatch.Item{}); err == nil {
			whole(t, a.item)
			for _, it := range a.files {
				whole(t, it)
			}
		}
	})
}

func whole(t *testing.T, it dealwatch.Item) {
	t.Helper()
	if it.Key == "" || strings.ContainsAny(it.Key, " \n") || !strings.HasPrefix(it.URL, home+"/") || it.Kind == "" {
		t.Errorf("item %+v", it)
	}
}
