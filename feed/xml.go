package feed

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanXML reads the XML that we write, and nothing else: elements, attributes in double
// quotation marks, text with the five entities and characters by their number. There is
// no DOCTYPE, no comment, no CDATA. It is many times as fast as the library, which knows
// more; a fuzz test holds it against it. It tells of each element that opens, and of the
// text, as it is written, of an element without others; with the path from the root.
func scanXML(body []byte, open func(path []string), leaf func(path []string, text []byte)) error {
	if !utf8.Valid(body) {
		return errors.New("bad UTF-8")
	}
	rest, ok := bytes.CutPrefix(body, []byte(`<?xml version="1.0" encoding="UTF-8"?>`))
	if !ok {
		return errors.New("no XML declaration")
	}
	var path []string
	roots, plain := 0, false // since the last tag there was only text
	for {
		n := bytes.IndexByte(rest, '<')
		text := rest
		if n >= 0 {
			text = rest[:n]
		}
		if err := checkText(text); err != nil {
			return err
		}
		if len(path) == 0 && len(bytes.TrimSpace(text)) > 0 {
			return errors.New("text outside of the root")
		}
		if n < 0 {
			break
		}
		end := bytes.IndexByte(rest[n:], '>')
		if end < 0 {
			return errors.New("a tag without an end")
		}
		tag := rest[n+1 : n+end]
		rest = rest[n+end+1:]
		if name, ok := bytes.CutPrefix(tag, []byte("/")); ok {
			if len(path) == 0 || path[len(path)-1] != string(name) {
				return fmt.Errorf("element %.100s closed out of turn", name)
			}
			if plain {
				leaf(path, text)
			}
			path, plain = path[:len(path)-1], false
			continue
		}
		name, err := checkTag(tag)
		if err != nil {
			return err
		}
		if len(path) == 0 {
			if roots++; roots > 1 {
				return errors.New("a second root")
			}
		}
		path, plain = append(path, name), true
		open(path)
	}
	if len(path) > 0 {
		return fmt.Errorf("element %s is not closed", path[len(path)-1])
	}
	if roots == 0 {
		return errors.New("no element")
	}
	return nil
}

// checkTag gives the name of an opening tag, such as a b="c".
func checkTag(tag []byte) (name string, err error) {
	word, rest, _ := bytes.Cut(tag, []byte(" "))
	if name = string(word); !isName(name) {
		return "", fmt.Errorf("no name of an element: %.100q", word)
	}
	var seen []string
	for len(rest) > 0 {
		attr, after, ok := bytes.Cut(rest, []byte(`="`))
		if !ok || !isName(string(attr)) {
			return "", fmt.Errorf("no attribute of %s: %.100q", name, rest)
		}
		for _, s := range seen {
			if s == string(attr) {
				return "", fmt.Errorf("element %s has %s twice", name, s)
			}
		}
		seen = append(seen, string(attr))
		value, after, ok := bytes.Cut(after, []byte(`"`))
		if !ok {
			return "", fmt.Errorf("attribute %s of %s has no end", attr, name)
		}
		if err := checkText(value); err != nil {
			return "", err
		}
		if rest = after; len(rest) == 0 {
			break
		}
		if rest, ok = bytes.CutPrefix(rest, []byte(" ")); !ok || len(rest) == 0 {
			return "", fmt.Errorf("attributes of %s are not apart: %.100q", name, after)
		}
	}
	return name, nil
}

// isName reports whether s is a name as ours are.
func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || i == len(s)-1 || c != ':') || c == ':' && strings.IndexByte(s[i+1:], ':') >= 0 {
			return false
		}
	}
	return s != ""
}

// entities are those of XML itself.
var entities = []string{"amp;", "lt;", "gt;", "quot;", "apos;"}

// checkText refuses what may not stand in XML, and ampersands that begin no entity.
func checkText(b []byte) error {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '&':
			if err := checkEntity(b[i+1:]); err != nil {
				return err
			}
		case c >= ' ' && c != 0xef || c == '\t' || c == '\n' || c == '\r':
			if c == '>' && i > 1 && b[i-1] == ']' && b[i-2] == ']' {
				return errors.New("]]> in text")
			}
		case c == 0xef && bytes.HasPrefix(b[i:], []byte("\uFFFE")), c == 0xef && bytes.HasPrefix(b[i:], []byte("\uFFFF")), c < ' ':
			return fmt.Errorf("a character that XML does not know: %.20q", b[i:])
		}
	}
	return nil
}

func checkEntity(b []byte) error {
	for _, e := range entities {
		if bytes.HasPrefix(b, []byte(e)) {
			return nil
		}
	}
	b = b[:min(len(b), 12)]
	number, _, ok := bytes.Cut(b, []byte(";"))
	if digits, is := bytes.CutPrefix(number, []byte("#")); ok && is {
		n, ok := charNumber(string(digits))
		if ok && (n == '\t' || n == '\n' || n == '\r' || n >= ' ' && n < 0xd800 || n >= 0xe000 && n < 0xfffe || n >= 0x10000 && n <= utf8.MaxRune) {
			return nil
		}
	}
	return fmt.Errorf("no entity: &%.12q", b)
}

// charNumber reads the number of a character, such as 38 or x26.
func charNumber(s string) (rune, bool) {
	base := 10
	if hex, ok := strings.CutPrefix(s, "x"); ok {
		s, base = hex, 16
	}
	n, err := strconv.ParseUint(s, base, 31)
	return rune(n), err == nil
}
