package rules

import (
	"cmp"
	"slices"
	"sort"
)

// chain is one span of each of some operands of a proximity. No two of them overlap.
type chain struct {
	stretch       // from the first of them to the last
	has     uint  // the operands, a bit each
	span    *span // the last that was added
	before  *chain
}

// join makes one span of a chain.
func (c *chain) join() span {
	var few [4]span
	parts := few[:0]
	for ; c != nil; c = c.before {
		parts = append(parts, *c.span)
	}
	return join(sorted(parts)...)
}

// overlaps reports whether e overlaps a part of c.
func (c *chain) overlaps(e extent) bool {
	for ; c != nil; c = c.before {
		if e.start < c.span.end && c.span.start < e.end || e == c.span.extent {
			return true
		}
	}
	return false
}

// chains gives the chains of all operands that are shown.
func (n *near) chains(lists [][]span) []*chain {
	if len(lists) > 2 && n.words > 0 {
		return n.fromLeft(lists)
	}
	out := n.sweep(lists, true)
	for _, c := range out {
		c.extent = c.mirrored()
	}
	return tightest(append(out, n.sweep(lists, false)...))
}

// tightest gives of the chains that begin at one place the one that ends first, and of
// those that end at one place the one that begins last.
func tightest(chains []*chain) []*chain {
	slices.SortStableFunc(chains, func(a, b *chain) int { return byStart(a.stretch, b.stretch) })
	first := slices.CompactFunc(slices.Clone(chains), func(a, b *chain) bool { return a.p == b.p && a.start == b.start })
	slices.SortStableFunc(chains, func(a, b *chain) int { return -byEnd(a.stretch, b.stretch) })
	last := slices.CompactFunc(chains, func(a, b *chain) bool { return a.p == b.p && a.end == b.end })
	out := slices.Concat(first, last)
	slices.SortStableFunc(out, func(a, b *chain) int { return byStart(a.stretch, b.stretch) })
	return slices.CompactFunc(out, func(a, b *chain) bool { return a.stretch == b.stretch })
}

// part is a span of an operand.
type part struct {
	stretch
	operand int
	span    *span
	ends    []*chain // those that end with it
}

// partsOf gives all spans, by where they begin and by where they end.
func partsOf(lists [][]span, mirrored bool) (starts, ends []*part) {
	for operand, list := range lists {
		block := make([]part, len(list))
		for i := range list {
			e := list[i].extent
			if mirrored {
				e = e.mirrored()
			}
			block[i] = part{stretch: stretch{list[i].p, e}, operand: operand, span: &list[i]}
			starts = append(starts, &block[i])
		}
	}
	ends = slices.Clone(starts)
	slices.SortStableFunc(starts, func(a, b *part) int { return byStart(a.stretch, b.stretch) })
	slices.SortStableFunc(ends, func(a, b *part) int { return byEnd(a.stretch, b.stretch) })
	return starts, ends
}

// sweep goes through a text and gives, for each span that ends chains, the one that
// begins last; mirrored, it goes backwards as if the text were held before a mirror, so
// that begin and end change places. In the order of the text each part of a chain is near
// the one before it. So of what is behind it matters only which operands it has, where it
// ends, and that it begins as late as can be.
func (n *near) sweep(lists [][]span, mirrored bool) (out []*chain) {
	r := reach{holds: n.holds, chains: make([][]*chain, 1<<len(lists))}
	first, all, twins := 0, uint(1)<<len(lists)-1, twinsOf(lists)
	if mirrored {
		r.holds = func(p *passage, a, b extent) bool { return n.holds(p, b.mirrored(), a.mirrored()) }
		first = len(lists) - 1
	}
	starts, ends := partsOf(lists, mirrored)
	for _, x := range starts {
		for ; len(ends) > 0 && ends[0].before(x.stretch); ends = ends[1:] {
			for _, c := range ends[0].ends {
				r.add(c)
			}
			ends[0].ends = nil
		}
		r.leave(x)
		bit, twin := uint(1)<<x.operand, twins[x.operand]
		if n.ordered && x.operand == first || !n.ordered && twin == 0 {
			x.ends = append(x.ends, &chain{x.stretch, bit, x.span, nil})
		}
		for _, has := range r.used {
			if has&bit != 0 || has&twin != twin {
				continue
			}
			c := r.chains[has][0]
			c = &chain{stretch{x.p, extent{c.start, x.end}}, has | bit, x.span, c}
			if c.has == all {
				out = append(out, c)
			} else {
				x.ends = append(x.ends, c)
			}
		}
	}
	return out
}

