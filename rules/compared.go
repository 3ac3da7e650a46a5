package rules

import "strings"

// compared reports whether the parties of a sentence stand on two sides of a comparison,
// of which neither speaks of the other side: Like the order on Alpha, that on Beta ends
// soon.
func (g *group) compared(hits []*hit) bool {
	sentence := g.p.sentence(g.start)
	s := g.p.s[sentence.start:sentence.end]
	from, to := 0, len(s) // what the rest is compared with
	switch start, end := nextToken(s, 0); {
	case start == end:
		return false
	case comparing[s[start:end]] && start < 3:
		if to = clauseEnd(s); to < 0 {
			return false
		}
	default:
		if from = strings.Index(s, " similar to "); from < 0 {
			return false
		}
	}
	for _, w := range strings.Fields(s[from:to]) {
		if referring[w] {
			return false
		}
	}
	other := extent{sentence.start + from, sentence.start + to}
	sides, inside := map[*party]bool{}, 0
	for _, h := range hits {
		if h.filer {
			continue
		}
		side := other.holds(h.extent)
		if known, ok := sides[h.party]; ok && known != side {
			return false
		} else if !ok && side {
			inside++
		}
		sides[h.party] = side
	}
	return inside > 0 && inside < len(sides)
}

// clauseEnd gives where the clause ends that s begins with: at a comma that stands before
// no legal form. It is -1 where none does.
func clauseEnd(s string) int {
	for at := 0; ; at++ {
		n := strings.IndexByte(s[at:], ',')
		if n < 0 {
			return -1
		}
		at += n
		if start, end := nextToken(s, at); !legalForm(s[start:end]) && !(at > 0 && isDigit(s[at-1])) {
			return at
		}
	}
}

var (
	comparing = set(`Like Unlike`)
	referring = set(`its their his her our that those these this`) // to the other side
)
