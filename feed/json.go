package feed

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/gorilla/feeds"
)

// jsonFeed, like atomFeed, shadows what the library gets wrong: it drops items when
// there are none.
type jsonFeed struct {
	feeds.JSONFeed
	Items []jsonItem `json:"items"`
}

type jsonItem struct {
	feeds.JSONItem
	Content string `json:"content_html"` // there, even when empty: an item needs one
}

// writeJSON writes each item on a line of its own.
func writeJSON(w io.Writer, ch Channel, entries []Entry) error {
	f := jsonFeed{
		JSONFeed: feeds.JSONFeed{
			Version: "https://jsonfeed.org/version/1.1",
			Title:   Line(ch.Title), Description: Line(ch.Subtitle), Language: "en",
			HomePageUrl: ch.Home, FeedUrl: ch.URL("json"),
			Authors: []*feeds.JSONAuthor{{Name: generator, Url: generatorURL}},
		},
		Items: []jsonItem{},
	}
	if ch.Prev != "" {
		f.NextUrl = ch.Prev + ".json"
	}
	var b bytes.Buffer
	b.Grow(sizeOf(entries))
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return err
	}
	const end = "]}\n" // of the empty list of items, which comes last
	b.Truncate(b.Len() - len(end))
	for i, e := range entries {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		e = e.clean()
		it := jsonItem{
			JSONItem: feeds.JSONItem{
				Id: e.ID, Url: e.Link, Title: e.Title, Summary: e.Summary,
				PublishedDate: &e.Published, ModifiedDate: &e.Updated,
			},
			Content: e.HTML,
		}
		if e.Agency != "" {
			it.Authors = []*feeds.JSONAuthor{{Name: e.Agency}}
		}
		for _, c := range e.Categories {
			it.Tags = append(it.Tags, c.Term)
		}
		if err := enc.Encode(it); err != nil {
			return err
		}
		if i < len(entries)-1 {
			b.Truncate(b.Len() - 1) // its line end
		}
	}
	b.WriteString(end)
	_, err := w.Write(b.Bytes())
	return err
}
