package feed

import (
	"bytes"
	"encoding/xml"
	"io"

	"github.com/dealwatch/dealwatch"
)

type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Folders []outline `xml:"body>outline"`
}

type outline struct {
	Text  string    `xml:"text,attr"`
	Title string    `xml:"title,attr,omitempty"`
	Type  string    `xml:"type,attr,omitempty"`
	XML   string    `xml:"xmlUrl,attr,omitempty"`
	HTML  string    `xml:"htmlUrl,attr,omitempty"`
	Feeds []outline `xml:"outline"`
}

// OPMLMediaType is what WriteOPML writes. Readers that do not know text/x-opml take XML.
const OPMLMediaType = "text/x-opml; charset=utf-8"

// WriteOPML lists all feeds in folders, for a reader to import at once.
func (s Site) WriteOPML(w io.Writer) error {
	feed := func(ch Channel) outline {
		title := Line(ch.Title)
		return outline{Text: title, Title: title, Type: "rss", XML: ch.URL("atom"), HTML: ch.Home}
	}
	all := outline{Text: "All deals", Feeds: []outline{feed(s.All(dealwatch.Filter{}))}}
	deals := outline{Text: "Deals"}
	for _, d := range s.Deals {
		deals.Feeds = append(deals.Feeds, feed(s.Deal(d)))
	}
	sources := outline{Text: "Sources"}
	for _, in := range s.Sources {
		sources.Feeds = append(sources.Feeds, feed(s.Source(in)))
	}
	health := outline{Text: "Health", Feeds: []outline{feed(s.HealthChannel())}}
	doc := opml{Version: "2.0", Title: "dealwatch", Folders: []outline{all, deals, sources, health}}

	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
