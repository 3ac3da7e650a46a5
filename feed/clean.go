package feed

import (
	"html"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// illegal reports whether r may not stand in a feed or on a page: control
// characters, noncharacters, and the bidi controls that make a text read as
// something other than it is.
func illegal(r rune) bool {
	switch {
	case r >= 0x20 && r < 0x7f, r == '\t', r == '\n', r == '\r':
		return false
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return true
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return true
	}
	return false
}

// Clean gives s in valid UTF-8 without characters that may not stand in a feed.
func Clean(s string) string {
	if strings.IndexFunc(s, illegal) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if illegal(r) {
			return -1
		}
		return r // a broken byte comes as U+FFFD
	}, s)
}

// Line is Clean with all white space folded, for what stands on one line.
func Line(s string) string {
	if isLine(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\u0085", " ") // white space, though a control character
	return strings.Join(strings.Fields(Clean(s)), " ")
}

// isLine reports whether Line has nothing to do, which is nearly always so.
func isLine(s string) bool {
	space := true
	for _, r := range s {
		switch {
		case r == ' ':
			if space {
				return false
			}
			space = true
			continue
		case r > ' ' && r < 0x7f:
		case unicode.IsSpace(r), r == utf8.RuneError, illegal(r):
			return false
		}
		space = false
	}
	return !space || s == ""
}

// Short is Line cut to at most n characters as a reader counts them.
func Short(s string, n int) string {
	s = Line(s[:min(len(s), 64<<10)]) // what is cut off here would be cut off below
	if len(s) <= n {
		return s
	}
	end := graphemes(s, n, 4*n)
	if end == len(s) {
		return s
	}
	return strings.TrimRight(s[:end], " ") + "…"
}

// graphemes is the length in bytes of the first n graphemes of s, and of fewer
// where they take more than limit bytes: one grapheme can be of any length.
func graphemes(s string, n, limit int) int {
	end, state := 0, -1
	for rest := s; n > 0 && rest != ""; n-- {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if end+len(cluster) > limit {
			break
		}
		end += len(cluster)
	}
	return end
}

// Link gives an absolute http or https address in its escaped form, and "" for
// anything that a reader must not be led to.
func Link(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || len(s) > longest || u.Host == "" || u.User != nil || u.Opaque != "" {
		return ""
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	out := u.String()
	if Line(out) != out || strings.ContainsAny(out, " \"<>\\^`{|}") {
		return ""
	}
	return out
}

// Host names where a link leads; "" where Link gives none.
func Host(link string) string {
	u, err := url.Parse(Link(link))
	if err != nil {
		return ""
	}
	return Line(u.Hostname())
}

// escape makes HTML of plain text.
func escape(s string) string { return html.EscapeString(s) }

// clean gives the entry as it may be written, whatever it was made of.
func (e Entry) clean() Entry {
	if e.cleaned {
		return e
	}
	e.cleaned = true
	e.ID, e.Title, e.Agency, e.Summary = Line(e.ID), Line(e.Title), Line(e.Agency), Line(e.Summary)
	e.Link, e.Page = Link(e.Link), Link(e.Page)
	if e.Link == "" {
		e.Link = e.Page
	}
	e.Origin = Origin{Title: Line(e.Origin.Title), URL: Link(e.Origin.URL)}
	e.Published, e.Updated = stamp(e.Published), stamp(e.Updated)
	e.HTML = Clean(e.HTML)
	e.Categories = append([]Category(nil), e.Categories...)
	for i, c := range e.Categories {
		e.Categories[i] = Category{Line(c.Scheme), Line(c.Term), Line(c.Label)}
	}
	return e
}
