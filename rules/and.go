package rules

import (
	"github.com/dealwatch/dealwatch"
)

// and is met where all its operands are, anywhere in the document.
type and struct{ all []node }

func newAnd(left, right node) node {
	if a, ok := left.(*and); ok {
		return &and{append(a.all[:len(a.all):len(a.all)], right)}
	}
	return &and{[]node{left, right}}
}

func (n *and) operands() []node { return n.all }
func (n *and) String() string   { return list(n.all, " AND ") }

func (n *and) match(t *text) []span {
	var out []span
	for _, o := range n.all {
		spans := o.match(t)
		if len(spans) == 0 {
			return nil
		}
		out = append(out, spans...)
	}
	return out
}

// closeness is the tightest unit that holds all operands. A field limit holds
// everywhere.
func (n *and) closeness(t *text, _ []span) dealwatch.Closeness {
	var lists [][]span
	for _, o := range n.all {
		if spans := o.match(t); spans[0].p != nil {
			lists = append(lists, spans)
		}
	}
	if len(lists) == 0 {
		return dealwatch.InDocument
	}
	return closest(lists)
}
