package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

var hostileOnce map[string]map[string][]byte

// hostileFeeds are the feeds of the hostile corpus, in all formats.
func hostileFeeds(t *testing.T) map[string]map[string][]byte {
	t.Helper()
	if hostileOnce != nil {
		return hostileOnce
	}
	out := map[string]map[string][]byte{}
	hostileOnce = out
	for name, entries := range feedsOf(feedtest.HostileEvents()) {
		out[name] = render(t, name, entries)
	}
	health, gaps := incidents()
	for _, text := range feedtest.Hostile {
		i := &health[0].Incidents[0]
		i.What, i.Opening, i.Command, i.Evidence.URL, i.Evidence.Capture.File = text, text, text, text, text
		health[2].Incident, gaps[0].Reason, gaps[0].Command, gaps[0].Stream = text, text, text, text
		out["health of "+text[:min(len(text), 10)]] = render(t, "health", site.HealthEntries(health, gaps))
	}
	return out
}

// Rule 5.1: no byte of the hostile corpus makes a feed unreadable, or stands in it
// where it should not.
func TestHostileTextIsClean(t *testing.T) {
	for name, formats := range hostileFeeds(t) {
		for format, body := range formats {
			if !utf8.Valid(body) {
				t.Errorf("%s.%s is not UTF-8", name, format)
			}
			for _, text := range texts(t, format, body) {
				if i := strings.IndexFunc(text, illegal); i >= 0 {
					t.Errorf("%s.%s holds an illegal character in %.60q", name, format, text[i:])
				}
			}
			f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
			if err != nil {
				t.Errorf("%s.%s: %v", name, format, err)
				continue
			}
			for _, it := range f.Items {
				if it.Title != strings.Join(strings.Fields(it.Title), " ") {
					t.Errorf("%s.%s: title %.60q has white space to fold", name, format, it.Title)
				}
			}
		}
	}
}

// texts are all strings of a feed, as a reader gets them.
func texts(t *testing.T, format string, body []byte) []string {
	t.Helper()
	var out []string
	if format == "json" {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatal(err)
		}
		var walk func(any)
		walk = func(v any) {
			switch v := v.(type) {
			case string:
				out = append(out, v)
			case []any:
				for _, v := range v {
					walk(v)
				}
			case map[string]any:
				for _, v := range v {
					walk(v)
				}
			}
		}
		walk(v)
		return out
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			out = append(out, string(tok))
		case xml.StartElement:
			for _, a := range tok.Attr {
				out = append(out, a.Value)
			}
		case xml.Directive:
			t.Errorf("the feed has a directive: %.60s", tok) // rule 5.6
		}
	}
}

// Rule 5.2: a title is plain text that is escaped once.
func TestTitlesAreEscapedOnce(t *testing.T) {
	ev := feedtest.Event("openai-aws", 1)
	ev.Title = `AT&T <b>"sues"</b> &amp; wins`
	want := `OpenAI–AWS compute agreement: AT&T <b>"sues"</b> &amp; wins`
	for format, body := range render(t, "deal", feedsOf(append(feedtest.Events(0), ev))["deal"]) {
		var got string
		switch format {
		case "atom":
			got = xmlText(t, body, "feed>entry>title")[0]
		case "rss":
			got = xmlText(t, body, "rss>channel>item>title")[0]
		case "json":
			f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			got = f.Items[0].Title
		}
		if got != want {
			t.Errorf("%s title = %q, want %q", format, got, want)
		}
	}
}

var allowed = map[string]bool{
	"p": true, "br": true, "ul": true, "ol": true, "li": true, "strong": true, "em": true, "blockquote": true,
	"pre": true, "code": true, "a": true, "table": true, "tr": true, "th": true, "td": true,
}

// Rules 5.3, 5.5 and 5.8: entry HTML is our own, its links lead to the web, and it is
// never long.
func TestHostileHTML(t *testing.T) {
	for name, entries := range feedsOf(append(feedtest.HostileEvents(), story()...)) {
		for _, e := range entries {
			if len(e.HTML) > entryBytes {
				t.Errorf("%s: entry %s has %d bytes", name, e.ID, len(e.HTML))
			}
			checkHTML(t, e.HTML)
			for _, link := range []string{e.Link, e.Page} {
				checkLink(t, link)
			}
		}
	}
}

