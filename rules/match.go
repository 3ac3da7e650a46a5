package rules

import (
	"strings"

	"github.com/dealwatch/dealwatch"
)

// Match gives the deals whose rule v meets, in the order of the watchlist. It cannot
// fail, and it is the same for the same book and version.
func (b *Book) Match(v dealwatch.Version) []dealwatch.Match {
	t := b.newText(&v)
	if t == nil {
		return nil
	}
	var out []dealwatch.Match
	for _, i := range b.candidates(t) {
		if spans := b.deals[i].root.match(t); len(spans) > 0 {
			out = append(out, b.deals[i].report(t, spans))
		}
	}
	return out
}

// report makes a Match of the evidence.
func (d *deal) report(t *text, spans []span) dealwatch.Match {
	m := dealwatch.Match{
		DealID:      d.id,
		DealName:    d.name,
		RuleVersion: d.version,
		Closeness:   closeness(d.root, t, spans),
		Snippet:     snippet(spans),
	}
	for _, h := range hitsOf(spans) {
		m.Mentions = append(m.Mentions, h.mention())
	}
	return m
}

func (h *hit) mention() dealwatch.Mention {
	if h.limit != nil {
		return dealwatch.Mention{
			Alias: h.name, Hit: h.value, Field: dealwatch.Field(h.limit.field),
			End: len(h.value), Sentence: oneLine(h.value),
		}
	}
	m := dealwatch.Mention{
		Alias: h.name, Hit: h.p.s[h.start:h.end], Field: h.p.field,
		Start: h.start, End: h.end,
	}
	if h.party != nil {
		m.Party = h.party.id
	}
	s := h.p.around(inSentence, h.extent)
	m.Sentence = oneLine(h.p.s[s.start:s.end])
	return m
}

// closeness is the tightest unit that holds everything a node requires.
func closeness(n node, t *text, spans []span) dealwatch.Closeness {
	if c, ok := n.(interface {
		closeness(*text, []span) dealwatch.Closeness
	}); ok {
		return c.closeness(t, spans)
	}
	best := dealwatch.InDocument
	for _, s := range spans {
		if c := s.closeness(); c.Rank() > best.Rank() {
			best = c
		}
	}
	return best
}

// closeness is the unit that holds the span.
func (s span) closeness() dealwatch.Closeness {
	if s.p == nil {
		return dealwatch.InDocument
	}
	lists := make([][]span, len(s.hits))
	for i, h := range s.hits {
		if h.p != nil {
			lists[i] = []span{h.span()}
		}
	}
	return closest(lists)
}

// oneLine folds white space.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
