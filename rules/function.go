package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// functions are the operators written as name(...). Each reads its operand after the
// opening bracket and leaves the closing one.
func functions() map[string]func(*parser, lexeme) node {
	f := map[string]func(*parser, lexeme) node{
		"title": func(p *parser, _ lexeme) node {
			if n := p.level().node; n != nil {
				return &titled{n}
			}
			return nil
		},
		"exact": func(p *parser, tok lexeme) node { return p.cased(tok, exactCase) },
		"caps":  func(p *parser, tok lexeme) node { return p.cased(tok, allCaps) },
	}
	for name := range limits {
		f[name] = func(p *parser, tok lexeme) node { return p.limit(tok, name) }
	}
	return f
}

var atLeastForm = regexp.MustCompile(`(?i)^atleast(\d*)$`)

// function reads name(...), whose name and opening bracket are tok.
func (p *parser) function(tok lexeme) operand {
	o := operand{start: tok.start}
	read := functions()[strings.ToLower(tok.text)]
	if m := atLeastForm.FindStringSubmatch(tok.text); m != nil {
		read = func(p *parser, tok lexeme) node { return p.atLeast(tok, m[1]) }
	}
	if read == nil {
		known := []string{"ATLEAST3"}
		for name := range functions() {
			known = append(known, name)
		}
		slices.Sort(known)
		hint := didYouMean(tok.text, known)
		if hint == "" {
			hint = "use one of: " + strings.Join(known, ", ") + "; or put a connector between the word and the bracket"
		}
		p.fail(tok.start, tok.start+len(tok.text), hint, "unknown field or function %q", tok.text)
		read = func(p *parser, _ lexeme) node { p.level(); return nil }
	}
	if p.depth++; p.depth > maxDepth {
		p.depth--
		return p.group(tok)
	}
	o.node = closed(read(p, tok))
	p.depth--
	if end := p.peek(); end.kind == closeToken {
		o.end = p.next().end
	} else {
		o.end, o.node = end.end, nil
		p.unclosed(tok)
	}
	return o
}

// cased reads the operand of exact(...) or caps(...).
func (p *parser) cased(tok lexeme, c caseRule) node {
	if p.cases != anyCase {
		p.fail(tok.start, tok.end, "keep one of them", "exact(...) and caps(...) cannot stand in each other")
	}
	before := len(p.named)
	p.cases = c
	n := p.level().node
	p.cases = anyCase
	if len(p.named) > before {
		p.fail(tok.start, tok.end, "write the name itself in it; a party's aliases have their own case", "@party cannot stand in %s(...)", tok.text)
		return nil
	}
	return n
}

func (p *parser) atLeast(tok lexeme, digits string) node {
	n := p.level().node
	times, err := strconv.Atoi(digits)
	if err != nil || times < 1 || times > 1000 {
		p.fail(tok.start, tok.end, "write how many times, from 1 to 1000: ATLEAST3(merger)", "%s counts nothing", tok.text)
		return nil
	}
	if n == nil {
		return nil
	}
	return &atLeast{times, n}
}
