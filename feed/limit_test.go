package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

var hidden = cmpopts.IgnoreUnexported(Entry{})

// plain are n entries, one every step, newest first.
func plain(n int, step time.Duration) []Entry {
	var out []Entry
	for i := range n {
		at := feedtest.Day.Add(-time.Duration(i) * step)
		out = append(out, Entry{ID: fmt.Sprint("tag:x,2026:", i), Title: "t", Link: "https://a.gov/", Published: at, Updated: at, HTML: "<p>x</p>"})
	}
	return out
}

// Rule 2.10.
func TestRecent(t *testing.T) {
	tests := []struct {
		name string
		n    int
		step time.Duration
		want int
	}{
		{"few", 7, time.Hour, 7},
		{"100 although they are old", 300, 24 * time.Hour, 100},
		{"14 days although they are many", 400, time.Hour, 337},
		{"500 although they are young", 2000, time.Minute, 500},
		{"none", 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(Recent(plain(tt.n, tt.step))); got != tt.want {
				t.Errorf("Recent keeps %d of %d, want %d", got, tt.n, tt.want)
			}
		})
	}
}

func TestSizeLimit(t *testing.T) {
	entries := plain(500, time.Minute)
	for i := range entries {
		entries[i].HTML = "<p>" + strings.Repeat("\"&amp;", 500) + "</p>"
	}
	out := render(t, "all", entries)
	var want []string
	for _, f := range Formats {
		body := out[f.Name]
		if len(body) > maxBytes {
			t.Errorf("%s has %d bytes", f.Name, len(body))
		}
		got, err := f.ids(body)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) || len(got) < 50 || got[0] != entries[0].ID {
			t.Errorf("%s holds %d entries from %s on, want the newest ones, as in the other formats", f.Name, len(got), got[0])
		}
	}
}

// Rules 2.5 and 2.7: what comes later changes nothing that was told before.
func TestEntriesNeverChange(t *testing.T) {
	events := story()
	slices.SortFunc(events, func(a, b dealwatch.Event) int { return a.HappenedAt.Compare(b.HappenedAt) })
	told := map[string]Entry{}
	for n := 1; n <= len(events); n++ {
		for _, feed := range feedsOf(events[:n]) {
			for _, e := range feed {
				if strings.Contains(e.ID, "rematch/") {
					continue // grows while the run goes on; its id and date are tested below
				}
				if old, ok := told[e.ID]; ok && n != 2 { // the first two are of one version
					if diff := cmp.Diff(old, e, hidden); diff != "" {
						t.Errorf("entry %s changed after %d events:\n%s", e.ID, n, diff)
					}
				}
				told[e.ID] = e
			}
		}
	}
}

// Rule 2.11.
func TestRematch(t *testing.T) {
	var events []dealwatch.Event
	for n := range 60 {
		ev := feedtest.Event("openai-aws", n)
		ev.HappenedAt = feedtest.Day.Add(time.Duration(n) * time.Minute)
		if n%10 == 0 {
			ev.What = dealwatch.Withdrawn
		}
		events = append(events, ev)
	}
	events = feedtest.Run(events...)
	later := feedtest.Run(feedtest.Event("openai-aws", 100))[0] // of one document
	want := map[string][]string{
		"deal": {"tag:watch.example.org,2026:match/openai-aws/ftc-press/1100", "tag:watch.example.org,2026:rematch/openai-aws/20260302T093000.123456Z"},
		"all":  {"tag:watch.example.org,2026:doc/ftc-press/1100/1/20260306T133000.123456Z", "tag:watch.example.org,2026:doc/rematch/openai-aws/20260302T093000.123456Z"},
	}
	for name, entries := range feedsOf(append(events, later)) {
		var ids []string
		for _, e := range entries {
			ids = append(ids, e.ID)
		}
		if diff := cmp.Diff(want[name], ids); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", name, diff)
		}
		run := entries[1]
		if !strings.Contains(run.Summary, "54 documents now matched, 6 documents no longer matched") {
			t.Errorf("%s: the run says %q", name, run.Summary)
		}
		if got := strings.Count(run.HTML, "<li>"); got != runDocuments || !strings.Contains(run.HTML, "And 35 more documents") {
			t.Errorf("%s: the run names %d documents: %s", name, got, run.HTML)
		}
		if !run.Published.Equal(stamp(events[59].HappenedAt)) || !run.Updated.Equal(stamp(events[59].HappenedAt)) {
			t.Errorf("%s: the run is of %v, updated %v", name, run.Published, run.Updated)
		}
		// A further run within minutes is an entry of its own, once it is over.
		second := feedtest.Run(feedtest.Then(events[1], dealwatch.Changed, "", 1, 1), feedtest.Then(events[2], dealwatch.Changed, "", 1, 2))
		for i := range second {
			second[i].ID, second[i].ToldAt = int64(200+i), time.Time{}
		}
		if diff := cmp.Diff(entries, feedsOf(slices.Concat(events, second, []dealwatch.Event{later}))[name], hidden); diff != "" {
			t.Errorf("%s: a run that is going on shows (-want +got):\n%s", name, diff)
		}
		for i := range second {
			second[i].ToldAt = feedtest.Day.Add(3 * time.Hour)
		}
		grown := feedsOf(slices.Concat(events, second, []dealwatch.Event{later}))[name]
		if diff := cmp.Diff([]Entry{entries[0], entries[1]}, []Entry{grown[0], grown[2]}, hidden); diff != "" || len(grown) != 3 {
			t.Errorf("%s: a second run changes the first (-want +got):\n%s", name, diff)
		}
	}
}

