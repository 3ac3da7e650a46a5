package extract

import (
	"strings"

	"golang.org/x/net/html"
)

// A token is what a scanner found.
type token uint8

const (
	done token = iota
	text
	startTag
	emptyTag // ends with "/>"
	endTag
)

// A scanner finds the tokens of a page that the tokenizer of golang.org/x/net/html
// finds, but looks into tags only as far as text needs it, which makes it several
// times as fast. Comments and declarations are skipped. A script ends at the first
// "</script", in a comment or not.
type scanner struct {
	src string
	pos int
	xml bool   // CDATA is text, and no element's content is raw
	raw string // the element just opened, where its content is raw

	text    string // of a text token
	literal bool   // it has no references: "&" stands for itself
	name    []byte // of a tag, in lower case
	style   string // of a start tag
	hidden  bool   // a start tag has this attribute

	lower [24]byte // for name
}

func (s *scanner) next() token {
	if s.raw != "" {
		end := rawEnd(s.src, s.pos, s.raw)
		s.text, s.literal = s.src[s.pos:end], true
		s.pos, s.raw = end, ""
		return text
	}
	for s.pos < len(s.src) {
		if end := textEnd(s.src, s.pos); end > s.pos {
			s.text, s.literal, s.pos = s.src[s.pos:end], false, end
			return text
		}
		if t := s.markup(); t != done {
			return t
		}
	}
	return done
}

// textEnd is where the text at pos ends: at the end, or at a "<" that opens markup.
func textEnd(src string, pos int) int {
	for i := pos; ; i++ {
		n := strings.IndexByte(src[i:], '<')
		if n < 0 {
			return len(src)
		}
		i += n
		if i+1 == len(src) {
			return len(src)
		}
		switch c := src[i+1]; {
		case isLetter(c), c == '!', c == '?', c == '/' && i+2 < len(src):
			return i
		}
	}
}

// rawEnd is where raw content ends: at the end tag of its element.
func rawEnd(src string, pos int, name string) int {
	if name == "plaintext" {
		return len(src)
	}
	for {
		i := strings.Index(src[pos:], "</")
		if i < 0 {
			return len(src)
		}
		pos += i + 2
		if after := pos + len(name); after < len(src) && strings.EqualFold(src[pos:after], name) && strings.IndexByte(" \t\n\r\f/>", src[after]) >= 0 {
			return pos - 2
		}
	}
}

// markup reads what the "<" at pos opens. It gives done for what is skipped, and for
// what has no end.
func (s *scanner) markup() token {
	rest := s.src[s.pos:]
	switch c := rest[1]; {
	case isLetter(c):
		return s.startTag()
	case c == '/' && isLetter(rest[2]):
		s.pos += 2
		if s.tagName(); s.attributes() {
			return endTag
		}
	case strings.HasPrefix(rest, "<!--"):
		s.pos += 4 + commentEnd(rest[4:])
	case s.xml && strings.HasPrefix(rest, "<![CDATA["):
		s.text, rest, _ = strings.Cut(rest[len("<![CDATA["):], "]]>")
		s.literal, s.pos = true, len(s.src)-len(rest)
		return text
	default:
		s.skipTo('>')
	}
	return done
}

// commentEnd is the length of a comment after its "<!--", its end included.
func commentEnd(s string) int {
	switch {
	case strings.HasPrefix(s, ">"):
		return 1
	case strings.HasPrefix(s, "->"):
		return 2
	}
	for i := 0; ; i++ {
		n := strings.Index(s[i:], "--")
		if n < 0 {
			return len(s)
		}
		i += n
		switch rest := s[i+2:]; {
		case strings.HasPrefix(rest, ">"):
			return i + 3
		case strings.HasPrefix(rest, "!>"):
			return i + 4
		}
	}
}

func (s *scanner) startTag() token {
	s.pos++
	s.tagName()
	if !s.attributes() {
		return done
	}
	if s.src[s.pos-2] == '/' {
		return emptyTag
	}
	if !s.xml {
		switch string(s.name) {
		case "script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext":
			s.raw = string(s.name)
		}
	}
	return startTag
}

func (s *scanner) tagName() {
	start := s.pos
	for s.pos < len(s.src) && !endsName[s.src[s.pos]] {
		s.pos++
	}
	s.name = append(s.lower[:0], s.src[start:s.pos]...)
	for i, c := range s.name {
		if 'A' <= c && c <= 'Z' {
			s.name[i] += 'a' - 'A'
		}
	}
}

// attributes reads up to the end of a tag, and reports false where it has none.
func (s *scanner) attributes() bool {
	s.style, s.hidden = "", false
	styled := false
	for {
		for s.pos < len(s.src) && (isSpace(s.src[s.pos]) || s.src[s.pos] == '/') {
			s.pos++
		}
		if s.pos == len(s.src) {
			return false
		}
		if s.src[s.pos] == '>' {
			s.pos++
			return true
		}
		start := s.pos
		for s.pos++; s.pos < len(s.src) && !endsKey[s.src[s.pos]]; s.pos++ {
		}
		key := s.src[start:s.pos]
		value := s.value()
		switch {
		case len(key) == 5 && !styled && strings.EqualFold(key, "style"):
			s.style, styled = html.UnescapeString(value), true
		case len(key) == 6 && strings.EqualFold(key, "hidden"):
			s.hidden = true
		}
	}
}

// value reads "= value", where it stands after an attribute's name.
func (s *scanner) value() string {
	at := s.pos
	for at < len(s.src) && isSpace(s.src[at]) {
		at++
	}
	if at == len(s.src) || s.src[at] != '=' {
		return ""
	}
	for at++; at < len(s.src) && isSpace(s.src[at]); at++ {
	}
	s.pos = at
	if at == len(s.src) {
		return ""
	}
	if c := s.src[at]; c == '"' || c == '\'' {
		s.pos++
		s.skipTo(c)
		return s.src[at+1 : max(s.pos-1, at+1)]
	}
	for s.pos < len(s.src) && s.src[s.pos] != '>' && !isSpace(s.src[s.pos]) {
		s.pos++
	}
	return s.src[at:s.pos]
}

// skipTo goes behind the next c, or to the end.
func (s *scanner) skipTo(c byte) {
	if i := strings.IndexByte(s.src[s.pos:], c); i >= 0 {
		s.pos += i + 1
	} else {
		s.pos = len(s.src)
	}
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// endsName and endsKey hold the bytes that end the name of a tag and of an attribute.
var endsName, endsKey = bytesOf(" \n\t\r\f/>"), bytesOf(" \n\t\r\f/>=")

func bytesOf(set string) (table [256]bool) {
	for i := range len(set) {
		table[set[i]] = true
	}
	return table
}
