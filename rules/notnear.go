package rules

import (
	"cmp"
	"slices"
	"sort"
)

// notNear is its left operand where no right one is near.
type notNear struct {
	left, right node
	unit        unit
	words       int
}

func (n *notNear) operands() []node { return []node{n.left, n.right} }
func (n *notNear) String() string {
	return list([]node{n.left, n.right}, " NOT "+n.proximity().operator()+" ")
}

func (n *notNear) proximity() *near { return &near{unit: n.unit, words: n.words} }

func (n *notNear) match(t *text) []span {
	left := n.left.match(t)
	if len(left) == 0 {
		return nil
	}
	byStart := spots(inText(n.right.match(t)))
	byEnd := slices.Clone(byStart)
	slices.SortStableFunc(byEnd, func(a, b spot) int { return cmp.Or(a.p.order()-b.p.order(), a.end-b.end) })
	holds := n.proximity().holds
	var out []span
	for _, s := range left {
		here := spot{p: s.p, extent: s.extent}
		next := sort.Search(len(byStart), func(i int) bool { return here.before(byStart[i]) })
		last := sort.Search(len(byEnd), func(i int) bool { return !byEnd[i].before(here) }) - 1
		if next < len(byStart) && byStart[next].p == s.p && holds(s.p, s.extent, byStart[next].extent) ||
			last >= 0 && byEnd[last].p == s.p && holds(s.p, byEnd[last].extent, s.extent) {
			continue
		}
		out = append(out, s)
	}
	return out
}
