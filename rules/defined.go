package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A document often defines a short form: Amazon Web Services, Inc. ("AWS"). There the
// short form is the party, whatever it may be elsewhere.

// roles are short forms that name a part in the document and not a company.
var roles = set(`company parent buyer seller purchaser acquirer issuer registrant borrower lender agent holder trustee
	defendant defendants respondent respondents plaintiff commission board merger sub subsidiary party parties guarantor licensor licensee
	customer supplier employer executive investor sponsor target group corporation firm companies subsidiaries affiliate affiliates
	acquisition transaction deal offer agreement arrangement investment purchase sale proposal proposed plan notes shares stock
	securities business assets`)

// othersName reports whether an alias that is none of h's party stands in e.
func (t *text) othersName(h *hit, e extent) bool {
	return slices.ContainsFunc(t.terms, func(o *term) bool {
		if o.loose || slices.ContainsFunc(h.party.aliases, func(a *alias) bool { return a.term == o }) {
			return false
		}
		return slices.ContainsFunc(h.p.places(o), func(at placed) bool { return at.start < e.end && e.start < at.end })
	})
}

func onlyRoles(s string) bool {
	for _, w := range strings.Fields(strings.ToLower(s)) {
		if !roles[w] && !roles[strings.TrimSuffix(w, "s")] && !listWords[w] && w != "the" {
			return false
		}
	}
	return true
}

// findShorts finds the short forms that are no aliases anyway.
func (t *text) findShorts(p *party, shorts map[string]bool) []*hit {
	var terms []*term
next:
	for s := range shorts {
		for _, a := range p.aliases {
			if a.text == s {
				continue next
			}
		}
		if term := newTerm(s, exactCase, false, false, false); term != nil {
			terms = append(terms, term)
		}
	}
	if len(terms) == 0 {
		return nil
	}
	var out []*hit
	x := newIndex(terms)
	for _, ps := range t.passages {
		x.scan(ps.s, func(term *term, start, end int) {
			out = append(out, t.newHit(hit{p: ps, extent: extent{start, end}, party: p, name: term.text}))
		})
	}
	return out
}

// otherMeaning gives what the document says an acronym stands for, where that is not
// the party: Advanced Wireless Services (AWS).
func (t *text) otherMeaning(h *hit, hits []*hit) string {
	key := meaningOf{h.party, h.name}
	if meaning, ok := t.meanings[key]; ok {
		return meaning
	}
	meaning := ""
	for _, o := range hits {
		if o.name != h.name || o.alias == nil {
			continue
		}
		if m := spelled(o); m != "" {
			meaning = m
			break
		}
	}
	t.meanings[key] = meaning
	return meaning
}

type meaningOf struct {
	party *party
	alias string
}

// spelled gives the words before an acronym in brackets whose initials it is.
func spelled(h *hit) string {
	s := h.p.s
	before := strings.TrimRight(s[max(0, h.start-120):h.start], `"“`)
	if !strings.HasSuffix(before, "(") || h.end >= len(s) || strings.IndexByte(")\"\xe2", s[h.end]) < 0 {
		return ""
	}
	before = strings.TrimRight(before[:len(before)-1], " ")
	letters := []rune(h.name)
	at := len(before)
	for i := len(letters) - 1; i >= 0; i-- {
		start, end, ok := prevToken(before, at)
		if !ok || strings.TrimSpace(before[end:at]) != "" && strings.TrimSpace(before[end:at]) != "-" {
			return ""
		}
		if r, _ := utf8.DecodeRuneInString(before[start:end]); unicode.ToUpper(r) != letters[i] {
			return ""
		}
		at = start
	}
	words := before[at:]
	for _, a := range h.party.aliases {
		if a.class == Plain && strings.Contains(strings.ToLower(a.text), strings.ToLower(words)) {
			return ""
		}
	}
	return quote(words)
}
