package web

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
	"github.com/dealwatch/dealwatch/feed/web/webtest"
)

// richEvents are those of a site on which every part of every page is there.
func richEvents() []dealwatch.Event {
	events := feedtest.Events(2*indexFlags + 5)
	first := events[1]
	for i, what := range []dealwatch.What{dealwatch.Closer, dealwatch.Withdrawn, dealwatch.Returned, dealwatch.Withdrawn} {
		ev := feedtest.Then(first, what, dealwatch.Revised, i+2, 200+i)
		ev.Flag.State = "withdrawn"
		if what == dealwatch.Closer {
			ev = feedtest.Say(ev, "The agency said that OpenAI and Amazon Web Services had ended an agreement.")
		}
		events = append(events, ev)
	}
	return events
}

var richPages = []string{"/", "/?deal=google-wiz&closeness=sentence", "/?before=40", "/?q=agreement", "/?q=nowhere", "/?q=%21",
	"/deals/openai-aws", "/documents/ftc-press/1001", "/documents/ftc-press/1002", "/sources", "/feeds", "/nope", "/?deal=nope"}

// axe-core finds nothing wrong with any page, light or dark, narrow or wide, and nothing
// is wider than the page.
func TestAccessible(t *testing.T) {
	s := serve(t, richEvents())
	b := webtest.Open(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{360, 1100} {
			b.Look(scheme, "screen", width)
			for i, path := range richPages {
				b.Go(s.base + path)
				for _, problem := range b.Axe() {
					t.Errorf("%s, %s, %d wide: %s", path, scheme, width, problem)
				}
				if got := b.Text(`String(document.documentElement.scrollWidth)`); got != fmt.Sprint(width) {
					t.Errorf("%s, %d wide: what it shows is %s wide", path, width, got)
				}
				b.Shot(fmt.Sprintf("%02d-%s-%d.png", i, scheme, width))
			}
		}
	}
}

// Where there are thousands of deals, one is chosen by typing, without a script.
func TestChooseOfManyDeals(t *testing.T) {
	w, _ := heavyWorld(t, 3000)
	srv := httptest.NewServer(w.Handler)
	defer srv.Close()
	b := webtest.Open(t)
	for i, scheme := range []string{"light", "dark"} {
		b.Look(scheme, "screen", []int{1100, 360}[i])
		b.Go(srv.URL + "/")
		for _, problem := range b.Axe() {
			t.Errorf("%s: %s", scheme, problem)
		}
		b.Shot(fmt.Sprintf("many-%s.png", scheme))
	}
	b.Set(`input[name=deal]`, "COMPANY 2718 ")
	b.Click(`form button`)
	if got := b.Text(`document.querySelector("h1").textContent`); got != "First company 2718 – second company 2718 merger" {
		t.Errorf("the choice is titled %q", got)
	}
	if got := b.Text(`document.querySelector("input[name=deal]").value`); got != "deal-2718-of-two-companies" {
		t.Errorf("the choice is %q", got)
	}
}

// One answer and the style sheet make a page, none is large, and none asks anybody else.
func TestPageBudget(t *testing.T) {
	s := serve(t, richEvents())
	b := webtest.Open(t)
	for _, path := range richPages {
		b.Go(s.base + path)
		got := b.Text(`JSON.stringify(performance.getEntriesByType("resource").map(r => r.name))`)
		if want := fmt.Sprintf("[%q]", s.base+"/style.css"); got != want {
			t.Errorf("%s asks for %s, want %s", path, got, want)
		}
		if body, err := fetchAny(t, s.base+path); err != nil || len(body) > 100<<10 {
			t.Errorf("%s has %d bytes (%v)", path, len(body), err)
		}
	}
	b.Look("light", "print", 800)
	b.Go(s.base + "/documents/ftc-press/1001")
	b.Shot("print.png")
	if got := b.Text(`getComputedStyle(document.querySelector("header nav")).display`); got != "none" {
		t.Errorf("the menu is printed: %s", got)
	}
}

// Find a flag by filter and by search, open it, see the passage, go on to the source and
// the evidence, and subscribe to just this.
func TestBrowse(t *testing.T) {
	s := serve(t, richEvents())
	b := webtest.Open(t)
	b.Go(s.base + "/")
	b.Set(`select[name=deal]`, "google-wiz")
	b.Set(`select[name=closeness]`, "sentence")
	b.Click(`form button`)
	if got := b.Text(`document.querySelector("h1").textContent`); got != "Google–Wiz, in one sentence" {
		t.Errorf("the choice is titled %q", got)
	}
	feedURL := b.Text(`document.querySelector("p.subscribe a").href`)
	if body := s.fetch(t, strings.TrimPrefix(feedURL, s.base)); !strings.Contains(string(body), "ftc-press/1083/1") || strings.Contains(string(body), "ftc-press/1082/1") {
		t.Errorf("%s is not the feed of this choice", feedURL)
	}
	b.Click(`a[rel=next]`)
	if got := b.Text(`document.querySelector("a[rel=prev]").textContent`); got != "← Newer" {
		t.Errorf("the second page leads back by %q", got)
	}
	b.Click(`.flags h2 a`)
	if got := b.Text(`document.querySelector("blockquote mark").textContent`); got != "OpenAI" {
		t.Errorf("the passage marks %q", got)
	}
	if got := b.Text(`document.querySelector("p.source a").href`); !strings.HasPrefix(got, "https://www.ftc.gov/") {
		t.Errorf("the source is %q", got)
	}
	if got := b.Text(`document.querySelector("main").textContent`); !strings.Contains(got, "dealwatch-000001.warc.gz") {
		t.Error("the place in the archive is not shown")
	}
	b.Click(`.name`)
	b.Set(`input[name=q]`, `"signed an agreement"`)
	b.Click(`form button`)
	if got := b.Text(`document.querySelector("blockquote mark").textContent`); got != "signed an agreement" {
		t.Errorf("the search marks %q", got)
	}
	b.Click(`.flags h2 a`)
	if got := b.Text(`document.querySelector(".change ins").textContent`); got != "in June." && !strings.Contains(got, "June") {
		t.Errorf("the changed version shows %q", got)
	}
}

