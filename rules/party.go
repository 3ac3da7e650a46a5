package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// named is @party: any alias of a party, or the filer where it is that party.
type named struct {
	party  *party
	others []*party // of the same rule; they vouch for a common name
}

func (n *named) operands() []node { return nil }
func (n *named) String() string   { return "@" + n.party.id }

func (n *named) terms() []*term {
	out := make([]*term, len(n.party.aliases))
	for i, a := range n.party.aliases {
		out[i] = a.term
	}
	return out
}

func (n *named) match(t *text) []span {
	out := n.byName(t)
	for _, h := range t.speech(n.party) {
		out = append(out, h.span())
	}
	return t.within(sorted(out))
}

// byName is match without the filer speaking.
func (n *named) byName(t *text) []span { return t.within(t.namedIn(n.party, n.others, nil)) }

// namedIn gives the names of a party that count where others are its company, in the
// given units, or everywhere.
func (t *text) namedIn(p *party, others []*party, units stretches) []span {
	hits := t.accepted(t.standing(p), others, units)
	out := t.mem.spans.list(len(hits))
	for _, h := range hits {
		if !t.prose || t.joined(h, others) == "" {
			out = append(out, h.span())
		}
	}
	return out
}

// standing is what a text shows of a party.
type standing struct {
	party   *party
	sure    []*hit             // plain names, and acronyms that nothing speaks against
	unsure  []*hit             // common names, which need company
	spoken  map[stretch][]*hit // the filer speaking, where it was asked for
	edges   map[edge]int       // where names begin and end; nil until asked for
	refused []refusal
}

// spans gives the places of all hits that may count, in order.
func (s *standing) spans(mem *scratch) []span {
	out := mem.spans.list(len(s.sure) + len(s.unsure))
	for _, hits := range [][]*hit{s.sure, s.unsure} {
		for _, h := range hits {
			out = append(out, h.span())
		}
	}
	return sorted(out)
}

// refusal is a hit that does not count.
type refusal struct {
	*hit
	why string
}

func (t *text) standing(p *party) *standing {
	if s, ok := t.parties[p]; ok {
		return s
	}
	s := &standing{party: p}
	hits := t.mem.refs.list(16)
	plain, bare := false, false
	for _, ps := range t.passages {
		var masks []extent
		for _, m := range p.masks {
			for _, e := range ps.places(m) {
				masks = append(masks, e.extent)
			}
		}
		for _, a := range p.aliases {
			for _, e := range ps.places(a.term) {
				h := t.newHit(hit{p: ps, extent: e.extent, party: p, alias: a, name: a.text})
				if why := refuse(h, masks); why != "" {
					s.refused = append(s.refused, refusal{h, why})
					continue
				}
				plain = plain || a.class == Plain
				bare = bare || h.goesOn() == "" && t.endsName(h) == ""
				hits = append(hits, h)
			}
		}
	}
	stop := ""
	if !plain {
		stop = t.stopped(p)
	}
	shorts := t.shortForms(hits)
	hits = append(hits, t.findShorts(p, shorts)...)
	whole := longest(hits, t.mem.refs.list(len(hits)))
	s.sure, s.unsure = t.mem.refs.list(len(whole)), t.mem.refs.list(len(whole))
	for _, h := range whole {
		other, longer := "", ""
		if h.alias != nil && h.alias.class == Common {
			longer = t.endsName(h)
		}
		if h.alias != nil && h.alias.class == Acronym && !shorts[h.name] {
			other = t.otherMeaning(h, hits)
		}
		switch {
		case h.alias == nil || shorts[h.name]:
			s.sure = append(s.sure, h)
		case other != "":
			s.refused = append(s.refused, refusal{h, "defined as " + other})
		case stop != "" && h.alias.class != Plain:
			s.refused = append(s.refused, refusal{h, "the document speaks of " + stop})
		case !bare && h.goesOn() != "" && h.p.inProse(h.p.sentence(h.start)):
			s.refused = append(s.refused, refusal{h, "part of " + quote(h.goesOn())})
		case longer != "":
			s.refused = append(s.refused, refusal{h, "part of " + quote(longer)})
		case h.alias.class == Common:
			s.unsure = append(s.unsure, h)
		default:
			s.sure = append(s.sure, h)
		}
	}
	t.parties[p] = s
	return s
}

