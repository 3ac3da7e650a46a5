package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normGap reduces what stands between two words to what matters: runs of blanks and
// dashes are one blank, marks that only decorate are blanks too, and quotes have one form.
func normGap(s string) string {
	if s == " " || s == "" {
		return s
	}
	var b strings.Builder
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
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	if blank {
		b.WriteByte(' ')
	}
	return b.String()
}

// gapFits reports whether gap may stand between word i and i+1 of the term. No name
// reaches over the end of a paragraph.
func (t *term) gapFits(i int, gap string) bool {
	if gap == " " && (t.loose || t.gaps[i] == " ") {
		return true
	}
	if len(gap) > maxGap || breaksParagraph(gap) {
		return false
	}
	if t.loose {
		return true
	}
	want, got := t.gaps[i], normGap(gap)
	if want == got {
		return true
	}
	left, right := t.words[i].written, t.words[i+1].written
	switch {
	case isSingle(left) || isSingle(right): // AT&T, AT & T
		return strings.TrimSpace(want) == "" && strings.TrimSpace(got) == ""
	case got == " " && (want == ", " || want == ". " || want == "., "): // Wiz Inc., Warner Bros Discovery
		return true
	case want == " " && (got == ", " || got == "., "): // Wiz, Inc.
		return legalForm(right)
	case utf8.RuneCountInString(left) == 1: // U.S. Steel, U. S. Steel, J.P. Morgan
		return (want == "." || want == ". ") && (got == "." || got == ". ")
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