// A feed is made from the newest part of all events: what it holds must not depend on
// where that part begins.
func TestSettled(t *testing.T) {
	var events []dealwatch.Event
	for n := range 200 {
		ev := feedtest.Event(feedtest.Deals[n%2].ID, n)
		ev.Flag.DocumentID = fmt.Sprint("ftc-press/", n/4) // four events a version, at one time
		ev.HappenedAt = feedtest.Day.Add(time.Duration(n/4) * 20 * time.Minute)
		if n/20%3 == 1 {
			ev.Cause, ev.Run = dealwatch.Rematch, feedtest.Day.Add(time.Duration(n/20)*100*time.Minute)
			ev.Summary = "rematch/" + ev.Flag.DealID + "/" + compact(ev.Run)
		}
		events = append(events, ev)
	}
	slices.Reverse(events) // newest first, as a store gives them
	whole := map[string]Entry{}
	for _, e := range site.DocumentEntries(events) {
		whole[e.ID] = e
	}
	for n := 1; n < len(events); n++ {
		got := site.DocumentEntries(Settled(events[:n]))
		for _, e := range got {
			if diff := cmp.Diff(whole[e.ID], e, hidden); diff != "" {
				t.Fatalf("entry %s of the newest %d events differs:\n%s", e.ID, n, diff)
			}
		}
		if n > 100 && len(got) < 5 {
			t.Errorf("the newest %d events give %d entries", n, len(got))
		}
	}
}

// Section 3: what each format must have.
func TestRequiredElements(t *testing.T) {
	entries := site.DealEntries([]dealwatch.Event{feedtest.Event("openai-aws", 1)})
	out := render(t, "deal", entries)
	paths := map[string][]string{
		"atom": {"feed>id", "feed>title", "feed>updated", "feed>author>name", "feed>generator", "feed>entry>id", "feed>entry>title",
			"feed>entry>published", "feed>entry>updated", "feed>entry>summary", "feed>entry>content"},
		"rss": {"rss>channel>title", "rss>channel>description", "rss>channel>language", "rss>channel>lastBuildDate", "rss>channel>ttl", "rss>channel>generator",
			"rss>channel>item>title", "rss>channel>item>guid", "rss>channel>item>pubDate", "rss>channel>item>creator",
			"rss>channel>item>source", "rss>channel>item>description", "rss>channel>item>encoded"},
	}
	for format, paths := range paths {
		for _, p := range paths {
			if got := xmlText(t, out[format], p); len(got) != 1 || got[0] == "" {
				t.Errorf("%s has %q for %s, want one text", format, got, p)
			}
		}
		if got := len(xmlText(t, out[format], map[string]string{"atom": "feed>entry>category", "rss": "rss>channel>item>category"}[format])); got != 4 {
			t.Errorf("%s has %d categories, want deal, agency, kind and closeness", format, got)
		}
	}
	for format, want := range map[string][]string{
		"atom": {`xml:lang="en"`, `rel="self" type="application/atom+xml"`, `<link href="https://watch.example.org/deals/openai-aws" rel="alternate" type="text/html">`,
			`term="FTC" scheme="tag:watch.example.org,2026:agency"`, `<summary type="html">`, `<content type="html">`},
		"rss": {`<guid isPermaLink="false">`, `<atom:link href="https://watch.example.org/feeds/deals/openai-aws.rss" rel="self" type="application/rss+xml">`,
			`<source url="https://www.ftc.gov/news-events/news/press-releases">FTC press releases</source>`, `<dc:creator>FTC</dc:creator>`},
	} {
		for _, w := range want {
			if !bytes.Contains(out[format], []byte(w)) {
				t.Errorf("%s lacks %s", format, w)
			}
		}
	}
	if bytes.Contains(out["rss"], []byte("<author>")) {
		t.Error("RSS has an author, which would have to be an e-mail address")
	}
	checkJSON(t, out["json"])
}

