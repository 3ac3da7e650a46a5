package store

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// scan gives the words of an SQL text in lower case, and each sign by itself. What
// stands in literals and comments is left out; a quoted name is a word. The two
// databases differ in comments, in backslashes, and in the quotes ` and $.
func scan(s string, postgres bool) ([]string, error) {
	var words []string
	for i := 0; i < len(s); {
		rest := s[i:]
		c := s[i]
		n := 1
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
		case c == 0:
			return nil, errors.New("it holds a NUL character")
		case strings.HasPrefix(rest, "--"):
			if n = strings.IndexByte(rest, '\n'); n < 0 {
				n = len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			n = comment(rest, postgres)
		case c == '\'' || c == '"' || c == '`' && !postgres:
			if n = quoted(rest, postgres && escaped(words, s, i)); n < 0 {
				return nil, errors.New("a quotation mark is not closed")
			}
			if c != '\'' {
				words = append(words, strings.ToLower(strings.Trim(rest[:n], string(c))))
			}
		case c == '$' && postgres && dollar(rest) > 0:
			n = dollar(rest)
		case letter(c):
			for n < len(rest) && (letter(rest[n]) || rest[n] >= '0' && rest[n] <= '9' || rest[n] == '$') {
				n++
			}
			words = append(words, strings.ToLower(rest[:n]))
		default:
			words = append(words, string(c))
		}
		i += n
	}
	return words, nil
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

// comment is the length of the block comment that s begins with.
func comment(s string, nested bool) int {
	depth := 0
	for i := 0; i < len(s)-1; i++ {
		switch {
		case s[i:i+2] == "/*" && (nested || depth == 0):
			depth++
			i++
		case s[i:i+2] == "*/":
			i++
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

// escaped reports whether the quotation mark at i begins an E'...' literal, in which a
// backslash escapes the next character.
func escaped(words []string, s string, i int) bool {
	return i > 0 && (s[i-1] == 'e' || s[i-1] == 'E') && len(words) > 0 && words[len(words)-1] == "e"
}

// quoted is the length of the literal or name that s begins with, -1 when it has no end.
func quoted(s string, backslash bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case backslash && s[i] == '\\':
			i++
		case s[i] == s[0] && i+1 < len(s) && s[i+1] == s[0]:
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return -1
}

// dollar is the length of the $tag$...$tag$ literal that s begins with, 0 for none.
func dollar(s string) int {
	end := strings.IndexByte(s[1:], '$')
	if end < 0 {
		return 0
	}
	tag := s[:end+2]
	for _, c := range []byte(tag[1 : len(tag)-1]) {
		if !letter(c) && (c < '0' || c > '9') {
			return 0
		}
	}
	if close := strings.Index(s[len(tag):], tag); close >= 0 {
		return len(tag) + close + len(tag)
	}
	return 0
}
