package feed

import (
	"io"
	"time"

	"github.com/gorilla/feeds"
)

// rssFeed, like atomFeed, shadows what the library gets wrong. Its content:encoded
// is raw CDATA, in which one control character breaks the whole feed unseen.
type rssFeed struct {
	feeds.RssFeedXml
	Atom    string     `xml:"xmlns:atom,attr"`
	DC      string     `xml:"xmlns:dc,attr"`
	FH      string     `xml:"xmlns:fh,attr,omitempty"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	feeds.RssFeed
	Links   []rssLink `xml:"atom:link"`
	Archive *struct{} `xml:"fh:archive"`
	Items   []rssItem `xml:"item"`
}

type rssLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
}

type rssItem struct {
	feeds.RssItem
	Creator    string        `xml:"dc:creator,omitempty"` // author would have to be an e-mail address
	Categories []rssCategory `xml:"category"`
	Source     *rssSource    `xml:"source"`
	Content    string        `xml:"content:encoded"`
}

type rssCategory struct {
	Domain string `xml:"domain,attr,omitempty"`
	Term   string `xml:",chardata"`
}

type rssSource struct {
	URL   string `xml:"url,attr"`
	Title string `xml:",chardata"`
}

// FeedXml makes rssFeed something that the library writes.
func (f *rssFeed) FeedXml() any { return f } //nolint:staticcheck // the library asks for this name

func writeRSS(w io.Writer, ch Channel, entries []Entry) error {
	f := &rssFeed{
		RssFeedXml: feeds.RssFeedXml{Version: "2.0", ContentNamespace: "http://purl.org/rss/1.0/modules/content/"},
		Atom:       "http://www.w3.org/2005/Atom",
		DC:         "http://purl.org/dc/elements/1.1/",
		Channel: rssChannel{
			RssFeed: feeds.RssFeed{
				Title: Line(ch.Title), Link: ch.Home, Description: Line(ch.Subtitle),
				Language: "en", Generator: generator, Ttl: 5,
				LastBuildDate: ch.updated(entries).Format(time.RFC1123Z),
			},
			Links: []rssLink{{Href: ch.URL("rss"), Rel: "self", Type: "application/rss+xml"}},
		},
	}
	for _, l := range ch.history("rss") {
		f.Channel.Links = append(f.Channel.Links, rssLink{Href: l.href, Rel: l.rel, Type: "application/rss+xml"})
	}
	if ch.Current != "" {
		f.FH, f.Channel.Archive = historyNamespace, &struct{}{}
	}
	for _, e := range entries {
		e = e.clean()
		it := rssItem{
			RssItem: feeds.RssItem{
				Title: e.Title, Link: e.Link, Description: escape(e.Summary),
				Guid:    &feeds.RssGuid{Id: e.ID, IsPermaLink: "false"},
				PubDate: e.Published.Format(time.RFC1123Z),
			},
			Creator: e.Agency,
			Content: e.HTML,
		}
		for _, c := range e.Categories {
			it.Categories = append(it.Categories, rssCategory{Domain: c.Scheme, Term: c.Term})
		}
		if e.Origin.URL != "" {
			it.Source = &rssSource{URL: e.Origin.URL, Title: e.Origin.Title}
		}
		f.Channel.Items = append(f.Channel.Items, it)
	}
	return writeXML(w, f, sizeOf(entries))
}
