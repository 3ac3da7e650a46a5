package feed

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch"
)

// Span is a piece of a quote; Hit where it is what the rule found.
type Span struct {
	Text string
	Hit  bool
}

// Quote is a passage of a document with its hits marked.
type Quote []Span

const (
	quotes     = 3   // shown of an event; all are on record
	quoteRunes = 300 // of a quote, about, as a reader counts characters
	quoteBytes = 2 << 10
	quoteLead  = 100 // of these before the first hit
)

// Quotes are the passages that show an event best: its snippet, and sentences of
// parties that the snippet does not name. At most three.
func Quotes(ev dealwatch.Event) []Quote {
	hits := make(map[string]string, len(ev.Mentions)) // hit to party
	for _, m := range ev.Mentions {
		if hit := Line(m.Hit); hit != "" {
			hits[hit] = m.Party
		}
	}
	snippet := Line(ev.Snippet)
	passages := []string{snippet}
	for _, m := range ev.Mentions {
		if s := Line(m.Sentence); len(passages) < 200 && !slices.Contains(passages, s) {
			passages = append(passages, s)
		}
	}
	var out []Quote
	named := map[string]bool{}
	for _, p := range passages {
		if p == "" || len(out) == quotes {
			continue
		}
		q := mark(p, hits)
		fresh := false
		for _, s := range q {
			if s.Hit && !named[hits[s.Text]] {
				named[hits[s.Text]] = true
				fresh = true
			}
		}
		if fresh {
			out = append(out, q)
		}
	}
	if len(out) == 0 && snippet != "" {
		out = append(out, mark(snippet, nil))
	}
	return out
}

// mark cuts a passage to a window on its first hit and marks the hits in it.
func mark(passage string, hits map[string]string) Quote {
	words := make([]string, 0, len(hits))
	for h := range hits {
		words = append(words, h)
	}
	slices.SortFunc(words, func(a, b string) int { // the longest wins where two begin
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	first := len(passage)
	for _, w := range words {
		if i := indexWord(passage, w); i >= 0 {
			first = min(first, i)
		}
	}
	if first == len(passage) {
		first = 0
	}
	start, end := window(passage, first)
	cut := passage[start:end]
	var q Quote
	if start > 0 {
		q = append(q, Span{Text: "… "})
	}
	for cut != "" {
		at, hit := len(cut), ""
		for _, w := range words {
			if i := indexWord(cut, w); i >= 0 && i < at {
				at, hit = i, w
			}
		}
		if at > 0 {
			q = append(q, Span{Text: cut[:at]})
		}
		if hit != "" {
			q = append(q, Span{Text: hit, Hit: true})
		}
		cut = cut[at+len(hit):]
	}
	if end < len(passage) {
		q = append(q, Span{Text: " …"})
	}
	return q
}

// window is the part of a passage that is shown: it holds the hit, and begins and
// ends between graphemes, at a space where there is one near.
func window(s string, hit int) (start, end int) {
	if len(s) <= quoteRunes {
		return 0, len(s)
	}
	start = 0
	if hit > quoteLead {
		// An ASCII space ends a grapheme, so that none is cut. Where none is near, the
		// hit itself begins one.
		start = hit
		if i := strings.IndexByte(s[hit-quoteLead:hit], ' '); i >= 0 {
			start = hit - quoteLead + i + 1
		}
	}
	n := graphemes(s[start:], quoteRunes, quoteBytes)
	end = start + n
	if end < len(s) {
		if i := strings.LastIndexByte(s[start:end], ' '); i > n*2/3 {
			end = start + i
		}
	}
	return start, end
}

// indexWord is where w stands in s as a whole word, or -1.
func indexWord(s, w string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], w)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+len(w):])
		if (!wordRune(before) || !startsWord(w)) && (!wordRune(after) || !endsWord(w)) {
			return i
		}
		from = i + len(w)
	}
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

func startsWord(w string) bool { r, _ := utf8.DecodeRuneInString(w); return wordRune(r) }

func endsWord(w string) bool { r, _ := utf8.DecodeLastRuneInString(w); return wordRune(r) }

// html is the quote with its hits in strong, which every reader shows.
func (q Quote) html(b *strings.Builder) {
	b.WriteString("<blockquote><p>")
	for _, s := range q {
		if s.Hit {
			b.WriteString("<strong>")
			b.WriteString(escape(s.Text))
			b.WriteString("</strong>")
		} else {
			b.WriteString(escape(s.Text))
		}
	}
	b.WriteString("</p></blockquote>\n")
}

func (q Quote) String() string {
	var b strings.Builder
	for _, s := range q {
		b.WriteString(s.Text)
	}
	return b.String()
}
