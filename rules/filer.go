package rules

import "strings"

// filerName stands for an alias where the filer speaks.
const filerName = "(filer)"

// speaking is how a filer names itself.
var speaking = newIndex(speechTerms())

func speechTerms() []*term {
	var terms []*term
	for _, s := range []string{"we", "us", "our", "ours"} {
		terms = append(terms, newTerm(s, anyCase, false, false, false))
	}
	for _, s := range []string{"the Company", "the Registrant"} {
		terms = append(terms, newTerm(s, nameCase, false, false, false))
	}
	return terms
}

// speech gives the places where a party speaks as the filer.
func (t *text) speech(p *party) []*hit {
	if len(p.ciks) == 0 || !p.speaks(t.v) {
		return nil
	}
	s := t.standing(p)
	if s.asked {
		return s.filer
	}
	s.asked = true
	for _, ps := range t.passages {
		speaking.scan(ps.s, func(term *term, start, end int) {
			e := extent{start, end}
			if ps.s[start:end] == "US" || len(term.words) == 1 && quoted(ps, e) {
				return
			}
			s.filer = append(s.filer, &hit{p: ps, extent: e, party: p, name: filerName, filer: true})
		})
	}
	return s.filer
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
