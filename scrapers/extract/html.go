package extract

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"github.com/dealwatch/dealwatch"
)

// HTML gives the text of a whole page, XHTML and inline XBRL among them. It reads
// tokens and builds no tree, so nesting has no limit and time is linear in length.
// Scripts, drawings, form values and what the page hides (hidden, display:none,
// ix:header) are left out, other ix: elements are unwrapped, and an EDGAR wrapper
// is taken off. A page without text is an error with the outcome Empty.
func HTML(body []byte) (string, error) {
	if part, ok := Unwrap(body); ok {
		body = part.Body
	}
	text := pageText(body)
	if text == "" {
		return "", readError(dealwatch.Empty, "", "the page has no text")
	}
	return text, nil
}

func pageText(body []byte) string {
	p := page{z: html.NewTokenizer(bytes.NewReader(body)), w: *newWriter(len(body) / 4)}
	p.read()
	return p.w.String()
}

// A page is the state of reading one.
type page struct {
	z   *html.Tokenizer
	w   writer
	out layout
	// skip is the name of the element that is being left out, "" for none; depth
	// counts those of its name that are open within.
	skip  string
	depth int
}

func (p *page) read() {
	for {
		switch p.z.Next() {
		case html.ErrorToken:
			p.out.end(&p.w)
			return
		case html.TextToken:
			if p.skip == "" {
				p.out.text(&p.w, string(p.z.Text()))
			}
		case html.StartTagToken:
			raw := p.z.Raw()
			maybe := mayHide(raw)
			name, more := p.z.TagName()
			p.start(name, maybe && more)
		case html.SelfClosingTagToken:
			p.z.NextIsNotRawText()
			name, _ := p.z.TagName()
			if p.skip == "" {
				r := roleOf(string(name))
				p.out.open(&p.w, r)
				p.out.close(&p.w, r)
			}
		case html.EndTagToken:
			name, _ := p.z.TagName()
			p.finish(name)
		}
	}
}

func (p *page) start(name []byte, mayHide bool) {
	if p.skip != "" {
		if string(name) == p.skip {
			p.depth++
		}
		return
	}
	r := roleOf(string(name))
	if r == dropped || r != vacuous && r != breaks && r != rule && mayHide && p.hidden() {
		p.skip, p.depth = string(name), 1
		if r != inline && r != dropped {
			p.out.open(&p.w, r)
			p.out.close(&p.w, r)
		}
		return
	}
	p.out.open(&p.w, r)
}

func (p *page) finish(name []byte) {
	if p.skip != "" {
		if string(name) == p.skip {
			if p.depth--; p.depth == 0 {
				p.skip = ""
			}
		}
		return
	}
	p.out.close(&p.w, roleOf(string(name)))
}

// mayHide reports whether a start tag could hide its element. It spares most tags
// the reading of their attributes.
func mayHide(raw []byte) bool {
	return bytes.Contains(raw, []byte("isplay")) || bytes.Contains(raw, []byte("idden")) ||
		bytes.Contains(raw, []byte("ISPLAY")) || bytes.Contains(raw, []byte("IDDEN"))
}

func (p *page) hidden() bool {
	for {
		key, val, more := p.z.TagAttr()
		if hides(string(key), string(val)) {
			return true
		}
		if !more {
			return false
		}
	}
}

// hides reports whether an attribute hides its element.
func hides(key, val string) bool {
	switch key {
	case "hidden":
		return true
	case "style":
		for decl := range strings.SplitSeq(val, ";") {
			name, value, ok := strings.Cut(decl, ":")
			if ok && strings.EqualFold(strings.TrimSpace(name), "display") {
				value, _, _ = strings.Cut(strings.TrimSpace(value), "!")
				if strings.EqualFold(strings.TrimSpace(value), "none") {
					return true
				}
			}
		}
	}
	return false
}
