package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// nodes gives the elements of a page, in order.
func nodes(t *testing.T, page string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func inner(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// hostileWorld holds the hostile corpus, and a health that is as bad.
func hostileWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, feedtest.HostileEvents()...)
	var health []dealwatch.Health
	var gaps []dealwatch.Gap
	for _, text := range feedtest.Hostile {
		health = append(health, dealwatch.Health{Source: text, State: text, Incident: text})
		gaps = append(gaps, dealwatch.Gap{Source: "edgar", Stream: text, From: text, To: text, Reason: text, Command: text})
	}
	health = append(health, dealwatch.Health{Source: "edgar", State: "<b>", Incident: "<script>alert(1)</script>"})
	w.reader.SetHealth(health, gaps)
	return w
}

// No script, no style, no handler, no address that is not the web's: on any page,
// whatever the documents hold.
func TestHostilePages(t *testing.T) {
	w := hostileWorld(t)
	paths := slices.Clone(pagePaths[:len(pagePaths)-1])
	for _, ev := range feedtest.HostileEvents() {
		if id := ev.Flag.DocumentID; len(id) < 500 {
			paths = append(paths, strings.TrimPrefix(w.site.DocumentURL(id), feedtest.Base))
		}
	}
	found := 0
	for _, path := range paths {
		got := w.get(path)
		if got.Code == 404 {
			continue // an id that no store would keep, such as one with a broken byte
		}
		found++
		page := got.Body.String()
		if got.Code != 200 {
			t.Errorf("%.80s: %d", path, got.Code)
		}
		for _, n := range nodes(t, page) {
			if slices.Contains([]string{"script", "style", "iframe", "object", "embed", "base", "use", "foreignObject", "img", "video"}, n.Data) {
				t.Errorf("%.80s: an element %s", path, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" {
					t.Errorf("%.80s: an attribute %s", path, a.Key)
				}
				if a.Key == "href" || a.Key == "action" {
					u, err := url.Parse(a.Val)
					if err != nil || !slices.Contains([]string{"", "http", "https"}, u.Scheme) && a.Val != "data:," {
						t.Errorf("%.80s: leads to %.80q", path, a.Val)
					}
				}
				if feed.Clean(a.Val) != a.Val {
					t.Errorf("%.80s: illegal characters in %s=%.80q", path, a.Key, a.Val)
				}
			}
		}
		if len(page) > 100<<10 {
			t.Errorf("%.80s has %d bytes", path, len(page))
		}
		if feed.Clean(page) != page {
			t.Errorf("%.80s: illegal characters", path)
		}
	}
	if found < 30 {
		t.Errorf("only %d pages were looked at", found)
	}
}

// Rule 6.10, and what a screen reader needs.
func TestPageShape(t *testing.T) {
	w := newWorld(t, feedtest.Events(5)...)
	w.reader.SetHealth([]dealwatch.Health{{Source: "edgar", State: "blocked", Incident: "refused"}}, []dealwatch.Gap{{Source: "edgar", Stream: "8-K", From: "2026-01-01"}})
	w.cfg.Coverage = coverage
	want := map[string]string{
		"/": "/feeds/all.atom", "/?deal=openai-aws": "/feeds/all.atom?deal=openai-aws", "/deals/openai-aws": "/feeds/deals/openai-aws.atom",
		"/documents/ftc-press/1001": "/feeds/all.atom", "/sources": "/feeds/health.atom", "/feeds": "/feeds/all.atom", "/nope": "/feeds/all.atom",
	}
	for path, feedPath := range want {
		page := w.get(path).Body.String()
		if len(page) > 100<<10 {
			t.Errorf("%s has %d bytes", path, len(page))
		}
		var feeds, heads []string
		level, labels := 0, 0
		for _, n := range nodes(t, page) {
			switch n.Data {
			case "html":
				if attr(n, "lang") != "en" {
					t.Errorf("%s: no language", path)
				}
			case "title":
				if n.Parent.Data != "head" {
					continue // of a part of a picture
				}
				heads = append(heads, inner(n))
			case "link":
				if attr(n, "rel") == "alternate" {
					feeds = append(feeds, attr(n, "type")+" "+attr(n, "href"))
					if attr(n, "title") == "" {
						t.Errorf("%s: a feed without a title", path)
					}
				}
			case "h1", "h2", "h3":
				now := int(n.Data[1] - '0')
				if now > level+1 || now == 1 && level > 0 {
					t.Errorf("%s: %s %q after level %d", path, n.Data, inner(n), level)
				}
				level = now
			case "label":
				labels++
			case "select", "input":
				if n.Parent.Data != "label" {
					t.Errorf("%s: %s %s has no label", path, n.Data, attr(n, "name"))
				}
			case "a":
				if strings.TrimSpace(inner(n)) == "" {
					t.Errorf("%s: a link without a text to %s", path, attr(n, "href"))
				}
			}
		}
		if level == 0 || len(heads) != 1 || heads[0] == "" {
			t.Errorf("%s: no heading, or titles %q", path, heads)
		}
		rest := strings.SplitN(feedPath, ".atom", 2)
		for i, format := range []string{"application/atom+xml .atom", "application/rss+xml .rss", "application/feed+json .json"} {
			mediaType, ext, _ := strings.Cut(format, " ")
			if line := mediaType + " " + feedtest.Base + rest[0] + ext + rest[1]; i >= len(feeds) || feeds[i] != line {
				t.Errorf("%s: feeds %q, want %s", path, feeds, line)
			}
		}
		if !strings.Contains(page, `type="application/atom+xml"`) {
			t.Errorf("%s: a plus is escaped, which simple readers do not undo", path)
		}
	}
}

