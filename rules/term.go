package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// caseRule says how a term's capitals bind.
type caseRule uint8

const (
	anyCase   caseRule = iota
	nameCase           // what begins with a capital must do so in the text
	exactCase          // as typed
	allCaps            // capitals only
)

// term is one thing to look for: an alias, a phrase, a word of a rule.
type term struct {
	id    int
	text  string // as the watchlist writes it
	words []word
	gaps  []string // between word i and i+1, normalised
	cases caseRule
	loose bool // punctuation between words is ignored, as in a rule's phrase
	key   int  // the word that its index files the term under
}

// word is one token of a term.
type word struct {
	written string
	forms   []string // folded forms that fit; empty for a pattern
	pattern string   // folded, with * for one character
	open    bool     // a pattern that only has to fit the beginning
	accent  string   // the form with its accents; "" where it has none
	capital bool
}

const maxGap = 24 // bytes between two words of one name

// newTerm prepares text. plurals lets a word stand for its plural and the reverse;
// wild gives ! and * their meaning. It is nil where text has no word.
func newTerm(text string, cases caseRule, loose, plurals, wild bool) *term {
	t := &term{text: text, cases: cases, loose: loose}
	last := 0
	for start, end := nextToken(text, 0); start < len(text); start, end = nextToken(text, end) {
		if wild {
			end = patternEnd(text, start, end)
		}
		if len(t.words) > 0 {
			t.gaps = append(t.gaps, normGap(text[last:start]))
		}
		t.words = append(t.words, newWord(text[start:end], plurals && cases != exactCase))
		last = end
	}
	if len(t.words) == 0 {
		return nil
	}
	return t
}

// patternEnd stretches a token over the ! and * that belong to it.
func patternEnd(s string, start, end int) int {
	for end < len(s) {
		if s[end] == '!' {
			return end + 1
		}
		if s[end] != '*' {
			break
		}
		end++
		if end < len(s) {
			if c, _ := classAt(s, end); c == letter {
				_, end = nextToken(s, end)
			}
		}
	}
	return end
}

func newWord(s string, plurals bool) word {
	w := word{written: s}
	if strings.ContainsAny(s, "!*") {
		w.open = strings.HasSuffix(s, "!")
		for _, part := range strings.SplitAfter(strings.TrimSuffix(s, "!"), "*") {
			w.pattern += string(appendFold(nil, part))
			if strings.HasSuffix(part, "*") {
				w.pattern += "*"
			}
		}
		return w
	}
	folded := string(appendFold(nil, s))
	w.forms = []string{folded}
	if plurals {
		w.forms = append(w.forms, otherNumbers(folded)...)
	}
	if a := accented(s); a != folded {
		w.accent = a
	}
	r, _ := utf8.DecodeRuneInString(s)
	w.capital = unicode.IsUpper(r) || unicode.IsTitle(r)
	return w
}

// otherNumbers gives the plurals of an English word, and its singular where it looks
// like a plural.
func otherNumbers(s string) []string {
	if len(s) < 3 || s[len(s)-1] < 'a' {
		return nil
	}
	var out []string
	stem, last := s[:len(s)-1], s[len(s)-1]
	sibilant := func(s string) bool {
		return strings.HasSuffix(s, "s") || strings.HasSuffix(s, "x") || strings.HasSuffix(s, "z") ||
			strings.HasSuffix(s, "ch") || strings.HasSuffix(s, "sh")
	}
	consonantY := func(s string) bool { return len(s) > 1 && !strings.ContainsAny(s[len(s)-2:len(s)-1], "aeiou") }
	switch {
	case last == 'y' && consonantY(s):
		out = append(out, stem+"ies")
	case sibilant(s):
		out = append(out, s+"es")
	default:
		out = append(out, s+"s")
	}
	if last != 's' || len(s) < 4 || strings.HasSuffix(s, "ss") || strings.HasSuffix(s, "us") || strings.HasSuffix(s, "is") {
		return out
	}
	out = append(out, stem)
	if strings.HasSuffix(s, "ies") && len(s) > 4 {
		out = append(out, s[:len(s)-3]+"y")
	} else if strings.HasSuffix(s, "es") && sibilant(s[:len(s)-2]) {
		out = append(out, s[:len(s)-2])
	}
	return out
}

// at reports whether the term stands in s at start, and where it ends.
func (t *term) at(s string, start int) (end int, ok bool) {
	end, _, ok = t.stand(s, start)
	return end, ok
}

// stand is at that says also where the key word is.
func (t *term) stand(s string, start int) (end int, key extent, ok bool) {
	var buf [64]byte
	for i := range t.words {
		from := start
		if i > 0 {
			if from, _ = nextToken(s, end); from == len(s) || !t.gapFits(i-1, s[end:from]) {
				return 0, key, false
			}
		}
		_, to := nextToken(s, from)
		if !t.wordFits(i, s[from:to], buf[:0]) {
			joined := joinEnd(s, to)
			if joined == to || !t.wordFits(i, s[from:joined], buf[:0]) {
				return 0, key, false
			}
			to = joined
		}
		if i == t.key {
			key = extent{from, to}
		}
		end = to
	}
	return end, key, true
}

func (t *term) wordFits(i int, token string, buf []byte) bool {
	w := &t.words[i]
	folded := appendFold(buf, token)
	if len(w.forms) == 0 {
		if !fitsPattern(w.pattern, w.open, string(folded)) {
			return false
		}
	} else if !slices.Contains(w.forms, string(folded)) {
		return false
	}
	if w.accent != "" && accented(token) != w.accent {
		return false
	}
	switch t.cases {
	case nameCase:
		if w.capital {
			r, _ := utf8.DecodeRuneInString(token)
			return unicode.IsUpper(r) || unicode.IsTitle(r)
		}
	case exactCase:
		return token == w.written || unfolded(token) == unfolded(w.written)
	case allCaps:
		return strings.IndexFunc(token, unicode.IsLower) < 0 && strings.IndexFunc(token, unicode.IsUpper) >= 0
	}
	return true
}

// unfolded is s in its own case, without width, ligatures and soft hyphens.
func unfolded(s string) string {
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if c := fold(r).class; c == ignorable || c == separator {
			return -1
		}
		return r
	}, s))
}

func fitsPattern(pattern string, open bool, s string) bool {
	for _, p := range pattern {
		r, size := utf8.DecodeRuneInString(s)
		if size == 0 || (p != '*' && p != r) {
			return false
		}
		s = s[size:]
	}
	return open || s == ""
}
