package rules

import (
	"slices"

	"github.com/dealwatch/dealwatch"
)

// text is a version under evaluation, with what was already found out about it.
type text struct {
	v        *dealwatch.Version
	passages []*passage
	only     dealwatch.Field // "" for both
	prose    bool            // boilerplate does not count
	parties  map[*party]*standing
	leaves   map[*term][]span
	meanings map[meaningOf]string
	small    answer // whether the filer writes itself as the company
}

// newText scans a version. It is nil where no term stands in it and no deal can do
// without.
func (b *Book) newText(v *dealwatch.Version) *text {
	t := &text{v: v, parties: map[*party]*standing{}, leaves: map[*term][]span{}, meanings: map[meaningOf]string{}}
	for _, p := range []*passage{{field: dealwatch.Title, s: v.Title}, {field: dealwatch.Text, s: v.Text}} {
		b.index.scan(p.s, func(found *term, start, end int) {
			if p.hits == nil {
				p.hits = map[int][]extent{}
			}
			e, hits := extent{start, end}, p.hits[found.id]
			if n := len(hits); n == 0 || hits[n-1] != e {
				p.hits[found.id] = append(hits, e)
			}
		})
		t.passages = append(t.passages, p)
	}
	if t.passages[0].hits == nil && t.passages[1].hits == nil && len(b.loose) == 0 {
		return nil
	}
	return t
}

// candidates are the deals that the terms found could meet, in order.
func (b *Book) candidates(t *text) []int {
	seen := map[int]bool{}
	out := slices.Clone(b.loose)
	for _, i := range out {
		seen[i] = true
	}
	for _, p := range t.passages {
		for id := range p.hits {
			for _, i := range b.users[id] {
				if !seen[i] {
					seen[i] = true
					out = append(out, i)
				}
			}
		}
	}
	slices.Sort(out)
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
	narrow := *t
	narrow.prose = true
	return &narrow
}

// within drops the spans that t is narrowed not to see.
func (t *text) within(spans []span) []span {
	if t.only == "" && !t.prose {
		return spans
	}
	var out []span
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
	var spans []span
	for _, p := range t.passages {
		for _, e := range p.hits[what.id] {
			h := &hit{p: p, extent: e, name: what.text}
			spans = append(spans, h.span())
		}
	}
	t.leaves[what] = spans
	return t.within(spans)
}
