package rules

import (
	"fmt"
	"slices"
	"strings"
)

const (
	maxDepth = 50    // brackets in brackets
	maxRule  = 20000 // bytes
)

// parser turns the tokens of one rule into nodes.
type parser struct {
	rule    string
	tokens  []lexeme
	i       int
	depth   int
	tooDeep bool
	cases   caseRule // what exact(...) and caps(...) ask of the words inside
	party   func(id string, start, end int) *party
	term    func(text string, cases caseRule, plurals bool) *term
	fail    func(start, end int, hint, format string, args ...any)
	sources []string // names for source(...); none where all are taken
	parties []*party
	named   []*named
}

// operand is a node and the stretch of the rule that it was read from.
type operand struct {
	node
	start, end int
}

// connector is what stands between two operands.
type connector struct {
	kind       kind // andToken, orToken, andNotToken, nearToken or notToken for NOT w/n
	near       near
	assumed    bool // for there is none
	start, end int
}

func (p *parser) peek() lexeme { return p.tokens[p.i] }

func (p *parser) next() lexeme {
	tok := p.tokens[p.i]
	if tok.kind != ended {
		p.i++
	}
	return tok
}

// all reads the whole rule. It is nil where something was wrong.
func (p *parser) all() node {
	n := p.level()
	if tok := p.peek(); tok.kind == closeToken {
		p.fail(tok.start, tok.end, "take it out, or open a bracket before", "closing bracket without an opening one")
		return nil
	}
	return n.node
}

// level reads operands and connectors up to a closing bracket or the end.
func (p *parser) level() operand {
	first := p.operand()
	operands, connectors := []operand{first}, []connector{}
	for {
		c, more := p.connector(operands[len(operands)-1])
		if !more {
			break
		}
		connectors = append(connectors, c)
		operands = append(operands, p.operand())
	}
	whole := operand{start: first.start, end: operands[len(operands)-1].end}
	for _, o := range operands {
		if o.node == nil && (o.start == o.end || slices.ContainsFunc(connectors, func(c connector) bool { return c.assumed })) {
			return whole // two ways to read it would be guesses
		}
	}
	clear := p.clear(operands, connectors)
	if clear && !slices.ContainsFunc(operands, func(o operand) bool { return o.node == nil }) {
		whole.node = p.build(operands, connectors)
	}
	return whole
}

// connector reads what follows an operand. Where it is missing, AND is assumed after
// the mistake was reported, so that the rest is read too.
func (p *parser) connector(before operand) (connector, bool) {
	tok := p.peek()
	c := connector{kind: tok.kind, near: tok.near, start: tok.start, end: tok.end}
	switch tok.kind {
	case ended, closeToken:
		return c, false
	case andToken:
		p.next()
		if p.peek().kind == notToken && p.tokens[p.i+1].kind != nearToken {
			c.kind, c.end = andNotToken, p.next().end
		}
	case orToken, andNotToken, nearToken:
		p.next()
	case notToken:
		p.next()
		if near := p.peek(); near.kind == nearToken {
			p.next()
			c.near, c.end = near.near, near.end
			if near.near.ordered {
				p.fail(near.start, near.end, "write NOT w/n; it looks both ways", "NOT with an order")
			}
			break
		}
		c.kind = andNotToken
		p.fail(tok.start, tok.end, "write AND NOT for the whole document, or NOT w/5 for words nearby", "NOT joins nothing by itself")
	case brokenToken:
		p.next()
		c.kind, c.assumed = andToken, true
	default:
		c.kind, c.assumed = andToken, true
		p.sideBySide(before, tok)
	}
	return c, true
}

// sideBySide reports two operands with no connector between them.
func (p *parser) sideBySide(before operand, tok lexeme) {
	end := tok.end
	if tok.kind == functionToken || tok.kind == openToken {
		end = p.closing(p.i)
	}
	a, b := p.rule[before.start:before.end], p.rule[tok.start:end]
	if tok.kind == brokenToken || tok.kind == wordToken && foreign(tok) != "" {
		return // told already, or where it is read
	}
	phrase := fmt.Sprintf("%s +1 %s for one right after the other", a, b)
	if isBare(a) && isBare(b) {
		phrase = fmt.Sprintf("%q for the phrase", a+" "+b)
	}
	p.fail(tok.start, tok.end, fmt.Sprintf("write %s\n   or %s AND %s for both anywhere in the document\n   or %s /p %s for both in a paragraph", phrase, a, b, a, b),
		"no connector between %s and %s", a, b)
}

// closing gives the end of the bracket that opens at token i.
func (p *parser) closing(i int) int {
	depth := 0
	for ; i < len(p.tokens); i++ {
		switch p.tokens[i].kind {
		case openToken, functionToken:
			depth++
		case closeToken:
			if depth--; depth == 0 {
				return p.tokens[i].end
			}
		}
	}
	return len(p.rule)
}