func checkHTML(t *testing.T, fragment string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(fragment))
	var open []string
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("open at the end of an entry: %v", open)
			}
			return
		case html.StartTagToken:
			tok := z.Token()
			open = append(open, tok.Data)
			if !allowed[tok.Data] {
				t.Errorf("element %s is not allowed", tok.Data)
			}
			for _, a := range tok.Attr {
				if tok.Data != "a" || a.Key != "href" {
					t.Errorf("attribute %s of %s is not allowed", a.Key, tok.Data)
				}
				checkLink(t, a.Val)
			}
		case html.EndTagToken:
			tok := z.Token()
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				t.Errorf("%s closed out of turn, open are %v", tok.Data, open)
				return
			}
			open = open[:len(open)-1]
		case html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken:
			t.Errorf("token %q is not allowed", z.Raw())
		}
	}
}

func checkLink(t *testing.T, link string) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		t.Errorf("link %.80q leads where it must not (%v)", link, err)
	}
}

// Rule 5.4 and 5.6.
func TestMarkup(t *testing.T) {
	for name, formats := range hostileFeeds(t) {
		for format, body := range formats {
			for _, bad := range []string{"<!DOCTYPE", "<!ENTITY", `type="xhtml"`, "<![CDATA[", "<mark", "<script"} {
				if format != "json" && bytes.Contains(body, []byte(bad)) {
					t.Errorf("%s.%s holds %s", name, format, bad)
				}
			}
		}
	}
}

// Rule 2.9 over far years: every date is one that readers can read.
func TestDates(t *testing.T) {
	for name, formats := range hostileFeeds(t) {
		check := func(layout string, texts []string) {
			for _, s := range texts {
				if got, err := time.Parse(layout, s); err != nil || got.Format(layout) != s || got.Year() > 9999 {
					t.Errorf("%s has the date %q (%v)", name, s, err)
				}
			}
		}
		for _, path := range []string{"feed>updated", "feed>entry>published", "feed>entry>updated"} {
			check("2006-01-02T15:04:05Z", xmlText(t, formats["atom"], path))
		}
		for _, path := range []string{"rss>channel>lastBuildDate", "rss>channel>item>pubDate"} {
			check("Mon, 02 Jan 2006 15:04:05 +0000", xmlText(t, formats["rss"], path))
		}
		var f struct {
			Items []struct{ Published, Modified string } `json:"items"`
		}
		s := strings.NewReplacer("date_published", "Published", "date_modified", "Modified").Replace(string(formats["json"]))
		if err := json.Unmarshal([]byte(s), &f); err != nil {
			t.Fatal(err)
		}
		for _, it := range f.Items {
			check("2006-01-02T15:04:05Z", []string{it.Published, it.Modified})
		}
	}
}

// Rule 2.4: a reader drops the second of two entries of one id.
func TestDuplicates(t *testing.T) {
	events := feedtest.Events(5)
	events = append(events, events...)
	again := feedtest.Event("openai-aws", 0) // another event under an id that was given away
	again.ID, again.HappenedAt = 99, again.HappenedAt.Add(time.Hour)
	for name, entries := range feedsOf(append(events, again)) {
		var ids []string
		for _, e := range entries {
			ids = append(ids, e.ID)
		}
		slices.Sort(ids)
		if got := len(slices.Compact(ids)); got != len(entries) {
			t.Errorf("%s has %d entries under %d ids", name, len(entries), got)
		}
	}
	entries := site.DealEntries([]dealwatch.Event{again, feedtest.Event("openai-aws", 0)})
	if want := stamp(feedtest.Day); len(entries) != 1 || !entries[0].Published.Equal(want) {
		t.Errorf("%d entries, published %v; want the first one, of %v", len(entries), entries[0].Published, want)
	}
}
