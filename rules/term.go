package rules

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// caseRule says how a term's capitals bind.
type caseRule uint8

const (
	anyCase   caseRule = iota
	nameCase           // what begins with a capital must do so in the text
	exactCase          // as typed
	allCaps            // capitals only
)

// term is one thing to look for: an alias, a phrase, a word of a rule. Watchlists may
// have a hundred thousand: a term holds what it is asked for often, and works out the rest.
type term struct {
	text  string // as the watchlist writes it
	words []word
	id    int
	key   int // the word that its index files the term under
	cases caseRule
	loose bool // punctuation between words is ignored, as in a rule's phrase
}

// word is one token of a term.
type word struct {
	form       string // folded; "" for a pattern
	start, end uint32 // of the term's text
	rare       *rarity
}

// rarity is what few words have.
type rarity struct {
	others  []string // forms that fit too
	wild    bool     // the word is a pattern
	pattern string   // folded, with * for one character; a | stands between a word and its other numbers
	open    bool     // it only has to fit the beginning
	accent  string   // the form with its accents; "" where it has none
}

const maxGap = 24 // bytes between two words of one name

// newTerm prepares text. plurals lets a word stand for its plural and the reverse;
// wild gives ! and * their meaning. It is nil where text has no word.
func newTerm(text string, cases caseRule, loose, plurals, wild bool) *term {
	var buf [16]word
	words := buf[:0]
	for start, end := nextToken(text, 0); start < len(text); start, end = nextToken(text, end) {
		if wild {
			end = patternEnd(text, start, end)
		}
		w := newWord(text[start:end], plurals && cases != exactCase)
		w.start, w.end = uint32(start), uint32(end)
		words = append(words, w)
	}
	if len(words) == 0 {
		return nil
	}
	return &term{text: text, words: slices.Clone(words), cases: cases, loose: loose}
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
	var r rarity
	if strings.ContainsAny(s, "!*") {
		r.wild, r.open = true, strings.HasSuffix(s, "!")
		for _, part := range strings.SplitAfter(strings.TrimSuffix(s, "!"), "*") {
			r.pattern += string(appendFold(nil, part))
			if strings.HasSuffix(part, "*") {
				r.pattern += "*"
			}
		}
		if plurals && !r.open {
			r.pattern = strings.Join(append([]string{r.pattern}, otherNumbers(r.pattern)...), "|")
		}
		rare := r
		return word{rare: &rare}
	}
	w := word{form: s}
	if !foldsTo(s, s) {
		w.form = string(appendFold(nil, s))
	}
	if plurals {
		r.others = otherNumbers(w.form)
	}
	if !isASCII(s) {
		if a := string(appendDecomposed(nil, s, accented, math.MaxInt)); a != w.form {
			r.accent = a
		}
	}
	if r.others != nil || r.accent != "" {
		rare := r
		w.rare = &rare
	}
	return w
}

// forms gives the folded forms that fit; none for a pattern.
func (w *word) forms(yield func(string) bool) {
	if w.isPattern() || !yield(w.form) || w.rare == nil {
		return
	}
	for _, f := range w.rare.others {
		if !yield(f) {
			return
		}
	}
}

func (w *word) isPattern() bool { return w.rare != nil && w.rare.wild }

// written is word i as the watchlist writes it.
func (t *term) written(i int) string { return t.text[t.words[i].start:t.words[i].end] }

// gap is what the watchlist has between word i and i+1.
func (t *term) gap(i int) string { return t.text[t.words[i].end:t.words[i+1].start] }

// noPlurals end like the plural of another word and are none.
var noPlurals = map[string]bool{
	"news": true, "series": true, "species": true, "does": true, "lens": true, "means": true, "corps": true, "always": true, "perhaps": true,
}

// irregular has plurals that no ending tells; filled in both ways.
var irregular = map[string]string{
	"index": "indices", "appendix": "appendices", "matrix": "matrices", "vertex": "vertices",
	"hero": "heroes", "veto": "vetoes", "cargo": "cargoes", "embargo": "embargoes",
}

