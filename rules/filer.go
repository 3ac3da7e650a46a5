package rules

import (
	"slices"
	"strings"
	"unicode"
)

// filerName stands for an alias where the filer speaks.
const filerName = "(filer)"

// speaking is how a filer names itself.
var speaking = newIndex(speechTerms())

func speechTerms() []*term {
	var terms []*term
	for _, s := range []string{"we", "us", "our", "ours", "the company", "the registrant"} {
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

// meansFiler reports whether the Company or the Registrant, as written, is the filer.
// Written small it is only where the document, but for its auditors and exhibits, never
// writes it with a capital.
func (t *text) meansFiler(written string) bool {
	if strings.IndexFunc(written[len("the"):], unicode.IsUpper) >= 0 {
		return true
	}
	if t.small == unknown {
		small, capital := 0, 0
		for _, p := range t.passages {
			small += strings.Count(p.s, "the company") + strings.Count(p.s, "the registrant")
			capital += strings.Count(p.s, "the Company") + strings.Count(p.s, "the Registrant")
		}
		if t.small = no; small > 4*capital {
			t.small = yes
		}
	}
	return t.small == yes
}

// answer is one that may not have been looked for.
type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// stretch is a part of a passage.
type stretch struct {
	p *passage
	extent
}

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
	para := p.paragraph(e.start)
	before := p.s[max(para.start, e.start-far):e.start]
	after := p.s[e.end:min(para.end, e.end+far)]
	if open := strings.LastIndex(before, "“"); open >= 0 {
		return open > strings.LastIndex(before, "”") && strings.Contains(after, "”")
	}
	return strings.Count(before, `"`)%2 == 1 && strings.Contains(after, `"`)
}
