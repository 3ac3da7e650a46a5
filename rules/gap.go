package rules

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendGap appends what matters of s, which stands between two words: runs of blanks
// and dashes are one blank, marks that only decorate are blanks too, and quotes have
// one form.
func appendGap(dst []byte, s string) []byte {
	blank := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), r == '\u2212', r == '\u200b', strings.ContainsRune(`_\*®™℠`, r):
			blank = true
			continue
		case fold(r).class == ignorable:
			continue
		case r == '’' || r == '‘' || r == 'ʼ' || r == '＇':
			r = '\''
		case r == '．':
			r = '.'
		}
		if blank {
			dst = append(dst, ' ')
			blank = false
		}
		dst = utf8.AppendRune(dst, r)
	}
	if blank {
		dst = append(dst, ' ')
	}
	return dst
}

// gapFits reports whether gap may stand between word i and i+1 of the term. No name
// reaches over the end of a paragraph.
func (t *term) gapFits(i int, gap string) bool {
	if gap == " " && (t.loose || t.gap(i) == " ") {
		return true
	}
	if len(gap) > maxGap || breaksParagraph(gap) {
		return false
	}
	if t.loose {
		return true
	}
	var bufWant, bufGot [utf8.UTFMax * maxGap]byte
	want, got := appendGap(bufWant[:0], t.gap(i)), appendGap(bufGot[:0], gap)
	if bytes.Equal(want, got) {
		return true
	}
	left, right := t.written(i), t.written(i+1)
	switch {
	case isSingle(left) || isSingle(right): // AT&T, AT & T
		return len(bytes.TrimSpace(want)) == 0 && len(bytes.TrimSpace(got)) == 0
	case is(got, " ") && is(want, ", ", ". ", "., "): // Wiz Inc., Warner Bros Discovery
		return true
	case is(want, " ") && is(got, ", ", "., "): // Wiz, Inc.
		return legalForms[t.words[i+1].form]
	case utf8.RuneCountInString(left) == 1: // U.S. Steel, U. S. Steel, J.P. Morgan
		return is(want, ".", ". ") && is(got, ".", ". ")
	}
	return false
}

func is(gap []byte, any ...string) bool {
	for _, s := range any {
		if string(gap) == s {
			return true
		}
	}
	return false
}

func isSingle(s string) bool {
	c, _ := classAt(s, 0)
	return c == single
}

// breaksParagraph reports whether gap holds an empty line.
func breaksParagraph(gap string) bool {
	i := strings.IndexByte(gap, '\n')
	return i >= 0 && strings.IndexByte(gap[i+1:], '\n') >= 0
}
