package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

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
			if slices.Contains([]string{"script", "style", "iframe", "object", "embed", "base", "svg", "img", "video"}, n.Data) {
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

func TestGoldenPages(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	w.reader.SetHealth([]dealwatch.Health{
		{Source: "edgar", Agency: "SEC", State: "blocked", Incident: "8-K: blocked", LastOKAt: feedtest.Day, NextPollAt: feedtest.Day.Add(60e9), Pending: 4, OpenGaps: 1},
		{Source: "ftc-press", Agency: "FTC", State: "ok", LastOKAt: feedtest.Day, LastNewAt: feedtest.Day},
	}, []dealwatch.Gap{{Source: "edgar", Stream: "8-K", From: "2026-02-27", To: "2026-03-01", Reason: "the listing ended before known ground", Command: "dealwatch scrape edgar --since 2026-02-27"}})
	for name, path := range map[string]string{
		"index": "/", "filtered": "/?closeness=sentence&deal=openai-aws&since=2026-03-02", "deal": "/deals/openai-aws",
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
		"/":                         {"<mark>OpenAI</mark>", "withdrawn since", `<a href="/documents/ftc-press/1001">Release 1</a>`, "in one sentence", "flagged 2 March 2026, 10:30 UTC"},
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
