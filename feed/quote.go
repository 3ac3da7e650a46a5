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
	Text   string
	Hit    bool
	Change Change
}

// Change says what a revision did to a piece of a quote.
type Change int

// The zero Change is none.
const (
	Come Change = iota + 1 // the version before did not say it
	Gone                   // the version now does not
)

// Came reports that the version before did not say it.
func (s Span) Came() bool { return s.Change == Come }

// Went reports that the version now does not say it.
func (s Span) Went() bool { return s.Change == Gone }

// Quote is a passage of a document with its hits marked.
type Quote []Span

const (
	quotes     = 3   // shown of an event; all are on record
	quoteRunes = 300 // of a quote, about, as a reader counts characters
	quoteBytes = 2 << 10
	quoteLead  = 100 // bytes before the first hit
	quoteEnd   = 60  // bytes of the first change that a window shows at least
)

// Quotes are the passages that show an event best: its snippet, and sentences of
// parties that the snippet does not name. At most three.
func Quotes(ev dealwatch.Event) []Quote { return evidenceOf(ev.Snippet, ev.Mentions).quotes(nil) }

// evidence is what shows a match: passages, the snippet first, and the party of each hit.
type evidence struct {
	passages []string
	hits     map[string]string
}

func evidenceOf(snippet string, mentions []dealwatch.Mention) evidence {
	e := evidence{hits: make(map[string]string, len(mentions))}
	for _, m := range mentions {
		for _, hit := range []string{Line(m.Hit), Line(m.Reads())} { // evidence may have either
			if hit != "" {
				e.hits[hit] = m.Party
			}
		}
	}
	if s := Line(snippet); s != "" {
		e.passages = append(e.passages, s)
	}
	for _, m := range mentions {
		if s := Line(m.Sentence); s != "" && len(e.passages) < 200 && !slices.Contains(e.passages, s) {
			e.passages = append(e.passages, s)
		}
	}
	return e
}

// quotes are some of first, then further passages with parties that these do not name.
func (e evidence) quotes(first []string) []Quote {
	rest := slices.DeleteFunc(slices.Clone(e.passages), func(p string) bool { return slices.Contains(first, p) })
	out := e.choose(append(slices.Clone(first), rest...), len(first) > 0)
	if len(out) == 0 && len(e.passages) > 0 {
		out = append(out, mark(e.passages[0], nil, nil, 0))
	}
	return out
}

// only are quotes of these passages alone.
func (e evidence) only(passages []string) []Quote { return e.choose(passages, true) }

// choose quotes each passage that names a party which none before it names, and with
// always the first one in any case.
func (e evidence) choose(passages []string, always bool) (out []Quote) {
	named := map[string]bool{}
	for i, p := range passages {
		if len(out) == quotes {
			break
		}
		q := mark(p, e.hits, nil, 0)
		fresh := always && i == 0
		for _, s := range q {
			if s.Hit && !named[e.hits[s.Text]] {
				named[e.hits[s.Text]] = true
				fresh = true
			}
		}
		if fresh {
			out = append(out, q)
		}
	}
	return out
}

// mark cuts a passage to a window on its first hit, or on the first of the changed
// stretches where that is far from it, and marks the hits and the changes in it.
func mark(passage string, hits map[string]string, changed [][2]int, as Change) Quote {
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
	if len(changed) > 0 && (changed[0][0] < start || changed[0][0] > end-quoteEnd && end < len(passage)) {
		start, end = window(passage, changed[0][0])
	}
	cut := passage[start:end]
	var q Quote
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
	q = q.change(start, changed, as)
	if start > 0 {
		q = slices.Insert(q, 0, Span{Text: "… "})
	}
	if end < len(passage) {
		q = append(q, Span{Text: " …"})
	}
	return q
}

// change marks stretches of the passage in which q begins at a place.
func (q Quote) change(at int, stretches [][2]int, as Change) Quote {
	var out Quote
	for _, s := range q {
		end := at + len(s.Text)
		for at < end {
			for len(stretches) > 0 && stretches[0][1] <= at {
				stretches = stretches[1:]
			}
			piece := Span{Hit: s.Hit}
			next := end
			if len(stretches) > 0 {
				if stretches[0][0] <= at {
					piece.Change = as
					next = min(end, stretches[0][1])
				} else {
					next = min(end, stretches[0][0])
				}
			}
			piece.Text = s.Text[len(s.Text)-(end-at) : len(s.Text)-(end-next)]
			out = append(out, piece)
			at = next
		}
	}
	return out
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

// html is the quote with its hits in strong and its changes in em, which every reader
// shows.
func (q Quote) html(b *strings.Builder) {
	b.WriteString("<blockquote><p>")
	for _, s := range q {
		text := escape(s.Text)
		if s.Hit {
			text = "<strong>" + text + "</strong>"
		}
		if s.Change != 0 {
			text = "<em>" + text + "</em>"
		}
		b.WriteString(text)
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
