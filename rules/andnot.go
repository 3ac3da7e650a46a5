package rules

import "github.com/dealwatch/dealwatch"

// andNot is its left operand, in documents that do not meet the right one.
type andNot struct{ left, right node }

func (n *andNot) operands() []node { return []node{n.left, n.right} }
func (n *andNot) String() string   { return list([]node{n.left, n.right}, " AND NOT ") }

func (n *andNot) match(t *text) []span {
	left := n.left.match(t)
	if len(left) == 0 || len(n.right.match(t)) > 0 {
		return nil
	}
	return left
}

func (n *andNot) closeness(t *text, spans []span) dealwatch.Closeness {
	return closeness(n.left, t, spans)
}
