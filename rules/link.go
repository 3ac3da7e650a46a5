package rules

import (
	"slices"
	"sort"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// told gives the stretches of g that say of its parties that they have a deal: a word of
// one stands where they stand together, and they are more than names of one enumeration.
// Where somebody else files the document, what has no other subject is his.
func (g *group) told(othersFile bool) []span {
	whole := span{p: g.p, hits: hitsOf(g.all())}
	if g.unit == inDocument || g.inTitle() {
		return tells(whole)
	}
	var out []span
	together, open := 0, 0
	for _, s := range gather(g.lists, inSentence) {
		together++
		if s.cited() {
			continue
		}
		here := join(s.all()...)
		words := wordsFor(here.hits)
		if s.sideBySide() {
			if !slices.ContainsFunc(here.hits, func(h *hit) bool { return h.filer }) {
				continue
			}
			words = filerDeal
		}
		open++
		if g.p.has(words, g.p.sentence(s.start)) || opposed(here.hits) {
			out = append(out, here)
		}
	}
	if len(out) > 0 || g.unit == inSentence || together > 0 && open == 0 {
		return out
	}
	near := g.withoutStrangers(othersFile)
	if !near.full() {
		return out
	}
	if para := g.p.paragraph(g.start); para.end-para.start <= longParagraph {
		return tells(join(near.all()...))
	}
	// A paragraph that lost its breaks holds much that belongs to nobody.
	for _, w := range windows(near.lists, farApart) {
		words := wordsFor(w.hits)
		if words == filerDeal {
			words = strongDeal // a filer speaks everywhere
		}
		if g.p.sentence(w.start).end < w.end && g.p.has(words, g.p.around(inSentence, w.extent)) {
			out = append(out, w)
		}
	}
	return out
}

// withoutStrangers is g without the names that nothing links to another sentence: those
// that are examples in theirs, that somebody else has a deal with, there or a little
// before, or that only stand in the name of a case or are cited with one.
func (g *group) withoutStrangers(othersFile bool) *group {
	out := *g
	out.lists = slices.Clone(g.lists)
	sentence, examples := extent{-1, -1}, []extent(nil)
	for i, list := range g.lists {
		his := extent{-1, -1}
		out.lists[i] = slices.DeleteFunc(slices.Clone(list), func(s span) bool {
			if byFiler(s) {
				return false
			}
			if isCited(g.p.s[s.end:]) {
				return true
			}
			if othersFile {
				if g.p.dealsWithFiler(s.extent) {
					his = s.extent
				}
				if his.start >= 0 && g.p.apart(his, s.extent, farApart) < farApart {
					return true
				}
			}
			if g.p.inCaption(s.extent) {
				return true
			}
			if at := g.p.sentence(s.start); at != sentence {
				sentence, examples = at, g.p.lists(at)
			}
			i := sort.Search(len(examples), func(i int) bool { return examples[i].end >= s.end })
			return i < len(examples) && examples[i].holds(s.extent)
		})
	}
	return &out
}

// tells gives s where it tells of a deal.
func tells(s span) []span {
	if tellsDeal(s.hits) {
		return []span{s}
	}
	return nil
}

// farApart is how many words may lie between parties in a paragraph that lost its breaks.
const farApart = 60

// tellsDeal reports whether a word of a deal stands in the sentence of a party named
// among hits, or in one between the nearest of them. A title needs none.
func tellsDeal(hits []*hit) bool {
	words := wordsFor(hits)
	if p := hits[0].p; p != nil && p == hits[len(hits)-1].p {
		pair := span{p: p, extent: extent{hits[0].start, hits[len(hits)-1].end}, hits: hits}.focus()
		near, between := p.around(inSentence, pair.extent), words
		if words == filerDeal && !p.sentence(pair.start).holds(pair.extent) {
			between = strongDeal // a filer speaks everywhere
		}
		if near.end-near.start < longParagraph && p.has(between, near) {
			return !(pairNamed(hits) && p.lendsIn(near))
		}
	}
	named := pairNamed(hits)
	if named && hits[len(hits)-1].p.goesOnAbout(hits) {
		return true
	}
	return slices.ContainsFunc(hits, func(h *hit) bool {
		if h.p == nil || h.p.field == dealwatch.Title {
			return true
		}
		sentence := h.p.sentence(h.start)
		return !h.filer && h.p.has(words, sentence) && !(named && h.p.lendsIn(sentence))
	})
}

// wordsFor gives the words that are asked for near hits: stronger ones where one party
// is only the filer.
func wordsFor(hits []*hit) sign {
	if slices.ContainsFunc(hits, func(h *hit) bool { return h.filer }) && !pairNamed(hits) {
		return filerDeal
	}
	return someDeal
}

// pairNamed reports whether two parties are named among hits, so that no filer is needed.
func pairNamed(hits []*hit) bool {
	var first *party
	for _, h := range hits {
		if h.filer {
			continue
		}
		if first == nil {
			first = h.party
		} else if h.party != first {
			return true
		}
	}
	return false
}

// sideBySide reports whether two parties or more are named in a sentence, and nothing
// links them: all stand in enumerations, or have their parts from somebody else, or are
// the banks of a loan, or what one did is compared with what the other did.
func (g *group) sideBySide() bool {
	hits := hitsOf(g.all())
	if !pairNamed(hits) {
		return false
	}
	sentence := g.p.sentence(g.start)
	if g.p.lendsIn(sentence) || g.abreast(hits) || g.compared(hits) {
		return true
	}
	return g.p.apartInLists(hits, g.p.lists(sentence))
}

// lendsIn reports whether e tells of banks in a loan or an issue, and of nobody's
// control over another.
func (p *passage) lendsIn(e extent) bool { return p.has(lending, e) && !p.has(control, e) }

// goesOnAbout reports whether the sentence after one or two that name two parties goes on
// about them, in words of making deals: The parties then merged.
func (p *passage) goesOnAbout(hits []*hit) bool {
	if p == nil {
		return false
	}
	last := hits[len(hits)-1]
	named := p.sentence(last.start)
	if para := p.paragraph(last.start); named.end >= para.end {
		return false
	} else if named.start > para.start {
		named.start = p.sentence(named.start - 1).start
	}
	here := slices.DeleteFunc(slices.Clone(hits), func(h *hit) bool { return h.p != p || !named.holds(h.extent) })
	if !pairNamed(here) {
		return false
	}
	next := p.sentence(named.end)
	words := strings.Fields(strings.ToLower(p.s[next.start:min(next.start+60, next.end)]))
	return len(words) > 1 && p.has(strongDeal, next) && !p.has(rivalry, next) && !p.has(lending, next) &&
		(pronouns[strings.Trim(words[0], ",")] || words[0] == "the" && pairNouns[words[1]])
}

// What a sentence begins with that goes on about two parties: alone, and after the.
var (
	pronouns  = set(`both they their together`)
	pairNouns = set(`parties companies two transaction deal merger acquisition agreement partnership investment`)
)
