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
		c, size := ascii[s[i]], 1
		if c == beyond {
			c, size = classAt(s, i)
		}
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
	i = tokenASCII(s, i)
	end := i
	for i < len(s) {
		c, size := classAt(s, i)
		if c != letter && c != ignorable {
			break
		}
		i += size
		if c == letter {
			i = tokenASCII(s, i)
			end = i
		}
	}
	return end
}

// tokenASCII gives the end of the letters and digits of ASCII at i.
func tokenASCII(s string, i int) int {
	for i < len(s) && ascii[s[i]] == letter {
		i++
	}
	return i
}

// prevToken gives the last token of s that ends at i or before; ok is false where
// there is none. i must not lie inside a token.
func prevToken(s string, i int) (start, end int, ok bool) {
	for i > 0 {
		c, size := ascii[s[i-1]], 1
		if c == beyond {
			c, size = classBefore(s, i)
		}
		switch c {
		case single:
			return i - size, i, true
		case letter:
			return tokenStart(s, i-size), i, true
		}
		i -= size
	}
	return 0, 0, false
}

// tokenStart gives the start of the token of letters whose last rune begins at i, or
// that goes on there.
func tokenStart(s string, i int) int {
	start := i
	for i > 0 {
		c, size := ascii[s[i-1]], 1
		if c == beyond {
			c, size = classBefore(s, i)
		}
		if c != letter && c != ignorable {
			break
		}
		i -= size
		if c == letter {
			start = i
		}
	}
	return start
}

func classAt(s string, i int) (class, int) {
	if c := ascii[s[i]]; c != beyond {
		return c, 1
	}
	r, size := runeAt(s, i)
	if p := pages[r>>8].Load(); p != nil { // pageOf, without the call
		return p.class[r&0xff], size
	}
	return newPage(r).class[r&0xff], size
}

func classBefore(s string, i int) (class, int) {
	if c := ascii[s[i-1]]; c != beyond {
		return c, 1
	}
	if i >= 2 && s[i-2] >= 0xc2 && s[i-2] < 0xe0 && s[i-1]&0xc0 == 0x80 {
		r := rune(s[i-2]&0x1f)<<6 | rune(s[i-1]&0x3f)
		return pageOf(r).class[r&0xff], 2
	}
	r, size := utf8.DecodeLastRuneInString(s[:i])
	return pageOf(r).class[r&0xff], size
}

// runeAt is utf8.DecodeRuneInString, faster for most runes of two and three bytes.
func runeAt(s string, i int) (rune, int) {
	if len(s)-i >= 3 {
		b, c, d := s[i], s[i+1], s[i+2]
		switch {
		case b >= 0xc2 && b < 0xe0 && c&0xc0 == 0x80:
			return rune(b&0x1f)<<6 | rune(c&0x3f), 2
		case b > 0xe0 && b < 0xed && c&0xc0 == 0x80 && d&0xc0 == 0x80:
			return rune(b&0x0f)<<12 | rune(c&0x3f)<<6 | rune(d&0x3f), 3
		}
	}
	return utf8.DecodeRuneInString(s[i:])
}

// appendFold appends what stands for s when words are compared.
func appendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b = small[b]; b != 0 {
				dst = append(dst, b)
			}
			i++
			continue
		}
		r, size := runeAt(s, i)
		dst = append(dst, fold(r).plain...)
		i += size
	}
	return dst
}

// foldsTo reports whether appendFold makes form of s.
func foldsTo(s, form string) bool {
	n := 0
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf {
			if b = small[b]; b != 0 {
				if n == len(form) || form[n] != b {
					return false
				}
				n++
			}
			i++
			continue
		}
		r, size := runeAt(s, i)
		plain := fold(r).plain
		if !strings.HasPrefix(form[n:], plain) {
			return false
		}
		n += len(plain)
		i += size
	}
	return n == len(form)
}

// appendDecomposed appends what kind gives of each rune of s, with accents after their
// letters and in the order of Unicode. It stops when it has more than most.
func appendDecomposed(dst []byte, s string, kind func(*folded) string, most int) []byte {
	for _, r := range s {
		if dst = append(dst, kind(fold(r))...); len(dst) > most {
			return dst
		}
	}
	for i := 0; i < len(dst); {
		_, size := utf8.DecodeRune(dst[i:])
		at, class := i, norm.NFD.Properties(dst[i:]).CCC()
		for class != 0 && at > 0 {
			_, before := utf8.DecodeLastRune(dst[:at])
			if norm.NFD.Properties(dst[at-before:]).CCC() <= class {
				break
			}
			at -= before
		}
		if at < i {
			var mark [utf8.UTFMax]byte
			copy(mark[:], dst[i:i+size])
			copy(dst[at+size:], dst[at:i])
			copy(dst[at:], mark[:size])
		}
		i += size
	}
	return dst
}

func accented(f *folded) string { return f.accent }
func cased(f *folded) string    { return f.cased }

// joinEnd gives the end of the word that a line break cuts at end: "Ama-\nzon". It is
// end itself where no word is cut. The rest must begin with a small letter, for
// "Sherwin-\nWilliams" is two words; where all is in capitals it may be one.
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
	if !unicode.IsLower(r) && !(isUpper(s[max(end-1, 0)]) && unicode.IsUpper(r)) {
		return end
	}
	return tokenEnd(s, i+size)
}