// checkJSON holds a feed against what JSON Feed 1.1 demands.
func checkJSON(t *testing.T, body []byte) {
	t.Helper()
	var f map[string]any
	if err := json.Unmarshal(body, &f); err != nil {
		t.Fatal(err)
	}
	text := func(m map[string]any, names ...string) {
		for _, n := range names {
			if s, ok := m[n].(string); !ok || s == "" {
				t.Errorf("JSON has %v for %s, want a text", m[n], n)
			}
		}
	}
	only := func(m map[string]any, names ...string) {
		for n := range m {
			if !slices.Contains(names, n) {
				t.Errorf("JSON has a key %s that the format does not know", n)
			}
		}
	}
	text(f, "version", "title", "feed_url", "home_page_url", "language", "description")
	only(f, "version", "title", "feed_url", "home_page_url", "language", "description", "authors", "items")
	if f["version"] != "https://jsonfeed.org/version/1.1" {
		t.Errorf("version = %v", f["version"])
	}
	items, ok := f["items"].([]any)
	if !ok {
		t.Fatalf("items = %v", f["items"])
	}
	for _, it := range items {
		m := it.(map[string]any)
		text(m, "id", "url", "title", "content_html", "summary", "date_published", "date_modified")
		only(m, "id", "url", "title", "content_html", "summary", "date_published", "date_modified", "authors", "tags")
		for _, n := range []string{"date_published", "date_modified"} {
			if _, err := time.Parse("2006-01-02T15:04:05Z", m[n].(string)); err != nil {
				t.Errorf("%s: %v", n, err)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	out := render(t, "deal", feedsOf(story())["deal"])
	for _, f := range Formats {
		body := out[f.Name]
		n := len(feedsOf(story())["deal"])
		if err := f.Check(body, n); err != nil {
			t.Errorf("Check(%s) = %v for a good feed", f.Name, err)
		}
		for name, bad := range map[string][]byte{
			"cut off":    body[:len(body)/2],
			"empty":      nil,
			"repeated":   append(slices.Clone(body), body...),
			"doubled id": bytes.ReplaceAll(body, []byte("/1000/5"), []byte("/1000/4")),
			"no id":      bytes.ReplaceAll(body, []byte("tag:watch.example.org,2026:match/openai-aws/ftc-press/1006"), nil),
		} {
			if err := f.Check(bad, n); err == nil {
				t.Errorf("Check(%s) finds nothing wrong with a feed that is %s", f.Name, name)
			}
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWriteFails(t *testing.T) {
	for _, f := range Formats {
		if err := f.Write(brokenPipe{}, channel("all"), feedsOf(story())["all"]); err == nil {
			t.Errorf("%s: no error where nothing can be written", f.Name)
		}
	}
	if err := site.WriteOPML(brokenPipe{}); err == nil {
		t.Error("OPML: no error where nothing can be written")
	}
}

func BenchmarkRebuild(b *testing.B) {
	events := feedtest.Events(500)
	for i := range events {
		events[i].HappenedAt = feedtest.Day.Add(time.Duration(i) * time.Minute)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render(site.All(dealwatch.Filter{}), site.DocumentEntries(events)); err != nil {
			b.Fatal(err)
		}
	}
}