// refuse says why a hit does not count whatever else the document says; "" when it may.
func refuse(h *hit, masks []extent) string {
	for _, m := range masks {
		if m.holds(h.extent) {
			return "part of " + quote(h.p.s[m.start:m.end])
		}
	}
	if h.alias.class == Common {
		if name := h.goesOn(); placeWords[strings.ToLower(name[strings.LastIndexByte(name, ' ')+1:])] {
			return "part of " + quote(name)
		}
	}
	if name := h.inFirm(); name != "" {
		return "part of " + quote(name)
	}
	if h.alias.class == Acronym {
		if inHost(h.p.s, h.extent) {
			return "inside a host name"
		}
		if inEncoded(h.p.s, h.extent) {
			return "inside an encoded block"
		}
	}
	return ""
}

// goesOn gives the longer name that a common name seems to begin: Delta Inventory. It is
// "" where the next word has no capital, or is a legal form or a word of deals.
func (h *hit) goesOn() string {
	s := h.p.s
	if h.alias.class != Common {
		return ""
	}
	start, end := nextToken(s, h.end)
	next := extent{start, end}
	if !capital(s, start) || strings.TrimSpace(s[h.end:start]) != "" {
		return ""
	}
	word := s[next.start:next.end]
	if strings.ToLower(word[1:]) != word[1:] || legalForm(word) || placeless[strings.ToLower(word)] ||
		h.p.has(someDeal|strongDeal|filerDeal, next) || strongForm.MatchString(s[h.end:min(len(s), h.end+24)]) {
		return ""
	}
	return s[h.start:end]
}

// placeWords make a name one of a state or a place, and placeless begin no part of a name.
var (
	placeWords = set(`states kingdom nations arab republic river island islands county city valley street avenue bay mountain mountains
		canyon lake ocean beach park airport university college school hospital museum`)
	placeless = set(`a an and are as at by can chief could for from had has have in is its may must of on or said says shall should
		that the to was were when which will with would`)
)

// stopped gives the phrase that makes the party's acronyms and common names mean
// something else in this document.
func (t *text) stopped(p *party) string {
	for _, stop := range p.stops {
		for _, ps := range t.passages {
			if e := ps.places(stop); len(e) > 0 {
				return quote(ps.s[e[0].start:e[0].end])
			}
		}
	}
	return ""
}

