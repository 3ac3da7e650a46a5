package rules

import (
	"strings"
	"testing"

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
