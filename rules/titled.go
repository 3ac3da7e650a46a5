package rules

import "github.com/dealwatch/dealwatch"

// titled is its operand in the title.
type titled struct{ of node }

func (n *titled) operands() []node { return []node{n.of} }
func (n *titled) String() string   { return "title(" + n.of.String() + ")" }

func (n *titled) match(t *text) []span { return n.of.match(t.in(dealwatch.Title)) }

func (n *titled) closeness(*text, []span) dealwatch.Closeness { return dealwatch.InTitle }
