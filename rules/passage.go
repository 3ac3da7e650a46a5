package rules

import (
	"sort"

	"github.com/dealwatch/dealwatch"
)

// passage is one field of a version: a text cut into paragraphs, blocks and sentences.
// Nothing is cut before it is asked for.
type passage struct {
	field  dealwatch.Field
	s      string
	hits   map[int][]extent  // by term id, in order
	paras  []int             // where paragraphs begin; nil until needed
	runs   []int             // where blocks begin that no block goes on into
	cut    map[int][]int     // where the sentences of a run begin, by the run's begin
	words  []int             // where counted words begin
	asked  map[asked]bool    // whether words stand in a stretch
	quotes map[extent]string // sentences on one line
	aside  map[int]string    // why a sentence makes no flag, by its begin
}

// extent is a stretch of a passage, in bytes.
type extent struct{ start, end int }

func (e extent) holds(o extent) bool { return e.start <= o.start && o.end <= e.end }

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
	if p.paras == nil {
		p.paras = paragraphs(p.s)
	}
	return piece(p.paras, i, len(p.s))
}

// run gives the block that holds position i, with those that go on from it: a line
// that was only wrapped goes on in the next.
func (p *passage) run(i int) extent {
	if p.runs == nil {
		p.runs = runs(p.s)
	}
	return piece(p.runs, i, len(p.s))
}

func (p *passage) sentence(i int) extent {
	run := p.run(i)
	starts, ok := p.cut[run.start]
	if !ok {
		starts = sentences(p.s, run)
		if p.cut == nil {
			p.cut = map[int][]int{}
		}
		p.cut[run.start] = starts
	}
	return piece(starts, i, run.end)
}

// wordsBefore counts the words that begin before position i.
func (p *passage) wordsBefore(i int) int {
	if p.words == nil {
		p.words = countedWords(p.s)
	}
	return sort.SearchInts(p.words, i)
}

// apart counts the words between two stretches, and is -1 where they overlap.
func (p *passage) apart(a, b extent) int {
	if b.start < a.start {
		a, b = b, a
	}
	if b.start < a.end {
		return -1
	}
	return max(p.wordsBefore(b.start)-p.wordsBefore(a.end), 0)
}

// piece finds the piece that holds i among pieces that begin at starts.
func piece(starts []int, i, end int) extent {
	n := sort.SearchInts(starts, i+1) - 1
	if n < 0 {
		n = 0
	}
	if n+1 < len(starts) {
		end = starts[n+1]
	}
	return extent{starts[n], end}
}
