package extract

import (
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Selection gives the text of part of a page as HTML does, without the elements that
// the CSS selectors of drop choose. It is "" where the part has no text.
func Selection(s *goquery.Selection, drop ...string) string {
	t := tree{w: *newWriter(0), drop: make(map[*html.Node]bool)}
	for _, selector := range drop {
		for _, n := range s.Find(selector).Nodes {
			t.drop[n] = true
		}
	}
	for _, n := range s.Nodes {
		t.w.part(paragraph)
		t.walk(n)
	}
	t.out.end(&t.w)
	return t.w.String()
}

type tree struct {
	w    writer
	out  layout
	drop map[*html.Node]bool
}

func (t *tree) walk(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		t.out.text(&t.w, n.Data, true)
		return
	case html.ElementNode:
		r := roleOf([]byte(n.Data))
		if r == dropped {
			return
		}
		t.out.open(&t.w, r)
		defer t.out.close(&t.w, r)
		if t.drop[n] || hiddenNode(n) {
			return
		}
	case html.DocumentNode:
	default:
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		t.walk(c)
	}
}

func hiddenNode(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "style" && hides(a.Val) {
			return true
		}
	}
	return false
}
