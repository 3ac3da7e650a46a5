package web

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// history makes n events: of both deals, some of them on one version of a document, some
// brought by a changed watchlist, some with much to tell.
func history(from, n int) []dealwatch.Event {
	var out []dealwatch.Event
	for i := from; len(out) < n; i++ {
		ev := feedtest.Event(feedtest.Deals[i%2].ID, i)
		if i%7 == 0 {
			ev.Mentions[0].Sentence = strings.Repeat("OpenAI said & ", 300)
			ev.Snippet = ev.Mentions[0].Sentence
		}
		if i%150 > 130 {
			ev.Cause = dealwatch.Rematch
			ev.HappenedAt = feedtest.Day.Add(time.Duration(i/150*150)*time.Hour + time.Duration(i%150)*time.Minute)
		}
		out = append(out, ev)
		if i%3 == 0 && len(out) < n { // the other deal too
			other := feedtest.Event(feedtest.Deals[1-i%2].ID, i)
			other.Cause, other.HappenedAt = ev.Cause, ev.HappenedAt
			out = append(out, other)
		}
	}
	for i := range out {
		out[i].ID = int64(10*from + i + 1)
		out[i].Flag.ID = out[i].ID
	}
	return out
}

// subscriber is a reader that knows RFC 5005: it follows the archive until a page that
// it has.
type subscriber struct {
	t     *testing.T
	w     *world
	seen  map[string]bool // ids of entries
	pages map[string]bool
}

