package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

var site = Site{
	Base: feedtest.Base, Authority: feedtest.Authority, Year: feedtest.Year,
	Deals: feedtest.Deals, Sources: feedtest.Sources,
}

// story is a document's life in two deals, and a run of a changed watchlist.
func story() []dealwatch.Event {
	first := feedtest.Event("openai-aws", 0)
	other := feedtest.Event("google-wiz", 0)
	other.ID, other.Flag.ID = 2, 2
	closer := feedtest.Then(first, dealwatch.Closer, dealwatch.Revised, 2, 2)
	closer.Closeness = dealwatch.InTitle
	changed := feedtest.Say(feedtest.Then(first, dealwatch.Changed, dealwatch.Revised, 3, 3),
		"The agency said that OpenAI and Amazon Web Services had ended their <agreement>.")
	gone := feedtest.Then(changed, dealwatch.Withdrawn, dealwatch.Revised, 4, 4)
	back := feedtest.Say(feedtest.Then(gone, dealwatch.Returned, dealwatch.Revised, 5, 5),
		"OpenAI now rents servers of Amazon Web Services.")
	late := feedtest.Event("openai-aws", 6)
	late.Cause = dealwatch.Late
	third := feedtest.Event("google-wiz", 7) // the watchlist flags what openai-aws had flagged before
	third.Cause, third.Flag.DocumentID = dealwatch.Rematch, late.Flag.DocumentID
	third.EntryID = "match/google-wiz/" + late.Flag.DocumentID
	events := []dealwatch.Event{first, other, closer, changed, gone, back, late, third}
	var run []dealwatch.Event
	for n := 10; n < 13; n++ {
		ev := feedtest.Event("openai-aws", n)
		ev.HappenedAt = feedtest.Day.Add(600 * 60e9)
		run = append(run, ev)
	}
	return append(events, feedtest.Run(run...)...)
}

// feedsOf are feeds of the same events across deals and of one deal, and one of health.
func feedsOf(events []dealwatch.Event) map[string][]Entry {
	var one []dealwatch.Event
	for _, ev := range events {
		if ev.Flag.DealID == "openai-aws" {
			one = append(one, ev)
		}
	}
	return map[string][]Entry{"all": site.DocumentEntries(events), "deal": site.DealEntries(one)}
}

func channel(name string) Channel {
	switch name {
	case "deal":
		return site.Deal(site.Deals[0])
	case "health":
		return site.HealthChannel()
	}
	return site.All(dealwatch.Filter{})
}

