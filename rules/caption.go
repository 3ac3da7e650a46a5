package rules

import "strings"

// The name of a case has two sides: Alpha, Inc. v. Beta Corp.

// opposed reports whether two parties among hits are the two sides of one case.
func opposed(hits []*hit) bool {
	for i, h := range hits[1:] {
		before := hits[i]
		if before.p == h.p && before.party != h.party && !before.filer && !h.filer && before.end < h.start &&
			isVersus(withoutForm(h.p.s[before.end:h.start])) {
			return true
		}
	}
	return false
}

// inCaption reports whether a name is a side of a case.
func (p *passage) inCaption(name extent) bool {
	start, end, ok := prevToken(p.s, name.start)
	if ok && isVersus(p.s[start:name.start]) && strings.TrimSpace(p.s[end:name.start]) != "" {
		return true
	}
	after := withoutForm(p.s[name.end:min(name.end+40, len(p.s))])
	return strings.HasPrefix(after, " v. ") || strings.HasPrefix(after, " vs. ")
}

// isVersus reports whether s is what stands between the sides of a case.
func isVersus(s string) bool {
	s = strings.TrimSpace(s)
	return s == "v." || s == "vs." || s == "v" || s == "versus"
}

// withoutForm is s without the legal forms that it begins with.
func withoutForm(s string) string {
	for {
		start, end := nextToken(s, 0)
		if start == end || strings.Trim(s[:start], " ,") != "" || !legalForm(s[start:end]) {
			return s
		}
		s = strings.TrimLeft(s[end:], ".")
		if !strings.HasPrefix(s, " ") {
			s = strings.TrimPrefix(s, ",")
		}
	}
}
