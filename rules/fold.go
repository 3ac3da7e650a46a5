package rules

import (
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// class says what a rune is to the tokeniser.
type class uint8

const (
	separator class = iota // white space and punctuation
	letter                 // part of a word: a letter, digit or mark
	single                 // a word by itself: & § $ % and ideographs
	ignorable              // nothing at all inside a word, such as a soft hyphen
)

// folded is a rune's class and what stands for it when words are compared.
type folded struct {
	class  class
	plain  string // without case, width, ligature and accent
	accent string // the same with its accent, decomposed
	cased  string // with case and accent, decomposed
}

// beyond marks a byte that begins or continues a rune outside ASCII.
const beyond class = 255

// ascii holds the class of every byte; a byte of a longer rune is beyond.
var ascii = func() (table [256]class) {
	for b := range table {
		switch c := byte(b); {
		case c >= utf8.RuneSelf:
			table[b] = beyond
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			table[b] = letter
		case c == '&', c == '$', c == '%':
			table[b] = single
		}
	}
	return table
}()

// small holds what stands for each byte of ASCII when words are compared; 0 for nothing.
var small = func() (table [256]byte) {
	for b := range table {
		if ascii[b] == letter || ascii[b] == single {
			table[b] = byte(unicode.ToLower(rune(b)))
		}
	}
	return table
}()

// page is the folding of 256 runes. Classes are asked for most, and lie together.
type page struct {
	class  [256]class
	folded [256]folded
}

// pages caches the folding of all runes. A page is made when a text first needs it: a
// table of all Unicode would cost more than most programs run.
var pages [(unicode.MaxRune + 1) / 256]atomic.Pointer[page]

func pageOf(r rune) *page {
	if p := pages[r>>8].Load(); p != nil {
		return p
	}
	return newPage(r)
}

func newPage(r rune) *page {
	p := new(page)
	for i := range p.folded {
		p.folded[i] = foldOne(r&^0xff | rune(i))
		p.class[i] = p.folded[i].class
	}
	pages[r>>8].Store(p)
	return p
}

// fold gives the folding of a rune of a string, which is never out of range.
func fold(r rune) *folded {
	return &pageOf(r).folded[r&0xff]
}

var folder = cases.Fold()

// foldCase folds the case of s. Package cases turns the letters of Cherokee from one
// case into the other; their folded form is the capital.
func foldCase(s string) string {
	if folded := folder.String(s); folder.String(folded) == folded {
		return folded
	}
	return strings.ToUpper(s)
}

func foldOne(r rune) folded {
	switch {
	case r == '&' || r == '$' || r == '%' || r == '§':
		return folded{single, string(r), string(r), string(r)}
	case r == '\u00ad' || r == '\u200c' || r == '\u200d' || r == '\u2060' || r == '\ufeff' || unicode.Is(unicode.Variation_Selector, r):
		return folded{class: ignorable}
	case !ofWord(r):
		// A full-width ampersand is an ampersand.
		if s := norm.NFKC.String(string(r)); s == "&" || s == "$" || s == "%" {
			return folded{single, s, s, s}
		}
		return folded{class: separator}
	}
	f := folded{class: letter, cased: norm.NFKD.String(string(r))}
	for _, d := range norm.NFD.String(foldCase(norm.NFKC.String(string(r)))) {
		if !ofWord(d) {
			continue
		}
		f.accent += string(d)
		if d < 0x300 || d > 0x36f { // no accent
			f.plain += string(d)
		}
	}
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
		f.class = single
	}
	return f
}

// ofWord reports whether r can be part of a word.
func ofWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
