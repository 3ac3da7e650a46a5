package web

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

var heavyWords = func() string {
	var words []string
	for n := range 60 {
		words = append(words, fmt.Sprintf("t%02d", n))
	}
	return strings.Join(words, " ")
}()

// heavyWorld has that many deals beside the usual ones, long passages and a document with
// much of everything.
func heavyWorld(t *testing.T, manyDeals int) (w *world, id string) {
	t.Helper()
	reader := &feedtest.Reader{}
	deals := append([]dealwatch.Deal{}, feedtest.Deals...)
	for n := range manyDeals {
		deals = append(deals, dealwatch.Deal{ID: fmt.Sprintf("deal-%03d-of-two-companies", n), Name: fmt.Sprintf("First company %d – second company %d merger", n, n)})
	}
	events := feedtest.Events(400)
	sentence := strings.Repeat("AI & AI <said> that “AI” ", 40)
	for i := range events {
		ev := &events[i]
		ev.Flag.Title = strings.Repeat("A & B <announce> a merger ", 12)
		ev.Flag.Snippet, ev.Snippet = sentence, sentence
		for j := range ev.Mentions {
			ev.Mentions[j].Hit, ev.Mentions[j].Sentence = "AI", sentence
		}
	}
	// One document has thousands of marks, and eight versions with nothing in common.
	id = events[1].Flag.DocumentID
	var versions []dealwatch.Document
	for n := 8; n > 0; n-- {
		var d dealwatch.Document
		d.ID, d.Number, d.ReadAt, d.Title = id, n, feedtest.Day.Add(time.Duration(n)*time.Hour), "A document"
		d.Text = strings.Repeat(fmt.Sprintf("AI and AI in %d & <so> AI on.\n\n", n*1111), 1252)
		versions = append(versions, d)
	}
	reader.SetVersions(id, versions...)
	last := &events[1]
	last.Mentions = nil
	last.Version, last.Flag.Version = 8, 8
	for at := 0; ; {
		i := strings.Index(versions[0].Text[at:], "AI")
		if i < 0 {
			break
		}
		last.Mentions = append(last.Mentions, dealwatch.Mention{Party: "ai", Alias: "AI", Hit: "AI", Field: dealwatch.Text, Start: at + i, End: at + i + 2, Sentence: "AI and AI"})
		at += i + 2
	}
	reader.Add(events...)
	for n := range 60 {
		what := []dealwatch.What{dealwatch.Withdrawn, dealwatch.Returned}[n%2]
		ev := feedtest.Then(events[1], what, dealwatch.Revised, 8, 500+n)
		ev.Mentions = last.Mentions
		reader.Add(ev)
	}
	// A search for all of its words finds documents that are nothing but marks.
	text := "AI"
	for _, word := range strings.Fields(heavyWords) {
		text += " " + word + strings.Repeat(" &<&>", 5)
	}
	for n := range 2 * searchHits {
		var d dealwatch.Document
		d.ID, d.Number, d.ReadAt, d.Source = fmt.Sprintf("edgar/found-%d", n), 1, feedtest.Day, "edgar"
		d.Title, d.Text = strings.Repeat("A <found> & heavy title ", 20), text
		reader.SetVersions(d.ID, d)
	}
	var files []dealwatch.Listed
	for n := range 200 {
		var it dealwatch.Listed
		it.Source, it.Key, it.State = "ftc-press", fmt.Sprintf("file-%d", n), "read"
		it.Title, it.URL = strings.Repeat("Complaint ", 20), "https://www.ftc.gov/files/"+strings.Repeat("long", 50)+fmt.Sprint(n)
		files = append(files, it)
	}
	reader.SetAttachments(files...)
	var health []dealwatch.Health
	var gaps []dealwatch.Gap
	for _, in := range feedtest.Sources {
		health = append(health, dealwatch.Health{Source: in.Name, State: "ok", OpenGaps: 300})
		for n := range 300 {
			gaps = append(gaps, dealwatch.Gap{Source: in.Name, Stream: "releases", From: fmt.Sprint(n), Reason: strings.Repeat("refused ", 30), Command: "dealwatch scrape " + in.Name})
		}
	}
	reader.SetHealth(health, gaps)
	h, err := New(t.Context(), Config{
		Reader: reader, Base: feedtest.Base, Deals: deals, Sources: feedtest.Sources, Parties: feedtest.Parties,
		NotFound: feedtest.ErrNotFound, Coverage: coverage, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: func() time.Time { return feedtest.Day.Add(1000 * time.Hour) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{Handler: h}, id
}

// No page is heavier than it may be, whatever the data, and each says where the rest is.
func TestPagesStayLight(t *testing.T) {
	for manyDeals, more := range map[int]map[string]string{
		90:  {"/": `<select name="deal">`, "/feeds": "/feeds/deals/deal-089-of-two-companies.atom"},
		300: {"/": `<option value="google-wiz">`, "/feeds": "/feeds/deals/deal-299-of-two-companies.atom"},
		3000: {"/": `<option value="openai-aws">`, "/feeds": "more deals are in", "/?deal=Company+2718+%E2%80%93": "<h1>First company 2718 – second company 2718 merger</h1>",
			"/?deal=company": "3000 deals have &#34;company&#34; in their names: First company 0 – second company 0 merger (deal-000-of-two-companies), ",
			"/?deal=nobody":  "There is no deal &#34;nobody&#34;.", "/?deal=deal-1234-of-two-companies&q=AI": `value="deal-1234-of-two-companies"`},
	} {
		w, id := heavyWorld(t, manyDeals)
		paths := map[string]string{
			"/":                                  `rel="next"`,
			"/?deal=openai-aws":                  `rel="next"`,
			"/deals/openai-aws":                  "Earlier events are in the feed and in SQL",
			"/documents/" + id:                   `the others are in SQL and in <a href="#evidence">the evidence</a>`,
			"/sources":                           "are listed by <code>dealwatch coverage</code>",
			"/?q=AI":                             "<mark>AI</mark>",
			"/?q=" + url.QueryEscape(heavyWords): `rel="next"`,
			"/feeds/nothing/at/all":              "There is no",
		}
		for path, rest := range paths {
			light(t, w, path, rest)
		}
		for path, rest := range more {
			light(t, w, path, rest)
		}
		static := *w.Handler
		static.static = true
		made, err := static.indexPage(look{}).build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := made["html"].plain.bytes; len(got) > pageBytes || bytes.Contains(got, []byte("more, whose <a")) != (manyDeals > listedDeals) {
			t.Errorf("the static page of %d deals has %d bytes:\n%.3000s", manyDeals, len(got), got)
		}
	}
}

func light(t *testing.T, w *world, path, want string) {
	t.Helper()
	got := w.get(path)
	if body := got.Body.String(); len(body) > pageBytes || !strings.Contains(body, want) {
		t.Errorf("%s: %d, %d bytes, lacks %t %q", path, got.Code, len(body), !strings.Contains(body, want), want)
	} else {
		t.Logf("%s: %d bytes", path, len(body))
	}
}
