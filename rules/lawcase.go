package rules

import (
	"regexp"
	"strings"
)

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

// cited reports whether all names of g are of cases that are cited.
func (g *group) cited() bool {
	for _, list := range g.lists {
		for _, s := range list {
			if !byFiler(s) && !isCited(g.p.s[s.end:]) {
				return false
			}
		}
	}
	return true
}

// isCited reports whether a name that stands before s is of a case that is cited from a
// reporter: Alpha Corp. v. Beta, 12 F. Supp. 2d 34. That tells of another day's law.
func isCited(s string) bool {
	s = s[:min(len(s), 160)]
	for i := 0; ; i++ {
		n := strings.IndexByte(s[i:], ',')
		if i += n; n < 0 || i > 90 {
			return false
		}
		if next := strings.TrimLeft(s[i+1:], " \n"); next != "" && isDigit(next[0]) {
			return citation.MatchString(s) // seldom, for the expression costs more
		}
	}
}

var citation = regexp.MustCompile(`^(?:,?\s+(?:Inc|Corp|Co|Cos|Ltd|LLC|L\.?L\.?C|L\.?P|S\.?A|N\.?V|AG|plc|Bros|v|vs|et al|of|and|&|the|[A-Z][\w'’&-]*)\.?)*` +
	`,\s+\d{1,4}\s+(?:U\.\s?S\.|S\.\s?Ct\.|L\.\s?Ed\.(?:\s?2d)?|F\.\s?(?:2d|3d|4th)|F\.\s?Supp\.(?:\s?[23]d)?|F\.\s?App['’]x|Fed\.\s?Appx?\.|F\.\s?T\.\s?C\.|WL|` +
	`A\.\s?[23]d|N\.\s?E\.\s?[23]d|N\.\s?W\.\s?2d|S\.\s?[EW]\.\s?[23]d|P\.\s?[23]d|Cal\.\s?Rptr\.(?:\s?[23]d)?|B\.\s?R\.|Fed\.\s?Cl\.),?\s+(?:at\s+)?[\d_]`)
