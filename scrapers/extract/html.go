package extract

import (
	"strings"

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

func pageText(body []byte, roles func(name []byte) role) string {
	body = withoutDeclarations(body)
	p := page{scan: scanner{src: string(body)}, w: *newWriter(len(body) / 4), roles: roles}
	p.read()
	return p.w.String()
}

// bodyRole is roleOf for a page of which only the body is wanted, without what
// frames it: menus, the site's header and footer, boxes beside the text.
func bodyRole(name []byte) role {
	r := roleOf(name)
	if r == frame {
		return dropped
	}
	return r
}

// A page is the state of reading one.
type page struct {
	scan  scanner
	roles func(name []byte) role
	w     writer
	out   layout
	// skip is the name of the element that is being left out, "" for none; depth
	// counts those of its name that are open within, and inner other containers.
	skip         string
	depth, inner int
}

func (p *page) read() {
	for {
		switch p.scan.next() {
		case done:
			p.out.end(&p.w)
			return
		case text:
			if p.skip == "" {
				p.out.text(&p.w, p.scan.text, p.scan.literal)
			}
		case startTag:
			p.start(p.scan.name)
		case emptyTag:
			p.single(p.scan.name)
		case endTag:
			p.end(p.scan.name)
		}
	}
}

func (p *page) start(name []byte) {
	r := p.roles(name)
	if p.skip != "" {
		if !impliesEnd(p.skip, string(name), r) || p.inner > 0 {
			p.within(name, r, 1)
			return
		}
		p.skip = ""
	}
	if r == dropped || r != vacuous && r != breaks && r != rule && (p.scan.hidden || hides(p.scan.style)) {
		p.skip, p.depth, p.inner = string(name), 1, 0
		if r != inline && r != raised && r != dropped {
			p.out.open(&p.w, r)
			p.out.close(&p.w, r)
		}
		return
	}
	if r != inline && breaksPage(p.scan.style) {
		p.out.pageBreak(&p.w)
	}
	if r == inline && strings.Contains(p.scan.style, "super") && declares(p.scan.style, "vertical-align", "super") {
		r = raised
	}
	p.out.open(&p.w, r)
}

// single reads an element that ends where it begins.
func (p *page) single(name []byte) {
	if p.skip != "" {
		return
	}
	r := p.roles(name)
	if r != inline && breaksPage(p.scan.style) {
		p.out.pageBreak(&p.w)
	}
	p.out.open(&p.w, r)
	p.out.close(&p.w, r)
}

func (p *page) end(name []byte) {
	r := p.roles(name)
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
	case r == prose && string(name) != "p" || r == table || r == rows:
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
		return r == prose || r == table || r == rows || r == row || r == cell || r == block
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

// breaksPage reports whether a style ends the page before or after its element.
func breaksPage(style string) bool {
	if !strings.Contains(style, "break-") {
		return false
	}
	return declares(style, "page-break-before", "always") || declares(style, "page-break-after", "always") ||
		declares(style, "break-before", "page") || declares(style, "break-after", "page")
}

// hides reports whether a style hides its element.
func hides(style string) bool {
	return len(style) >= len("display:none") && declares(style, "display", "none")
}

// declares reports whether a style gives a property the value.
func declares(style, property, value string) bool {
	for style != "" {
		var one string
		one, style, _ = strings.Cut(style, ";")
		i := strings.IndexByte(one, ':')
		if i < len(property) || !strings.EqualFold(strings.TrimSpace(one[:i]), property) {
			continue
		}
		given, _, _ := strings.Cut(one[i+1:], "!")
		if strings.EqualFold(strings.TrimSpace(given), value) {
			return true
		}
	}
	return false
}
