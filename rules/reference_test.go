package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/dealwatch/dealwatch"
)

// The reference evaluator is rules in the plainest words: no index, no filter, no
// laziness, every pair compared with every pair. It shares the parser, the segments
// and what a term is with the engine, and nothing of how terms and pairs are found.

type refToken struct {
	start, end int
	folded     string
}

// refTokens cuts s rune by rune, folding with x/text alone.
func refTokens(s string) []refToken {
	var out []refToken
	open := false
	for i, r := range s {
		size := len(string(r))
		form := norm.NFKC.String(string(r))
		word := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
		switch {
		case strings.ContainsRune("&$%§＆﹠＄﹩％﹪", r), word && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			out = append(out, refToken{i, i + size, norm.NFD.String(refFold(form))})
			open = false
		case strings.ContainsRune("\u00ad\u200c\u200d\u2060\ufeff", r), unicode.Is(unicode.Variation_Selector, r):
		case word:
			var plain strings.Builder
			for _, d := range norm.NFD.String(refFold(form)) {
				if (d < 0x300 || d > 0x36f) && (unicode.IsLetter(d) || unicode.IsNumber(d) || unicode.IsMark(d)) {
					plain.WriteRune(d)
				}
			}
			if !open {
				out = append(out, refToken{start: i})
			}
			last := &out[len(out)-1]
			last.end, last.folded = i+size, last.folded+plain.String()
			open = true
		default:
			open = false
		}
	}
	return out
}

// refFold folds case; the letters of Cherokee fold to capitals.
func refFold(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cherokee, r) }) {
		return strings.ToUpper(s)
	}
	return cases.Fold().String(s)
}

// refFind tries a term at every token.
func refFind(t *term, p *passage) []*hit {
	var out []*hit
	for _, tok := range refTokens(p.s) {
		if end, ok := t.at(p.s, tok.start); ok {
			out = append(out, &hit{p: p, extent: extent{tok.start, end}, name: t.text})
		}
	}
	return out
}

// reference evaluates nodes over the passages of a text. It gives the hits that make
// the match.
type reference struct{ t *text }

func (r reference) find(t *term) []span {
	var out []span
	for _, p := range r.t.passages {
		for _, h := range refFind(t, p) {
			out = append(out, h.span())
		}
	}
	return out
}

func (r reference) eval(n node) []span {
	switch n := n.(type) {
	case *phrase:
		return r.find(n.term)
	case *named:
		var out []span
		for _, a := range n.party.aliases {
			for _, s := range r.find(a.term) {
				s.hits[0].party = n.party
				out = append(out, s)
			}
		}
		return slices.DeleteFunc(slices.Clone(out), func(s span) bool {
			return slices.ContainsFunc(out, func(o span) bool {
				return o.p == s.p && o.holds(s.extent) && o.end-o.start > s.end-s.start
			})
		})
	case *or:
		var out []span
		for _, o := range n.any {
			out = append(out, r.eval(o)...)
		}
		return out
	case *and:
		var out []span
		for _, o := range n.all {
			spans := r.eval(o)
			if len(spans) == 0 {
				return nil
			}
			out = append(out, spans...)
		}
		return out
	case *andNot:
		if len(r.eval(n.right)) > 0 {
			return nil
		}
		return r.eval(n.left)
	case *atLeast:
		if spans := r.eval(n.of); len(spans) >= n.times {
			return spans
		}
		return nil
	case *titled:
		return reference{&text{facts: &facts{v: r.t.v, passages: r.t.passages[:1]}}}.eval(n.of)
	case *near:
		left, right := r.eval(n.left), r.eval(n.right)
		var out []span
		for _, a := range left {
			for _, x := range a.hits {
				if b, ok := r.nearest(n, x, right, true, !n.ordered); ok {
					out = append(out, join(a, b))
				}
			}
		}
		for _, b := range right {
			for _, y := range b.hits {
				if a, ok := r.nearest(n, y, left, !n.ordered, true); ok {
					out = append(out, join(a, b))
				}
			}
		}
		return distinct(out)
	case *notNear:
		right := r.eval(n.right)
		return slices.DeleteFunc(r.eval(n.left), func(a span) bool {
			for _, b := range right {
				for _, x := range a.hits {
					for _, y := range b.hits {
						if r.near(n.unit, n.words, false, x, y) {
							return true
						}
					}
				}
			}
			return false
		})
	}
	panic(fmt.Sprintf("no reference for %T", n))
}

// nearest goes through all hits of spans for the nearest one that x is near.
func (r reference) nearest(n *near, x *hit, spans []span, after, before bool) (best span, ok bool) {
	var next, last *hit
	var nextOf, lastOf span
	for _, s := range spans {
		for _, y := range s.hits {
			if !r.near(n.unit, n.words, false, x, y) {
				continue
			}
			if y.start >= x.end && after && (next == nil || y.start < next.start) {
				next, nextOf = y, s
			}
			if y.end <= x.start && before && (last == nil || y.end >= last.end) {
				last, lastOf = y, s
			}
		}
	}
	switch {
	case next == nil && last == nil:
		return span{}, false
	case next == nil, last != nil && x.start-last.end < next.start-x.end:
		return lastOf, true
	}
	return nextOf, true
}

// near compares two hits by counting.
func (r reference) near(u unit, words int, ordered bool, x, y *hit) bool {
	if x.p != y.p || x.start < y.end && y.start < x.end {
		return false
	}
	if y.start < x.start {
		if ordered {
			return false
		}
		x, y = y, x
	}
	if words > 0 {
		n := 0
		for _, w := range countedWords(x.p.s) {
			if w >= x.end && w < y.start {
				n++
			}
		}
		return n < words
	}
	return x.p.at(u, x.end-1) == x.p.at(u, y.start)
}

