package feed

import (
	"bytes"
	"io"
	"time"

	"github.com/gorilla/feeds"
)

// atomFeed is the library's feed with what it lacks or gets wrong put over it:
// encoding/xml prefers the shallower field.
type atomFeed struct {
	feeds.AtomFeed
	Lang      string           `xml:"xml:lang,attr"`
	Links     []feeds.AtomLink `xml:"link"`
	Generator atomGenerator    `xml:"generator"`
	FH        string           `xml:"xmlns:fh,attr,omitempty"`
	Archive   *struct{}        `xml:"fh:archive"`
	Entries   []atomEntry      `xml:"entry"`
}

type atomGenerator struct {
	URI  string `xml:"uri,attr"`
	Name string `xml:",chardata"`
}

type atomEntry struct {
	feeds.AtomEntry
	Categories []atomCategory `xml:"category"`
}

type atomCategory struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

// FeedXml makes atomFeed something that the library writes.
func (f *atomFeed) FeedXml() any { return f } //nolint:staticcheck // the library asks for this name

func writeAtom(w io.Writer, ch Channel, entries []Entry) error {
	f := &atomFeed{
		AtomFeed: feeds.AtomFeed{
			Xmlns: "http://www.w3.org/2005/Atom",
			Id:    Line(ch.ID), Title: Line(ch.Title), Subtitle: Line(ch.Subtitle),
			Updated: ch.updated(entries).Format(time.RFC3339),
			Author:  &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: generator}},
		},
		Lang: "en",
		Links: []feeds.AtomLink{
			{Href: ch.URL("atom"), Rel: "self", Type: "application/atom+xml"},
			{Href: ch.Home, Rel: "alternate", Type: "text/html"},
		},
		Generator: atomGenerator{URI: generatorURL, Name: generator},
	}
	for _, l := range ch.history("atom") {
		f.Links = append(f.Links, feeds.AtomLink{Href: l.href, Rel: l.rel, Type: "application/atom+xml"})
	}
	if ch.Current != "" {
		f.FH, f.Archive = historyNamespace, &struct{}{}
	}
	for _, e := range entries {
		e = e.clean()
		a := atomEntry{AtomEntry: feeds.AtomEntry{
			Id: e.ID, Title: e.Title,
			Published: e.Published.Format(time.RFC3339),
			Updated:   e.Updated.Format(time.RFC3339),
			Links:     []feeds.AtomLink{{Href: e.Link, Rel: "alternate"}},
			Summary:   &feeds.AtomSummary{Type: "html", Content: escape(e.Summary)},
			Content:   &feeds.AtomContent{Type: "html", Content: e.HTML},
		}}
		if e.Page != "" && e.Page != e.Link {
			a.Links = append(a.Links, feeds.AtomLink{Href: e.Page, Rel: "related", Type: "text/html"})
		}
		if e.Agency != "" {
			a.Author = &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: e.Agency}}
		}
		for _, c := range e.Categories {
			a.Categories = append(a.Categories, atomCategory{Term: c.Term, Scheme: c.Scheme, Label: c.Label})
		}
		f.Entries = append(f.Entries, a)
	}
	return writeXML(w, f, sizeOf(entries))
}

// sizeOf is about how many bytes a feed of these entries takes in any format.
func sizeOf(entries []Entry) int {
	n := 4 << 10
	for _, e := range entries {
		n += 1<<10 + len(e.HTML)*3/2 + len(e.Summary)
	}
	return n
}

// writeXML writes through a buffer: the library leaves half a feed behind where it fails.
func writeXML(w io.Writer, f feeds.XmlFeed, size int) error {
	var b bytes.Buffer
	b.Grow(size)
	if err := feeds.WriteXML(f, &b); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}
