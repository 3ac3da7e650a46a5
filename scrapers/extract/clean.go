package extract

import "unicode/utf8"

// Line makes one line of s: valid UTF-8, every run of white space one blank, none at
// either end. It drops what no reader sees and what can fool one: control and bidi
// characters, soft hyphens, joiners and tag characters. A zero-width space inside a
// word is dropped too; beside a blank or at an end it is a blank, as filings write it
// where a cell is empty.
func Line(s string) string {
	if clean(s, false) {
		return s
	}
	w := newWriter(len(s))
	w.flat = true
	w.text(s)
	return w.String()
}

// Clean does for text what Line does for a line, and keeps line ends: "\n" is one,
// any number of blank lines is "\n\n". A form feed and the other vertical blanks of
// Unicode end a line.
func Clean(s string) string {
	if clean(s, true) {
		return s
	}
	w := newWriter(len(s))
	w.lines(s)
	return w.String()
}

// clean reports whether s is as Line or Clean would leave it, for ASCII only.
func clean(s string, lines bool) bool {
	last := byte('\n')
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' && last != ' ' && last != '\n':
		case c == '\n' && lines && i > 0 && last != ' ' && (last != '\n' || i > 1 && s[i-2] != '\n'):
		case c <= ' ' || c >= 0x7f:
			return false
		}
		last = c
	}
	return len(s) == 0 || last > ' '
}

// What a character does in a text.
type class uint8

const (
	visible class = iota
	blank
	newline
	invisible
	zeroSpace // U+200B: nothing inside a word, a blank elsewhere
	wide      // the first byte of a rune that is not ASCII
)

var asciiClass = func() (table [256]class) {
	for c := range table {
		switch {
		case c >= 0x80:
			table[c] = wide
		case c == ' ' || c == '\t':
			table[c] = blank
		case c == '\n' || c == '\v' || c == '\f' || c == '\r':
			table[c] = newline
		case c < ' ' || c == 0x7f:
			table[c] = invisible
		}
	}
	return table
}()

// classOf is the class of a rune that is not ASCII.
func classOf(r rune) class {
	switch {
	case r == 0xA0, r == 0x1680, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x3000:
		return blank
	case r == 0x85, r == 0x2028, r == 0x2029:
		return newline
	case r == 0x200B:
		return zeroSpace
	case r < 0xA0, r == 0xAD, r == 0x061C, r == 0x180E, r == 0xFEFF:
		return invisible
	case r >= 0x200C && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return invisible
	case r >= 0xFFF9 && r <= 0xFFFC, r >= 0xE0000 && r <= 0xE007F, r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		return invisible
	}
	return visible
}

// classAt is the class of the character at s[i] and its length in bytes.
func classAt(s string, i int) (class, int) {
	if c := asciiClass[s[i]]; c != wide {
		return c, 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if r == utf8.RuneError && size == 1 {
		return wide, 1 // no UTF-8: the writer puts U+FFFD
	}
	return classOf(r), size
}
