package rules

import (
	"slices"
	"strings"
)

// plurals lets plain names of one word stand for their plurals too (the OpenAIs), and adds
// to names with an apostrophe those without it (Macys). What is an English word, or somebody's
// own name, stays that.
func (l *loader) plurals() {
	taken := map[string]bool{}
	notPlain := map[*term]bool{}
	for _, p := range l.book.parties {
		for _, a := range p.aliases {
			if len(a.words) < 3 {
				taken[foldedName(a.text)] = true
			}
			notPlain[a.term] = notPlain[a.term] || a.class != Plain
		}
	}
	for _, p := range l.book.parties {
		for _, a := range slices.Clone(p.aliases) {
			if a.class != Plain {
				continue
			}
			if bare := withoutApostrophes(a.text); bare != a.text && !l.spokenFor(p, bare, taken) {
				t := l.term(bare, nameCase, false, false, false)
				p.aliases = append(p.aliases, &alias{term: t, class: Plain, inferred: true})
			}
			if many := pluralOf(a.term); many != "" && !notPlain[a.term] && !l.spokenFor(p, many, taken) {
				a.words[0].allow(many)
			}
		}
	}
}

// spokenFor reports whether a form of a name of p is English, another name, or said not to
// be p.
func (l *loader) spokenFor(p *party, form string, taken map[string]bool) bool {
	folded := foldedName(form)
	return isEnglish(folded) || taken[folded] ||
		slices.ContainsFunc(p.stops, func(t *term) bool { return foldedName(t.text) == folded })
}

// withoutApostrophes is a name as many write it: Macys, Dicks Sporting Goods.
func withoutApostrophes(name string) string {
	for _, mark := range []string{"'s", "’s"} {
		for at := strings.Index(name, mark); at >= 0; {
			end := at + len(mark)
			if end == len(name) || name[end] == ' ' {
				name = name[:at] + name[end-1:]
			}
			next := strings.Index(name[at+1:], mark)
			if next < 0 {
				break
			}
			at += 1 + next
		}
	}
	return name
}

// pluralOf is the folded plural of a name of one word in ASCII, "" where it has none of its own.
func pluralOf(t *term) string {
	if len(t.words) != 1 || t.words[0].rare != nil || strings.ContainsRune(t.text, '\'') {
		return ""
	}
	s := t.words[0].form
	switch last := s[max(len(s)-1, 0):]; {
	case len(s) < 3 || !isASCII(s) || !isLower(last[0]) || last == "s" || isEnglish(s):
		return ""
	case last == "x" || last == "z" || strings.HasSuffix(s, "ch") || strings.HasSuffix(s, "sh"):
		return s + "es"
	}
	return s + "s"
}

// allow lets a word stand for another form too.
func (w *word) allow(form string) { w.rare = &rarity{others: []string{form}} }