// versions gives one document two versions and attachments.
func versions(r *feedtest.Reader) {
	one := dealwatch.Document{ID: "ftc-press/1001", Number: 1, Version: dealwatch.Version{ReadAt: feedtest.Day, SHA256: "00aa",
		Text: "Opening words.\n\nThe agency said that OpenAI and Amazon Web Services had signed an agreement. It takes effect in May."}}
	two := one
	two.Number, two.ReadAt, two.SHA256 = 2, feedtest.Day.Add(48*time.Hour), "00ff"
	two.Text = strings.Replace(one.Text, "in May", "in June <soon>", 1)
	r.SetVersions("ftc-press/1001", two, one)
	r.SetAttachments(
		dealwatch.Listed{Item: dealwatch.Item{Source: "ftc-press", Key: "https://www.ftc.gov/a.pdf", URL: "https://www.ftc.gov/a.pdf", Title: "Complaint", Kind: "complaint"}, State: "read"},
		dealwatch.Listed{Item: dealwatch.Item{Source: "ftc-press", Key: "b", URL: "javascript:alert(1)"}, State: "pending"})
}

func TestGoldenPages(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	w.reader.SetHealth([]dealwatch.Health{
		{Source: "edgar", Agency: "SEC", State: "blocked", Incident: "8-K: blocked", LastOKAt: feedtest.Day, NextPollAt: feedtest.Day.Add(60e9), Pending: 4, OpenGaps: 1,
			Streams: []dealwatch.StreamRead{{Name: "10-Q", Outcome: dealwatch.OK, EndedAt: feedtest.Day, LastOKAt: feedtest.Day, CompleteAt: feedtest.Day},
				{Name: "8-K", Outcome: dealwatch.Blocked, EndedAt: feedtest.Day.Add(time.Hour), LastOKAt: feedtest.Day}}},
		{Source: "ftc-press", Agency: "FTC", State: "ok", LastOKAt: feedtest.Day, LastNewAt: feedtest.Day},
	}, []dealwatch.Gap{{Source: "edgar", Stream: "8-K", From: "2026-02-27", To: "2026-03-01", Reason: "the listing ended before known ground", Command: "dealwatch scrape edgar --since 2026-02-27"}})
	versions(w.reader)
	w.cfg.Coverage = coverage
	for name, path := range map[string]string{
		"search": "/?q=agreement+%22in+June%22", "index": "/", "filtered": "/?closeness=sentence&deal=openai-aws&since=2026-03-02", "deal": "/deals/openai-aws",
		"document": "/documents/ftc-press/1001", "sources": "/sources", "feeds": "/feeds", "missing": "/nope",
	} {
		feedtest.Golden(t, name+".html", w.get(path).Body.Bytes())
	}
}

