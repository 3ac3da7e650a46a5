package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// Explanation says what became of one deal in one version.
type Explanation struct {
	Deal      dealwatch.Deal
	Matched   bool
	Closeness dealwatch.Closeness // "" where it did not match
	Found     []dealwatch.Mention // every hit that counts, of every operand; those that made the match first
	Missing   []string            // operands without a hit; or what their places lack
	Refused   []Refusal           // hits that do not count
}

// Refusal is a hit that does not count, and the reason: its class, its case, a not phrase,
// boilerplate.
type Refusal struct {
	dealwatch.Mention
	Why string
}

// Explain says for every deal of which anything stands in v what hit, what is missing,
// and what was refused; where nothing of any stands there, for every deal.
func (b *Book) Explain(v dealwatch.Version) []Explanation {
	t := b.read(&v)
	defer b.done(t)
	var out []Explanation
	for _, d := range b.deals {
		if !d.touched(t) {
			continue
		}
		if e := d.explain(t); e.Matched || len(e.Found)+len(e.Refused) > 0 {
			out = append(out, e)
		}
	}
	if out == nil {
		for _, d := range b.deals {
			out = append(out, d.explain(t))
		}
	}
	return out
}

func (d *deal) explain(t *text) Explanation {
	e := Explanation{Deal: d.public()}
	spans := d.root.match(t)
	if e.Matched = len(spans) > 0; e.Matched {
		e.Closeness = closeness(d.root, t, spans)
	}
	inner := t
	if d.prose {
		inner = t.asProse()
	}
	var found []span
	seen := map[string]bool{}
	walk(d.root, func(n node) {
		if len(n.operands()) > 0 || seen[n.String()] {
			return
		}
		seen[n.String()] = true
		here := n.match(inner)
		found = append(found, here...)
		if d.prose {
			for _, s := range n.match(t) {
				if why := t.setAside(n, s); why != "" {
					e.Refused = append(e.Refused, Refusal{s.hits[0].mention(), why})
				}
			}
		}
		if p, ok := n.(*named); ok {
			e.Refused = append(e.Refused, t.refusals(p)...)
		}
	})
	made := map[*hit]bool{}
	for _, h := range hitsOf(spans) {
		made[h] = true
		e.Found = append(e.Found, h.mention())
	}
	for _, h := range hitsOf(found) {
		if !made[h] {
			e.Found = append(e.Found, h.mention())
		}
	}
	e.mend()
	if !e.Matched {
		if e.Missing = missing(d.root, inner); len(e.Missing) == 0 {
			e.Missing = []string{d.lacks(inner)}
		}
	}
	return e
}

// mend makes one piece of the hits that line ends part.
func (e *Explanation) mend() {
	all := slices.Clone(e.Found)
	for _, r := range e.Refused {
		all = append(all, r.Mention)
	}
	mend := mender(all)
	if mend == nil {
		return
	}
	for i := range e.Found {
		e.Found[i].Sentence = mend.Replace(e.Found[i].Sentence)
	}
	for i := range e.Refused {
		e.Refused[i].Sentence = mend.Replace(e.Refused[i].Sentence)
	}
}

// missing gives the operands that a node needs and that have no place in t.
func missing(n node, t *text) []string {
	switch n := n.(type) {
	case *or:
		if len(n.match(t)) == 0 {
			return []string{n.String()}
		}
		return nil
	case *andNot:
		if out := missing(n.left, t); len(out) > 0 || len(n.right.match(t)) == 0 {
			return out
		}
		return []string{"a document without " + n.right.String()}
	case *notNear:
		return missing(n.left, t)
	}
	if len(n.operands()) == 0 && len(n.match(t)) == 0 {
		return []string{n.String()}
	}
	var out []string
	for _, o := range n.operands() {
		out = append(out, missing(o, t)...)
	}
	return out
}

// lacks says what the places lack where every operand has a hit.
func (d *deal) lacks(t *text) string {
	n, ok := d.root.(*together)
	if !ok {
		return "a place that meets " + d.root.String()
	}
	lists := n.placesIn(t, nil)
	if lists == nil {
		return "the filer speaking near another party"
	}
	if n.within.words == 0 && len(gather(lists, n.within.unit)) > 0 || n.within.words > 0 && len(windows(lists, n.within.words)) > 0 {
		return "a word of a deal near them, such as agreement, merger or review"
	}
	return fmt.Sprintf("a %s that holds all of them", strings.Replace(n.within.String(), "words", "words' stretch", 1))
}

