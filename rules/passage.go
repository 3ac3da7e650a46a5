package rules

import (
	"cmp"
	"slices"
	"sort"

	"github.com/dealwatch/dealwatch"
)

// passage is one field of a version: a text cut into paragraphs, blocks and sentences.
// Nothing is cut before it is asked for, and then only what is around.
type passage struct {
	field   dealwatch.Field
	s       string
	found   []placed                      // what the scan found
	note    func(t *term, start, end int) // adds to found
	sorted  bool                          // found is in order of terms
	paras   pieces
	cut     pieces                        // sentences
	words   []int                         // where counted words begin, of the whole text; nil until needed
	asked   map[extent]sign               // what stretches have
	sign    func(t *term, start, end int) // adds to shown
	shown   sign
	looked  int      // where the stretch begins that is looked at
	quoting struct { // the paragraph whose quotation marks were asked for last
		para  extent
		marks []quoteMark
		known bool
	}
	quotes map[extent]string // sentences on one line
	aside  map[int]string    // why a sentence makes no flag, by its begin
	mem    *scratch
}

// memory is where lists about p are made.
func (p *passage) memory() *scratch {
	if p.mem == nil {
		p.mem = &scratch{}
	}
	return p.mem
}

// placed is a place of a term.
type placed struct {
	extent
	term int
}

// forget makes p ready for another text.
func (p *passage) forget() {
	p.s, p.found, p.sorted, p.words = "", p.found[:0], false, nil
	p.paras, p.cut = p.paras[:0], p.cut[:0]
	p.quoting.known = false
	clear(p.asked)
	clear(p.quotes)
	clear(p.aside)
}

// places gives where a term of the book stands, in order.
func (p *passage) places(t *term) []placed {
	p.sort()
	first := sort.Search(len(p.found), func(i int) bool { return p.found[i].term >= t.id })
	end := first
	for end < len(p.found) && p.found[end].term == t.id {
		end++
	}
	return p.found[first:end]
}

// reaches reports whether a place of a term overlaps e.
func (p *passage) reaches(t *term, e extent) bool {
	p.sort()
	after := sort.Search(len(p.found), func(i int) bool {
		at := p.found[i]
		return at.term > t.id || at.term == t.id && at.start >= e.end
	})
	return after > 0 && p.found[after-1].term == t.id && p.found[after-1].end > e.start
}

func (p *passage) sort() {
	if p.sorted {
		return
	}
	slices.SortFunc(p.found, func(a, b placed) int {
		return cmp.Or(a.term-b.term, a.start-b.start, a.end-b.end)
	})
	p.found, p.sorted = slices.Compact(p.found), true
}

// extent is a stretch of a passage, in bytes.
type extent struct{ start, end int }

func (e extent) holds(o extent) bool { return e.start <= o.start && o.end <= e.end }
func (e extent) mirrored() extent    { return extent{-e.end, -e.start} }

// before reports whether e ends where o begins or sooner. What has no length is not
// before itself.
func (e extent) before(o extent) bool { return e.end <= o.start && e.start < o.start }

// stretch is a part of a passage.
type stretch struct {
	p *passage
	extent
}

// unit is what holds operands together.
type unit int

const (
	inDocument unit = iota
	inParagraph
	inSentence
)

// at gives the unit of kind u that holds position i.
func (p *passage) at(u unit, i int) extent {
	switch u {
	case inSentence:
		return p.sentence(i)
	case inParagraph:
		return p.paragraph(i)
	}
	return extent{0, len(p.s)}
}

// around gives the stretch from the begin of the unit that holds e's begin to the end
// of the unit that holds e's end.
func (p *passage) around(u unit, e extent) extent {
	first := p.at(u, e.start)
	if e.end <= first.end {
		return first
	}
	return extent{first.start, p.at(u, e.end-1).end}
}

func (p *passage) paragraph(i int) extent {
	if e, ok := p.paras.holding(i); ok {
		return e
	}
	if p.paras.crowded(i) {
		p.paras = extents(p.paras[:0], paragraphs(p.s), len(p.s))
	} else {
		p.paras.add(paragraphAt(p.s, i))
	}
	e, _ := p.paras.holding(i)
	return e
}

func (p *passage) sentence(i int) extent {
	if e, ok := p.cut.holding(i); ok {
		return e
	}
	if p.cut.crowded(i) {
		p.cut = p.cut[:0]
		for _, run := range extents(nil, runs(p.s), len(p.s)) {
			p.cut = extents(p.cut, sentences(p.s, run), run.end)
		}
	} else {
		run := runAt(p.s, i)
		var known [8]extent
		p.cut.add(extents(known[:0], sentences(p.s, run), run.end)...)
	}
	e, _ := p.cut.holding(i)
	return e
}

// pieces are the stretches of a text that it was cut into so far, in order.
type pieces []extent

// extents appends the pieces that begin at starts.
func extents(to []extent, starts []int, end int) []extent {
	for i, start := range starts {
		stop := end
		if i+1 < len(starts) {
			stop = starts[i+1]
		}
		to = append(to, extent{start, stop})
	}
	return to
}

// holding gives the piece that holds position i, if it is known.
func (c pieces) holding(i int) (extent, bool) {
	n := sort.Search(len(c), func(k int) bool { return c[k].start > i }) - 1
	if n < 0 || i >= c[n].end && c[n].end > c[n].start {
		return extent{}, false
	}
	return c[n], true
}

// many is how many pieces may be known before it costs less to know them all than to
// put one more between them.
const many = 4096

func (c pieces) crowded(i int) bool { return len(c) > many && c[len(c)-1].start > i }

// add puts in pieces that are neighbours.
func (c *pieces) add(more ...extent) {
	n := sort.Search(len(*c), func(k int) bool { return (*c)[k].start > more[0].start })
	*c = slices.Insert(*c, n, more...)
}

// nearGap is how many bytes are searched for words before all of the text is counted.
const nearGap = 4096

// apart counts the words between two stretches as far as limit, and is -1 where they
// overlap.
func (p *passage) apart(a, b extent, limit int) int {
	if b.start < a.start {
		a, b = b, a
	}
	if b.start < a.end {
		return -1
	}
	n, last := 0, -1
	if start, end, ok := prevToken(p.s, a.end); ok && start < end {
		last = end
	}
	for start, end := nextToken(p.s, a.end); start < b.start; start, end = nextToken(p.s, end) {
		if last < 0 || !sticks(p.s, last, start) {
			if n++; n >= limit {
				return limit
			}
		}
		if last = end; end > a.end+nearGap {
			return min(p.wordsBefore(b.start)-p.wordsBefore(a.end), limit)
		}
	}
	return n
}

// wordsBefore counts the words that begin before position i.
func (p *passage) wordsBefore(i int) int {
	if p.words == nil {
		p.words = countedWords(p.s)
	}
	return sort.SearchInts(p.words, i)
}
