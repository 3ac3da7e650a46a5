package web

import (
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// A page says where it is in the site, and is not taken for the page that it lies under.
// What a deal's page lists stands under the heading of the list.
func TestPagePlace(t *testing.T) {
	w := newWorld(t, feedtest.Events(5)...)
	for path, want := range map[string]string{
		"/": `href="/" aria-current="page"`, "/deals/openai-aws": `href="/" aria-current="true"`, "/?q=agreement": `href="/" aria-current="true"`,
		"/documents/ftc-press/1001": `href="/" aria-current="true"`, "/sources": `href="/sources" aria-current="page"`,
	} {
		if page := w.get(path).Body.String(); !strings.Contains(page, want) || strings.Count(page, "aria-current") != 1 {
			t.Errorf("%s lacks %s, or says that it is elsewhere too", path, want)
		}
	}
	const title = `<a href="/documents/ftc-press/1004">Release 4</a>`
	for path, want := range map[string]string{"/": "<h2>" + title + "</h2>", "/deals/openai-aws": "<h3>" + title + "</h3>"} {
		if page := w.get(path).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s lacks %s", path, want)
		}
	}
}