// setAside says why a span of n does not count in prose.
func (t *text) setAside(n node, s span) string {
	if s.p == nil {
		return ""
	}
	if n, ok := n.(*named); ok && !s.hits[0].filer {
		if name := t.joined(s.hits[0], n.others); name != "" {
			return "part of " + quote(name)
		}
	}
	return s.p.setAside(s.extent)
}

// refusals gives the hits of a party that do not count where n asks for it.
func (t *text) refusals(n *named) []Refusal {
	s := t.standing(n.party)
	var out []Refusal
	for _, r := range s.refused {
		out = append(out, Refusal{r.mention(), r.why})
	}
	counts := map[*hit]bool{}
	for _, h := range t.accepted(s, n.others, nil) {
		counts[h] = true
	}
	for _, h := range s.unsure {
		if !counts[h] {
			why := "a common word: no other party and no company cue in its sentence"
			if h.ofWords() {
				why = "common words: no other party in their paragraph and no company cue in their sentence"
			}
			out = append(out, Refusal{h.mention(), why})
		}
	}
	return append(out, t.miscased(n.party)...)
}

// miscased gives where an alias stands in letters of another case than it must have, one
// place for each way in which it is written.
func (t *text) miscased(p *party) (out []Refusal) {
	s := t.standing(p)
	counted := func(ps *passage, e extent) bool {
		holds := func(h *hit) bool { return h.p == ps && h.holds(e) }
		return slices.ContainsFunc(s.sure, holds) || slices.ContainsFunc(s.unsure, holds) ||
			slices.ContainsFunc(s.refused, func(r refusal) bool { return holds(r.hit) })
	}
	seen := map[string]bool{}
	for _, a := range p.aliases {
		why := "a name counts with its capitals"
		if a.class == Acronym {
			why = "an acronym counts in its own case only"
		}
		x := newIndex([]*term{newTerm(a.term.text, anyCase, false, false, false)})
		for _, ps := range t.passages {
			x.scan(ps.s, func(_ *term, start, end int) {
				e := extent{start, end}
				if written := ps.s[start:end]; !seen[written] && !counted(ps, e) {
					seen[written] = true
					out = append(out, Refusal{t.newHit(hit{p: ps, extent: e, party: p, alias: a, name: a.text}).mention(), why})
				}
			})
		}
	}
	return out
}

// CheckExamples gives an error for each example of a deal that does not come out as
// the watchlist says: flags must be flagged, ignores must not. It is nil when all do.
func (b *Book) CheckExamples() Errors {
	var errs Errors
	for _, d := range b.deals {
		for _, x := range d.flags {
			if e := d.try(b, x); !e.Matched {
				errs = append(errs, &Error{File: b.file, Line: x.place.line, Column: x.place.column,
					Message: fmt.Sprintf("deal %s does not flag its example %q", d.id, x.text), Hint: e.hint()})
			}
		}
		for _, x := range d.ignores {
			if e := d.try(b, x); e.Matched {
				errs = append(errs, &Error{File: b.file, Line: x.place.line, Column: x.place.column,
					Message: fmt.Sprintf("deal %s flags the example %q, which it is to ignore", d.id, x.text), Hint: e.hint()})
			}
		}
	}
	return errs
}

// try reads an example as the text of a document.
func (d *deal) try(b *Book, x example) Explanation {
	v := dealwatch.Version{Text: x.text}
	t := b.read(&v)
	defer b.done(t)
	return d.explain(t)
}

// hint says in a line what was found and what not.
func (e Explanation) hint() string {
	var parts []string
	for _, m := range e.Found {
		parts = append(parts, fmt.Sprintf("%q is there", m.Hit))
	}
	for _, r := range e.Refused {
		parts = append(parts, fmt.Sprintf("%q does not count: %s", r.Hit, r.Why))
	}
	if !e.Matched {
		parts = append(parts, "missing: "+strings.Join(e.Missing, ", "))
	}
	return strings.Join(parts, "; ")
}
