package rules

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const legalTail = `(?:[®™]?,?\s+(?:` + strongForms + `|` + weakForms + `))`

var (
	// shortForm follows a name up to what a bracket opens with: its legal form, what kind of company it
	// is, its ticker, its subsidiaries, and the words that lead to a definition.
	shortForm = regexp.MustCompile(`^` + legalTail + `*[®™]?` +
		`(,?\s+an?\s+(?:[\pL][\pL.-]*\s+){0,6}?(?:corporation|company|partnership|trust|bank|association)` +
		`(?:\s+(?:organized|incorporated|formed)(?:\s+and\s+existing)?\s+under\s+the\s+laws\s+of(?:\s+(?:the|of|[A-Z]\w*)){1,6})?,?)?` +
		`(?:\s*\([A-Z][A-Za-z ]{1,40}:\s?[A-Z][\w.]{0,7}(?:\s*[,;/]\s*(?:[A-Z][A-Za-z ]{1,40}:\s?)?[A-Z][\w.]{0,7})*\)){0,2}` +
		`(?:,?\s+(?:and|together\s+with|along\s+with)\s+its\s+(?:(?:consolidated|wholly[ -]owned|majority[ -]owned|direct|indirect|operating|and|or)\s+){0,4}(?:subsidiaries|affiliates)(?:\s+and\s+affiliates)?,?)?` +
		`\s*\((?:[A-Z][A-Za-z ]{1,40}:\s?[A-Z][\w.]{0,7}[,;]\s*)?(?:together[^()"“”]{0,60}?,\s+)?` +
		`(?:(?:collectively|hereinafter|hereafter|herein|referred|to|defined|known|as|also|each|or|the),?\s+)*`)
	inQuotes = regexp.MustCompile(`^(?:["“]([^"“”()]{2,40})["”]|['‘]([^"“”‘’'()]{2,40})['’])`)
	// another leads to one more short form of the same company.
	another = regexp.MustCompile(`^,?\s*(?:(?:or|and)\s+)?(?:the\s+)?`)
	// ofIts stands before a company of which another, named before, is a part.
	ofIts = regexp.MustCompile(`(?:subsidiary|affiliate|unit|division|arm|part|portfolio company)\s+of\s+(?:the\s+)?$|(?:owned|controlled)\s+by\s+$`)
	// relation makes of a kind of company one that belongs to somebody.
	relation = regexp.MustCompile(`\b(?:of|by|for|to|in|from|with|that|which|whose|subsidiary|affiliate|affiliated|unit|sister|portfolio|rival)\b`)
)

// shortForms gives the short forms and other names that the document defines for the party
// of hits.
func (t *text) shortForms(hits []*hit) map[string]bool {
	var out map[string]bool
	for _, h := range hits {
		if h.alias.class != Plain || len(out) > 8 {
			continue
		}
		for _, name := range append(t.otherNames(h), h.shorts()...) {
			if out == nil {
				out = map[string]bool{}
			}
			out[name] = true
		}
	}
	return out
}

// shorts gives the short forms in quotes in a bracket after a name.
func (h *hit) shorts() []string {
	s := h.p.s
	rest := s[h.end:min(h.end+320, len(s))]
	next := strings.TrimLeft(rest, "®™, \t\r\n")
	if next == "" || next[0] != '(' && next[0] != 'p' && next[0] != '&' && !isUpper(next[0]) && !hasAnyPrefix(next, "a ", "an ", "and its", "together", "along") ||
		strings.IndexByte(next, '(') < 0 {
		return nil // as after most names, and the expression costs more
	}
	m := shortForm.FindStringSubmatchIndex(rest)
	if m == nil {
		return nil
	}
	kind := ""
	if m[2] >= 0 {
		kind = rest[m[2]:m[3]]
		if law := strings.Index(kind, " under"); relation.MatchString(kind[:max(law, 0)]) || law < 0 && relation.MatchString(kind) {
			return nil
		}
	}
	var out []string
	for rest, alone := rest[m[1]:], true; ; {
		q := inQuotes.FindStringSubmatch(rest)
		if q == nil {
			return out
		}
		short := strings.Trim(strings.Join(strings.Fields(q[1]+q[2]), " "), " ,.;")
		if r, _ := utf8.DecodeRuneInString(short); unicode.IsUpper(r) && !onlyRoles(short) {
			if !h.isShort(short, kind) {
				return out
			}
			out, alone = append(out, short), false
		}
		rest = rest[len(q[0]):]
		gap := another.FindString(rest)
		if gap == "" || !alone && strings.Contains(gap, "and") {
			return out // “Alphard” and “Halcyon” are two
		}
		rest = rest[len(gap):]
	}
}

// isShort reports whether a short form that follows h may be its own: not that of the parent in
// "a Halcyon company", nor that of the one before in "Halcyon, a subsidiary of Alphard".
func (h *hit) isShort(short, kind string) bool {
	first, _, _ := strings.Cut(short, " ")
	if strings.Contains(kind, first) {
		return false
	}
	if strings.HasSuffix(strings.TrimRight(kind, ", "), "company") && !strings.Contains(kind, "liability") && !strings.EqualFold(first[:1], h.name[:1]) {
		return false
	}
	before := h.p.s[max(h.p.sentence(h.start).start, h.start-200):h.start]
	return !strings.Contains(before, first) || strings.Contains(h.name, first) || !ofIts.MatchString(before[max(0, len(before)-40):])
}

func hasAnyPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
