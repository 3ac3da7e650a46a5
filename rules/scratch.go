package rules

// scratch is memory for the lists that the evaluation of one version makes. It serves
// one version after another, so that most of them cost the collector nothing.
type scratch struct {
	hits      pool[hit]
	refs      pool[*hit]
	spans     pool[span]
	lists     pool[[]span]
	groups    pool[group]
	stretches pool[stretch]
	parts     pool[part]
	order     pool[*part]
}

// reset takes all lists back.
func (m *scratch) reset() {
	m.hits.reset()
	m.refs.reset()
	m.spans.reset()
	m.lists.reset()
	m.groups.reset()
	m.stretches.reset()
	m.parts.reset()
	m.order.reset()
}

// memoryOf is where lists about spans are made.
func memoryOf(lists ...[]span) *scratch {
	for _, list := range lists {
		for _, s := range list {
			if s.p != nil {
				return s.p.memory()
			}
		}
	}
	return &scratch{}
}

// pool hands out the parts of a block.
type pool[T any] struct {
	block []T // as far as it is handed out
}

// A block doubles up to a size at which one more costs little.
const (
	leastBlock = 32
	mostBlock  = 1 << 13
)

// list gives an empty list with room for n.
func (p *pool[T]) list(n int) []T {
	used := len(p.block)
	if cap(p.block)-used < n {
		if n > mostBlock/4 {
			return make([]T, 0, n)
		}
		p.block, used = make([]T, 0, min(max(2*cap(p.block), 4*n, leastBlock), mostBlock)), 0
	}
	p.block = p.block[:used+n]
	return p.block[used : used : used+n]
}

// full gives a list of n zeros.
func (p *pool[T]) full(n int) []T { return p.list(n)[:n] }

// reset takes back all that was handed out.
func (p *pool[T]) reset() {
	clear(p.block)
	p.block = p.block[:0]
}