// Whatever a page or a feed's entry leads to within the site is there.
func TestLinksResolve(t *testing.T) {
	w := newWorld(t, feedtest.Events(5)...)
	odd := feedtest.Event("openai-aws", 7)
	odd.Flag.DocumentID = "ftc-cases/https://www.ftc.gov/system/files/a b?c=d&e#f.pdf"
	edgar := feedtest.Event("google-wiz", 8)
	edgar.Flag.DocumentID, edgar.Flag.Source = "edgar/0001018724-26-000001/ex 99.1%.htm", "edgar"
	w.reader.Add(odd, edgar)
	w.cfg.Coverage = coverage
	seen := map[string]bool{"/": true}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		got := w.get(path)
		if got.Code != 200 {
			t.Errorf("%s: %d", path, got.Code)
		}
		if !strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, n := range nodes(t, got.Body.String()) {
			href := strings.TrimPrefix(attr(n, "href"), feedtest.Base)
			href, _, _ = strings.Cut(href, "#")
			if strings.HasPrefix(href, "/") && !seen[href] {
				seen[href] = true
				queue = append(queue, href)
			}
		}
	}
	for _, want := range []string{"/feeds.opml", "/feeds/all.atom", "/feeds/sources/edgar.json", "/deals/google-wiz", "/style.css",
		"/documents/ftc-press/1003", "/documents/edgar/0001018724-26-000001/ex%2099.1%25.htm",
		"/documents/ftc-cases/https:%2F%2Fwww.ftc.gov%2Fsystem%2Ffiles%2Fa%20b%3Fc=d&e%23f.pdf"} {
		if !seen[want] {
			t.Errorf("nothing leads to %s; seen are %v", want, sortedKeys(seen))
		}
	}
}

func TestPagesTellTheMatch(t *testing.T) {
	first := feedtest.Event("openai-aws", 1)
	gone := feedtest.Then(first, dealwatch.Withdrawn, dealwatch.Revised, 2, 5)
	gone.Flag.State = "withdrawn"
	first.Flag.State = "withdrawn"
	w := newWorld(t, first, gone)
	for path, want := range map[string][]string{
		"/":                         {"<mark>OpenAI</mark>", "; since withdrawn", `<a href="/documents/ftc-press/1001">Release 1</a>`, "in one sentence", "flagged 2 March 2026, 10:30 UTC"},
		"/deals/openai-aws":         {"<code>@openai /p @aws</code>", "WHERE deal_id = &#39;openai-aws&#39;", "<mark>Amazon Web Services</mark>"},
		"/documents/ftc-press/1001": {"No longer matches since version 2. The version before said:", "Matches in one sentence.", "00ff", "dealwatch-000001.warc.gz, byte 512"},
		"/?deal=google-wiz":         {"Nothing is flagged that fits this choice", `<option value="google-wiz" selected>`},
		"/sources":                  {"Not yet seen live: 425.", "not read yet"},
		"/feeds":                    {"import all of them at once", "deal=openai-aws", "share their entries with one another"},
	} {
		page := w.get(path).Body.String()
		for _, text := range want {
			if !strings.Contains(page, text) {
				t.Errorf("%s lacks %q:\n%s", path, text, page)
			}
		}
	}
}

// Older and newer pages of the list lead to one another and lose no flag.
func TestPaging(t *testing.T) {
	w := newWorld(t, feedtest.Events(2*indexFlags+5)...)
	titles := func(page string) (out []string, older, newer string) {
		for _, n := range nodes(t, page) {
			switch {
			case n.Data == "h2":
				out = append(out, inner(n))
			case n.Data == "a" && attr(n, "rel") == "next":
				older = attr(n, "href")
			case n.Data == "a" && attr(n, "rel") == "prev":
				newer = attr(n, "href")
			}
		}
		return out, older, newer
	}
	var all, back []string
	last := ""
	for path := "/"; path != ""; {
		last = path
		got, older, _ := titles(w.get(path).Body.String())
		all = append(all, got...)
		path = older
	}
	if len(all) != 2*indexFlags+5 || all[0] != "Release 84" || all[len(all)-1] != "Release 0" {
		t.Errorf("the pages have %d flags from %q, want all %d", len(all), all[0], 2*indexFlags+5)
	}
	for path := last; path != ""; {
		got, _, newer := titles(w.get(path).Body.String())
		back = append(got, back...)
		path = newer
	}
	if !slices.Equal(all, back) {
		t.Errorf("the way back has %d flags, want the same %d", len(back), len(all))
	}
	for path, want := range map[string]string{
		"/?before=x": "no page that begins at", "/?before=0": "no page that begins at", "/?before=1&after=1": "not both",
		"/?q=a&after=1":                   "not after one",
		"/?q=" + strings.Repeat("x", 301): "too long", "/?q=a&q=b": "is given 2 times", "/feeds/all.atom?q=a": "There is no filter",
	} {
		if got := w.get(path); got.Code != 400 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%.40s: %d, want 400 with %q", path, got.Code, want)
		}
	}
}

