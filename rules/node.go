package rules

import (
	"cmp"
	"slices"

	"github.com/dealwatch/dealwatch"
)

// node is an operator or operand of a rule. A match is its evidence: where there are
// no spans, there is no match.
type node interface {
	match(t *text) []span
	String() string
	operands() []node
}

// span is a stretch of a passage that meets a node, with the hits that make it. A
// field limit's span has no passage and is near nothing.
type span struct {
	p *passage
	extent
	hits []*hit
	told bool // it tells of a deal; a snippet shows it before others
}

// hit is one occurrence of an alias, a term, or the filer speaking.
type hit struct {
	p *passage
	extent
	party *party // nil for a plain term
	alias *alias // nil for a plain term, and where the filer speaks
	name  string // as the watchlist writes it
	filer bool
	limit *limit  // the field limit that was met; p is then nil
	value string  // of that field
	taken bool    // while hits are counted once
	self  [1]*hit // for span, without another allocation
}

func (h *hit) span() span {
	h.self[0] = h
	return span{p: h.p, extent: h.extent, hits: h.self[:]}
}

// walk visits n and all below it.
func walk(n node, visit func(node)) {
	visit(n)
	for _, o := range n.operands() {
		walk(o, visit)
	}
}

// join makes the smallest span that holds all of spans, which lie in one passage.
func join(spans ...span) span {
	out := span{p: spans[0].p, extent: spans[0].extent}
	n := 0
	for _, s := range spans {
		n += len(s.hits)
	}
	out.hits = out.p.memory().refs.list(n)
	for _, s := range spans {
		out.start, out.end = min(out.start, s.start), max(out.end, s.end)
		out.hits = append(out.hits, s.hits...)
	}
	return out
}

// compareSpans orders spans as a reader meets them.
func compareSpans(a, b span) int {
	if a.p != b.p {
		return a.p.order() - b.p.order()
	}
	if a.start != b.start {
		return a.start - b.start
	}
	return a.end - b.end
}

func (s span) before(o span) bool {
	return s.p.order() < o.p.order() || s.p == o.p && s.extent.before(o.extent)
}

func sorted(spans []span) []span {
	slices.SortStableFunc(spans, compareSpans)
	return spans
}

func (p *passage) order() int {
	switch {
	case p == nil:
		return 2
	case p.field == dealwatch.Title:
		return 0
	}
	return 1
}

// hitsOf gives the hits of spans, each once, in order.
func hitsOf(spans []span) []*hit {
	n := 0
	for _, s := range spans {
		n += len(s.hits)
	}
	out := memoryOf(spans).refs.list(n)
	for _, s := range spans {
		for _, h := range s.hits {
			if !h.taken {
				h.taken = true
				out = append(out, h)
			}
		}
	}
	for _, h := range out {
		h.taken = false
	}
	slices.SortStableFunc(out, func(a, b *hit) int {
		return cmp.Or(cmp.Compare(a.p.order(), b.p.order()), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	return out
}