// longest appends to out, in order, the hits that do not lie inside another.
func longest(hits, out []*hit) []*hit {
	slices.SortStableFunc(hits, func(a, b *hit) int {
		return cmp.Or(cmp.Compare(a.p.order(), b.p.order()), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	for _, h := range hits {
		if n := len(out); n > 0 && out[n-1].p == h.p && out[n-1].holds(h.extent) {
			continue
		}
		out = append(out, h)
	}
	return out
}

// accepted gives the hits of a party that count where others are its company, in the
// given units, or everywhere.
func (t *text) accepted(s *standing, others []*party, units stretches) []*hit {
	here := func(h *hit) bool {
		if units == nil {
			return true
		}
		_, begins := units.holding(h.p, h.start)
		if !begins {
			_, begins = units.holding(h.p, h.end-1)
		}
		return begins
	}
	out := t.mem.refs.list(len(s.sure) + len(s.unsure))
	for _, h := range s.sure {
		if here(h) {
			out = append(out, h)
		}
	}
	if len(s.unsure) == 0 {
		return out
	}
	cues := companyCue | exchange
	if len(t.v.Filers) == 0 || s.party.speaks(t.v) {
		cues |= theCompany
	}
	company, around := map[sentenceAt]bool{}, map[sentenceAt]bool{}
	several := slices.ContainsFunc(s.unsure, (*hit).ofWords)
	for _, o := range others {
		if o == s.party {
			continue
		}
		for _, hits := range [][]*hit{t.standing(o).sure, t.standing(o).unsure} {
			for _, h := range hits {
				if units == nil || here(h) {
					company[h.sentence()] = true
					if several {
						around[h.paragraph()] = true
					}
				}
			}
		}
	}
	for _, h := range s.unsure {
		if !here(h) {
			continue
		}
		sentence := h.p.sentence(h.start)
		if h.p.has(cues, sentence) || endsInForm(h.p.s[h.start:min(h.end, sentence.end)]) || h.hasForm() || h.isDefined() ||
			h.ofWords() && around[h.paragraph()] ||
			!opensAsWord(h) && (company[sentenceAt{h.p, sentence.start}] || t.spokenBy(others, h)) {
			out = append(out, h)
		}
	}
	slices.SortStableFunc(out, func(a, b *hit) int {
		return cmp.Or(cmp.Compare(a.p.order(), b.p.order()), cmp.Compare(a.start, b.start))
	})
	return out
}

// spokenBy reports whether another party is the filer and speaks in the sentence of h.
func (t *text) spokenBy(others []*party, h *hit) bool {
	return slices.ContainsFunc(others, func(o *party) bool {
		if o == h.party || !o.speaks(t.v) {
			return false
		}
		_, implied := h.p.dealBefore(h.extent)
		return implied || len(t.speechIn(o, h.p, h.p.sentence(h.start))) > 0
	})
}

type sentenceAt struct {
	p     *passage
	start int
}

func (h *hit) paragraph() sentenceAt { return sentenceAt{h.p, h.p.paragraph(h.start).start} }

// ofWords reports whether a name has two words or more, which are seldom a name by
// accident.
func (h *hit) ofWords() bool { return h.alias != nil && len(h.alias.words) > 1 }

func (h *hit) sentence() sentenceAt { return sentenceAt{h.p, h.p.sentence(h.start).start} }

// inHost reports whether e is part of a host name, an address or a path, one of
// programs among them.
func inHost(s string, e extent) bool {
	run := unbroken(s, e)
	w := s[run.start:run.end]
	if strings.Contains(w, "://") || strings.Contains(w, "::") || strings.Contains(w, "@") || strings.HasPrefix(strings.ToLower(w), "www.") {
		return true
	}
	lower := func(i int) bool { return i < len(s) && s[i] >= 'a' && s[i] <= 'z' }
	return e.end+1 < len(s) && s[e.end] == '.' && lower(e.end+1)
}

// inEncoded reports whether e lies in bytes that were turned into letters: a long run
// without a blank, full of marks that prose has few of.
func inEncoded(s string, e extent) bool {
	run := unbroken(s, e)
	if run.end-run.start < 40 {
		return false
	}
	odd := 0
	for i := run.start; i < run.end; i++ {
		if strings.IndexByte("`\"#$%^*+=<>@\\[]{}|~!?_/&;0123456789", s[i]) >= 0 {
			odd++
		}
	}
	return odd*8 > run.end-run.start
}

// unbroken gives the run without white space that holds e, up to 200 bytes each way.
func unbroken(s string, e extent) extent {
	blank := func(b byte) bool { return b == ' ' || b == '\n' || b == '\t' }
	for low := max(0, e.start-200); e.start > low && !blank(s[e.start-1]); {
		e.start--
	}
	for high := min(len(s), e.end+200); e.end < high && !blank(s[e.end]); {
		e.end++
	}
	return e
}

func quote(s string) string { return "“" + strings.Join(strings.Fields(s), " ") + "”" }

// speaks reports whether v was filed under one of the party's numbers. The subject of
// another's filing does not speak in it.
func (p *party) speaks(v *dealwatch.Version) bool {
	author := slices.ContainsFunc(v.Filers, func(f dealwatch.Filer) bool { return !isSubject(f) })
	for _, f := range v.Filers {
		if slices.Contains(p.ciks, f.CIK) && !(author && isSubject(f)) {
			return true
		}
	}
	return false
}

func isSubject(f dealwatch.Filer) bool {
	return strings.HasPrefix(strings.ToLower(f.Role), "subject")
}
