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
	text := pageText(body, roleOf)
	if text == "" {
		return "", readError(dealwatch.Empty, "", "the page has no text")
	}
	return text, nil
}

func pageText(body []byte, roles func(string) role) string {
	p := page{z: html.NewTokenizer(bytes.NewReader(body)), w: *newWriter(len(body) / 4), roles: roles}
	p.read()
	return p.w.String()
}

// bodyRole is roleOf for a page of which only the body is wanted, without what
// frames it: menus, the site's header and footer, boxes beside the text.
func bodyRole(name string) role {
	r := roleOf(name)
	if r == frame {
		return dropped
	}
	return r
}

// A page is the state of reading one.
type page struct {
	z     *html.Tokenizer
	roles func(name string) role
	xml   bool
	w     writer
	out   layout
	// skip is the name of the element that is being left out, "" for none; depth
	// counts those of its name that are open within, and inner other containers.
	skip         string
	depth, inner int
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
			p.start(p.z.Raw())
		case html.SelfClosingTagToken:
			p.z.NextIsNotRawText()
			p.single(p.z.Raw())
		case html.EndTagToken:
			name, _ := p.z.TagName()
			p.end(name)
		}
	}
}

func (p *page) start(raw []byte) {
	suspect := mayHide(raw)
	name, _ := p.z.TagName()
	if p.xml {
		p.z.NextIsNotRawText()
	}
	r := p.roles(string(name))
	if p.skip != "" {
		if !impliesEnd(p.skip, string(name), r) || p.inner > 0 {
			p.within(name, r, 1)
			return
		}
		p.skip = ""
	}
	if r == dropped || suspect && r != vacuous && r != breaks && r != rule && p.hidden() {
		p.skip, p.depth, p.inner = string(name), 1, 0
		if r != inline && r != raised && r != dropped {
			p.out.open(&p.w, r)
			p.out.close(&p.w, r)
		}
		return
	}
	if mayBreakPage(raw, r) {
		p.w.pageBreak()
	}
	p.out.open(&p.w, r)
}

// single reads an element that ends where it begins.
func (p *page) single(raw []byte) {
	name, _ := p.z.TagName()
	if p.skip != "" {
		return
	}
	r := p.roles(string(name))
	if mayBreakPage(raw, r) {
		p.w.pageBreak()
	}
	p.out.open(&p.w, r)
	p.out.close(&p.w, r)
}

func (p *page) end(name []byte) {
	r := p.roles(string(name))
	if p.skip != "" {
		if p.inner > 0 || !optionalEnd(p.skip) || string(name) == p.skip || r == inline {
			p.within(name, r, -1)
			return
		}
		p.skip = "" // an end outside of it ends it
	}
	p.out.close(&p.w, r)
}

// within counts an element that begins or ends inside one that is left out.
func (p *page) within(name []byte, r role, by int) {
	switch {
	case string(name) == p.skip && p.inner == 0 || string(name) == p.skip && !optionalEnd(p.skip):
		if p.depth += by; p.depth <= 0 {
			p.skip = ""
		}
	case r == prose && string(name) != "p" || r == table:
		p.inner = max(p.inner+by, 0)
	}
}

// optionalEnd reports whether the element name may lack its end tag.
func optionalEnd(name string) bool {
	switch name {
	case "p", "li", "dt", "dd", "td", "th", "tr", "option":
		return true
	}
	return false
}

// impliesEnd reports whether the start of an element ends the open element skipped.
func impliesEnd(skipped, name string, r role) bool {
	switch skipped {
	case "p":
		return r == prose || r == table || r == row || r == cell || r == block
	case "li", "option":
		return name == skipped
	case "dt", "dd":
		return name == "dt" || name == "dd"
	case "td", "th":
		return r == cell || r == row
	case "tr":
		return r == row
	}
	return false
}

// mayBreakPage reports whether a tag says that a page ends: a rule does in filings.
func mayBreakPage(raw []byte, r role) bool {
	return r == rule || r != inline && bytes.Contains(raw, []byte("break-")) && pageBreakStyle(raw)
}

// pageBreakStyle reports whether a tag's style breaks the page before or after it.
func pageBreakStyle(raw []byte) bool {
	for _, style := range []string{"break-before:", "break-after:"} {
		_, rest, ok := bytes.Cut(raw, []byte(style))
		rest = bytes.TrimLeft(rest, " ")
		if ok && (bytes.HasPrefix(rest, []byte("always")) || bytes.HasPrefix(rest, []byte("page"))) {
			return true
		}
	}
	return false
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
