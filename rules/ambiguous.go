package rules

import (
	"fmt"
	"slices"
	"strings"
)

// clear reports connectors of one level that can be read in two ways, with both.
func (p *parser) clear(operands []operand, connectors []connector) bool {
	is := func(kinds ...kind) func(connector) bool {
		return func(c connector) bool { return slices.Contains(kinds, c.kind) }
	}
	isOr, isNotNear := is(orToken), is(notToken)
	isFar := is(andToken, orToken, andNotToken)
	other := func(c connector) bool { return !isOr(c) }
	if i := slices.IndexFunc(connectors, isOr); i >= 0 && slices.ContainsFunc(connectors, other) {
		j := slices.IndexFunc(connectors, other)
		return p.twoReadings(operands, connectors, max(i, j), isOr, "OR stands beside another connector without brackets")
	}
	for i, c := range connectors {
		switch {
		case c.kind == andToken && slices.ContainsFunc(connectors[:i], is(andNotToken)):
			return p.twoReadings(operands, connectors, i, is(andToken), "AND after AND NOT can be read in two ways")
		case isNotNear(c) && slices.ContainsFunc(connectors, func(o connector) bool { return !isFar(o) && !(isNotNear(o)) }),
			isNotNear(c) && i > 0 && isNotNear(connectors[i-1]):
			return p.twoReadings(operands, connectors, i, isNotNear, "NOT w/n beside another proximity can be read in two ways")
		}
	}
	return true
}

// twoReadings reports the connector at i with the two ways of bracketing: the chosen
// ones first, or the others first.
func (p *parser) twoReadings(operands []operand, connectors []connector, i int, chosen func(connector) bool, why string) bool {
	a := p.bracketed(operands, connectors, chosen)
	b := p.bracketed(operands, connectors, func(c connector) bool { return !chosen(c) })
	if a == b { // a chain of one connector: from the left or from the right
		text := func(from, to int) string { return p.rule[operands[from].start:operands[to].end] }
		last := len(operands) - 1
		a = fmt.Sprintf("(%s) %s", text(0, last-1), p.rule[connectors[last-1].start:operands[last].end])
		b = fmt.Sprintf("%s (%s)", p.rule[operands[0].start:connectors[0].end], text(1, last))
	}
	p.fail(connectors[i].start, connectors[i].end, fmt.Sprintf("write %s\n   or %s", a, b), "%s", why)
	return false
}

// bracketed writes a level with brackets round the runs that chosen connectors join.
func (p *parser) bracketed(operands []operand, connectors []connector, chosen func(connector) bool) string {
	var out strings.Builder
	for i := 0; i < len(operands); {
		j := i
		for j < len(connectors) && chosen(connectors[j]) {
			j++
		}
		text := p.rule[operands[i].start:operands[j].end]
		if j > i && j-i < len(connectors) {
			text = "(" + text + ")"
		}
		out.WriteString(text)
		if j < len(connectors) {
			out.WriteString(" " + p.rule[connectors[j].start:connectors[j].end] + " ")
		}
		i = j + 1
	}
	return out.String()
}
