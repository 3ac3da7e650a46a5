package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nextToken gives the first token of s that begins at i or after; start is len(s)
// where there is none. A token is a run of letters and digits, or one of & § $ %, or
// one ideograph. Everything between tokens is gap.
func nextToken(s string, i int) (start, end int) {
	for i < len(s) {
		c, size := classAt(s, i)
		switch c {
		case single:
			return i, i + size
		case letter:
			return i, tokenEnd(s, i+size)
		}
		i += size
	}
	return len(s), len(s)
}

// tokenEnd gives the end of the token of letters whose first rune ends at i.
func tokenEnd(s string, i int) int {
	end := i
	for i < len(s) {
		c, size := classAt(s, i)
		if c != letter && c != ignorable {
			break
		}
		i += size
		if c == letter {
			end = i
		}
	}
	return end
}

// prevToken gives the last token of s that ends at i or before; ok is false where
// there is none. i must not lie inside a token.
func prevToken(s string, i int) (start, end int, ok bool) {
	for i > 0 {
		c, size := classBefore(s, i)
		switch c {
		case single:
			return i - size, i, true
		case letter:
			end, start = i, i-size
			for i = start; i > 0; {
				c, size := classBefore(s, i)
				if c != letter && c != ignorable {
					break
				}
				i -= size
				if c == letter {
					start = i
				}
			}
			return start, end, true
		}
		i -= size
	}
	return 0, 0, false
}

func classAt(s string, i int) (class, int) {
	if c := ascii[s[i]]; c != beyond {
		return c, 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return fold(r).class, size
}

func classBefore(s string, i int) (class, int) {
	if c := ascii[s[i-1]]; c != beyond {
		return c, 1
	}
	r, size := utf8.DecodeLastRuneInString(s[:i])
	return fold(r).class, size
}

// appendFold appends what stands for s when words are compared.
func appendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		b := s[i]
		if b < utf8.RuneSelf {
			if b >= 'A' && b <= 'Z' {
				b |= 0x20
			}
			if ascii[b] != separator {
				dst = append(dst, b)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		dst = append(dst, fold(r).plain...)
		i += size
	}
	return dst
}

// accented is appendFold with the accents kept.
func accented(s string) string {
	var dst []byte
	for _, r := range s {
		dst = append(dst, fold(r).accent...)
	}
	return norm.NFC.String(string(dst))
}

// joinEnd gives the end of the word that a line break cuts at end: "Ama-\nzon". It is
// end itself where no word is cut. The rest must begin with a small letter, for
// "Sherwin-\nWilliams" is two words.
func joinEnd(s string, end int) int {
	i := end
	switch {
	case i < len(s) && s[i] == '-':
		i++
	case i < len(s) && s[i] == 0xc2 && strings.HasPrefix(s[i:], "\u00ad"): // a soft hyphen
		i += 2
	default:
		return end
	}
	if i >= len(s) || s[i] != '\n' {
		return end
	}
	for i++; i < len(s) && (s[i] == ' ' || s[i] == '\t'); i++ {
		if i > end+24 {
			return end
		}
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if !unicode.IsLower(r) {
		return end
	}
	return tokenEnd(s, i+size)
}
