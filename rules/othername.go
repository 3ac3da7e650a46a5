package rules

import (
	"regexp"
	"strings"
)

// A company has names of other days and names of business: RoboX LLC, d/b/a Alphard Robotics.

const (
	business = `d/b/a|D/B/A|dba|DBA|f/k/a|F/K/A|fka|FKA|n/k/a|N/K/A|a/k/a|A/K/A|aka|AKA|doing business as|trading as`
	knownAs  = `formerly known as|previously known as|now known as|also known as`
	bareName = `([A-Z][\w&.'’-]*(?:\s+[A-Z&][\w&'’-]*){0,4})`
)

var (
	// bracketed and following come after a name: with the other one in a bracket, or without.
	bracketed = regexp.MustCompile(`^` + legalTail + `*[®™]?\s*\((?:` + business + `|` + knownAs + `|(formerly)(?: named| called)?),?\s+["“'‘]?` + bareName + `["”'’]?` + legalTail + `*["”'’]?\)`)
	following = regexp.MustCompile(`^(` + legalTail + `*)[®™]?(,?)\s+(?:` + business + `|(` + knownAs + `))\s+["“'‘]?` + bareName + `["”'’]?(` + legalTail + `*)(?:["”'’]|[,.;:)(]|\s+[a-z("“]|\s*$)`)
	// formerly and nowNamed stand between a new name and the old one.
	formerly = regexp.MustCompile(`\s*\((?:formerly|formerly known as|formerly named|formerly called|previously known as|` + business + `|also known as),?\s+["“]?$`)
	nowNamed = regexp.MustCompile(`,?\s+(?:` + business + `|((?:formerly|previously|also) known as))\s+["“]?$`)
	// legalEnd is the legal form that a name ends in.
	legalEnd = regexp.MustCompile(legalTail + `+$`)
)

// otherNames gives other names that stand beside h. None is that of another party.
func (t *text) otherNames(h *hit) []string {
	var out []string
	if name := t.newName(h); name != "" {
		out = append(out, name)
	}
	s := h.p.s
	rest := s[h.end:min(h.end+200, len(s))]
	if !introducesName(rest) {
		return out // as after most names, and the expressions cost more
	}
	var from, to int
	bare := false
	if m := bracketed.FindStringSubmatchIndex(rest); m != nil {
		from, to, bare = m[4], m[5], m[2] >= 0
	} else if m := following.FindStringSubmatchIndex(rest); m != nil {
		legal := m[2] < m[3] || m[10] < m[11]
		if m[6] >= 0 && (!legal && !h.subject() || m[4] == m[5] && !legal) || h.ofLonger() {
			return out
		}
		from, to = m[8], m[9]
	} else {
		return out
	}
	name := strings.Trim(strings.Join(strings.Fields(rest[from:to]), " "), " ,.;")
	for cut := legalEnd.FindStringIndex(name); cut != nil; cut = legalEnd.FindStringIndex(name) {
		name = name[:cut[0]]
	}
	if isName(name, bare) && !t.othersName(h, extent{h.end + from, h.end + to}) {
		out = append(out, name)
	}
	return out
}

// isName reports whether a name that a document gives may be looked for in it. Bare, it may be an
// office as well: formerly Vice President.
func isName(name string, bare bool) bool {
	words := strings.Fields(name)
	if bare && offices[strings.ToLower(words[len(words)-1])] {
		return false
	}
	for _, w := range words {
		if !isEnglish(strings.ToLower(w)) {
			return !onlyRoles(name)
		}
	}
	return len(words) > 1 && !bare && !onlyRoles(name)
}

var offices = set(`president officer director chairman chair chief counsel manager treasurer secretary executive ceo cfo head vp`)

// introducesName is a quick look for what leads to another name.
func introducesName(s string) bool {
	return strings.Contains(s, "/a ") || strings.Contains(s, "/A ") || strings.Contains(s, " as ") || strings.Contains(s, "(formerly") ||
		strings.Contains(s, "ka ") || strings.Contains(s, "ba ") || strings.Contains(s, "KA ") || strings.Contains(s, "BA ")
}

// subject reports whether h is no complement of the noun before it: the unit of Alphard.
func (h *hit) subject() bool {
	start, end, ok := prevToken(h.p.s, h.start)
	return !ok || !complements[h.p.s[start:end]]
}

var complements = set(`of from by at in for`)

// ofLonger reports whether the word before h makes a longer name with it: Mount Alphard.
func (h *hit) ofLonger() bool {
	s := h.p.s
	start, end, ok := prevToken(s, h.start)
	word := strings.ToLower(s[start:end])
	return ok && start >= h.p.sentence(h.start).start && capital(s, start) && blank(s[end:h.start]) &&
		!openers[s[start:end]] && !placeless[word] && !beforeNames[word] && !functionWords[word] && !roles[word]
}

// newName gives the name before what says that it was h's before, or is that of h's business: Alphard
// Robotics, Inc. (formerly known as RoboX). It is "" where that is the name of another party.
func (t *text) newName(h *hit) string {
	s := h.p.s
	start, end, ok := prevToken(s, h.start)
	if !ok || h.start-end > 6 || !nameWords[strings.ToLower(s[start:end])] {
		return "" // as before most names, and the expressions cost more
	}
	from := max(0, h.start-34)
	m, named := formerly.FindStringIndex(s[from:h.start]), false
	if m == nil {
		if m = nowNamed.FindStringSubmatchIndex(s[from:h.start]); m == nil || h.goesOnAny() {
			return ""
		}
		named = m[2] >= 0
	}
	sentence := h.p.sentence(h.start)
	at := from + m[0]
	low := max(sentence.start, at-120)
	if low > at {
		return ""
	}
	legal := formMayFollow(s[h.end:min(len(s), h.end+24)]) && strongForm.MatchString(s[h.end:min(len(s), h.end+24)])
	if cut := legalEnd.FindStringIndex(s[low:at]); cut != nil {
		at, legal = low+cut[0], true
	}
	if named && !legal {
		return ""
	}
	name := extent{-1, -1}
	for range 8 {
		start, end, ok := prevToken(s, at)
		if !ok || start < sentence.start {
			break
		}
		gap, word := strings.TrimRight(s[end:at], " \n"), s[start:end]
		inside := name.start >= 0
		if inside && (gap != "" && gap != "-" && gap != "." || !capital(s, start) && word != "&") ||
			!inside && (gap != "" && gap != "." && gap != "," || !capital(s, start)) {
			break
		}
		if !inside {
			name.end = end
		}
		name.start = start
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

// goesOnAny reports whether a name seems to go on after h, whatever its class.
func (h *hit) goesOnAny() bool {
	s := h.p.s
	start, end := nextToken(s, h.end)
	return capital(s, start) && blank(s[h.end:start]) && !legalForm(s[start:end]) && !strongForm.MatchString(s[h.end:min(len(s), h.end+24)])
}

// nameWords end what stands between two names of a company.
var nameWords = set(`as a dba fka nka aka formerly named called`)
