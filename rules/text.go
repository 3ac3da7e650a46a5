package rules

import (
	"github.com/dealwatch/dealwatch"
)

// text is a version under evaluation, or a part of it.
type text struct {
	*facts
	only  dealwatch.Field // "" for both
	prose bool            // boilerplate does not count
}

// facts is what was already found out about a version. Its memory serves one version
// after another, for most hold nothing and are many.
type facts struct {
	v          *dealwatch.Version
	version    dealwatch.Version // what v is, so that a caller's own need not go to the heap
	passages   []*passage
	round      uint32   // counts the versions that this memory served
	seen       []uint32 // by term: the round that found it last
	terms      []*term  // found in this round, each once
	candidates []int
	parties    map[*party]*standing
	leaves     map[*term][]span
	meanings   map[meaningOf]string
	small      [2]answer // whether the filer writes itself as the company, the registrant
	mem        scratch
	whole      text
	bare       text // whole as prose
}

func newFacts(terms int) *facts {
	f := &facts{
		seen:     make([]uint32, terms),
		parties:  map[*party]*standing{},
		leaves:   map[*term][]span{},
		meanings: map[meaningOf]string{},
	}
	f.whole.facts = f
	f.bare = text{facts: f, prose: true}
	for _, field := range []dealwatch.Field{dealwatch.Title, dealwatch.Text} {
		p := &passage{field: field, mem: &f.mem}
		p.note = func(t *term, start, end int) {
			p.found = append(p.found, placed{extent{start, end}, t.id})
			if f.seen[t.id] != f.round {
				f.seen[t.id] = f.round
				f.terms = append(f.terms, t)
			}
		}
		f.passages = append(f.passages, p)
	}
	return f
}

// read scans a version. Give what it returns to done when nothing of it is needed any
// more.
func (b *Book) read(v *dealwatch.Version) *text {
	f, _ := b.spare.Get().(*facts)
	if f == nil {
		f = newFacts(len(b.terms))
	}
	if f.round++; f.round == 0 { // after four thousand million versions
		clear(f.seen)
		f.round = 1
	}
	f.version, f.v = *v, &f.version
	for i, s := range [...]string{v.Title, v.Text} {
		p := f.passages[i]
		if p.s = s; s != "" {
			b.index.scan(s, p.note)
		}
	}
	return &f.whole
}

// tooMuch is how many hits may be remembered for the next version. One that needs more
// is rare.
const tooMuch = 1 << 16

// done keeps the memory of t for the next version.
func (b *Book) done(t *text) {
	f := t.facts
	for _, p := range f.passages {
		if cap(p.found) > tooMuch || len(p.asked) > tooMuch {
			return
		}
		p.forget()
	}
	f.version, f.terms, f.small = dealwatch.Version{}, f.terms[:0], [2]answer{}
	clear(f.parties)
	clear(f.leaves)
	clear(f.meanings)
	f.mem.reset()
	b.spare.Put(f)
}

// holds reports whether a term stands in the version.
func (f *facts) holds(t *term) bool { return f.seen[t.id] == f.round }

// newHit is &h with less work for the collector.
func (f *facts) newHit(h hit) *hit {
	out := &f.mem.hits.full(1)[0]
	*out = h
	return out
}

// in is t narrowed to one field.
func (t *text) in(f dealwatch.Field) *text {
	narrow := *t
	narrow.only = f
	return &narrow
}

// asProse is t without what stands in boilerplate.
func (t *text) asProse() *text {
	if t.only == "" {
		return &t.bare
	}
	narrow := *t
	narrow.prose = true
	return &narrow
}

// within drops the spans that t is narrowed not to see.
func (t *text) within(spans []span) []span {
	if t.only == "" && !t.prose {
		return spans
	}
	out := t.mem.spans.list(len(spans))
	for _, s := range spans {
		if (t.only == "" || s.p.field == t.only) && !(t.prose && s.p.setAside(s.extent) != "") {
			out = append(out, s)
		}
	}
	return out
}

// find gives the places of a term.
func (t *text) find(what *term) []span {
	if spans, ok := t.leaves[what]; ok {
		return t.within(spans)
	}
	var places [2][]placed
	for i, p := range t.passages {
		places[i] = p.places(what)
	}
	spans := t.mem.spans.list(len(places[0]) + len(places[1]))
	for i, p := range t.passages {
		for _, e := range places[i] {
			h := t.newHit(hit{p: p, extent: e.extent, name: what.text})
			spans = append(spans, h.span())
		}
	}
	t.leaves[what] = spans
	return t.within(spans)
}