func isBare(s string) bool { return !strings.ContainsAny(s, `"“”()@!*`) }

// operand reads a word, phrase, party, function or bracket.
func (p *parser) operand() operand {
	tok := p.next()
	o := operand{start: tok.start, end: tok.end}
	switch tok.kind {
	case wordToken, phraseToken:
		o.node = p.words(tok)
	case partyToken:
		o.node = p.partyNode(tok)
	case functionToken:
		return p.function(tok)
	case openToken:
		return p.group(tok)
	case notToken:
		inner := p.operand()
		o.end = inner.end
		if p.peek().kind == andToken {
			p.fail(tok.start, tok.end, "put what must be there first: b AND NOT a", "NOT stands before anything to take from")
		} else {
			p.fail(tok.start, tok.end, "say what must be there: b AND NOT a", "a rule of only NOT matches nearly every document")
		}
	case brokenToken:
	case closeToken:
		p.i--
		p.fail(tok.start, tok.end, "write a word, a phrase or @party", "nothing stands before this bracket")
	case ended:
		if p.i == 0 {
			p.fail(tok.start, tok.end, "write a word, a phrase or @party", "rule is empty")
		} else {
			p.fail(tok.start, tok.end, "write what it joins, or take it out", "rule ends after a connector or an open bracket")
		}
	default:
		p.i--
		p.fail(tok.start, tok.end, "write a word, a phrase or @party before it", "connector %s has nothing on its left", p.rule[tok.start:tok.end])
		c, _ := p.connector(o)
		if c.kind != ended {
			return p.operand()
		}
	}
	return o
}

// group reads a bracket whose opening is tok.
func (p *parser) group(tok lexeme) operand {
	o := operand{start: tok.start}
	if p.depth++; p.depth > maxDepth {
		p.fail(tok.start, tok.end, "write it with fewer brackets", "more than %d brackets in brackets", maxDepth)
		p.i = len(p.tokens) - 1
		p.tooDeep = true
		o.end = len(p.rule)
		p.depth--
		return o
	}
	o.node = closed(p.level().node)
	p.depth--
	if end := p.peek(); end.kind == closeToken {
		o.end = p.next().end
	} else {
		o.end, o.node = end.end, nil
		p.unclosed(tok)
	}
	return o
}

func (p *parser) unclosed(tok lexeme) {
	if !p.tooDeep {
		p.fail(tok.start, tok.end, "close it with )", "bracket is never closed")
	}
}

func (p *parser) partyNode(tok lexeme) node {
	if tok.text == "" {
		p.fail(tok.start, tok.end, "write the party's id right after it, such as @openai", "@ without a party")
		return nil
	}
	known := p.party(tok.text, tok.start, tok.end)
	if known == nil {
		return nil
	}
	if !slices.Contains(p.parties, known) {
		p.parties = append(p.parties, known)
	}
	n := &named{party: known}
	p.named = append(p.named, n)
	return n
}

// binding is how tightly a connector holds: the nearer, the tighter.
func (c connector) binding() int {
	switch {
	case c.kind == orToken:
		return 0
	case c.kind == andNotToken:
		return 1
	case c.kind == andToken:
		return 2
	case c.near.words > 0:
		return 1000 - c.near.words
	}
	return 2 + int(c.near.unit)
}

// build joins operands, the tightest connectors first, from the left.
func (p *parser) build(operands []operand, connectors []connector) node {
	var nodes []node
	var waiting []connector
	reduce := func() {
		c := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		n := len(nodes)
		nodes = append(nodes[:n-2], p.join(c, nodes[n-2], nodes[n-1]))
	}
	nodes = append(nodes, operands[0].node)
	for i, c := range connectors {
		for len(waiting) > 0 && waiting[len(waiting)-1].binding() >= c.binding() {
			reduce()
		}
		waiting = append(waiting, c)
		nodes = append(nodes, operands[i+1].node)
	}
	for len(waiting) > 0 {
		reduce()
	}
	return nodes[0]
}

// join makes the node of one connector.
func (p *parser) join(c connector, left, right node) node {
	switch c.kind {
	case orToken:
		return newOr(left, right)
	case andToken:
		return newAnd(left, right)
	case andNotToken:
		return &andNot{left, right}
	}
	for _, n := range []node{left, right} {
		if why, hint := farOnly(n); why != "" {
			p.fail(c.start, c.end, hint, "%s", why)
			return left
		}
	}
	if c.kind == notToken {
		return &notNear{left: left, right: right, unit: c.near.unit, words: c.near.words}
	}
	n := newNear(c.near, left, right)
	if tooLong(n) && !tooLong(left) {
		p.fail(c.start, c.end, "put some of it in brackets, which makes one stretch of them, or join two chains with AND",
			"more than %d operands in a chain whose order is free", mostOperands)
	}
	return n
}
