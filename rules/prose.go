package rules

import "github.com/dealwatch/dealwatch"

// prose is its operand where it is said of a deal: not in boilerplate, and with a word
// of a deal near.
type prose struct{ of node }

func (n *prose) operands() []node { return []node{n.of} }
func (n *prose) String() string   { return n.of.String() }

func (n *prose) match(t *text) []span {
	t = t.asProse()
	var out []span
	for _, s := range n.of.match(t) {
		if tellsDeal(s.hits) {
			out = append(out, s)
		}
	}
	return out
}

func (n *prose) closeness(t *text, spans []span) dealwatch.Closeness {
	return closeness(n.of, t.asProse(), spans)
}
