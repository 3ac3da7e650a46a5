package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/feed/web"
	"github.com/dealwatch/dealwatch/feed/web/webtest"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// attacks would ask for /sentinel if any of it ran or were loaded.
var attacks = []string{
	`<script>fetch("/sentinel")</script>`, `<img src=/sentinel onerror='fetch("/sentinel")'>`, `"><svg onload=fetch("/sentinel")>`,
	`]]><script xmlns="http://www.w3.org/1999/xhtml">fetch("/sentinel")</script>`, `</title></textarea><iframe src=/sentinel>`,
	`<a href="javascript:fetch('/sentinel')">x</a>`, `<base href=/sentinel/>`, `<meta http-equiv=refresh content="0;url=/sentinel">`,
}

// hostileArchive is a site whose releases carry the attacks, as markup and as text.
func hostileArchive(t *testing.T, dir string) {
	t.Helper()
	var entries []string
	var pages []warc.Exchange
	for i, attack := range attacks {
		link := fmt.Sprintf("https://www.ftc.gov/news-events/news/press-releases/2026/03/attack-%d", i)
		text := html.EscapeString(attack)
		body := "<p>OpenAI signed an agreement " + text + " with Amazon Web Services.</p>" + attack + "<p>End.</p>"
		entries = append(entries, entryOf(fmt.Sprint(910000+i), html.EscapeString(text), link, "Wed, 04 Mar 2026"))
		pages = append(pages, answer(link, day(4), 200, "text/html; charset=utf-8", article(fmt.Sprint(910000+i), text, "2026-03-04", body)))
	}
	arch, err := warc.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range append([]warc.Exchange{answer(feedURL, day(4), 200, "application/rss+xml; charset=utf-8", feedOf(entries...))}, pages...) {
		if _, err := arch.Keep(ex); err != nil {
			t.Fatal(err)
		}
	}
	if err := arch.Close(); err != nil {
		t.Fatal(err)
	}
}

// From the captured page to the feed and the page of a browser, no script of a hostile
// site runs.
func TestHostileSiteInABrowser(t *testing.T) {
	b := webtest.Open(t)
	dir := t.TempDir()
	hostileArchive(t, dir)
	db := filepath.Join(dir, "x.db")
	if _, errs, code := cli(t, "scrape", "--archive", filepath.Join(dir, "archive"), "--db", db, "--replay", dir+"/dealwatch-000001.warc.gz"); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()

	var mu sync.Mutex
	var asked []string
	var h *web.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.URL.Path)
		mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	defer srv.Close()
	a := newApp(nil, io.Discard, io.Discard)
	if h, err = a.handler(t.Context(), st, st, rules.Default(), srv.URL, nil); err != nil {
		t.Fatal(err)
	}
	paths := []string{"/", "/?q=agreement", "/deals/openai-aws", "/sources", "/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/feeds/deals/openai-aws.atom"}
	for i := range attacks {
		paths = append(paths, fmt.Sprintf("/documents/ftc-press/%d", 910000+i))
	}
	for _, path := range paths {
		b.Go(srv.URL + path)
		if i := strings.LastIndex(path, "/91"); i > 0 {
			if got := b.Text(`document.querySelector("main").textContent`); !strings.Contains(got, "OpenAI") {
				t.Errorf("%s does not show the passage: %.300s", path, got)
			}
		}
	}
	time.Sleep(200 * time.Millisecond)
	mu.Lock()
	defer mu.Unlock()
	if i := slices.IndexFunc(asked, func(p string) bool { return strings.Contains(p, "sentinel") }); i >= 0 {
		t.Errorf("a script ran, or something was loaded: %s", asked[i])
	}
}
