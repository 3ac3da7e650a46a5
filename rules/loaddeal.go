package rules

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (l *loader) deal(n *yaml.Node) {
	d := &deal{place: at(n), within: within{unit: inParagraph}}
	var ids []*yaml.Node
	var ruleAt, withinAt, proseAt *yaml.Node
	seen := l.fields(n, "deal", map[string]func(*yaml.Node){
		"id": func(v *yaml.Node) {
			if id, ok := l.id(v, "id of a deal"); ok {
				d.id, d.place = id, at(v)
				l.checkID(v, id, "deal id")
			}
		},
		"name":    func(v *yaml.Node) { d.name, _ = l.text(v, "name of a deal") },
		"parties": func(v *yaml.Node) { l.list(v, "parties of a deal", func(p *yaml.Node) { ids = append(ids, p) }) },
		"within":  func(v *yaml.Node) { withinAt = v; l.within(d, v) },
		"rule":    func(v *yaml.Node) { ruleAt = v },
		"prose":   func(v *yaml.Node) { proseAt = v; l.prose(d, v) },
		"flags":   func(v *yaml.Node) { d.flags = l.examples(v, "flags") },
		"ignores": func(v *yaml.Node) { d.ignores = l.examples(v, "ignores") },
	})
	if n.Kind != yaml.MappingNode {
		return
	}
	if seen["id"] == nil {
		l.fail(at(n), "add id: a short name in small letters and hyphens, such as openai-aws; feeds are named after it", "deal has no id")
	}
	switch {
	case ruleAt != nil && seen["parties"] != nil:
		l.fail(at(ruleAt), "keep one: parties say that all stand together, a rule says more", "deal %s has both parties and a rule", d.id)
	case ruleAt != nil:
		if withinAt != nil {
			l.fail(at(withinAt), "write /s, /p or /n into the rule", "within belongs to parties, not to a rule")
		}
		l.rule(d, ruleAt)
	case seen["parties"] != nil:
		if proseAt != nil {
			l.fail(at(proseAt), "leave it out: parties are always read as prose", "prose belongs to a rule, not to parties")
		}
		l.shorthand(d, seen["parties"], ids)
	default:
		l.fail(d.place, "add parties: [a, b], or rule: with a query", "deal %s has neither parties nor a rule", d.id)
	}
	if d.name == "" {
		d.name = d.defaultName()
	}
	l.book.deals = append(l.book.deals, d)
}

// defaultName names a deal after its parties.
func (d *deal) defaultName() string {
	var names []string
	for _, p := range d.parties {
		names = append(names, p.name)
	}
	if len(names) < 2 {
		return d.id
	}
	return strings.Join(names, "–")
}

func (l *loader) shorthand(d *deal, list *yaml.Node, ids []*yaml.Node) {
	before := len(l.errs)
	for _, n := range ids {
		id, ok := l.id(n, "party of a deal")
		if !ok {
			continue
		}
		if l.known[n.Value] != nil { // a key is taken as it is written
			id = n.Value
		}
		if p := l.partyNamed(id, at(n)); p != nil {
			if slices.Contains(d.parties, p) {
				l.fail(at(n), "name each party once", "party %s stands twice in deal %s", p.id, d.id)
				continue
			}
			d.parties = append(d.parties, p)
		}
	}
	if list.Kind == yaml.SequenceNode && len(l.errs) == before && len(d.parties) < 2 {
		l.fail(at(list), "name two parties or more; to follow one company write rule: '@party'", "deal %s has %s", d.id, [...]string{"no party", "only one party"}[len(d.parties)])
	}
	d.root = &together{parties: d.parties, within: d.within}
	d.prose, d.shorthand = true, true
}

// partyNamed gives the party with an id, or reports that there is none.
func (l *loader) partyNamed(id string, p place) *party {
	if known := l.known[id]; known != nil {
		return known
	}
	var ids []string
	for _, p := range l.book.parties {
		if strings.EqualFold(p.name, id) {
			ids = []string{p.id}
			break
		}
		ids = append(ids, p.id)
	}
	hint := didYouMean(id, ids)
	if len(ids) == 1 {
		hint = fmt.Sprintf("did you mean %q?", ids[0])
	}
	if hint == "" {
		hint = "add it under parties:"
	}
	l.fail(p, hint, "unknown party %q", id)
	return nil
}

func (l *loader) within(d *deal, n *yaml.Node) {
	units := []string{"document", "paragraph", "sentence"}
	if _, ok := l.text(n, "within"); !ok {
		return
	}
	s := n.Value
	if i := slices.Index(units, strings.ToLower(s)); i >= 0 {
		d.within = within{unit: unit(i)}
		return
	}
	words, ok := whole(n)
	switch {
	case ok && words >= 1 && words <= 255:
		d.within = within{words: words}
	case ok:
		l.fail(at(n), "words are counted from 1 to 255; beyond that write paragraph or document", "within %d words is out of range", words)
	default:
		hint := didYouMean(s, units)
		if !strings.HasPrefix(hint, "did") {
			hint += ", or a number of words"
		}
		l.fail(at(n), hint, "unknown unit %q", s)
	}
}

func (l *loader) prose(d *deal, n *yaml.Node) {
	if n.Tag != "!!bool" || n.Decode(&d.prose) != nil {
		l.fail(at(n), "write true or false", "prose is %q", n.Value)
	}
}

func (l *loader) examples(n *yaml.Node, what string) []example {
	var out []example
	l.list(n, what, func(v *yaml.Node) {
		if s, ok := l.text(v, "example in "+what); ok {
			out = append(out, example{s, at(v)})
		}
	})
	return out
}

// sameIDs reports deals that share an id.
func (l *loader) sameIDs() {
	first := map[string]*deal{}
	for _, d := range l.book.deals {
		if d.id == "" {
			continue
		}
		if f := first[d.id]; f != nil {
			l.fail(d.place, fmt.Sprintf("the first is in line %d; feeds are named after ids", f.place.line), "deal id %q stands twice", d.id)
			continue
		}
		first[d.id] = d
	}
}
