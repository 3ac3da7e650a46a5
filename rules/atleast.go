package rules

import "fmt"

// atLeast is its operand where it occurs a number of times or more.
type atLeast struct {
	times int
	of    node
}

func (n *atLeast) operands() []node { return []node{n.of} }
func (n *atLeast) String() string   { return fmt.Sprintf("ATLEAST%d(%s)", n.times, n.of) }

func (n *atLeast) match(t *text) []span {
	if spans := n.of.match(t); len(spans) >= n.times {
		return spans
	}
	return nil
}