func (s *subscriber) poll(path string) {
	s.t.Helper()
	for path != "" && !s.pages[path] {
		got := s.w.get(path)
		var f struct {
			Archive *struct{} `xml:"http://purl.org/syndication/history/1.0 archive"`
			Links   []struct {
				Rel  string `xml:"rel,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Entries []struct {
				ID string `xml:"id"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(got.Body.Bytes(), &f); err != nil || got.Code != 200 {
			s.t.Fatalf("%s: %d %v", path, got.Code, err)
		}
		for _, e := range f.Entries {
			s.seen[e.ID] = true
		}
		archive := strings.Contains(path, "/archive/")
		if archive != (f.Archive != nil) {
			s.t.Errorf("%s: says that it is an archive: %v", path, f.Archive != nil)
		}
		if archive {
			s.pages[path] = true
		}
		path = ""
		for _, l := range f.Links {
			if l.Rel == "prev-archive" {
				path = strings.TrimPrefix(l.Href, feedtest.Base)
			}
		}
	}
}

// A reader that was away for 1,000 entries loses none.
func TestReaderThatWasAway(t *testing.T) {
	for path, tell := range map[string]func(feed.Site, []dealwatch.Event) []feed.Entry{
		"/feeds/all.atom":               feed.Site.DocumentEvents,
		"/feeds/deals/openai-aws.atom":  feed.Site.DealEvents,
		"/feeds/sources/ftc-press.atom": feed.Site.DocumentEvents,
	} {
		t.Run(path, func(t *testing.T) {
			all := history(0, 137)
			w := newWorld(t, all...)
			r := &subscriber{t, w, map[string]bool{}, map[string]bool{}}
			r.poll(path)
			for _, n := range []int{1, 49, 2300, 0, 3} { // how many events come while it is away
				more := history(10*len(all), n)
				w.reader.Add(more...)
				all = append(all, more...)
				w.wait(time.Hour)
				var mine []dealwatch.Event
				for _, ev := range all {
					if ev.Cause != dealwatch.Rematch && (ev.Flag.DealID == "openai-aws" || !strings.Contains(path, "deals")) {
						mine = append(mine, ev)
					}
				}
				want := tell(w.site, mine)
				lost := len(want)
				for began := time.Now(); lost > 0 && time.Since(began) < time.Minute; { // the feed of before is served while a new one is made
					r.poll(path)
					lost = 0
					for _, e := range want {
						if !r.seen[e.ID] {
							lost++
						}
					}
				}
				if lost > 0 {
					t.Errorf("after %d events it lacks %d of %d entries", len(all), lost, len(want))
				}
			}
			if len(r.pages) < 20 {
				t.Errorf("it read only %d archive pages", len(r.pages))
			}
		})
	}
}

// An archive page never changes, whatever comes later.
func TestArchivePagesAreStable(t *testing.T) {
	w := newWorld(t, history(0, 260)...)
	paths := []string{"/feeds/all/archive/1.atom", "/feeds/all/archive/5.rss", "/feeds/all/archive/4.json", "/feeds/deals/google-wiz/archive/2.atom", "/feeds/sources/ftc-press/archive/3.atom"}
	first := map[string]string{}
	for _, p := range paths {
		first[p] = w.get(p).Body.String()
	}
	w.reader.Add(history(9000, 900)...)
	w.wait(time.Hour)
	again := newWorld(t)
	again.reader.Add(history(0, 260)...)
	again.reader.Add(history(9000, 900)...)
	for _, p := range paths {
		if got := again.get(p); got.Body.String() != first[p] || got.Code != 200 {
			t.Errorf("%s changed (%d)", p, got.Code)
		}
	}
	for _, p := range []string{"/feeds/all/archive/0.atom", "/feeds/all/archive/24.atom", "/feeds/all/archive/01.atom", "/feeds/all/archive/x.atom",
		"/feeds/all/archive/1.xml", "/feeds/health/archive/1.atom", "/feeds/deals/nope/archive/1.atom", "/feeds/sources/edgar/archive/1.rss"} {
		if got := again.get(p); got.Code != 404 {
			t.Errorf("%s: %d, want 404", p, got.Code)
		}
	}
	var page struct {
		Next string `json:"next_url"`
	}
	if err := json.Unmarshal(again.get("/feeds/all/archive/4.json").Body.Bytes(), &page); err != nil || page.Next != feedtest.Base+"/feeds/all/archive/3.json" {
		t.Errorf("the page before 4 is %q (%v)", page.Next, err)
	}
}

// The files hold the archive too, each page written once.
func TestWriteArchive(t *testing.T) {
	w := newWorld(t, history(0, 120)...)
	dir := t.TempDir()
	if _, err := w.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	first := files(t, dir)
	var pages []string
	for name := range maps.Keys(first) {
		if strings.HasPrefix(name, "feeds/all/archive/") {
			pages = append(pages, name)
		}
	}
	slices.Sort(pages)
	want := []string{"1.atom", "1.json", "1.rss", "2.atom", "2.json", "2.rss"}
	for i := range want {
		want[i] = "feeds/all/archive/" + want[i]
	}
	if !slices.Equal(pages, want) {
		t.Errorf("archive files %q, want %q", pages, want)
	}
	w.reader.Add(history(5000, 40)...)
	w.wait(time.Hour)
	if _, err := w.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	second := files(t, dir)
	for _, name := range pages {
		if first[name] != second[name] {
			t.Errorf("%s changed", name)
		}
	}
	if second["feeds/all/archive/3.atom"] == "" || !strings.Contains(second["feeds/all.atom"], fmt.Sprintf(`href="%s/feeds/all/archive/3.atom" rel="prev-archive"`, feedtest.Base)) {
		t.Error("the third page is missing, or nothing leads to it")
	}
}

// What a changed watchlist brings is told when its run has ended, and until then no
// archive page is made of it, as pages never change.
func TestRunThatGoesOn(t *testing.T) {
	events := feedtest.Events(160)
	open := feedtest.Run(events[95:]...)
	for i := range open {
		open[i].ToldAt = time.Time{}
	}
	w := newWorld(t, append(events[:95:95], open...)...)
	before := w.get("/feeds/all.atom").Body.String()
	if strings.Contains(before, "rematch/") || !strings.Contains(before, "/feeds/all/archive/1.atom") {
		t.Errorf("while the run goes on the feed is %.500s", before)
	}
	page := w.get("/feeds/all/archive/1.atom").Body.String()
	if got := w.get("/feeds/all/archive/2.atom").Code; got != 404 {
		t.Errorf("a page of a run that goes on gives %d", got)
	}
	w.reader.SetEvents(append(events[:95:95], feedtest.Run(events[95:]...)...)...)
	w.reader.SetEnded(1)
	w.wait(time.Hour)
	after := w.get("/feeds/all.atom").Body.String()
	if n := strings.Count(after, "doc/rematch/"); n != 2 || !strings.Contains(after, "/feeds/all/archive/3.atom") {
		t.Errorf("after the run the feed has %d entries of it: %.500s", n, after)
	}
	if got := w.get("/feeds/all/archive/2.atom").Code; got != 200 || page != w.get("/feeds/all/archive/1.atom").Body.String() {
		t.Errorf("after the run page 2 gives %d, or page 1 has changed", got)
	}
}
