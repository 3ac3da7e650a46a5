package rules

import (
	"slices"
	"strings"
)

// endsName gives the longer name that a common name seems to end: H&R Block. It is "" where the word
// before has no capital, is a name of the watchlist, or stands before names of all kinds. A headline
// has capitals anyway: there only "&" shows it, or a name that opens it and has a legal form.
func (t *text) endsName(h *hit) string {
	s := h.p.s
	start, end, ok := prevToken(s, h.start)
	if !ok || h.alias.class != Common {
		return ""
	}
	sentence := h.p.sentence(h.start)
	gap, word := s[end:h.start], s[start:end]
	switch {
	case start < sentence.start:
		return ""
	case honorifics[word] && strings.Trim(gap, ". \n") == "":
		return s[start:h.end]
	case gap == "" && word != "&" || !blank(gap) || !capital(s, start) && word != "&":
		return ""
	}
	name, joined := s[start:h.end], word == "&"
	if from, to, ok := prevToken(s, start); ok && from >= sentence.start && blank(s[to:start]) {
		switch {
		case joined && !capital(s, from):
			return ""
		case joined:
			start, end = from, to
			name = s[from:h.end]
		case s[from:to] == "&":
			if from, _, ok := prevToken(s, from); ok && from >= sentence.start && capital(s, from) {
				joined, start, name = true, from, s[from:h.end]
			}
		}
	} else if joined {
		return ""
	}
	lower := strings.ToLower(word)
	switch opens := end <= sentence.start || (&hit{p: h.p, extent: extent{start, end}}).opensSentence(sentence); {
	case joined:
	case openers[word] || placeless[lower] || functionWords[lower] || beforeNames[lower] || roles[lower] || roles[strings.TrimSuffix(lower, "s")],
		headlineVerbs[lower] || h.p.has(someDeal|strongDeal|filerDeal, extent{start, end}):
		return ""
	case len(word) > 1 && strings.ToUpper(word) == word && strings.ToUpper(h.name) != s[h.start:h.end]: // the FTC Amazon case
		return ""
	case opens && (strings.HasSuffix(lower, "ly") || strings.HasSuffix(lower, "ing")): // Recently Block
		return ""
	case !h.p.inProse(sentence) && !(opens && h.hasForm()):
		return ""
	}
	if t.named(h.p, extent{start, end}) {
		return ""
	}
	return name
}

// named reports whether a name of some party of the watchlist reaches into e.
func (t *text) named(p *passage, e extent) bool {
	return slices.ContainsFunc(t.terms, func(o *term) bool { return !o.loose && p.reaches(o, e) })
}

var (
	// honorifics stand before persons.
	honorifics = set(`Mr Mrs Ms Miss Dr Prof Sir Madam Hon Messrs`)
	// beforeNames begin with a capital before a name that they are no part of.
	beforeNames = set(`about above according again all although and any because between both but contact could dear did do does each either
		even ever every except following former formerly given had has have how including join let like many meanwhile meet
		most much neither no nor not now old only or other our per rather re regarding same should since so some source still such than their
		there therefore though thus together unless unlike until via versus vs was welcome were what where whether who whom whose why yet
		again recently separately further furthermore moreover additionally accordingly yesterday tomorrow tonight here
		monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
		october november december spring summer fall autumn winter
		retailer maker chipmaker automaker carmaker drugmaker giant rival startup airline insurer bank lender brewer operator developer
		provider owner competitor competitors companies companys conglomerate publisher broadcaster studio carrier manufacturer
		supplier client customer customers partner partners shareholder shareholders stockholder stockholders fintech parent
		defendant appellant appellee petitioner petitioners relator intervenor debtor debtors co`)
)
