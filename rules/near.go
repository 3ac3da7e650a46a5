package rules

import (
	"fmt"
	"slices"
	"sort"
)

// near is a proximity: its operands stand within a number of words, a sentence or a
// paragraph of each other. Hits that overlap are not near each other.
type near struct {
	left, right node
	unit        unit
	words       int  // 0 for a unit
	ordered     bool // left comes first
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
	how.left, how.right = left, right
	return &how
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

func (n *near) operands() []node { return []node{n.left, n.right} }
func (n *near) String() string {
	return list([]node{n.left, n.right}, " "+n.operator()+" ")
}

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
	left := n.left.match(t)
	if len(left) == 0 {
		return nil
	}
	right := n.right.match(t)
	if len(right) == 0 {
		return nil
	}
	lefts, rights := newNeighbours(left), newNeighbours(right)
	var out []span
	for _, s := range left {
		for _, h := range s.hits {
			if o, ok := rights.nearest(h, n.holds, true, !n.ordered); ok {
				out = append(out, join(s, o))
			}
		}
	}
	for _, s := range right {
		for _, h := range s.hits {
			if o, ok := lefts.nearest(h, n.holds, !n.ordered, true); ok {
				out = append(out, join(o, s))
			}
		}
	}
	return distinct(out)
}

// holds reports whether two hits, a before b, are near.
func (n *near) holds(a, b *hit) bool { return nearby(n.unit, n.words, a, b) }

// nearby reports whether b begins in the unit that a ends in, or at most the given
// number of words after it; the very next word is one word after.
func nearby(u unit, words int, a, b *hit) bool {
	if words > 0 {
		return a.p.apart(a.extent, b.extent, words) < words
	}
	return a.p.at(u, max(a.end-1, a.start)).start == a.p.at(u, b.start).start
}

// neighbours are the hits of spans, to be searched from a place.
type neighbours struct {
	byStart, byEnd []neighbour
}

type neighbour struct {
	*hit
	of span
}

func newNeighbours(spans []span) neighbours {
	var all []neighbour
	for _, s := range spans {
		for _, h := range s.hits {
			if h.p != nil {
				all = append(all, neighbour{h, s})
			}
		}
	}
	n := neighbours{byStart: all, byEnd: slices.Clone(all)}
	slices.SortStableFunc(n.byStart, func(a, b neighbour) int {
		if a.p != b.p {
			return a.p.order() - b.p.order()
		}
		return a.start - b.start
	})
	slices.SortStableFunc(n.byEnd, func(a, b neighbour) int {
		if a.p != b.p {
			return a.p.order() - b.p.order()
		}
		return a.end - b.end
	})
	return n
}

// nearest gives the span of the nearest hit after h, or before it, that holds accepts.
func (n neighbours) nearest(h *hit, holds func(a, b *hit) bool, after, before bool) (span, bool) {
	if h.p == nil {
		return span{}, false
	}
	var best neighbour
	if after {
		i := sort.Search(len(n.byStart), func(i int) bool {
			o := n.byStart[i]
			return o.p.order() > h.p.order() || o.p == h.p && o.start >= h.end
		})
		if i < len(n.byStart) && n.byStart[i].p == h.p && holds(h, n.byStart[i].hit) {
			best = n.byStart[i]
		}
	}
	if before {
		i := sort.Search(len(n.byEnd), func(i int) bool {
			o := n.byEnd[i]
			return o.p.order() > h.p.order() || o.p == h.p && o.end > h.start
		}) - 1
		if i >= 0 && n.byEnd[i].p == h.p && holds(n.byEnd[i].hit, h) {
			if o := n.byEnd[i]; best.hit == nil || h.start-o.end < best.start-h.end {
				best = o
			}
		}
	}
	return best.of, best.hit != nil
}

// distinct drops spans that say the same as another.
func distinct(spans []span) []span {
	type key struct {
		p           *passage
		extent      extent
		first, last *hit
		hits        int
	}
	seen := map[key]bool{}
	var out []span
	for _, s := range sorted(spans) {
		k := key{s.p, s.extent, s.hits[0], s.hits[len(s.hits)-1], len(s.hits)}
		if !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	return out
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
