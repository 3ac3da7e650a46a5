package rules

import (
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// inFirm gives the name of a firm that a name of one word stands in the middle of: Doe
// Roe Alpha & Bloggs. It is "" where none shows.
func (h *hit) inFirm() string {
	s := h.p.s
	if h.p.field == dealwatch.Title || len(h.alias.words) > 1 || !strings.HasPrefix(s[h.end:], " & ") || !capital(s, h.end+3) {
		return ""
	}
	sentence, at := h.p.sentence(h.start), h.start
	for range 2 {
		start, end, ok := prevToken(s, at)
		if !ok || start <= sentence.start || s[end:at] != " " || !capital(s, start) {
			return ""
		}
		at = start
	}
	if !h.p.inProse(sentence) {
		return ""
	}
	_, end := nextToken(s, h.end+3)
	return s[at:end]
}

// joined gives the one name that h makes with that of another party beside it, as those
// do that merged long ago: Alpha Beta Inc. It is "" where none shows, as in the Alpha Beta
// merger.
func (t *text) joined(h *hit, others []*party) string {
	s := h.p.s
	after, before := h.stop(), h.start-1
	if !(after < len(s) && s[after] == ' ' && capital(s, after+1)) && !(before > 0 && s[before] == ' ' && capitalBefore(s, before)) {
		return "" // as beside most names, and places cost more
	}
	for _, o := range others {
		if o == h.party {
			continue
		}
		edges := t.edges(o)
		whole := extent{h.start, edges[edge{h.p, after + 1, head}]}
		if whole.end == 0 {
			start, ok := edges[edge{h.p, before, tail}]
			if whole = (extent{start, after}); !ok || s[before] != ' ' {
				continue
			}
		} else if s[after] != ' ' {
			continue
		}
		if h.p.areOne(whole) {
			return s[whole.start:whole.end]
		}
	}
	return ""
}

// capitalBefore reports whether the word that ends at i has a capital.
func capitalBefore(s string, i int) bool {
	for i--; i >= 0 && s[i] > ' '; i-- {
		if isUpper(s[i]) {
			return true
		}
	}
	return false
}

// areOne reports whether two names side by side are one: a legal form follows, or they
// stand in prose and nothing follows that is between two.
func (p *passage) areOne(names extent) bool {
	start, end := nextToken(p.s, names.end)
	gap, word := p.s[names.end:start], p.s[start:end]
	switch {
	case (gap == " " || gap == ", ") && legalForm(word):
		return true
	case gap == " " && betweenTwo[strings.ToLower(word)]:
		return false
	}
	return p.field == dealwatch.Text && p.inProse(p.sentence(names.start))
}

// betweenTwo are nouns of what two companies have with each other, or an agency with both.
var betweenTwo = set(`acquisition agreement alliance arrangement battle bid buyout case collaboration combination complaint consortium contract
	deal decision dispute fight inquiry investigation investment joint lawsuit litigation matter merger negotiations offer pact partnership
	probe proposal review settlement stake suit takeover talks tie transaction trial venture`)

// stop is where h ends, with the full stop that its name has.
func (h *hit) stop() int {
	if strings.HasSuffix(h.name, ".") && strings.HasPrefix(h.p.s[h.end:], ".") {
		return h.end + 1
	}
	return h.end
}

// edge is a place where a name begins or ends.
type edge struct {
	p    *passage
	at   int
	side side
}

type side bool

const head, tail side = false, true

// edges gives, by each place where a name of a party begins or ends, the other end of it.
func (t *text) edges(p *party) map[edge]int {
	s := t.standing(p)
	if s.edges == nil {
		s.edges = map[edge]int{}
		for _, h := range slices.Concat(s.sure, s.unsure) {
			s.edges[edge{h.p, h.start, head}] = h.stop()
			s.edges[edge{h.p, h.stop(), tail}] = h.start
		}
	}
	return s.edges
}
