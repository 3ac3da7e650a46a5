package rules

import (
	"cmp"
	"fmt"
	"slices"
)

// atLeast is its operand where it occurs a number of times or more. Occurrences that
// overlap count once.
type atLeast struct {
	times int
	of    node
}

func (n *atLeast) operands() []node { return []node{n.of} }
func (n *atLeast) String() string   { return fmt.Sprintf("ATLEAST%d(%s)", n.times, n.of) }

func (n *atLeast) match(t *text) []span {
	if spans := n.of.match(t); len(spans) >= n.times && apartFrom(spans) >= n.times {
		return spans
	}
	return nil
}

// apartFrom counts as many spans as there can be of which no two overlap.
func apartFrom(spans []span) int {
	byEnd := slices.Clone(spans)
	slices.SortFunc(byEnd, func(a, b span) int { return cmp.Or(a.p.order()-b.p.order(), a.end-b.end, a.start-b.start) })
	count := 0
	var last span
	for _, s := range byEnd {
		if count == 0 || s.p != last.p || s.start >= last.end && s.extent != last.extent {
			count, last = count+1, s
		}
	}
	return count
}
