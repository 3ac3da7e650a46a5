package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var validID = regexp.MustCompile(`^[a-z0-9]+(?:[-_][a-z0-9]+)*$`)

// id gives an id. A number is one too, by its digits; what YAML reads as a truth is none.
func (l *loader) id(n *yaml.Node, what string) (string, bool) {
	if _, ok := l.text(n, what); !ok {
		return "", false
	}
	id, fits := n.Value, n.Tag != "!!bool"
	if n.Tag == "!!int" || n.Tag == "!!float" {
		var i int
		if i, fits = whole(n); fits && strings.Trim(id, "0123456789") != "" {
			id = strconv.Itoa(i)
		}
		fits = fits && i <= mostNumber
	}
	if !fits {
		l.fail(at(n), "put it in quotes", "%s must be text, not %s", what, n.Value)
	}
	return id, fits
}

// checkID reports an id that cannot stand in an address.
func (l *loader) checkID(n *yaml.Node, id, what string) {
	if validID.MatchString(id) && len(id) <= 100 {
		return
	}
	hint := "use small letters, digits and hyphens"
	if better := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(string(appendFoldSpaced(id)), "-"), "-"); better != "" {
		hint += fmt.Sprintf(", such as %q", better)
	}
	l.fail(at(n), hint, "%s %q is not usable as a name in addresses", what, id)
}

// appendFoldSpaced folds s and keeps its gaps as blanks.
func appendFoldSpaced(s string) []byte {
	var out []byte
	for start, end := nextToken(s, 0); start < len(s); start, end = nextToken(s, end) {
		out = appendFold(append(out, ' '), s[start:end])
	}
	return out
}

func (l *loader) party(k, v *yaml.Node) {
	l.checkID(k, k.Value, "party id")
	p := &party{id: k.Value}
	l.known[p.id] = p
	l.book.parties = append(l.book.parties, p)
	var not []*yaml.Node
	seen := l.fields(v, "party "+p.id, map[string]func(*yaml.Node){
		"name": func(n *yaml.Node) {
			if s, ok := l.text(n, "name of party "+p.id); ok {
				p.name = s
				l.alias(p, n, s, "", n)
			}
		},
		"cik": func(n *yaml.Node) { l.ciks(p, n) },
		"aliases": func(n *yaml.Node) {
			l.list(n, "aliases of party "+p.id, func(a *yaml.Node) { l.aliasEntry(p, a) })
		},
		"not": func(n *yaml.Node) {
			l.list(n, "not list of party "+p.id, func(a *yaml.Node) { not = append(not, a) })
		},
	})
	if v.Kind == yaml.MappingNode && seen["name"] == nil {
		l.fail(at(k), "add name: the name it is best known by", "party %s has no name", p.id)
	}
	names := newNameSet(p.aliases, len(not))
	for _, n := range not {
		l.not(p, n, names)
	}
}

var cikForm = regexp.MustCompile(`^(?:[Cc][Ii][Kk])?0*([1-9][0-9]{0,9})$`)

// ciks reads one number or a list; they may be written as text with leading zeros.
func (l *loader) ciks(p *party, n *yaml.Node) {
	entries := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		entries = n.Content
	}
	for _, e := range entries {
		e = deref(e)
		cik, ok := whole(e)
		if m := cikForm.FindStringSubmatch(e.Value); m != nil {
			cik, _ = strconv.Atoi(m[1]) // at most ten digits
			ok = e.Kind == yaml.ScalarNode
		}
		if !ok || cik < 1 || cik > 9_999_999_999 || e.Tag == "!!str" && !cikForm.MatchString(e.Value) {
			l.fail(at(e), "write the SEC's number of the company, up to ten digits, such as 1018724", "cik %q of party %s is no number of a filer", e.Value, p.id)
			continue
		}
		if !slices.Contains(p.ciks, cik) {
			p.ciks = append(p.ciks, cik)
		}
	}
}