func render(t *testing.T, name string, entries []Entry) map[string][]byte {
	t.Helper()
	out, err := Render(channel(name), entries)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGolden(t *testing.T) {
	feeds := feedsOf(story())
	feeds["health"] = site.HealthEntries(incidents())
	feeds["empty"] = nil
	for name, entries := range feeds {
		for format, got := range render(t, name, entries) {
			feedtest.Golden(t, name+"."+format, got)
		}
	}
	var b bytes.Buffer
	if err := site.WriteOPML(&b); err != nil {
		t.Fatal(err)
	}
	feedtest.Golden(t, "feeds.opml", b.Bytes())
}

func incidents() ([]dealwatch.Health, []dealwatch.Gap) {
	at := feedtest.Day
	return []dealwatch.Health{
			{Source: "edgar", Agency: "SEC", State: "blocked", OpenGaps: 1, Since: at, Incident: "8-K: blocked: refused <with> a page",
				Incidents: []dealwatch.Incident{{
					Source: "edgar", Subject: dealwatch.OfListings, OpenedAt: at, Outcome: dealwatch.Blocked, What: "8-K: blocked: closed", Opening: "8-K: blocked: refused <with> a page",
					Listings: []string{"8-K", "6-K"}, LastOKAt: at.Add(-300e9), Evidence: dealwatch.Evidence{URL: "https://www.sec.gov/?a=1&b=2", Status: 403},
					NextTryAt: at.Add(7200e9), Command: "dealwatch sources check edgar", Days: 2,
				}}},
			{Source: "ftc-press", Agency: "FTC", State: "ok", Since: at.Add(-3600e9), LastOKAt: at,
				Incidents: []dealwatch.Incident{{
					Source: "ftc-press", Subject: dealwatch.OfDocuments, OpenedAt: at.Add(-7200e9), ClosedAt: at.Add(-3600e9), Outcome: dealwatch.Unparsed,
					What: "a document cannot be read: 334513: unparsed: no title", Opening: "a document cannot be read: 334513: unparsed: no title",
					Evidence: dealwatch.Evidence{URL: "https://www.ftc.gov/x", Capture: dealwatch.Ref{File: "archive/a.warc.gz", Offset: 9}},
					Command:  "dealwatch sources check ftc-press",
				}}},
			{Source: "watchlist", State: "failing", Since: at, Incident: "watchlist.yaml:3:1: a deal without parties"},
			{Source: "doj-press", Agency: "DOJ", State: "never"},
		}, []dealwatch.Gap{
			{Source: "edgar", Stream: "8-K", From: "2026-02-27", To: "2026-03-01", OpenedAt: at.Add(60e9), Reason: "the listing ended before known ground", Command: "dealwatch scrape edgar --since 2026-02-27"},
			{Source: "ftc-press", Stream: "competition", From: "2026-01-01", OpenedAt: at.Add(120e9), ClosedAt: at.Add(180e9), Reason: "a poll broke off"},
		}
}

// Rule 1.1: the three formats hold the same entries, in one order, under one set of ids.
func TestFormatsAgree(t *testing.T) {
	for name, entries := range feedsOf(append(story(), feedtest.HostileEvents()...)) {
		var want []string
		bodies := render(t, name, entries)
		for _, f := range Formats {
			format := f.Name
			got, err := f.ids(bodies[format])
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if len(got) == 0 || !slices.Equal(got, want) {
				t.Errorf("%s.%s has ids %q, want %q", name, format, got, want)
			}
		}
	}
}

// Rule 1.4: a feed without a match is valid and empty.
func TestEmpty(t *testing.T) {
	out := render(t, "all", nil)
	for format, body := range out {
		f, err := gofeed.NewParser().Parse(bytes.NewReader(body))
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		if len(f.Items) != 0 || f.Title == "" {
			t.Errorf("%s: %d items under the title %q, want none under a title", format, len(f.Items), f.Title)
		}
	}
	if !strings.Contains(string(out["json"]), `"items":[]`) {
		t.Errorf("JSON has no empty list of items:\n%s", out["json"])
	}
	if !strings.Contains(string(out["atom"]), "<updated>2026-01-01T00:00:00Z</updated>") {
		t.Errorf("an empty Atom feed is not dated by the store's year:\n%s", out["atom"])
	}
}

// Rule 2.1: an id depends on nothing but the store.
func TestIdentity(t *testing.T) {
	moved := site
	moved.Base, moved.Deals = "http://127.0.0.1:8080", nil
	var ids, elsewhere []string
	for _, e := range site.DocumentEntries(story()) {
		ids = append(ids, e.ID)
	}
	renamed := story()
	for i := range renamed {
		renamed[i].Flag.Title, renamed[i].Flag.URL = "Another title", "https://www.ftc.gov/moved"
	}
	for _, e := range moved.DocumentEntries(renamed) {
		elsewhere = append(elsewhere, e.ID)
	}
	if diff := cmp.Diff(ids, elsewhere); diff != "" {
		t.Errorf("ids change with the address or the title:\n%s", diff)
	}
	want := []string{
		"tag:watch.example.org,2026:doc/rematch/openai-aws/20260302T193000.123456Z",
		"tag:watch.example.org,2026:doc/ftc-press/1006/1/20260302T163000.123456Z",
		"tag:watch.example.org,2026:doc/ftc-press/1006/1",
		"tag:watch.example.org,2026:doc/ftc-press/1000/5",
		"tag:watch.example.org,2026:doc/ftc-press/1000/4",
		"tag:watch.example.org,2026:doc/ftc-press/1000/3",
		"tag:watch.example.org,2026:doc/ftc-press/1000/2",
		"tag:watch.example.org,2026:doc/ftc-press/1000/1",
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("ids of the feed across deals (-want +got):\n%s", diff)
	}
}

// Rule 2.2: a deal's feed has an entry an event, under ids of its own.
func TestDealIdentity(t *testing.T) {
	feeds := feedsOf(story())
	var ids []string
	for _, e := range feeds["deal"] {
		ids = append(ids, e.ID)
	}
	want := []string{
		"tag:watch.example.org,2026:rematch/openai-aws/20260302T193000.123456Z",
		"tag:watch.example.org,2026:match/openai-aws/ftc-press/1006",
		"tag:watch.example.org,2026:match/openai-aws/ftc-press/1000/5",
		"tag:watch.example.org,2026:match/openai-aws/ftc-press/1000/4",
		"tag:watch.example.org,2026:match/openai-aws/ftc-press/1000/3",
		"tag:watch.example.org,2026:match/openai-aws/ftc-press/1000/2",
		"tag:watch.example.org,2026:match/openai-aws/ftc-press/1000",
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("ids of the deal's feed (-want +got):\n%s", diff)
	}
	for _, e := range feeds["all"] {
		if slices.Contains(ids, e.ID) {
			t.Errorf("the id %s stands in a deal's feed and across deals", e.ID)
		}
	}
}

func TestTagEscapes(t *testing.T) {
	for name, want := range map[string]string{
		"doc/edgar/0001-26/ex 99.htm/1":          "tag:watch.example.org,2026:doc/edgar/0001-26/ex%2099.htm/1",
		"doc/x/https://a.gov/b?c=d&e#f/1":        "tag:watch.example.org,2026:doc/x/https://a.gov/b?c=d&e%23f/1",
		"doc/federal-register/1@2026-01-02/1":    "tag:watch.example.org,2026:doc/federal-register/1@2026-01-02/1",
		"é\x00<>\"":                              "tag:watch.example.org,2026:%C3%A9%00%3C%3E%22",
		"50%":                                    "tag:watch.example.org,2026:50%25",
		"long/" + strings.Repeat("x", longest+1): "tag:watch.example.org,2026:sha256/211a53c69291ede863390bc716862f9cc451ce4c6891f133d93457ed25b6a4fc",
	} {
		if got := site.Tag(name); got != want {
			t.Errorf("Tag(%.40q) = %q, want %q", name, got, want)
		}
	}
}

// Rules 2.3, 2.6, 2.9 and the order of equal data.
func TestBytesAreEqual(t *testing.T) {
	events := append(story(), feedtest.HostileEvents()...)
	backwards := slices.Clone(events)
	slices.Reverse(backwards)
	a, b := feedsOf(events), feedsOf(backwards)
	for name := range a {
		first, again := render(t, name, a[name]), render(t, name, b[name])
		for format := range first {
			if !bytes.Equal(first[format], again[format]) {
				t.Errorf("%s.%s: two renders of the same events differ", name, format)
			}
		}
	}
}

// xmlText gives the text of every element of a path, such as "feed>entry>id".
func xmlText(t *testing.T, body []byte, path string) []string {
	t.Helper()
	var out, at []string
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
		case xml.StartElement:
			at = append(at, tok.Name.Local)
			if strings.Join(at, ">") == path {
				out = append(out, "")
			}
		case xml.EndElement:
			at = at[:len(at)-1]
		case xml.CharData:
			if strings.Join(at, ">") == path {
				out[len(out)-1] += string(tok)
			}
		}
	}
}
