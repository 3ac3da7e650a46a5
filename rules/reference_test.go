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
	case given:
		return n.spans
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
		spans := r.eval(n.of)
		if r.choose(spans, n.times) {
			return spans
		}
		return nil
	case *titled:
		return reference{&text{facts: &facts{v: r.t.v, passages: r.t.passages[:1]}}}.eval(n.of)
	case *near:
		return r.chains(n)
	case *notNear:
		right := r.eval(n.right)
		return slices.DeleteFunc(r.eval(n.left), func(a span) bool {
			return slices.ContainsFunc(right, func(b span) bool { return r.near(n.unit, n.words, false, a, b) })
		})
	}
	panic(fmt.Sprintf("no reference for %T", n))
}

// chains tries every choice of a span of each operand, and shows those of which no other
// of the same begin ends sooner or no other of the same end begins later.
func (r reference) chains(n *near) []span {
	chains := [][]span{nil}
	for _, o := range n.all {
		var longer [][]span
		for _, s := range inText(r.eval(o)) {
			for _, c := range chains {
				if r.joins(n, c, s) {
					longer = append(longer, append(slices.Clone(c), s))
				}
			}
		}
		chains = longer
	}
	var all []span
	for _, c := range chains {
		if r.follows(n, c) {
			all = append(all, join(c...))
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(s span) bool {
		return slices.ContainsFunc(all, func(o span) bool { return o.p == s.p && o.start == s.start && o.end < s.end }) &&
			slices.ContainsFunc(all, func(o span) bool { return o.p == s.p && o.end == s.end && o.start > s.start })
	})
}

// joins reports whether s overlaps none of a chain and, where words are counted or the
// order matters, is near it or between two of it.
func (r reference) joins(n *near, chain []span, s span) bool {
	if len(chain) == 0 {
		return true
	}
	if s.p != chain[0].p || slices.ContainsFunc(chain, func(c span) bool { return r.overlap(c, s) }) {
		return false
	}
	whole := join(chain...)
	return n.words == 0 && !n.ordered ||
		r.near(n.unit, n.words, n.ordered, whole, s) ||
		!n.ordered && whole.start <= s.start && s.end <= whole.end
}

// follows reports whether, where the unit counts and not the order, each of a chain begins
// in the unit in which the one before it in the text ends.
func (r reference) follows(n *near, chain []span) bool {
	if n.words > 0 || n.ordered {
		return true
	}
	chain = sorted(slices.Clone(chain))
	for i := range chain[1:] {
		if !r.near(n.unit, 0, true, chain[i], chain[i+1]) {
			return false
		}
	}
	return true
}

// choose reports whether a number of spans can be taken of which no two overlap.
func (r reference) choose(spans []span, times int) bool {
	if times == 0 {
		return true
	}
	for i, s := range spans {
		rest := slices.DeleteFunc(slices.Clone(spans[i+1:]), func(o span) bool { return r.overlap(s, o) })
		if len(rest) >= times-1 && r.choose(rest, times-1) {
			return true
		}
	}
	return false
}

func (r reference) overlap(x, y span) bool {
	return x.p == y.p && (x.start < y.end && y.start < x.end || x.extent == y.extent)
}

// near compares two spans by counting.
func (r reference) near(u unit, words int, ordered bool, x, y span) bool {
	if x.p == nil || x.p != y.p || r.overlap(x, y) {
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

// compareWithReference checks that the engine finds the stretches that the reference
// finds, each held by hits from its begin to its end, and gives their number; ok is false
// where the rule is refused.
func compareWithReference(t interface{ Fatalf(string, ...any) }, rule string, v dealwatch.Version) (n int, ok bool) {
	b, err := Parse("drawn.yaml", strings.NewReader(drawnParties+rule+"\n"))
	if err != nil {
		return 0, false
	}
	places := func(spans []span) []string {
		var out []string
		for _, s := range spans {
			out = append(out, fmt.Sprintf("%s %d-%d", s.p.field, s.start, s.end))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	names := func(spans []span) map[string]bool {
		out := map[string]bool{}
		for _, h := range hitsOf(spans) {
			party := ""
			if h.party != nil {
				party = h.party.id
			}
			out[fmt.Sprintf("%s %d-%d %s%s", h.p.field, h.start, h.end, party, h.name)] = true
		}
		return out
	}
	x := b.read(&v)
	var got []span
	if len(b.candidates(x)) > 0 {
		got = b.deals[0].root.match(x)
	}
	ref := reference{&text{facts: &facts{v: &v, passages: []*passage{{field: dealwatch.Title, s: v.Title}, {field: dealwatch.Text, s: v.Text}}}}}
	want := ref.eval(b.deals[0].root)
	problem := cmp.Diff(places(want), places(got))
	var leaves []span
	walk(b.deals[0].root, func(n node) {
		if len(n.operands()) == 0 {
			leaves = append(leaves, ref.eval(n)...)
		}
	})
	known := names(leaves)
	for name := range names(got) {
		if !known[name] {
			problem += "\nno such hit: " + name
		}
	}
	for _, s := range got {
		whole := s.hits[0].extent
		for _, h := range s.hits {
			whole = extent{min(whole.start, h.start), max(whole.end, h.end)}
		}
		if whole != s.extent {
			problem += fmt.Sprintf("\nspan %v of hits that fill %v", s.extent, whole)
		}
	}
	if problem != "" {
		t.Fatalf("%s\nparsed as %s\ntitle %q\ntext %q\nspans (-reference +engine):\n%s", rule, b.deals[0].root, v.Title, v.Text, problem)
	}
	return len(places(got)), true
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
