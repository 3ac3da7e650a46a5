package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// jsonVersions reads an API's answer: each object of a list, at the top or under
// "results", is a document; anything else is one document of all its strings.
func jsonVersions(body []byte) ([]dealwatch.Version, error) {
	if bytes.Contains(body[:min(len(body), 512)], []byte("jsonfeed.org/version")) {
		return feedVersions(body)
	}
	for bytes.HasPrefix(body, []byte("//")) { // a comment at the head of .jsonc
		_, body, _ = bytes.Cut(body, []byte("\n"))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	var docs []dealwatch.Version
	for {
		v, err := decodeNode(d, 0)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, readError(dealwatch.Unparsed, "", "broken JSON at byte %d: %w", d.InputOffset(), err)
		}
		for _, doc := range v.documents() {
			docs = append(docs, doc.version())
		}
	}
}

// A node is a JSON value; objects keep their order. Numbers and the like are empty.
type node struct {
	text   string
	keys   []string // of an object
	kids   []node   // of an object or a list
	object bool
}

// deepest is how far values may be nested.
const deepest = 1000

func decodeNode(d *json.Decoder, depth int) (node, error) {
	if depth > deepest {
		return node{}, fmt.Errorf("more than %d values nested", deepest)
	}
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	var n node
	switch t := token.(type) {
	case string:
		n.text = t
	case json.Delim:
		n.object = t == '{'
		for d.More() {
			if n.object {
				key, err := d.Token()
				if err != nil {
					return n, noEOF(err)
				}
				n.keys = append(n.keys, key.(string))
			}
			kid, err := decodeNode(d, depth+1)
			if err != nil {
				return n, noEOF(err)
			}
			n.kids = append(n.kids, kid)
		}
		if _, err := d.Token(); err != nil {
			return n, noEOF(err)
		}
	}
	return n, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (n node) documents() []node {
	list := n
	if n.object {
		list, _ = n.field("results")
	}
	if list.object || len(list.kids) == 0 {
		return []node{n}
	}
	for _, kid := range list.kids {
		if !kid.object {
			return []node{n}
		}
	}
	return list.kids
}

func (n node) field(names ...string) (node, bool) {
	for _, name := range names {
		for i, key := range n.keys {
			if key == name && n.object {
				return n.kids[i], true
			}
		}
	}
	return node{}, false
}

func (n node) version() dealwatch.Version {
	var v dealwatch.Version
	title, _ := n.field("title", "headline", "name")
	v.Title = Line(title.text)
	link, _ := n.field("html_url", "web_url", "url", "link", "case_link", "_link")
	if address.MatchString(link.text) {
		v.URL = link.text
	}
	for _, name := range []string{"publication_date", "published", "date", "case_open_date", "public_updated_at"} {
		if f, ok := n.field(name); ok && v.PublishedOn == "" {
			v.PublishedOn = date(f.text)
		}
	}
	w := newWriter(1024)
	n.write(w, title.text)
	v.Text = w.String()
	return v
}

var (
	address   = regexp.MustCompile(`^https?://\S+$`)
	madeValue = regexp.MustCompile(`^[\w:.+/-]*$`) // an id, a path, a time: nothing that was written
	markup    = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)
)

// write appends every string that a person wrote but for the title, a block each.
func (n node) write(w *writer, title string) {
	switch s := n.text; {
	case s == "" || s == title || len(s) <= 32 && date(s) != "":
	case address.MatchString(s) || len(s) > 24 && madeValue.MatchString(s):
	case markup.MatchString(s):
		w.part(paragraph)
		w.lines(pageText([]byte(s), roleOf))
	case strings.Contains(s, "\n"):
		plainInto(w, s, false)
	default:
		w.part(paragraph)
		w.text(s)
	}
	for i, kid := range n.kids {
		if n.object && strings.HasPrefix(n.keys[i], "_") {
			continue // what a program noted for itself
		}
		kid.write(w, title)
	}
}
