package rules

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// near is a proximity: its operands stand within a number of words, a sentence or a
// paragraph of each other. What overlaps is not near.
type near struct {
	all     []node // two; more for a chain without brackets whose order does not matter
	unit    unit
	words   int  // 0 for a unit
	ordered bool // left comes first
	closed  bool // in brackets: one stretch for what is outside
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
	if l, ok := left.(*near); ok && !l.closed && !l.ordered && l.operator() == how.operator() {
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

func (n *near) match(t *text) []span {
	lists := make([][]span, len(n.all))
	for i, o := range n.all {
		if lists[i] = inText(o.match(t)); len(lists[i]) == 0 {
			return nil
		}
	}
	found := chainsOf(lists[0])
	for i, spans := range lists[1:] {
		alike := 1
		if i+2 < len(lists) {
			alike = mostAlike
		}
		if found = n.lengthen(found, spans, alike); len(found) == 0 {
			break
		}
	}
	if n.words == 0 && !n.ordered && len(lists) > 2 {
		found = append(found, n.scattered(lists, found)...)
	}
	out := t.mem.spans.list(len(found))
	for _, c := range found {
		out = append(out, join(c.parts...))
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

// chain is one span of each operand so far, of which no two overlap.
type chain struct {
	p *passage
	extent
	parts []span
}

func chainsOf(spans []span) []chain {
	out := make([]chain, len(spans))
	for i := range spans {
		out[i] = chain{spans[i].p, spans[i].extent, spans[i : i+1]}
	}
	return out
}

func (c chain) with(s span) chain {
	return chain{c.p, extent{min(c.start, s.start), max(c.end, s.end)}, append(c.parts[:len(c.parts):len(c.parts)], s)}
}

// lengthen adds to each chain a span that is near: outside of it or, in a chain of more
// than one, between its parts.
func (n *near) lengthen(chains []chain, spans []span, alike int) []chain {
	out := n.pairs(chains, spans, false)
	if !n.ordered {
		out = append(out, n.pairs(chains, spans, true)...)
	}
	if len(chains[0].parts) > 1 {
		out = append(out, between(chains, spans)...)
	}
	return tightest(out, alike)
}

// pairs joins chains with the spans after them or, turned, before them: for all that begins
// a pair, the partner that makes it end first, and for all that ends one, the partner that
// makes it begin last.
func (n *near) pairs(chains []chain, spans []span, turned bool) []chain {
	first, second := make([]spot, len(chains)), spots(spans)
	for i, c := range chains {
		first[i] = spot{c.p, c.extent, i}
	}
	var out []chain
	add := func(c, s spot) { out = append(out, chains[c.of].with(spans[s.of])) }
	if turned {
		first, second = second, first
		add = func(s, c spot) { out = append(out, chains[c.of].with(spans[s.of])) }
	}
	latest(first, second, n.holds, add)
	mirror(first)
	mirror(second)
	latest(second, first,
		func(p *passage, a, b extent) bool { return n.holds(p, b.mirrored(), a.mirrored()) },
		func(a, b spot) { add(b, a) })
	return out
}

// spot is where chain or span number of stands.
type spot struct {
	p *passage
	extent
	of int
}

func spots(spans []span) []spot {
	out := make([]spot, len(spans))
	for i, s := range spans {
		out[i] = spot{s.p, s.extent, i}
	}
	return out
}

func (e extent) mirrored() extent { return extent{-e.end, -e.start} }

func mirror(spots []spot) {
	for i := range spots {
		spots[i].extent = spots[i].mirrored()
	}
}

// latest gives for each of seconds the one of firsts that begins last among those before
// it that it is near. One that ends later than another and begins no sooner serves all that
// the other would; so each comes and goes once.
func latest(firsts, seconds []spot, holds func(p *passage, a, b extent) bool, yield func(first, second spot)) {
	slices.SortStableFunc(firsts, func(a, b spot) int {
		return cmp.Or(a.p.order()-b.p.order(), a.end-b.end, a.start-b.start)
	})
	slices.SortStableFunc(seconds, func(a, b spot) int {
		return cmp.Or(a.p.order()-b.p.order(), a.start-b.start, a.end-b.end)
	})
	var open []spot
	i := 0
	for _, s := range seconds {
		for ; i < len(firsts) && firsts[i].before(s); i++ {
			for len(open) > 0 && open[len(open)-1].start <= firsts[i].start {
				open = open[:len(open)-1]
			}
			open = append(open, firsts[i])
		}
		for len(open) > 0 && (open[0].p != s.p || !holds(s.p, open[0].extent, s.extent)) {
			open = open[1:]
		}
		if len(open) > 0 {
			yield(open[0], s)
		}
	}
}

// before reports whether a ends where b begins or sooner. What has no length is not
// before itself.
func (a spot) before(b spot) bool {
	return a.p.order() < b.p.order() || a.p == b.p && a.end <= b.start && a.start < b.start
}

// between joins each chain with a span that stands between two of its parts.
func between(chains []chain, spans []span) []chain {
	spans = sorted(slices.Clone(spans))
	soonest := slices.Clone(spans) // of those from here on, the one that ends first
	for i := len(spans) - 2; i >= 0; i-- {
		if o := soonest[i+1]; o.p == spans[i].p && o.end < soonest[i].end {
			soonest[i] = o
		}
	}
	var out []chain
	for _, c := range chains {
		parts := sorted(slices.Clone(c.parts))
		for k, part := range parts[1:] {
			from := sort.Search(len(spans), func(i int) bool {
				return spans[i].p.order() > c.p.order() || spans[i].p == c.p && spans[i].start >= parts[k].end
			})
			if from < len(spans) && soonest[from].p == c.p && soonest[from].end <= part.start {
				out = append(out, c.with(soonest[from]))
				break
			}
		}
	}
	return out
}

// tightest keeps of the chains that begin at one place the one that ends first, and of
// those that end at one place the one that begins last; as many as alike of one extent, for
// a further operand may fit into only one of them.
func tightest(chains []chain, alike int) []chain {
	slices.SortStableFunc(chains, func(a, b chain) int {
		return cmp.Or(a.p.order()-b.p.order(), a.start-b.start, a.end-b.end)
	})
	type end struct {
		p  *passage
		at int
	}
	last := make(map[end]int, len(chains)) // the start of the one that begins last
	for _, c := range chains {
		last[end{c.p, c.end}] = c.start
	}
	out := chains[:0]
	var begun chain
	for _, c := range chains {
		first := c.p != begun.p || c.start != begun.start
		same := len(out) > 0 && out[len(out)-1].p == c.p && out[len(out)-1].extent == c.extent
		begun = c
		switch {
		case same && !oneOf(c, out[max(0, len(out)-alike):], alike):
			out = append(out, c)
		case !same && (first || last[end{c.p, c.end}] == c.start):
			out = append(out, c)
		}
	}
	return out
}

// mostAlike is how many chains of one extent are tried with a further operand.
const mostAlike = 4

// oneOf reports whether there are as many as most chains of the extent of c among the last
// ones, or one with its parts.
func oneOf(c chain, last []chain, most int) bool {
	n := 0
	for _, o := range last {
		if o.p != c.p || o.extent != c.extent {
			continue
		}
		if n++; n == most || slices.EqualFunc(o.parts, c.parts, func(a, b span) bool { return a.extent == b.extent }) {
			return true
		}
	}
	return false
}

// inText gives the spans that stand in a passage, one for each stretch.
func inText(spans []span) []span {
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
