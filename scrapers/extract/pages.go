package extract

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// furniture is how many lines of page furniture are looked over on either side of a
// page break.
const furniture = 4

// pageBreak says that a page ends here. A sentence that runs on over it is made one
// again, without the page number and the like in between: where the last paragraph
// does not end a sentence and the first of the new page begins in lower case, or the
// last word is one that ends no sentence. Any doubt leaves two paragraphs.
func (w *writer) pageBreak() {
	w.part(paragraph)
	if w.cut >= 0 && w.lineStart >= w.broken {
		w.completeLine()
	}
	if w.cut >= 0 {
		return // nothing but furniture since the last one
	}
	end := len(w.buf)
	for range furniture {
		start := w.lineBefore(end)
		if !w.isFurniture(w.buf[start:end]) {
			break
		}
		end = len(bytes.TrimRight(w.buf[:start], "\n"))
	}
	if end > 0 {
		w.cut, w.broken, w.left = end, len(w.buf), furniture
	}
}

// completeLine looks at the line that has just been completed, the first lines of a
// page being looked over.
func (w *writer) completeLine() {
	next := w.buf[w.lineStart:]
	if w.isFurniture(next) {
		if w.left--; w.left == 0 {
			w.cut = -1
		}
		return
	}
	cut := w.cut
	w.cut = -1
	if w.inRow || !runsOn(string(w.buf[w.lineBefore(cut):cut]), string(next[:min(len(next), edge)])) {
		return
	}
	w.buf = append(append(w.buf[:cut], ' '), next...)
	w.lineStart = cut
}

// edge is how much of a line is looked at: a line may be the whole text.
const edge = 200

// lineBefore is where the line that ends at end begins, or edge bytes before that.
func (w *writer) lineBefore(end int) int {
	start := max(end-edge, 0)
	return start + bytes.LastIndexByte(w.buf[start:end], '\n') + 1
}

// runsOn reports whether the sentence of one paragraph goes on in the next.
func runsOn(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	if !unicode.IsLetter(last) && !unicode.IsDigit(last) && !strings.ContainsRune(`,-–—)”"’`, last) && !abbreviation.MatchString(a) {
		return false
	}
	if startsItem(b) || strings.Count(a, " ") < 3 {
		return false
	}
	if startsLower(b) {
		return strings.Count(b, " ") >= 1 && (!endsSentence(a) || abbreviation.MatchString(a))
	}
	first, _ := utf8.DecodeRuneInString(b)
	open := goesOn.MatchString(a) || last == ',' && strings.Count(a, " ") >= 8
	words := unicode.IsLetter(first) || unicode.IsDigit(first) || strings.ContainsRune("$“\"", first)
	return open && words && (len(b) > headSize || endsSentence(b)) && smallWord.MatchString(b) && !titled.MatchString(b)
}

// headSize is how long the head or foot of a page may be.
const headSize = 64

// smallWord is one that is no name.
var smallWord = regexp.MustCompile(` [a-z]+[ ,.;)]`)

// titled is how a heading begins that may stand between two halves of a sentence.
var titled = regexp.MustCompile(`^(?i:note|item|part|article|section|exhibit|schedule|appendix|annex|chapter|table|figure)\s+[0-9IVXA-Z]+\b`)

// goesOn is a last word after which a name may come and no sentence ends.
var goesOn = regexp.MustCompile(`[ ](?:a|an|the|of|and|or|nor|but|by|with|to|from|for|between|among|against|into|onto|upon|than|that|which|who|whose|` +
	`its|their|our|his|her|is|are|was|were|be|been|being|has|have|had|will|would|shall|may|might|must|can|could|should|as|at|including|versus|vs?\.)$`)

// abbreviation is one at the end of a line that ends no sentence before lower case.
var abbreviation = regexp.MustCompile(`\b(?:U\.S|U\.K|E\.U|Inc|Corp|Co|Ltd|No|v|vs|e\.g|i\.e|et al)\.$`)

// runningHead is how many pages must have a line at their edge before it is known for
// one that they all have.
const runningHead = 3

// isFurniture reports whether a line at the edge of a page belongs to the page: one
// that isFurniture knows, or one that has stood at the edges of pages before, but for
// its numbers.
func (w *writer) isFurniture(text []byte) bool {
	if isFurniture(text) {
		return true
	}
	if len(text) > headSize || startsLower(string(text)) {
		return false
	}
	if w.seen == nil {
		w.seen = make(map[string]int)
	}
	key := stampKey(string(text))
	w.seen[key]++
	return w.seen[key] > runningHead
}

// isFurniture reports whether a line is a page number, or the link to the table of
// contents that filings repeat on every page.
func isFurniture(text []byte) bool {
	if len(text) > 48 {
		return false
	}
	s := strings.ToLower(string(text))
	for _, phrase := range []string{"table of contents", "back to contents", "index to financial statements"} {
		if s == phrase {
			return true
		}
		s = strings.TrimSpace(strings.TrimPrefix(s, phrase))
	}
	number := false
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch {
		case strings.Trim(word, "0123456789") == "" && len(word) <= 4, strings.Trim(word, "ivxl") == "" && len(word) <= 6:
			number = true
		case word == "page", word == "of", len(word) == 1:
		default:
			return false
		}
	}
	return number
}
