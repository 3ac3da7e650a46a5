package ftc

import (
	"html"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/scrapertest"
)

func TestReleases(t *testing.T) {
	scrapertest.Run(t, func(c *crawl.Client) dealwatch.Source { return Releases{Client: c} })
}

// TestTeaser shows that the first paragraph of a release is not taken for the release,
// whatever the words are by which it refers to the page, and in whatever feed it stands.
func TestTeaser(t *testing.T) {
	const (
		link   = releasesListing + "/2026/01/ftc-requires-divestiture"
		teaser = `<p>Norwind agreed to divest.</p>`
		body   = `<p>Norwind agreed to divest.</p><p>The <a href="/system/files/x.pdf">complaint</a> is joined by an order.</p>`
	)
	for _, test := range []struct {
		name, feed, description string
		whole                   bool
	}{
		{"a whole release", competitionFeed, body, true},
		{"a release in a table", competitionFeed, `<table><tr><td>WHAT: a workshop</td></tr><tr><td>WHEN: Friday</td></tr></table>`, true},
		{"a teaser in other words", releasesFeed, teaser + `<a href="` + link + `">Read more</a>`, false},
		{"a teaser without a link", releasesFeed, teaser, false},
		{"a long teaser", releasesFeed, body, false},
		{"a teaser of a part of all", site + "/feeds/press-release-consumer-protection.xml", body, false},
		{"a teaser where whole releases stand", competitionFeed, teaser + `<a href="` + link + `">Read more</a>`, false},
		{"one without a link", competitionFeed, teaser, false},
		{"one of two paragraphs", competitionFeed, body + `<a href="/news-events/news/press-releases/2026/01/ftc-requires-divestiture">More</a>`, false},
		{"one that names the node", competitionFeed, body + `<a href="/node/330002">More</a>`, false},
	} {
		feed := `<rss version="2.0"><channel><title>x</title><item><title>Norwind</title><link>` + link + `</link><description>` +
			html.EscapeString(test.description) + `</description><pubDate>Thu, 15 Jan 2026 07:00:00 -0500</pubDate><guid isPermaLink="false">330002</guid></item></channel></rss>`
		sight, known := Releases{}.Recognise(dealwatch.Capture{URL: test.feed, Final: test.feed, Status: 200, Body: []byte(feed)})
		if !known || sight.Err != nil || len(sight.Items) != 1 {
			t.Errorf("%s: %+v, known: %v; want one item", test.name, sight, known)
			continue
		}
		if content := sight.Items[0].Content; (content == test.description) != test.whole || (content == "") == test.whole {
			t.Errorf("%s: content %q, want it whole: %v", test.name, content, test.whole)
		}
	}
}
