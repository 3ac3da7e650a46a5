package rules

import (
	"cmp"
	"math/bits"
	"slices"
)

// A chain is a span of each operand of a proximity, no two of which overlap.
//
// A sweep builds chains in the order of the text, whatever the order of the rule, so that
// none of their parts overlap. How one may go on depends on three things: which operands it
// has, the part that the next must be near, and where it begins.

// part is a span of an operand.
type part struct {
	extent  // as the sweep sees it
	span    *span
	operand int
	alone   link  // the chain that begins here
	open    *link // those that end here and lack operands
	whole   *link // what stands before it in the chain that ends here and lacks none
}

// link is a chain that lacks operands.
type link struct {
	last   *part
	before *link
	has    int // which operands; of an ordered proximity, how many
	start  int
	to     *part // what the next must be near
	other  *link // ends with the same part
}

// sweep goes through a passage once. It gives for each end the chain that begins last;
// mirrored, it goes backwards as if the text were held before a mirror, and gives for each
// start the chain that ends first.
type sweep struct {
	*near
	p            *passage
	mirrored     bool
	starts, ends []*part // all, as they begin and as they end
	all          int     // what a chain must have
	fronts       []front // the chains that may go on, by what they have
	used         []int   // fronts that are not empty
	best         *part   // of those that end where the last one does
	show         func(last *part)
}

// chains gives the chains of p that are shown.
func (n *near) chains(p *passage, lists [][]span) []span {
	w := n.newSweep(p, lists)
	if w == nil {
		return nil
	}
	var out []span
	w.run(func(last *part) { out = append(out, last.join()) })
	found := len(out)
	if found == 0 {
		return nil
	}
	w.mirror()
	w.run(func(last *part) {
		whole := extent{last.whole.start, last.end}.mirrored()
		i, known := slices.BinarySearchFunc(out[:found], whole.end, func(s span, end int) int { return s.end - end })
		if !known || out[i].start != whole.start {
			out = append(out, last.join())
		}
	})
	return sorted(out)
}

// join makes one span of the chain that ends with x.
func (x *part) join() span {
	var few [4]span
	parts := append(few[:0], *x.span)
	for c := x.whole; c != nil; c = c.before {
		parts = append(parts, *c.last.span)
	}
	return join(parts...)
}

// newSweep is over the spans in p; it is nil where an operand has none.
func (n *near) newSweep(p *passage, lists [][]span) *sweep {
	size := 0
	for _, list := range lists {
		size += len(list)
	}
	mem := p.memory()
	parts := mem.parts.list(size)
	w := &sweep{near: n, p: p, starts: mem.order.list(size), ends: mem.order.list(size), all: 1<<len(lists) - 1}
	if n.ordered {
		w.all = len(lists)
	}
	w.fronts = make([]front, w.all)
	for operand, list := range lists {
		before := len(parts)
		for i := range list {
			if list[i].p == p {
				parts = append(parts, part{extent: list[i].extent, span: &list[i], operand: operand})
			}
		}
		if len(parts) == before {
			return nil
		}
	}
	for i := range parts {
		w.starts = append(w.starts, &parts[i])
	}
	slices.SortFunc(w.starts, func(a, b *part) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	w.ends = append(w.ends, w.starts...)
	slices.SortFunc(w.ends, func(a, b *part) int { return cmp.Or(a.end-b.end, a.start-b.start) })
	return w
}

// mirror turns the text round.
func (w *sweep) mirror() {
	for _, x := range w.starts {
		*x = part{extent: x.mirrored(), span: x.span, operand: x.operand}
		if w.ordered {
			x.operand = w.all - 1 - x.operand
		}
	}
	w.starts, w.ends = w.ends, w.starts
	slices.Reverse(w.starts)
	slices.Reverse(w.ends)
	w.mirrored = true
	clear(w.fronts)
	w.used, w.best = w.used[:0], nil
}

// run shows the best chain for each end.
func (w *sweep) run(show func(last *part)) {
	w.show = show
	ends := w.ends
	for _, x := range w.starts {
		for ; ends[0].before(x.extent); ends = ends[1:] {
			w.leave(ends[0])
		}
		w.meet(x)
	}
	for _, x := range ends {
		w.leave(x)
	}
	if w.best != nil {
		show(w.best)
	}
}

// meet makes the chains that end with x out of those that end before it.
func (w *sweep) meet(x *part) {
	if has := w.with(0, x.operand); has != 0 {
		x.alone = link{last: x, has: has, start: x.start, to: x}
		x.open = &x.alone
	}
	w.used = slices.DeleteFunc(w.used, func(set int) bool {
		has := w.with(set, x.operand)
		if has == 0 {
			return false
		}
		f := &w.fronts[set]
		f.drop(func(to *part) bool { return !w.isNear(to, x) })
		switch between := w.between(set, x.operand); {
		case len(*f) == 0:
			return true
		case has == w.all:
			if c := (*f)[0]; x.whole == nil || c.start > x.whole.start {
				x.whole = c
			}
		case between:
			for _, c := range *f {
				x.open = &link{last: x, before: c, has: has, start: c.start, to: c.to, other: x.open}
			}
		default:
			c := (*f)[0]
			x.open = &link{last: x, before: c, has: has, start: c.start, to: x, other: x.open}
		}
		return false
	})
}

// leave lets the chains that end with x go on.
func (w *sweep) leave(x *part) {
	for c := x.open; c != nil; {
		f := &w.fronts[c.has]
		if len(*f) == 0 {
			w.used = append(w.used, c.has)
		}
		f.add(c)
		c, c.other = c.other, nil
	}
	x.open = nil
	if x.whole == nil {
		return
	}
	if w.best != nil && w.best.end != x.end {
		w.show(w.best)
		w.best = nil
	}
	if w.best == nil || w.best.whole.start < x.whole.start {
		w.best = x
	}
}

// with gives what a chain has after operand; 0 where it must not come next.
func (w *sweep) with(has, operand int) int {
	switch {
	case w.ordered && has == operand:
		return has + 1
	case !w.ordered && has>>operand&1 == 0:
		return has | 1<<operand
	}
	return 0
}

// between reports whether operand, next in the text, will stand between two that come
// before it in the rule. Else it is the first or the last of all up to it in the rule, and
// must be near to the one of them that stands beside it.
func (w *sweep) between(has, operand int) bool {
	if w.words == 0 || w.ordered {
		return false
	}
	if first := bits.TrailingZeros(uint(has)); first > 0 {
		return operand > first // the very first will come
	}
	return operand > bits.TrailingZeros(^uint(has)) // the one that is missing will come
}

func (w *sweep) isNear(a, b *part) bool {
	if w.mirrored {
		return w.holds(w.p, b.mirrored(), a.mirrored())
	}
	return w.holds(w.p, a.extent, b.extent)
}

// front is of chains that have the same operands. The later what the next must be near, the
// sooner they begin: one that begins no later than another and is to be near something
// sooner serves nothing that the other does not.
type front []*link

// drop takes out those that are too far behind.
func (f *front) drop(far func(to *part) bool) {
	n := 0
	for n < len(*f) && far((*f)[n].to) {
		n++
	}
	*f = slices.Delete(*f, 0, n)
}

func (f *front) add(c *link) {
	end := len(*f)
	for end > 0 && (*f)[end-1].to.end >= c.to.end {
		end--
	}
	if end < len(*f) && (*f)[end].start >= c.start {
		return
	}
	start := end
	for start > 0 && (*f)[start-1].start <= c.start {
		start--
	}
	if end < len(*f) && (*f)[end].to.end == c.to.end {
		end++
	}
	*f = slices.Replace(*f, start, end, c)
}
