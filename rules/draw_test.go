package rules

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

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
	if kind == 11 {
		chain := word() + " " + op + " " + inner() + " " + op + " " + word()
		for range rapid.IntRange(0, 2).Draw(t, "more") {
			chain += " " + op + " " + word()
		}
		return chain
	}
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
