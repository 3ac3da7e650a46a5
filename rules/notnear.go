package rules

// notNear is its left operand where no right one is near.
type notNear struct {
	left, right node
	unit        unit
	words       int
}

func (n *notNear) operands() []node { return []node{n.left, n.right} }
func (n *notNear) String() string {
	op := near{unit: n.unit, words: n.words}.operator()
	return list([]node{n.left, n.right}, " NOT "+op+" ")
}

func (n *notNear) match(t *text) []span {
	left := n.left.match(t)
	if len(left) == 0 {
		return nil
	}
	rights := newNeighbours(n.right.match(t))
	holds := func(a, b *hit) bool { return nearby(n.unit, n.words, a, b) }
	var out []span
next:
	for _, s := range left {
		for _, h := range s.hits {
			if _, near := rights.nearest(h, holds, true, true); near {
				continue next
			}
		}
		out = append(out, s)
	}
	return out
}