// twinsOf gives for each operand the bit of the last before it that has the same spans, or
// 0. Where their order does not matter, it need not be tried.
func twinsOf(lists [][]span) []uint {
	twins := make([]uint, len(lists))
	for i := range lists {
		for k := i - 1; k >= 0 && twins[i] == 0; k-- {
			if slices.EqualFunc(lists[i], lists[k], func(a, b span) bool { return a.p == b.p && a.extent == b.extent }) {
				twins[i] = 1 << k
			}
		}
	}
	return twins
}

// reach has the chains that what comes next may be near to.
type reach struct {
	holds  func(p *passage, a, b extent) bool
	chains [][]*chain // by the operands they have, as they end, the one that begins last first
	used   []uint     // where there are some
}

// add takes a chain that ends no sooner than those before it. It serves all that those
// of its operands would that begin no later.
func (r *reach) add(c *chain) {
	list := r.chains[c.has]
	if len(list) == 0 {
		r.used = append(r.used, c.has)
	}
	for len(list) > 0 && list[len(list)-1].start <= c.start {
		list = list[:len(list)-1]
	}
	r.chains[c.has] = append(list, c)
}

// leave drops what is too far from x, and so from all that begins later.
func (r *reach) leave(x *part) {
	r.used = slices.DeleteFunc(r.used, func(has uint) bool {
		list := r.chains[has]
		for len(list) > 0 && (list[0].p != x.p || !r.holds(x.p, list[0].extent, x.extent)) {
			list = list[1:]
		}
		r.chains[has] = list
		return len(list) == 0
	})
}

// mostChains is how many chains of words are tried in one version.
const mostChains = 1 << 18

// fromLeft gives the chains in which each operand is near the chain of those before it or
// stands between two of them. Where there are too many to try, only the closest of what
// is to the left are, as if it stood in brackets.
func (n *near) fromLeft(lists [][]span) []*chain {
	chains := make([]*chain, len(lists[0]))
	for i := range chains {
		s := &lists[0][i]
		chains[i] = &chain{stretch: stretch{s.p, s.extent}, span: s}
	}
	for _, list := range lists[1:] {
		longer, ok := n.lengthen(chains, list)
		if !ok {
			return n.inBrackets(lists)
		}
		chains = longer
	}
	return tightest(chains)
}

func (n *near) inBrackets(lists [][]span) (chains []*chain) {
	left := lists[0]
	for _, list := range lists[1:] {
		chains = n.chains([][]span{left, list})
		left = make([]span, len(chains))
		for i, c := range chains {
			left[i] = c.join()
		}
	}
	return chains
}

// lengthen gives all chains that have one of spans more. ok is false where there are too
// many.
func (n *near) lengthen(chains []*chain, spans []span) (longer []*chain, ok bool) {
	starts, ends := partsOf([][]span{spans}, false)
	for _, c := range chains {
		add := func(x *part) {
			longer = append(longer, &chain{stretch{c.p, extent{min(c.start, x.start), max(c.end, x.end)}}, 0, x.span, c})
		}
		next := sort.Search(len(starts), func(i int) bool { return byStart(starts[i].stretch, stretch{c.p, extent{c.start, 0}}) >= 0 })
		for _, x := range starts[next:] { // between and after
			if x.p != c.p || x.start >= c.end && !n.holds(c.p, c.extent, x.extent) {
				break
			}
			if !c.overlaps(x.extent) {
				add(x)
			}
		}
		next = sort.Search(len(ends), func(i int) bool { return !ends[i].before(c.stretch) })
		for _, x := range slices.Backward(ends[:next]) {
			if x.p != c.p || !n.holds(c.p, x.extent, c.extent) {
				break
			}
			add(x)
		}
		if len(longer) > mostChains {
			return nil, false
		}
	}
	return longer, true
}

func byStart(a, b stretch) int {
	return cmp.Or(a.p.order()-b.p.order(), a.start-b.start, a.end-b.end)
}

func byEnd(a, b stretch) int {
	return cmp.Or(a.p.order()-b.p.order(), a.end-b.end, a.start-b.start)
}
