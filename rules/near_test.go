package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/dealwatch/dealwatch"
)

func flags(t *testing.T, rule, text string) bool {
	t.Helper()
	b, err := ruleBook(rule)
	if err != nil {
		t.Fatal(err)
	}
	return len(b.Match(dealwatch.Version{Item: dealwatch.Item{Title: "News"}, Text: text})) > 0
}

// No word serves two operands, and no group is near itself or what stands in it.
func TestOverlapIsNotNear(t *testing.T) {
	const one, inside = "The zinc deal closed.", "Zinc foo merger deal end."
	for _, c := range []struct {
		rule, text string
		want       bool
	}{
		{"zinc /s (zinc +1 deal)", one, false},
		{"zinc +s (zinc +1 deal)", one, false},
		{"zinc /3 (zinc +1 deal)", one, false},
		{"(zinc /s deal) /3 deal", one, false},
		{"deal /s (zinc /3 deal)", one, false},
		{"(zinc /3 deal) /3 (zinc /3 deal)", one, false},
		{"(zinc /s deal) /2 (deal /2 zinc)", one, false},
		{"zinc /s zinc", one, false},
		{"zinc /s zinc /s zinc", "Zinc and zinc.", false},
		{"zinc /s zinc /s zinc", "Zinc and zinc on zinc.", true},
		{"(zinc /3 deal) /3 (zinc /3 deal)", "A zinc deal, a zinc deal.", true},
		{"(zinc /3 deal) /s merger", inside, false},
		{"(zinc /s deal) /2 (merger +5 deal)", inside, false},
		{"(zinc /s deal) /s merger", inside, false},
		{"zinc /s deal /s merger", inside, true},
		{"zinc /3 deal /3 merger", inside, true},
		{"zinc +s deal +s merger", inside, false},
		{"(zinc AND deal) /s merger", inside, true},
		{"(zinc +1 deal) NOT w/3 deal", one, true},
		{"(zinc +1 deal) NOT w/3 deal", "A zinc deal, one deal.", false},
		{"(zinc /4 deal) /1 merger", "Zinc and deal or deal merger.", true},
		{"merger /1 (zinc /4 deal)", "Merger zinc or zinc and deal.", true},
	} {
		if got := flags(t, c.rule, c.text); got != c.want {
			t.Errorf("%s on %q = %v", c.rule, c.text, got)
		}
	}
}

// Places that overlap are one occurrence.
func TestAtLeastCountsApart(t *testing.T) {
	for _, c := range []struct {
		rule, text string
		want       bool
	}{
		{"ATLEAST2(merger OR mergers)", "One merger.", false},
		{"ATLEAST2(merger OR mergers)", "One merger, two mergers.", true},
		{`ATLEAST2("merger agreement" OR merger)`, "One merger agreement.", false},
		{"ATLEAST2(merger /3 review)", "A merger review merger.", false},
		{"ATLEAST2(merger /3 review)", "A merger review merger review.", true},
		{"ATLEAST3(merger /s review)", "A merger review merger review.", false},
	} {
		if got := flags(t, c.rule, c.text); got != c.want {
			t.Errorf("%s on %q = %v", c.rule, c.text, got)
		}
	}
}

// A word without a letter has no case.
func TestCapsBesideMarks(t *testing.T) {
	for _, c := range []struct {
		rule, text string
		want       bool
	}{
		{`caps("AT&T")`, "The AT&T deal", true},
		{`caps("AT&T")`, "The At&t deal", false},
		{`caps("10-K")`, "Its 10-K says so", true},
		{`caps("10-K")`, "Its 10-k says so", false},
		{`caps("COVID-19")`, "The COVID-19 years", true},
		{`caps("COVID-19")`, "The Covid-19 years", false},
		{`caps("$5 AWS")`, "A $5 AWS plan", true},
	} {
		if got := flags(t, c.rule, c.text); got != c.want {
			t.Errorf("%s on %q = %v", c.rule, c.text, got)
		}
	}
}

// Chains whose operands look for the same words, and hold proximities themselves, are
// what the reference finds by trying every choice.
func TestSharedChains(t *testing.T) {
	operands := []string{"merger", "beta", "alpha", "(merger OR beta)", "(merger OR alpha)", `("merger beta" OR alpha)`, "(merger OR beta OR alpha)",
		"(merger /2 beta)", "(merger /9 beta /9 alpha)", "(alpha /s (merger OR beta))", "(beta +1 merger)", "(alpha OR (merger /p beta))", "(merger AND beta)"}
	all := []string{"/s", "/p", "+s", "+p", "/1", "/3", "/6", "+2", "+5"}
	for _, op := range append(all, "mixed") {
		t.Run(op, func(t *testing.T) {
			tried, matched := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				rule := rapid.SampledFrom(operands).Draw(t, "operand")
				for range rapid.IntRange(1, 4).Draw(t, "more") {
					next := op
					if op == "mixed" {
						next = rapid.SampledFrom(all).Draw(t, "op")
					}
					rule += " " + next + " " + rapid.SampledFrom(operands).Draw(t, "operand")
				}
				words := rapid.SliceOfN(rapid.SampledFrom([]string{"merger", "beta", "alpha", "merger", "beta", "alpha", "merger", "beta", "Then", "so.", "end.\n\n"}), 4, 12).Draw(t, "words")
				if n, ok := compareWithReference(t, rule, doc("", strings.Join(words, " "))); ok {
					tried++
					matched += min(n, 1)
				}
			})
			if tried < 10 || matched == 0 {
				t.Errorf("%d rules read, %d matched: the drawing is too narrow to show anything", tried, matched)
			}
		})
	}
}

