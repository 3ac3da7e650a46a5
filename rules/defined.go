package rules

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A document often defines a short form: Amazon Web Services, Inc. ("AWS"). There the
// short form is the party, whatever it may be elsewhere.

// shortForm follows a name: its legal form, then a short form in brackets and quotes.
var shortForm = regexp.MustCompile(`^(?:,?\s+(?:Inc|Corp|Corporation|Incorporated|Company|Co|LLC|Ltd|Limited|L\.?P|PLC|plc|PBC|N\.?V|S\.?A|AG|SE)\b\.?)*` +
	`\s*\((?:collectively,?\s+|together[^()"“”]{0,60}?,\s+|hereinafter,?\s+|the\s+|or\s+)*["“”]([^"“”()]{2,40})["“”]`)

// otherName follows a name: its legal form, then the name of other days or of business
// in brackets: RoboX LLC (d/b/a Alphard Robotics).
var otherName = regexp.MustCompile(`^(?:,?\s+(?:Inc|Corp|Corporation|Incorporated|Company|Co|LLC|Ltd|Limited|L\.?P|PLC|plc|PBC|N\.?V|S\.?A|AG|SE)\b\.?)*` +
	`\s*\((?:d/b/a|f/k/a|n/k/a|doing business as|formerly known as|now known as)\s+([A-Z][\w&.'’-]*(?:\s+[A-Z][\w&'’-]*){0,4})` +
	`(?:,?\s+(?:Inc|Corp|Corporation|LLC|Ltd|Limited|PLC|plc)\b\.?)?\)`)

// roles are short forms that name a part in the document and not a company.
var roles = set(`company parent buyer seller purchaser acquirer issuer registrant borrower lender agent holder trustee
	defendant defendants respondent respondents plaintiff commission board merger sub subsidiary party parties guarantor licensor licensee
	customer supplier employer executive investor sponsor target group`)

// formerly stands between a new name and the old one.
var formerly = regexp.MustCompile(`\s*\((?:formerly|formerly known as|formerly named|formerly called|previously known as|f/k/a)\s+["“]?$`)

// shortForms gives the short forms and other names that the document defines for the party
// of hits.
func (t *text) shortForms(hits []*hit) map[string]bool {
	var out map[string]bool
	add := func(name string) {
		if out == nil {
			out = map[string]bool{}
		}
		out[name] = true
	}
	for _, h := range hits {
		if h.alias.class != Plain || len(out) > 8 {
			continue
		}
		if name := t.newName(h); name != "" {
			add(name)
		}
		rest := h.p.s[h.end:min(h.end+160, len(h.p.s))]
		next := strings.TrimLeft(rest, ", \t\r\n")
		if next == "" || next[0] != '(' && next[0] != 'p' && !isUpper(next[0]) || strings.IndexByte(next, '(') < 0 {
			continue // as after most names, and the expression costs more
		}
		m := shortForm.FindStringSubmatch(rest)
		if m == nil {
			if m = otherName.FindStringSubmatch(rest); m == nil || !strings.ContainsAny(m[1], " \n") && isEnglish(strings.ToLower(m[1])) {
				continue
			}
		}
		short := strings.Trim(strings.Join(strings.Fields(m[1]), " "), " ,.;")
		if r, _ := utf8.DecodeRuneInString(short); unicode.IsUpper(r) && !onlyRoles(short) {
			add(short)
		}
	}
	return out
}

// newName gives the name before a bracket that says that it was h's before: Alphard
// Robotics, Inc. (formerly known as RoboX). It is "" where that is the name of another party.
func (t *text) newName(h *hit) string {
	s := h.p.s
	from := max(0, h.start-30)
	open := strings.LastIndexByte(s[from:h.start], '(')
	if open < 0 {
		return "" // as before most names, and the expression costs more
	}
	m := formerly.FindStringIndex(s[from:h.start])
	if m == nil {
		return ""
	}
	sentence := h.p.sentence(h.start)
	name := extent{-1, -1}
	at, legal := from+m[0], true
	for range 8 {
		start, end, ok := prevToken(s, at)
		if !ok || start < sentence.start {
			break
		}
		gap, word := strings.TrimRight(s[end:at], " \n"), s[start:end]
		legal = legal && legalForm(word)
		inside := name.start >= 0
		switch {
		case inside && (gap != "" && gap != "-" && gap != "." || !capital(s, start) && word != "&"), !inside && gap != "" && gap != "." && gap != ",":
			ok = false
		case !inside && !legal:
			if ok = capital(s, start); ok {
				name = extent{start, end}
			}
		case inside:
			name.start = start
		}
		if !ok {
			break
		}
		at = start
	}
	for name.start >= 0 { // Later Alphard
		_, end := nextToken(s, name.start)
		if word := s[name.start:end]; !openers[word] && !placeless[strings.ToLower(word)] {
			break
		}
		if name.start, _ = nextToken(s, end); name.start >= name.end {
			return ""
		}
	}
	if name.start < 0 || t.othersName(h, name) {
		return ""
	}
	out := strings.Join(strings.Fields(s[name.start:name.end]), " ")
	if onlyRoles(out) || !strings.ContainsAny(out, " ") && isEnglish(strings.ToLower(out)) {
		return ""
	}
	return out
}

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
		if !roles[w] && !listWords[w] && w != "the" {
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