var (
	someWords = []string{"alpha", "beta", "merger", "merge", "Gamma", "OpenAI", "AWS", "delta", "AT&T", "co", "the", "ﬁn", "café"}
	someGaps  = []string{" ", " ", " ", " ", ", ", ". ", "! ", "\n", "\n\n", "-", "–", "\u00a0", "\u00ad", "-\n", "’s ", "'s ", " (", ") ", ".", "&", ": "}
)

func drawText(t *rapid.T, label string, most int) string {
	var b strings.Builder
	for range rapid.IntRange(0, most).Draw(t, label+" size") {
		w := rapid.SampledFrom(someWords).Draw(t, "word")
		switch rapid.IntRange(0, 6).Draw(t, "shape") {
		case 0:
			w = strings.ToUpper(w)
		case 1:
			w = strings.ToUpper(w[:1]) + w[1:]
		case 2:
			w += "s"
		}
		b.WriteString(w)
		b.WriteString(rapid.SampledFrom(someGaps).Draw(t, "gap"))
	}
	return b.String()
}

func drawRule(t *rapid.T, depth int) string {
	kind := rapid.IntRange(0, 12).Draw(t, "kind")
	if depth == 0 {
		kind = kind % 5
	}
	word := func() string { return rapid.SampledFrom(someWords).Draw(t, "word") }
	inner := func() string { return "(" + drawRule(t, depth-1) + ")" }
	switch kind {
	case 0, 1:
		if w := word(); w != "the" {
			return w
		}
		return "alpha"
	case 2:
		return `"` + word() + " " + word() + ` beta"`
	case 3:
		return rapid.SampledFrom([]string{"@one", "@two"}).Draw(t, "party")
	case 4:
		return rapid.SampledFrom([]string{"merg!", "mer*er", "caps(beta)", "exact(Gamma)", "bet*", `"alph! beta"`}).Draw(t, "pattern")
	case 5:
		return inner() + " AND " + inner()
	case 6:
		return inner() + " OR " + inner()
	case 7:
		return inner() + " AND NOT " + inner()
	case 8:
		return fmt.Sprintf("ATLEAST%d(%s)", rapid.IntRange(1, 3).Draw(t, "times"), drawRule(t, depth-1))
	case 9:
		return "title(" + drawRule(t, depth-1) + ")"
	case 10:
		return inner() + " NOT w/2 " + inner()
	}
	op := rapid.SampledFrom([]string{"/1", "/3", "+2", "pre/4", "/s", "+s", "/p", "+p"}).Draw(t, "op")
	return inner() + " " + op + " " + inner()
}

const drawnParties = `
parties:
  one: {name: OpenAI, aliases: [{text: Alpha Beta, class: plain}, {text: Gamma, class: plain}]}
  two: {name: "AT&T", aliases: [{text: AT&T, class: plain}, {text: AWS, class: plain}, "Merger Co."]}
deals:
  - id: it
    rule: |
      `

// compareWithReference checks that the engine finds the hits that the reference finds,
// and gives their number; ok is false where the rule is refused.
func compareWithReference(t interface{ Fatalf(string, ...any) }, rule string, v dealwatch.Version) (n int, ok bool) {
	b, err := Parse("drawn.yaml", strings.NewReader(drawnParties+rule+"\n"))
	if err != nil {
		return 0, false
	}
	places := func(spans []span) []string {
		var out []string
		for _, h := range hitsOf(spans) {
			party := ""
			if h.party != nil {
				party = h.party.id
			}
			out = append(out, fmt.Sprintf("%s %d-%d %s%s", h.p.field, h.start, h.end, party, h.name))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	var got []string
	x := b.read(&v)
	if len(b.candidates(x)) > 0 {
		got = places(b.deals[0].root.match(x))
	}
	ref := reference{&text{facts: &facts{v: &v, passages: []*passage{{field: dealwatch.Title, s: v.Title}, {field: dealwatch.Text, s: v.Text}}}}}
	want := places(ref.eval(b.deals[0].root))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s\nparsed as %s\ntitle %q\ntext %q\nhits (-reference +engine):\n%s", rule, b.deals[0].root, v.Title, v.Text, diff)
	}
	return len(got), true
}

func TestReference(t *testing.T) {
	matched, tried := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		rule := drawRule(t, rapid.IntRange(0, 3).Draw(t, "depth"))
		v := dealwatch.Version{Item: dealwatch.Item{Title: drawText(t, "title", 6)}, Text: drawText(t, "text", 40)}
		n, ok := compareWithReference(t, rule, v)
		if ok {
			tried++
		}
		if n > 0 {
			matched++
		}
	})
	if tried < 10 || matched < 3 {
		t.Errorf("%d rules read, %d matched: the drawing is too narrow to show anything", tried, matched)
	}
}

func TestTokensAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawText(t, "text", 30) + rapid.String().Draw(t, "more")
		var got []refToken
		for start, end := nextToken(s, 0); start < len(s); start, end = nextToken(s, end) {
			got = append(got, refToken{start, end, string(appendFold(nil, s[start:end]))})
		}
		if diff := cmp.Diff(refTokens(s), got, cmp.AllowUnexported(refToken{})); diff != "" {
			t.Fatalf("%q (-reference +tokeniser):\n%s", s, diff)
		}
		// Backwards gives the same tokens.
		at := len(s)
		for i := len(got) - 1; i >= 0; i-- {
			start, end, ok := prevToken(s, at)
			if !ok || start != got[i].start || end != got[i].end {
				t.Fatalf("%q: token %d backwards = %d-%d %v, want %d-%d", s, i, start, end, ok, got[i].start, got[i].end)
			}
			at = start
		}
	})
}
