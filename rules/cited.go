package rules

import (
	"regexp"
	"strings"
)

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

// isMedium reports whether the name before s is only where somebody wrote: his Alpha post
// of May. Before an object, as in "Alpha and Beta post losses", such a word is a verb.
func isMedium(s string) bool {
	start, end := nextToken(s, 0)
	if start != 1 || s[0] != ' ' || !mediumNouns[s[start:end]] {
		return false
	}
	next, to := nextToken(s, end)
	return next != end+1 || afterNoun[s[next:to]]
}

var (
	mediumNouns = set(`post posts page pages feed handle hashtag profile profiles tweet tweets`)
	afterNoun   = set(`about and announcing by dated from in is of on or saying says that was were where which`)
)
