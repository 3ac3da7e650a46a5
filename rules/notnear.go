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
	starts := inText(n.right.match(t))
	ends := slices.Clone(starts)
	slices.SortFunc(ends, func(a, b span) int { return cmp.Or(a.p.order()-b.p.order(), a.end-b.end, a.start-b.start) })
	holds := n.proximity().holds
	var out []span
	for _, s := range left {
		next := sort.Search(len(starts), func(i int) bool { return s.before(starts[i]) })
		last := sort.Search(len(ends), func(i int) bool { return !ends[i].before(s) }) - 1
		if next < len(starts) && starts[next].p == s.p && holds(s.p, s.extent, starts[next].extent) ||
			last >= 0 && ends[last].p == s.p && holds(s.p, ends[last].extent, s.extent) {
			continue
		}
		out = append(out, s)
	}
	return out
}