func init() {
	for one, many := range maps.Clone(irregular) {
		irregular[many] = one
	}
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
	case !noPlurals[s+"s"]:
		out = append(out, s+"s")
	}
	if other := irregular[s]; other != "" {
		out = append(out, other)
	}
	switch {
	case strings.HasSuffix(s, "sis"): // analysis
		out = append(out, s[:len(s)-2]+"es")
	case strings.HasSuffix(s, "ses") && len(s) > 4:
		out = append(out, s[:len(s)-2]+"is")
	case strings.HasSuffix(s, "lf") || strings.HasSuffix(s, "af"): // half, leaf
		out = append(out, stem+"ves")
	case strings.HasSuffix(s, "lves") || strings.HasSuffix(s, "aves"):
		out = append(out, s[:len(s)-3]+"f")
	}
	if noPlurals[s] || last != 's' || len(s) < 4 || strings.HasSuffix(s, "ss") || strings.HasSuffix(s, "us") || strings.HasSuffix(s, "is") {
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
	for i := range t.words {
		from, to := nextToken(s, start)
		if i > 0 && (from == len(s) || !t.gapFits(i-1, s[end:from])) {
			return 0, key, false
		}
		if !t.wordFits(i, s[from:to]) {
			joined := joinEnd(s, to)
			if joined == to || !t.wordFits(i, s[from:joined]) {
				return 0, key, false
			}
			to = joined
		}
		if i == t.key {
			key = extent{from, to}
		}
		start, end = to, to
	}
	return end, key, true
}

func (t *term) wordFits(i int, token string) bool {
	w := &t.words[i]
	if w.rare == nil {
		if !foldsTo(token, w.form) {
			return false
		}
	} else if !w.fitsRarely(token) {
		return false
	}
	switch t.cases {
	case nameCase:
		return !startsUpper(t.written(i)) || startsUpper(token) &&
			(w.rare == nil || w.rare.others == nil || !strings.HasSuffix(token, "S") || strings.ToUpper(token) == token) // BofAS is no plural
	case exactCase:
		return sameCase(token, t.written(i))
	case allCaps:
		return strings.IndexFunc(token, unicode.IsLower) < 0 &&
			(strings.IndexFunc(token, unicode.IsUpper) >= 0 || strings.IndexFunc(t.written(i), unicode.IsLetter) < 0)
	}
	return true
}

func (w *word) fitsRarely(token string) bool {
	r := w.rare
	if r.wild {
		return fitsPattern(r.pattern, r.open, token)
	}
	if !foldsTo(token, w.form) && !slices.ContainsFunc(r.others, func(f string) bool { return foldsTo(token, f) }) {
		return false
	}
	var buf [64]byte
	return r.accent == "" || string(appendDecomposed(buf[:0], token, accented, len(r.accent))) == r.accent
}

func startsUpper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

// sameCase reports whether token is written but for width, ligatures and soft hyphens.
func sameCase(token, written string) bool {
	if token == written || isASCII(token) && isASCII(written) {
		return token == written
	}
	var buf, bufWant [64]byte
	want := appendDecomposed(bufWant[:0], written, cased, math.MaxInt)
	return bytes.Equal(appendDecomposed(buf[:0], token, cased, len(want)), want)
}

// fitsPattern reports whether a pattern, or one of those between |, fits token, folded.
func fitsPattern(pattern string, open bool, token string) bool {
	for one := range strings.SplitSeq(pattern, "|") {
		if fitsOne(one, open, token) {
			return true
		}
	}
	return false
}

func fitsOne(pattern string, open bool, token string) bool {
	for _, r := range token {
		for _, f := range fold(r).plain {
			p, size := utf8.DecodeRuneInString(pattern)
			if size == 0 {
				return open
			}
			if p != '*' && p != f {
				return false
			}
			pattern = pattern[size:]
		}
	}
	return pattern == ""
}
