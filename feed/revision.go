package feed

import (
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// Telling is what is shown of an event: the passages as they are now, and those that
// they replace. Words that came or went are marked where the two are much alike.
type Telling struct {
	Now    []Quote
	Lead   string // leads over to Before, or says that nothing was replaced; "" for a first match
	Before []Quote
}

// Tell tells of an event. For a withdrawal Now is what had matched, as Lead says.
func Tell(ev dealwatch.Event) Telling {
	if ev.Before.Snippet == "" && len(ev.Before.Mentions) == 0 {
		return Telling{Now: Quotes(ev)}
	}
	now, then := evidenceOf(ev.Snippet, ev.Mentions), evidenceOf(ev.Before.Snippet, ev.Before.Mentions)
	come, gone := without(now.passages, then.passages), without(then.passages, now.passages)
	if len(gone) == 0 {
		t := Telling{Now: now.quotes(come), Lead: "All that had matched before is still there."}
		if ev.What == dealwatch.Returned {
			t.Lead = "All that had matched before is there again."
		}
		return t
	}
	t := Telling{Lead: "The version before said:"}
	switch {
	case ev.Cause == dealwatch.Rematch:
		t.Lead = "What had matched before:"
	case ev.What == dealwatch.Returned:
		t.Lead = "When it last matched, it said:"
	}
	if len(come) > 0 {
		i := alike(gone, come[0])
		gone[0], gone[i] = gone[i], gone[0]
	}
	t.Now, t.Before = now.quotes(come), then.only(gone)
	if len(come) > 0 {
		if went, came, ok := changedWords(gone[0], come[0]); ok {
			t.Now[0] = mark(come[0], now.hits, came, Come)
			t.Before[0] = mark(gone[0], then.hits, went, Gone)
		}
	}
	return t
}

// without are the passages that stand in none of the others.
func without(passages, others []string) []string {
	var out []string
	for _, p := range passages {
		if !slices.ContainsFunc(others, func(o string) bool { return strings.Contains(o, p) }) {
			out = append(out, p)
		}
	}
	return out
}

// alike is which of the passages shares the most words with another.
func alike(passages []string, other string) int {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(other) {
		words[w] = true
	}
	best, most := 0, -1
	for i, p := range passages {
		n := 0
		for w := range strings.FieldsSeq(p) {
			if words[w] {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// comparedWords bounds what is compared word by word, once the words that two passages
// share at their beginnings and ends are left out.
const comparedWords = 400

// changedWords are the stretches of words of each passage that the other lacks. They tell
// nothing where no more than half of the shorter one is common.
func changedWords(old, now string) (gone, come [][2]int, ok bool) {
	a, b := words(old), words(now)
	same := func(i, j int) bool { return bare(old[a[i][0]:a[i][1]]) == bare(now[b[j][0]:b[j][1]]) }
	lead, tail, least := 0, 0, min(len(a), len(b))
	for lead < least && same(lead, lead) {
		lead++
	}
	for tail < least-lead && same(len(a)-1-tail, len(b)-1-tail) {
		tail++
	}
	n, m := len(a)-lead-tail, len(b)-lead-tail
	keptA, keptB := make([]bool, n), make([]bool, m)
	common := lead + tail
	if n <= comparedWords && m <= comparedWords {
		// longest[i][j] is how many words the rests from i and j have in common, in order.
		longest := make([][]int, n+1)
		for i := range longest {
			longest[i] = make([]int, m+1)
		}
		for i := n - 1; i >= 0; i-- {
			for j := m - 1; j >= 0; j-- {
				if same(lead+i, lead+j) {
					longest[i][j] = longest[i+1][j+1] + 1
				} else {
					longest[i][j] = max(longest[i+1][j], longest[i][j+1])
				}
			}
		}
		common += longest[0][0]
		for i, j := 0, 0; i < n && j < m; {
			switch {
			case same(lead+i, lead+j):
				keptA[i], keptB[j] = true, true
				i++
				j++
			case longest[i+1][j] >= longest[i][j+1]:
				i++
			default:
				j++
			}
		}
	}
	return stretches(a[lead:lead+n], keptA), stretches(b[lead:lead+m], keptB), common*2 > least
}

// bare is a word without the punctuation at its end.
func bare(word string) string { return strings.TrimRight(word, ".,;:") }

// words are where the words of a passage stand.
func words(s string) (out [][2]int) {
	at := 0
	for w := range strings.FieldsSeq(s) {
		at += strings.Index(s[at:], w)
		out = append(out, [2]int{at, at + len(w)})
		at += len(w)
	}
	return out
}

// stretches joins neighbours of the words that are not kept.
func stretches(words [][2]int, kept []bool) (out [][2]int) {
	for i, w := range words {
		switch {
		case kept[i]:
		case i > 0 && !kept[i-1]:
			out[len(out)-1][1] = w[1]
		default:
			out = append(out, w)
		}
	}
	return out
}
