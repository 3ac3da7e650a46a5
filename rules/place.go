package rules

import (
	"math"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// place is a position in the watchlist, from 1.
type place struct{ line, column int }

func at(n *yaml.Node) place { return place{n.Line, n.Column} }

// places maps each byte of a rule, and its end, to the place in the file where it was
// written, whatever quotes, escapes and folding lie between.
func (l *loader) places(n *yaml.Node) []place {
	value := n.Value
	out := make([]place, len(value)+1)
	line, column := n.Line-1, n.Column-1
	runes := func(i int) []rune {
		if i < len(l.lines) {
			return []rune(strings.TrimSuffix(l.lines[i], "\r"))
		}
		return nil
	}
	src, indent := runes(line), math.MaxInt // all blanks before a line are indent but in a block
	for (n.Anchor != "" || n.Style&yaml.TaggedStyle != 0) && column < len(src) && (src[column] == '&' || src[column] == '!') {
		for column < len(src) && src[column] != ' ' {
			column++
		}
		for column < len(src) && src[column] == ' ' {
			column++
		}
	}
	down := func() {
		line++
		src, column = runes(line), 0
		for column < min(len(src), indent) && (src[column] == ' ' || src[column] == '\t') {
			column++
		}
	}
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.LiteralStyle, yaml.FoldedStyle:
		first := line + 1
		for first < len(l.lines) && strings.TrimSpace(l.lines[first]) == "" {
			first++
		}
		indent = max(0, blanks(string(runes(first)))-blanks(strings.TrimLeft(value, "\n")))
		down()
	case yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle:
		column++
	}
	lost := false
	for i, r := range value {
		here := place{line + 1, column + 1}
		for !lost {
			for line < len(l.lines) && column >= len(src) { // a line of the file ends
				if r == '\n' || r == ' ' {
					break
				}
				down()
			}
			if column >= len(src) {
				if line >= len(l.lines) {
					lost = true
					break
				}
				here = place{line + 1, column + 1}
				down()
				break
			}
			if r != ' ' && r != '\t' && (src[column] == ' ' || src[column] == '\t') {
				column++ // before the end of a line
				continue
			}
			if src[column] == '\\' && column == len(src)-1 && n.Style&yaml.DoubleQuotedStyle != 0 {
				down() // the line's end is escaped
				continue
			}
			here = place{line + 1, column + 1}
			switch {
			case src[column] == r:
				column++
				if r == '\'' && n.Style&yaml.SingleQuotedStyle != 0 {
					column++
				}
			case src[column] == '\\' && n.Style&yaml.DoubleQuotedStyle != 0:
				column += 2
				if width, ok := map[rune]int{'x': 2, 'u': 4, 'U': 8}[src[min(column-1, len(src)-1)]]; ok {
					column += width
				}
			default:
				lost = true
			}
			break
		}
		for b := i; b < i+utf8.RuneLen(r) && b < len(out); b++ {
			out[b] = here
		}
	}
	out[len(value)] = place{line + 1, column + 1}
	if lost {
		for i := range out {
			out[i] = at(n)
		}
	}
	return out
}

// blanks is how many blanks s begins with.
func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }
