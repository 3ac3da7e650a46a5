package rules

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// together is the shorthand of a deal: every party within one unit, or within a number
// of words, of each other.
type together struct {
	parties []*party
	within  within
}

func (n *together) operands() []node {
	out := make([]node, len(n.parties))
	for i, p := range n.parties {
		out[i] = &named{party: p, others: n.parties}
	}
	return out
}

func (n *together) String() string {
	op := [...]string{" AND ", " /p ", " /s "}[n.within.unit]
	if n.within.words > 0 {
		op = " " + near{words: n.within.words}.operator() + " "
	}
	names := make([]string, len(n.parties))
	for i, p := range n.parties {
		names[i] = "@" + p.id
	}
	return strings.Join(names, op)
}

func (n *together) match(t *text) []span {
	t = t.asProse()
	units, ok := n.common(t)
	if !ok {
		return nil
	}
	lists := n.placesIn(t, units)
	if lists == nil {
		return nil
	}
	var out []span
	if n.within.words > 0 {
		for _, s := range windows(lists, n.within.words) {
			if tellsDeal(s.hits) {
				out = append(out, s)
			}
		}
		return out
	}
	othersFile := len(t.v.Filers) > 0 && !slices.ContainsFunc(n.parties, func(p *party) bool { return p.speaks(t.v) })
	for _, g := range gather(lists, n.within.unit) {
		told := g.told(othersFile)
		for i := range told {
			told[i].told = true
		}
		if len(told) == 0 {
			continue
		}
		spans := g.spans()
		if out == nil {
			out = t.mem.spans.list(len(spans) + len(told))
		}
		out = append(append(out, spans...), told...)
	}
	return out
}

// unit is the unit that the parties must share.
func (n *together) unit() unit {
	if n.within.words > 0 {
		return inDocument
	}
	return n.within.unit
}

// placesIn gives where each party stands in the given units, or everywhere: by its
// names, and as the filer in the units in which another party is named. It is nil where
// a party stands nowhere.
func (n *together) placesIn(t *text, units stretches) [][]span {
	lists := t.mem.lists.full(len(n.parties))
	for i, p := range n.parties {
		lists[i] = t.within(t.namedIn(p, n.parties, units))
	}
	var byName [][]span
	for i, p := range n.parties {
		if p.speaks(t.v) {
			if byName == nil {
				byName = slices.Clone(lists)
			}
			others := slices.Concat(slices.Delete(slices.Clone(byName), i, i+1)...)
			lists[i] = sorted(slices.Concat(lists[i], t.within(t.speechNear(p, others, n.unit())), t.within(t.implied(p, others))))
		}
		if len(lists[i]) == 0 {
			return nil
		}
	}
	return lists
}

// common gives the units in which every party has a hit, or may speak; nil for the whole
// document. ok is false where there is none. Whether the hits count is not asked yet.
func (n *together) common(t *text) (units stretches, ok bool) {
	raw := t.mem.lists.list(len(n.parties))
	for _, p := range n.parties {
		s := t.standing(p)
		if len(s.sure)+len(s.unsure) > 0 && !p.speaks(t.v) {
			raw = append(raw, s.spans(&t.mem))
		} else if !p.speaks(t.v) {
			return nil, false
		}
	}
	if n.unit() == inDocument || len(raw) == 0 {
		return nil, true
	}
	groups := gather(raw, n.unit())
	units = t.mem.stretches.list(len(groups))
	for _, g := range groups {
		units = append(units, stretch{g.p, g.extent})
	}
	return units, len(units) > 0
}

// closeness is that of the closest stretch in which every party stands.
func (n *together) closeness(t *text, spans []span) dealwatch.Closeness {
	lists := t.mem.lists.full(len(n.parties))
	hits := hitsOf(spans)
	for i, p := range n.parties {
		lists[i] = t.mem.spans.list(len(hits))
		for _, h := range hits {
			if h.party == p {
				lists[i] = append(lists[i], h.span())
			}
		}
	}
	return closest(lists)
}

// closest gives the tightest unit that holds a span of every list.
func closest(lists [][]span) dealwatch.Closeness {
	named, filer := lists, hasFiler(lists)
	if filer {
		named = make([][]span, len(lists))
		for i, list := range lists {
			named[i] = slices.DeleteFunc(slices.Clone(list), byFiler)
		}
	}
	switch {
	case mayMeetInTitle(named) && slices.ContainsFunc(gather(named, inParagraph), group.inTitle):
		return dealwatch.InTitle
	case len(gather(named, inSentence)) > 0:
		return dealwatch.InSentence
	case filer && len(gather(lists, inSentence)) > 0:
		return dealwatch.ByFiler
	case len(gather(named, inParagraph)) > 0:
		return dealwatch.InParagraph
	case filer && len(gather(lists, inParagraph)) > 0:
		return dealwatch.ByFiler
	}
	return dealwatch.InDocument
}

// mayMeetInTitle reports whether every list has a span in the title.
func mayMeetInTitle(lists [][]span) bool {
	return !slices.ContainsFunc(lists, func(list []span) bool {
		return !slices.ContainsFunc(list, func(s span) bool { return s.p != nil && s.p.field == dealwatch.Title })
	})
}

func hasFiler(lists [][]span) bool {
	return slices.ContainsFunc(lists, func(list []span) bool { return slices.ContainsFunc(list, byFiler) })
}

// byFiler reports whether the filer speaks in s.
func byFiler(s span) bool { return slices.ContainsFunc(s.hits, func(h *hit) bool { return h.filer }) }

// group is a unit of a passage in which every operand has a span.
type group struct {
	p *passage // nil for the whole document
	extent
	unit  unit
	lists [][]span
}

// gather finds the units that hold a span of every list. A span on the border of two
// units counts in both.
func gather(lists [][]span, u unit) []group {
	if u == inDocument {
		return []group{{unit: u, lists: lists}}
	}
	fewest := slices.MinFunc(lists, func(a, b []span) int { return len(a) - len(b) })
	if len(fewest) == 0 {
		return nil
	}
	mem := memoryOf(lists...)
	places := placesOf(fewest, u, mem)
	groups, all := mem.groups.full(len(places)), mem.lists.full(len(places)*len(lists))
	for i := range groups {
		groups[i] = group{places[i].p, places[i].extent, u, all[i*len(lists):][:len(lists)]}
	}
	for i, list := range lists {
		for k, s := range list {
			if s.p == nil {
				continue
			}
			first, ok := places.holding(s.p, s.start)
			if ok {
				groups[first].add(i, list, k)
			}
			if last, found := places.holding(s.p, max(s.end-1, s.start)); found && !(ok && last == first) {
				groups[last].add(i, list, k)
			}
		}
	}
	return slices.DeleteFunc(groups, func(g group) bool { return !g.full() })
}

// add adds list[k] to the spans of list i. As long as they stand in list side by side,
// they stay there.
func (g *group) add(i int, list []span, k int) {
	have := g.lists[i]
	switch inList := func() bool { return &have[:cap(have)][cap(have)-1] == &list[:cap(list)][cap(list)-1] }; {
	case len(have) == 0:
		g.lists[i] = list[k : k+1]
	case !inList():
		g.lists[i] = append(have, list[k])
	case &have[len(have)-1] == &list[k-1]:
		g.lists[i] = have[:len(have)+1]
	default:
		g.lists[i] = append(slices.Clip(have), list[k])
	}
}

// stretches are parts of passages, in order.
type stretches []stretch

// placesOf gives the units in which spans begin and end.
func placesOf(spans []span, u unit, mem *scratch) stretches {
	out := stretches(mem.stretches.list(len(spans)))
	for _, s := range spans {
		if s.p == nil {
			continue
		}
		first := s.p.at(u, s.start)
		out = append(out, stretch{s.p, first})
		if s.end > first.end {
			out = append(out, stretch{s.p, s.p.at(u, s.end-1)})
		}
	}
	slices.SortFunc(out, func(a, b stretch) int {
		return cmp.Or(a.p.order()-b.p.order(), a.start-b.start)
	})
	return slices.Compact(out)
}

// holding gives which of the stretches holds position i of p.
func (all stretches) holding(p *passage, i int) (n int, ok bool) {
	order := p.order()
	n = sort.Search(len(all), func(k int) bool {
		o := all[k].p.order()
		return o > order || o == order && all[k].start > i
	}) - 1
	return n, n >= 0 && all[n].p == p && i < all[n].end
}

// full reports whether every list has a span, and some choice of one from each has no
// two that overlap.
func (g *group) full() bool {
	for i, list := range g.lists {
		if len(list) == 0 {
			return false
		}
		for _, other := range g.lists[:i] {
			if !anyApart(list, other) {
				return false
			}
		}
	}
	return true
}

// anyApart reports whether a span of a and one of b do not overlap.
func anyApart(a, b []span) bool {
	// If all overlap, then each overlaps the other list's first and last.
	for _, s := range a {
		for _, o := range []span{b[0], b[len(b)-1]} {
			if s.p != o.p || s.end <= o.start || o.end <= s.start {
				return true
			}
		}
	}
	return false
}

func (g group) inTitle() bool { return g.p.field == dealwatch.Title }

func (g *group) all() []span {
	n := 0
	for _, list := range g.lists {
		n += len(list)
	}
	all := memoryOf(g.lists...).spans.list(n)
	for _, list := range g.lists {
		all = append(all, list...)
	}
	return sorted(all)
}

// spans gives the evidence of g: one stretch, or, for a whole document, every span.
func (g *group) spans() []span {
	if g.unit == inDocument {
		return g.all()
	}
	return []span{join(g.all()...)}
}

// mark is a span of one list among those of others.
type mark struct {
	span
	list int
}

// windows finds the stretches in which every list has a span and the last is at most n
// words after the first. Each span stands in the tightest stretch that begins
// with it and the tightest that ends with it.
func windows(lists [][]span, n int) []span {
	var all []mark
	for i, list := range lists {
		for _, s := range list {
			if s.p != nil {
				all = append(all, mark{s, i})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mark) int { return compareSpans(a.span, b.span) })
	var out []span
	for range 2 { // forwards, then backwards
		last := make([]*mark, len(lists))
		for i := range all {
			m := &all[i]
			last[m.list] = m
			if s, ok := oneOfEach(last, n); ok {
				out = append(out, s)
			}
		}
		slices.Reverse(all)
	}
	return sorted(out)
}

// oneOfEach joins one mark of every list where at most n words lie between the outermost
// and no two overlap.
func oneOfEach(marks []*mark, n int) (span, bool) {
	var few [4]span
	chosen := few[:0]
	for _, m := range marks {
		if m == nil {
			return span{}, false
		}
		chosen = append(chosen, m.span)
	}
	sorted(chosen)
	for i := range chosen[1:] {
		if chosen[i].p != chosen[i+1].p || chosen[i].end > chosen[i+1].start {
			return span{}, false
		}
	}
	if chosen[0].p.apart(chosen[0].extent, chosen[len(chosen)-1].extent, n) >= n {
		return span{}, false
	}
	return join(chosen...), true
}
