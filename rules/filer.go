package rules

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filerName stands for an alias where the filer speaks.
const filerName = "(filer)"

// speaking is how a filer names itself.
var speaking = newIndex(speechTerms())

func speechTerms() []*term {
	var terms []*term
	for _, s := range []string{"we", "us", "our", "ours", "the company", "the registrant", "the corporation", "the firm"} {
		terms = append(terms, newTerm(s, anyCase, false, false, false))
	}
	return terms
}

// speech gives the places where a party speaks as the filer.
func (t *text) speech(p *party) []*hit {
	var out []*hit
	for _, ps := range t.passages {
		out = append(out, t.speechIn(p, ps, extent{0, len(ps.s)})...)
	}
	return out
}

// meansFiler reports whether the Company, Registrant, Corporation or Firm, as written, is
// the filer. Written small the first two are only where the document, but for its auditors and exhibits, never
// writes it with a capital.
func (t *text) meansFiler(written string) bool {
	if strings.IndexFunc(written[len("the"):], unicode.IsUpper) >= 0 {
		return true
	}
	if strings.HasSuffix(written, "corporation") || strings.HasSuffix(written, "firm") {
		return false
	}
	noun := 0
	if strings.HasSuffix(written, "registrant") { // exhibit lists write that with a capital
		noun = 1
	}
	if t.small[noun] == unknown {
		letter, rest := [...]string{"c", "r"}[noun], [...]string{"ompany", "egistrant"}[noun]
		small, capital := 0, 0
		for _, p := range t.passages {
			for at := strings.Index(p.s, rest); at >= 0; {
				switch before := p.s[:at]; {
				case strings.HasSuffix(before, "the "+letter):
					small++
				case strings.HasSuffix(before, "the "+strings.ToUpper(letter)):
					capital++
				}
				n := strings.Index(p.s[at+1:], rest)
				if n < 0 {
					break
				}
				at += 1 + n
			}
		}
		if t.small[noun] = no; small > 4*capital {
			t.small[noun] = yes
		}
	}
	return t.small[noun] == yes
}

// answer is one that may not have been looked for.
type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// speechIn is speech in a part of a passage. It finds the same hits each time.
func (t *text) speechIn(p *party, ps *passage, e extent) []*hit {
	if len(p.ciks) == 0 || !p.speaks(t.v) {
		return nil
	}
	s, key := t.standing(p), stretch{ps, e}
	if known, ok := s.spoken[key]; ok {
		return known
	}
	var out []*hit
	speaking.scan(ps.s[e.start:e.end], func(term *term, start, end int) {
		at := extent{e.start + start, e.start + end}
		switch written := ps.s[at.start:at.end]; {
		case written == "US", len(term.words) == 1 && quoted(ps, at), len(term.words) > 1 && !t.meansFiler(written):
			return
		}
		out = append(out, t.newHit(hit{p: ps, extent: at, party: p, name: filerName, filer: true}))
	})
	if s.spoken == nil {
		s.spoken = map[stretch][]*hit{}
	}
	s.spoken[key] = out
	return out
}

// speechNear is speech in the units that hold one of spans.
func (t *text) speechNear(p *party, spans []span, u unit) []span {
	var out []span
	seen := map[stretch]bool{}
	for _, s := range spans {
		at := stretch{s.p, s.p.around(u, s.extent)}
		if !seen[at] {
			seen[at] = true
			for _, h := range t.speechIn(p, at.p, at.extent) {
				out = append(out, h.span())
			}
		}
	}
	// Where a name reaches over a line break, units overlap.
	return slices.CompactFunc(sorted(out), func(a, b span) bool { return a.p == b.p && a.extent == b.extent })
}

// quoted reports whether e stands inside quotation marks that open in its paragraph:
// there somebody else may speak.
func quoted(p *passage, e extent) bool {
	const far = 2000
	para, marks := p.quoteMarks(e.start)
	low, high := max(para.start, e.start-far), min(para.end, e.end+far)
	at := func(place int) int {
		return sort.Search(len(marks), func(i int) bool { return marks[i].at >= place })
	}
	next, end := at(e.start), at(high)
	closes := func(r rune) bool {
		return slices.ContainsFunc(marks[next:end], func(m quoteMark) bool {
			return m.rune == r && m.at >= e.end && m.at+utf8.RuneLen(r) <= high
		})
	}
	closed, straight := false, 0
	for i := next - 1; i >= 0 && marks[i].at >= low; i-- {
		switch marks[i].rune {
		case '“':
			return !closed && closes('”')
		case '”':
			closed = true
		default:
			straight++
		}
	}
	return straight%2 == 1 && closes('"')
}

// quoteMark is one of “, ” and ".
type quoteMark struct {
	rune
	at int
}

// quoteMarks gives the paragraph that holds i and its quotation marks. It remembers
// those of one paragraph, for its words are asked about in turn.
func (p *passage) quoteMarks(i int) (extent, []quoteMark) {
	para := p.paragraph(i)
	if p.quoting.para == para && p.quoting.known {
		return para, p.quoting.marks
	}
	marks := p.quoting.marks[:0]
	for i := para.start; i < para.end; i++ {
		switch {
		case p.s[i] == '"':
			marks = append(marks, quoteMark{'"', i})
		case p.s[i] == 0xe2 && strings.HasPrefix(p.s[i:para.end], "“"):
			marks = append(marks, quoteMark{'“', i})
		case p.s[i] == 0xe2 && strings.HasPrefix(p.s[i:para.end], "”"):
			marks = append(marks, quoteMark{'”', i})
		}
	}
	p.quoting.para, p.quoting.marks, p.quoting.known = para, marks, true
	return para, marks
}