func TestSearchPage(t *testing.T) {
	w := newWorld(t, feedtest.Events(2)...)
	for i := range searchHits + 3 {
		id := fmt.Sprintf("edgar/%02d", i)
		w.reader.SetVersions(id, dealwatch.Document{ID: id, Number: 1, Version: dealwatch.Version{
			Item: dealwatch.Item{Source: "edgar", Key: id[6:], Title: "Filing " + id, Kind: "8-K"}, Text: "It had a <second>\nrequest."}})
	}
	first := w.get(`/?q=%22second+request%22+filing`).Body.String()
	for _, want := range []string{"It had a &lt;<mark>second&gt; request</mark>.", "Filing edgar/22", `value="&#34;second request&#34; filing"`, "Older →"} {
		if !strings.Contains(first, want) {
			t.Errorf("the search lacks %q:\n%s", want, first)
		}
	}
	if strings.Contains(first, "Filing edgar/02") {
		t.Error("the first page has more than its share")
	}
	for path, want := range map[string]string{
		"/?q=nowhere":                  "No document on record holds all",
		"/?q=%2B-%22":                  "There is no word to search for",
		"/?q=second&before=4":          "Filing edgar/02",
		"/?q=%22sec*+req*%22":          "<mark>second&gt; request</mark>",
		"/?q=second&source=ftc-press":  "No document on record",
		"/?q=%3Cscript%3Ealert%281%29": "Documents with &lt;script&gt;alert(1)",
	} {
		if page := w.get(path).Body.String(); !strings.Contains(page, want) || strings.Contains(page, "<script") {
			t.Errorf("%s lacks %q:\n%s", path, want, page)
		}
	}
}

func TestChanges(t *testing.T) {
	for _, tt := range []struct{ name, old, now, want string }{
		{"equal", "a b c", "a b c", ""},
		{"a word", "one two three\nsame", "one 2 three\nsame", "one -two-+2+ three"},
		{"a line more", "one\n", "one\ntwo\n", "--+two+"},
		{"white space", "one\n\ntwo", "one\n\n\ntwo", ""},
		{"a part of a word", "agreement now", "agreements now", "-agreement-+agreements+ now"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			cs, _ := changes(tt.old, tt.now)
			for _, c := range cs {
				got += c.Before + "-" + c.Gone + "-+" + c.Come + "+" + c.After
			}
			if got = strings.TrimSpace(got); got != tt.want {
				t.Errorf("changes = %q, want %q", got, tt.want)
			}
		})
	}
}

// Each version says what became of the match, in sentences that end.
func TestVersionsTellOfTheMatch(t *testing.T) {
	first := feedtest.Event("openai-aws", 1)
	gone := feedtest.Then(first, dealwatch.Withdrawn, dealwatch.Revised, 3, 3)
	w := newWorld(t, first, gone)
	var versions []dealwatch.Document
	for n := 4; n > 0; n-- {
		d := dealwatch.Document{ID: first.Flag.DocumentID, Number: n}
		d.Text = strings.Repeat("a ", n)
		versions = append(versions, d)
	}
	w.reader.SetVersions(first.Flag.DocumentID, versions...)
	page := w.get("/documents/" + first.Flag.DocumentID).Body.String()
	deal := "OpenAI–AWS compute agreement: "
	for text, want := range map[string]int{
		"<li>" + deal + "matches in one sentence.</li>":           1,
		"<li>" + deal + "still matches, on the same words.</li>":  1,
		"<li>" + deal + "no longer matches since version 3.</li>": 1,
	} {
		if got := strings.Count(page, text); got != want {
			t.Errorf("the page says %q %d times, want %d", text, got, want)
		}
	}
}
