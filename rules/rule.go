package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// rule reads the rule of a deal.
func (l *loader) rule(d *deal, n *yaml.Node) {
	if _, ok := l.text(n, "rule"); !ok {
		return
	}
	d.rule = n.Value
	places := l.places(n)
	fail := func(start, end int, hint, format string, args ...any) {
		where := places[min(start, len(places)-1)]
		l.fail(where, caret(d.rule, start, end)+hint, format, args...)
	}
	before := len(l.errs)
	if len(d.rule) > maxRule {
		l.fail(at(n), "split it into several deals", "rule of %d bytes is longer than %d", len(d.rule), maxRule)
		return
	}
	p := &parser{
		rule: d.rule, tokens: lex(d.rule, fail), fail: fail, sources: l.sources,
		party: func(id string, start, end int) *party {
			known, errs := l.partyNamed(id, places[start]), len(l.errs)
			if known == nil {
				l.errs[errs-1].Hint = caret(d.rule, start, end) + l.errs[errs-1].Hint
			}
			return known
		},
		term: func(text string, cases caseRule, plurals bool) *term { return l.term(text, cases, true, plurals, true) },
	}
	root := p.all()
	if len(l.errs) > before || root == nil {
		return
	}
	if why := trivial(root); why != "" {
		fail(0, len(d.rule), "join it with what you look for, by AND or a proximity", "rule matches everything: %s", why)
		return
	}
	for _, n := range p.named {
		n.others = p.parties
	}
	d.parties = p.parties
	d.root = root
	if d.prose {
		d.root = &prose{root}
	}
}

// caret shows a stretch of a rule: its line, and marks under the stretch. It ends in a
// line break.
func caret(rule string, start, end int) string {
	line := strings.LastIndexByte(rule[:start], '\n') + 1
	stop := len(rule)
	if n := strings.IndexByte(rule[line:], '\n'); n >= 0 {
		stop = line + n
	}
	const wide = 90
	from, dots := line, ""
	for over := utf8.RuneCountInString(rule[line:start]) - wide; over > 0; over-- {
		_, size := utf8.DecodeRuneInString(rule[from:])
		from, dots = from+size, "…"
	}
	shown := []rune(rule[from:stop])
	if len(shown) > 2*wide {
		shown = append(shown[:2*wide:2*wide], '…')
	}
	marks := max(utf8.RuneCountInString(rule[start:min(max(end, start), stop)]), 1)
	return dots + strings.ReplaceAll(string(shown), "\t", " ") + "\n" +
		strings.Repeat(" ", utf8.RuneCountInString(dots+rule[from:start])) + strings.Repeat("^", min(marks, wide)) + "\n"
}

// trivial says which part of a rule nearly every document meets, where nothing else is
// asked for; "" for a rule that asks for something.
func trivial(n node) string {
	switch n := n.(type) {
	case *phrase:
		if n.term.everywhere() {
			return n.String() + " stands in every document"
		}
		return ""
	case *fieldLimit:
		if n.field == "date" {
			return n.String() + " asks for no text"
		}
		return ""
	case *or:
		for _, o := range n.any {
			if why := trivial(o); why != "" {
				return why
			}
		}
		return ""
	case *andNot:
		return trivial(n.left)
	case *notNear:
		return trivial(n.left)
	case *named:
		for _, a := range n.party.aliases {
			if a.class == Plain && a.term.everywhere() {
				return fmt.Sprintf("%s, as %q, stands in every document", n, a.term.text)
			}
		}
		return ""
	}
	why := ""
	for _, o := range n.operands() {
		if why = trivial(o); why == "" {
			return ""
		}
	}
	return why
}

// everywhere reports whether each word of t is one that nearly every document has.
func (t *term) everywhere() bool {
	for _, w := range t.words {
		usual := everywhere[w.form]
		for s := range everywhere {
			usual = usual || w.isPattern() && fitsPattern(w.rare.pattern, w.rare.open, s)
		}
		if !usual {
			return false
		}
	}
	return true
}

// everywhere are words that nearly every document has.
var everywhere = set(`a an the this that these those and or of in on at by for from to with as is are was were be been
	it its he she they we you i not no all any has have had will would may can`)
