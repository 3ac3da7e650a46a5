package rules

import (
	"slices"
)

// need is what a deal cannot do without: one of some terms, or a filer of some numbers.
type need struct {
	terms []*term
	ciks  []int
}

// needs gives what n cannot do without, each need by itself. It is empty for a node
// that may be met where none of its terms stands.
func needs(n node) []need {
	switch n := n.(type) {
	case *phrase:
		return []need{{terms: n.terms()}}
	case *named:
		return []need{{n.terms(), n.party.ciks}}
	case *fieldLimit:
		return nil
	case *or:
		var either need
		for _, o := range n.any {
			all := needs(o)
			if len(all) == 0 {
				return nil
			}
			least := slices.MinFunc(all, func(a, b need) int { return len(a.terms) - len(b.terms) })
			either.terms = append(either.terms, least.terms...)
			either.ciks = append(either.ciks, least.ciks...)
		}
		return []need{either}
	case *andNot:
		return needs(n.left)
	case *notNear:
		return needs(n.left)
	}
	var out []need
	for _, o := range n.operands() {
		out = append(out, needs(o)...)
	}
	return out
}

// fileDeals files each deal under the need that the fewest deals share, so that a
// famous name costs a document nothing by itself.
func (b *Book) fileDeals() {
	users := make([]int, len(b.terms))
	for _, d := range b.deals {
		for _, s := range d.needs {
			for _, t := range s.terms {
				users[t.id]++
			}
		}
	}
	shared := func(s need) int {
		n := 0
		for _, t := range s.terms {
			n += users[t.id]
		}
		return n
	}
	b.byTerm, b.byCIK = make([][]int, len(b.terms)), map[int][]int{}
	for i, d := range b.deals {
		if len(d.needs) == 0 {
			b.loose = append(b.loose, i)
			continue
		}
		rare := slices.MinFunc(d.needs, func(a, b need) int { return shared(a) - shared(b) })
		for _, t := range rare.terms {
			b.byTerm[t.id] = append(b.byTerm[t.id], i)
		}
		for _, cik := range rare.ciks {
			b.byCIK[cik] = append(b.byCIK[cik], i)
		}
	}
}

// candidates are the deals of which every need is met in the text, in order. No other
// deal costs anything but those that a rare name of theirs brought up.
func (b *Book) candidates(t *text) []int {
	out := t.candidates[:0]
	out = append(out, b.loose...)
	add := func(deals []int) {
		for _, i := range deals {
			if !slices.ContainsFunc(b.deals[i].needs, func(s need) bool { return !t.meets(s) }) {
				out = append(out, i)
			}
		}
	}
	for _, found := range t.terms {
		add(b.byTerm[found.id])
	}
	for _, f := range t.v.Filers {
		add(b.byCIK[f.CIK])
	}
	slices.Sort(out)
	t.candidates = slices.Compact(out)
	return t.candidates
}

func (f *facts) meets(s need) bool {
	return slices.ContainsFunc(s.terms, f.holds) ||
		slices.ContainsFunc(s.ciks, func(cik int) bool {
			for i := range f.v.Filers {
				if f.v.Filers[i].CIK == cik {
					return true
				}
			}
			return false
		})
}

// touched reports whether any term of the deal, needed or not, stands in the text, or
// its filer is one.
func (d *deal) touched(t *text) bool {
	if len(d.needs) == 0 {
		return true
	}
	found := false
	walk(d.root, func(n node) {
		if l, ok := n.(interface{ terms() []*term }); ok {
			found = found || slices.ContainsFunc(l.terms(), t.holds)
		}
	})
	return found || slices.ContainsFunc(d.parties, func(p *party) bool { return t.meets(need{ciks: p.ciks}) })
}