// payloads try to run a script, each by another way; all would ask for /sentinel.
var payloads = []string{
	`<script>fetch("/sentinel")</script>`, `</script><script src=/sentinel></script>`, `<img src=/sentinel onerror=fetch("/sentinel")>`,
	`"><svg onload=fetch("/sentinel")>`, `'><iframe src=/sentinel>`, `<style>@import "/sentinel"</style>`, `<link rel=stylesheet href=/sentinel>`,
	`<meta http-equiv=refresh content="0;url=/sentinel">`, `<object data=/sentinel></object>`, `]]><script xmlns="http://www.w3.org/1999/xhtml">fetch("/sentinel")</script>`,
	`</title><body onpageshow=fetch("/sentinel")>`, `<form action=/sentinel><input autofocus onfocus=fetch("/sentinel")>`, `{{.Fetch "/sentinel"}}`,
	`</svg><foreignObject><img src=/sentinel>`, `&lt;img src=/sentinel&gt;`, `<?xml-stylesheet href="/sentinel"?>`, `<base href=/sentinel>`, `<a ping=/sentinel href=/sentinel>`,
}

// No script of a document runs, on a page or in a feed that a browser shows.
func TestNoScriptRuns(t *testing.T) {
	var events []dealwatch.Event
	for i, p := range payloads {
		ev := feedtest.Event("openai-aws", i)
		ev.Title, ev.Snippet, ev.Flag.Title, ev.Flag.Snippet, ev.Flag.Agency, ev.Flag.Kind = p, p, p, p, p, p
		ev.Flag.RuleVersion, ev.Flag.PublishedOn, ev.Flag.URL = p, p, "javascript:fetch('/sentinel')//"+p
		ev.Mentions[0].Sentence, ev.Mentions[0].Hit, ev.Mentions[1].Hit = p, p, p
		if i%2 == 1 {
			ev.What, ev.Before.Snippet = dealwatch.Changed, "agreement "+p+" before"
		}
		ev.Flag.Source = "edgar" + p
		events = append(events, ev)
	}
	s := serveWith(t, events, func(r *feedtest.Reader) {
		for i, p := range payloads {
			id := fmt.Sprintf("ftc-press/%d", 1000+i)
			d := dealwatch.Document{ID: id, Number: 2, Version: dealwatch.Version{Text: "agreement " + p + " then " + p,
				Item: dealwatch.Item{Title: p, URL: "javascript:fetch('/sentinel')", Kind: p, Agency: p}}}
			old := d
			old.Number, old.Text, old.Title = 1, "agreement before", "old"
			r.SetVersions(id, d, old)
		}
		r.SetAttachments(dealwatch.Listed{Item: dealwatch.Item{Source: "x", Key: payloads[0], Title: payloads[2], URL: "javascript:fetch('/sentinel')"}, State: "pending"})
		r.SetHealth([]dealwatch.Health{{Source: payloads[0], State: payloads[1], Incident: payloads[2]}}, nil)
	})
	paths := []string{"/", "/?q=agreement", "/deals/openai-aws", "/sources", "/feeds", "/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json",
		"/feeds/deals/openai-aws.atom", "/feeds/health.atom", "/feeds/health.rss", "/feeds.opml", "/feeds/sources/edgar.atom"}
	for i := range payloads {
		paths = append(paths, fmt.Sprintf("/documents/ftc-press/%d", 1000+i))
	}
	for _, p := range payloads {
		paths = append(paths, "/?q="+url.QueryEscape(p), "/?deal="+url.QueryEscape(p), "/documents/"+url.PathEscape(p))
	}
	b := webtest.Open(t)
	for _, path := range paths {
		b.Go(s.base + path)
	}
	b.Go(s.base + "/feeds") // whatever the last page asked for has come by now
	time.Sleep(200 * time.Millisecond)
	for _, answer := range s.answers() {
		if strings.HasPrefix(answer, "/sentinel") {
			t.Fatalf("a script ran, or something was loaded: %s", answer)
		}
	}
	if got := len(s.answers()); got < len(paths) {
		t.Errorf("%d answers for %d pages", got, len(paths))
	}
}
