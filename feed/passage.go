package feed

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	passageLead = 140 // bytes of text before a place, about
	passageTail = 200 // and after it
)

// Passages cuts out of a text what stands around the places, which are marked; places
// that are near one another share a passage. At most limit are made. Places that the
// text does not have are left out.
func Passages(text string, places [][2]int, limit int) []Quote {
	places = slices.DeleteFunc(slices.Clone(places), func(p [2]int) bool {
		return p[0] < 0 || p[1] <= p[0] || p[1] > len(text) || p[1]-p[0] > 4*passageTail || !edge(text, p[0]) || !edge(text, p[1])
	})
	slices.SortFunc(places, func(a, b [2]int) int { return a[0] - b[0] })
	var out []Quote
	for len(places) > 0 && len(out) < limit {
		start := lead(text, places[0][0])
		end := tail(text, places[0][1])
		n := 1
		for n < len(places) && places[n][1] <= end && end-start < quoteBytes {
			end = max(end, min(tail(text, places[n][1]), start+quoteBytes))
			n++
		}
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end--
		}
		out = append(out, passage(text, start, end, places[:n]))
		for n < len(places) && places[n][0] < end {
			n++ // a place that is cut by the end
		}
		places = places[n:]
	}
	return out
}

// passage is the text from start to end on one line, with the places marked.
func passage(text string, start, end int, places [][2]int) Quote {
	var q Quote
	put := func(s string, hit bool) {
		if s = fold(s); s != "" {
			q = append(q, Span{Text: s, Hit: hit})
		}
	}
	if start > 0 {
		q = append(q, Span{Text: "… "})
	}
	at := start
	for _, p := range places {
		if p[0] < at || p[1] > end {
			continue
		}
		put(text[at:p[0]], false)
		put(text[p[0]:p[1]], true)
		at = p[1]
	}
	put(text[at:end], false)
	if end < len(text) {
		q = append(q, Span{Text: " …"})
	}
	return q
}

// fold is Line that keeps one space at either end.
func fold(s string) string {
	out := Line(s)
	if r, _ := utf8.DecodeRuneInString(s); unicode.IsSpace(r) {
		out = " " + out
	}
	if r, _ := utf8.DecodeLastRuneInString(s); unicode.IsSpace(r) && out != " " {
		out += " "
	}
	return out
}

// edge reports whether text may be cut at i.
func edge(text string, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

// lead is where a passage begins whose place is at i: after a space, and within the
// paragraph.
func lead(text string, i int) int {
	from := max(0, i-passageLead)
	if p := strings.LastIndex(text[from:i], "\n\n"); p >= 0 {
		return from + p + 2
	}
	if from == 0 {
		return 0
	}
	if sp := strings.IndexAny(text[from:i], " \n"); sp >= 0 {
		return from + sp + 1
	}
	for !utf8.RuneStart(text[from]) {
		from++
	}
	return min(from, i)
}

func tail(text string, i int) int {
	to := min(len(text), i+passageTail)
	if p := strings.Index(text[i:to], "\n\n"); p >= 0 {
		return i + p
	}
	if to == len(text) {
		return to
	}
	if sp := strings.LastIndexAny(text[i:to], " \n"); sp > 0 {
		return i + sp
	}
	for !utf8.RuneStart(text[to]) {
		to--
	}
	return to
}