// given is a node with places of its own.
type given struct {
	name  string
	spans []span
}

func (g given) match(*text) []span { return slices.Clone(g.spans) }
func (g given) operands() []node   { return nil }
func (g given) String() string     { return fmt.Sprint(g.name, g.places()) }

func (g given) places() []extent {
	var out []extent
	for _, s := range g.spans {
		out = append(out, s.extent)
	}
	return out
}

// TestAnyChains asks the reference about chains of operands whose places overlap, hold each
// other and reach over sentences and paragraphs in any way.
func TestAnyChains(t *testing.T) {
	p := &passage{field: dealwatch.Text, s: "A b c d. E f g. H i.\n\nJ k. L m n o p."}
	var starts []int
	for start, end := nextToken(p.s, 0); start < len(p.s); start, end = nextToken(p.s, end) {
		starts = append(starts, start)
	}
	for _, how := range []near{
		{unit: inSentence}, {unit: inParagraph}, {words: 1}, {words: 3}, {words: 6},
		{unit: inSentence, ordered: true}, {unit: inParagraph, ordered: true}, {words: 2, ordered: true}, {words: 5, ordered: true},
	} {
		t.Run(how.operator(), func(t *testing.T) {
			matched := 0
			rapid.Check(t, func(t *rapid.T) {
				n, all := how, given{"shown", nil}
				for i := range rapid.IntRange(2, 5).Draw(t, "operands") {
					operand := given{name: fmt.Sprint(i)}
					for range rapid.IntRange(1, 4).Draw(t, "places") {
						from := rapid.IntRange(0, len(starts)-1).Draw(t, "from")
						to := min(from+rapid.SampledFrom([]int{0, 0, 0, 1, 2, 5}).Draw(t, "more"), len(starts)-1)
						h := &hit{p: p, extent: extent{starts[from], starts[to] + 1}, name: operand.name}
						operand.spans = append(operand.spans, h.span())
					}
					n.all = append(n.all, operand)
				}
				x := &text{facts: &facts{passages: []*passage{p}}}
				r := reference{x}
				got := given{"shown", n.match(x)}
				all.spans = inText(r.chains(&n))
				if diff := cmp.Diff(all.places(), got.places(), cmp.AllowUnexported(extent{})); diff != "" {
					t.Fatalf("%s (-reference +engine):\n%s", &n, diff)
				}
				for _, s := range got.spans {
					matched++
					var chain []span
					slices.SortFunc(s.hits, func(a, b *hit) int { return strings.Compare(a.name, b.name) })
					for i, h := range s.hits {
						if h.name != fmt.Sprint(i) || !r.joins(&n, chain, h.span()) {
							t.Fatalf("%s: %v is no chain at operand %d", &n, s.extent, i)
						}
						chain = append(chain, h.span())
					}
					if len(chain) != len(n.all) || !r.follows(&n, chain) || join(chain...).extent != s.extent {
						t.Fatalf("%s: %v is no chain", &n, s.extent)
					}
				}
			})
			if matched == 0 {
				t.Error("no chain matched: the drawing is too narrow to show anything")
			}
		})
	}
}

// A chain in any order may have eight operands, however they were written; an ordered one
// any number.
func TestLongChains(t *testing.T) {
	for _, c := range []struct {
		rule string
		want bool
	}{
		{chainOf(8, " /s "), true},
		{chainOf(9, " /s "), false},
		{chainOf(9, " /5 "), false},
		{chainOf(9, " +5 "), true},
		{"(" + chainOf(8, " /s ") + ") /s merger", true},
		{"(" + chainOf(7, " AND ") + ") /p merger", true},
		{"(" + chainOf(8, " AND ") + ") /p merger", false},
		{"merger /p (" + chainOf(8, " AND ") + ")", false},
		{"(" + chainOf(9, " AND ") + ") /5 merger", true},
	} {
		if _, err := ruleBook(c.rule); (err == nil) != c.want {
			t.Errorf("%s: %v", c.rule, err)
		}
	}
}
