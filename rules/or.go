package rules

import "github.com/dealwatch/dealwatch"

// or is met where any of its operands is.
type or struct{ any []node }

func newOr(left, right node) node {
	if o, ok := left.(*or); ok {
		return &or{append(o.any[:len(o.any):len(o.any)], right)}
	}
	return &or{[]node{left, right}}
}

func (n *or) operands() []node { return n.any }
func (n *or) String() string   { return list(n.any, " OR ") }

func (n *or) match(t *text) []span {
	var out []span
	for _, o := range n.any {
		out = append(out, o.match(t)...)
	}
	return out
}

// closeness is that of the closest operand.
func (n *or) closeness(t *text, _ []span) dealwatch.Closeness {
	best := dealwatch.InDocument
	for _, o := range n.any {
		if spans := o.match(t); len(spans) > 0 {
			if c := closeness(o, t, spans); c.Rank() > best.Rank() {
				best = c
			}
		}
	}
	return best
}