func (l *loader) aliasEntry(p *party, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		if s, ok := l.text(n, "alias of party "+p.id); ok {
			l.alias(p, n, s, "", n)
		}
		return
	}
	var text, class string
	var textAt *yaml.Node
	classAt := n
	l.fields(n, "alias of party "+p.id, map[string]func(*yaml.Node){
		"text": func(v *yaml.Node) {
			text, _ = l.text(v, "text of an alias of party "+p.id)
			textAt = v
		},
		"class": func(v *yaml.Node) {
			if _, ok := l.text(v, "class of an alias of party "+p.id); ok {
				class = v.Value
			}
			classAt = v
		},
	})
	if textAt == nil {
		l.fail(at(n), "write {text: Amazon, class: common}", "alias of party %s has no text", p.id)
		return
	}
	if text != "" {
		l.alias(p, textAt, text, class, classAt)
	}
}

// alias adds a name to a party. Stated twice, the class stated wins.
func (l *loader) alias(p *party, n *yaml.Node, text, class string, classAt *yaml.Node) {
	if class != "" && !slices.Contains(classes, class) {
		l.fail(at(classAt), didYouMean(class, classes), "unknown class %q", class)
		return
	}
	c, inferred := Class(class), class == ""
	if inferred {
		c = infer(text)
	}
	cases := nameCase
	if c == Acronym {
		cases = exactCase
	}
	t := l.term(text, cases, false, false, false)
	if t == nil {
		l.fail(at(n), "a name needs a letter or a digit", "alias %q of party %s has no word", text, p.id)
		return
	}
	key := aliasKey{p, text}
	if a := l.aliases[key]; a != nil {
		if !inferred {
			a.class, a.term, a.inferred = c, t, false
		}
		return
	}
	a := &alias{term: t, class: c, inferred: inferred}
	l.aliases[key] = a
	p.aliases = append(p.aliases, a)
}

// not adds a phrase that is not the party. One that contains an alias hides the alias
// inside it; any other tells that the document is about something else.
func (l *loader) not(p *party, n *yaml.Node, names nameSet) {
	s, ok := l.text(n, "not list of party "+p.id)
	if !ok {
		return
	}
	t := l.term(s, anyCase, true, false, false)
	if t == nil {
		l.fail(at(n), "a phrase needs a letter or a digit", "not list of party %s: %q has no word", p.id, s)
		return
	}
	folded := foldedName(s)
	switch {
	case names.known[folded]:
		l.fail(at(n), "take it out of the aliases or out of not", "party %s is never called %q, yet that is an alias of it", p.id, s)
	case names.in(folded):
		p.masks = append(p.masks, t)
	default:
		p.stops = append(p.stops, t)
	}
}

// aliasKey is a name of a party as written.
type aliasKey struct {
	p    *party
	text string
}

// nameSet has the names of a party folded, to be asked which stand in a phrase. A party
// may have a hundred thousand; their lengths are few.
type nameSet struct {
	known map[string]bool
	sizes []int
}

// newNameSet is empty where nobody is going to ask.
func newNameSet(aliases []*alias, phrases int) nameSet {
	names := nameSet{known: map[string]bool{}}
	if phrases == 0 {
		return names
	}
	sizes := map[int]bool{}
	for _, a := range aliases {
		name := foldedName(a.text)
		names.known[name], sizes[len(name)] = true, true
	}
	names.sizes = slices.Sorted(maps.Keys(sizes))
	return names
}

// in reports whether a name stands anywhere in a folded phrase.
func (names nameSet) in(folded string) bool {
	for _, size := range names.sizes {
		for start := 0; start+size <= len(folded); start++ {
			if names.known[folded[start:start+size]] {
				return true
			}
		}
	}
	return false
}

func foldedName(s string) string { return strings.TrimSpace(string(appendFoldSpaced(s))) }

// term gives one term for all that look for the same.
func (l *loader) term(text string, cases caseRule, loose, plurals, wild bool) *term {
	key := fmt.Sprintf("%d %t %t %t %s", cases, loose, plurals, wild, text)
	if t := l.terms[key]; t != nil {
		return t
	}
	t := newTerm(text, cases, loose, plurals, wild)
	if t != nil {
		t.id = len(l.book.terms)
		l.book.terms = append(l.book.terms, t)
		l.terms[key] = t
	}
	return t
}
