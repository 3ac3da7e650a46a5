package rules

import (
	"fmt"
	"slices"
)

// near is a proximity: its operands stand within a number of words, a sentence or a
// paragraph of each other. What overlaps is not near.
type near struct {
	all     []node // two; more for a chain of one connector without brackets
	unit    unit
	words   int  // 0 for a unit
	ordered bool // left comes first
	closed  bool // in brackets: one stretch for what is outside
}

// mostOperands is how many operands a chain in any order may have: one more doubles what
// may have to be remembered of a text full of them.
const mostOperands = 8

// tooLong reports whether n is a chain of more than mostOperands, or asks for one.
func tooLong(n node) bool {
	switch n := n.(type) {
	case *near:
		return !n.ordered && len(n.all) > mostOperands
	case *and:
		return slices.ContainsFunc(n.all, tooLong)
	}
	return false
}

// newNear joins two nodes. An AND in brackets asks for all its operands: in one
// sentence or paragraph together, or each within the number of words.
func newNear(how near, left, right node) node {
	if a, ok := left.(*and); ok {
		return spread(how, a, func(n node) node { return newNear(how, n, right) }, right)
	}
	if a, ok := right.(*and); ok {
		return spread(how, a, func(n node) node { return newNear(how, left, n) }, left)
	}
	how.all = []node{left, right}
	if l, ok := left.(*near); ok && !l.closed && l.operator() == how.operator() {
		how.all = slices.Concat(l.all, []node{right})
	}
	return &how
}

// closed marks what was read between brackets.
func closed(n node) node {
	if n, ok := n.(*near); ok {
		n.closed = true
	}
	return n
}

func spread(how near, a *and, each func(node) node, other node) node {
	if how.words == 0 && !how.ordered {
		out := other
		for _, n := range a.all {
			out = newNear(how, out, n)
		}
		return out
	}
	out := each(a.all[0])
	for _, n := range a.all[1:] {
		out = newAnd(out, each(n))
	}
	return out
}

func (n *near) operands() []node { return n.all }
func (n *near) String() string   { return list(n.all, " "+n.operator()+" ") }

func (n near) operator() string {
	mark := "/"
	if n.ordered {
		mark = "+"
	}
	switch {
	case n.words > 0:
		return fmt.Sprintf("%s%d", mark, n.words)
	case n.unit == inSentence:
		return mark + "s"
	}
	return mark + "p"
}

// match gives, of the chains of a span of each operand, no two of which overlap, for each
// start the one that ends first and for each end the one that begins last. Ordered, each
// span is after the one before it and near it. In any order, those of a unit each begin,
// as the text has them, in the unit in which the one before ends; words are counted from the
// left of the rule: each is within them of the stretch of those before it, or inside that.
func (n *near) match(t *text) []span {
	lists := make([][]span, len(n.all))
	for i, o := range n.all {
		if lists[i] = inText(o.match(t)); len(lists[i]) == 0 {
			return nil
		}
	}
	var out []span
	for _, p := range t.passages {
		out = append(out, n.chains(p, lists)...)
	}
	return out
}

// holds reports whether two stretches of one passage, a before b, are near: whether b
// begins in the unit that a ends in, or at most the number of words after it; the very
// next word is one word after.
func (n *near) holds(p *passage, a, b extent) bool {
	if n.words > 0 {
		return p.apart(a, b, n.words) < n.words
	}
	return p.at(n.unit, max(a.end-1, a.start)).start == p.at(n.unit, b.start).start
}

// inText gives the spans that stand in a passage, one for each stretch.
func inText(spans []span) []span {
	inOrder := true
	for i, s := range spans {
		inOrder = inOrder && s.p != nil && (i == 0 || compareSpans(spans[i-1], s) < 0)
	}
	if inOrder {
		return spans
	}
	out := make([]span, 0, len(spans))
	for _, s := range spans {
		if s.p != nil {
			out = append(out, s)
		}
	}
	return slices.CompactFunc(sorted(out), func(a, b span) bool { return a.p == b.p && a.extent == b.extent })
}

// farOnly says why a node cannot stand near anything; "" when it can.
func farOnly(n node) (why, hint string) {
	switch n := n.(type) {
	case *fieldLimit:
		return n.String() + " stands for the whole document and is near nothing", "join it with AND: (a /p b) AND " + n.String()
	case *andNot:
		return "AND NOT looks at the whole document and cannot be near anything",
			fmt.Sprintf("write (%s /p ...) AND NOT %s for documents without the one\n   or (%s NOT /p %s) /p ... for places without it", n.left, n.right, n.left, n.right)
	case *and:
		for _, o := range n.all {
			if why, hint := farOnly(o); why != "" {
				return why, hint
			}
		}
	case *or:
		for _, o := range n.any {
			if why, hint := farOnly(o); why != "" {
				return why, hint
			}
		}
	}
	return "", ""
}
