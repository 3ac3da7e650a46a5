package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// phrase is a word or words in order.
type phrase struct {
	term  *term
	cases caseRule
}

func (n *phrase) operands() []node     { return nil }
func (n *phrase) terms() []*term       { return []*term{n.term} }
func (n *phrase) match(t *text) []span { return t.find(n.term) }

func (n *phrase) String() string {
	s := n.term.text
	if !isWord(s) {
		s = `"` + s + `"`
	}
	switch n.cases {
	case exactCase:
		return "exact(" + s + ")"
	case allCaps:
		return "caps(" + s + ")"
	}
	return s
}

// isWord reports whether s is read as a word where it stands without quotation marks.
func isWord(s string) bool {
	run := lex(s, func(int, int, string, string, ...any) {})
	return len(run) == 2 && run[0].kind == wordToken && foreign(run[0]) == ""
}

// words makes a node of a word or phrase, if it looks for enough.
func (p *parser) words(tok lexeme) node {
	if hint := foreign(tok); hint != "" {
		p.fail(tok.start, tok.end, hint, "%s is written as in another search", tok.text)
		return nil
	}
	if why, hint := badPattern(tok.text); why != "" {
		p.fail(tok.start, tok.end, hint, "%s", why)
		return nil
	}
	t := p.term(strings.Join(strings.Fields(tok.text), " "), p.cases, p.cases == anyCase)
	if t == nil {
		p.fail(tok.start, tok.end, "write letters or digits; of the marks only & § $ % are looked for", "%s has no word", p.rule[tok.start:tok.end])
		return nil
	}
	return &phrase{t, p.cases}
}

// foreign is how to write what other searches write with - or square brackets; "" for a
// word of ours.
func foreign(tok lexeme) string {
	bare := strings.Trim(tok.text, "-[]")
	switch {
	case tok.kind != wordToken || bare == "":
		return ""
	case tok.text[0] == '-':
		return fmt.Sprintf("write AND NOT %s for documents without it, or %q for the word", bare, bare)
	case tok.text[0] == '[' || strings.HasSuffix(tok.text, "]"):
		return fmt.Sprintf("write (%s) for a group, or %q for the word", bare, bare)
	}
	return ""
}

// badPattern says what is wrong with the ! and * of a word or phrase.
func badPattern(s string) (why, hint string) {
	for _, w := range strings.Fields(s) {
		bang, star := strings.IndexByte(w, '!'), strings.IndexByte(w, '*')
		if bang < 0 && star < 0 {
			continue
		}
		first := bang
		if first < 0 || star >= 0 && star < first {
			first = star
		}
		start, _ := nextToken(w, 0)
		root := 0
		if start < first {
			root = utf8.RuneCountInString(w[start:first])
		}
		switch {
		case root == 0:
			return w + " begins with " + w[first:first+1], "a word is found by its beginning: write its first three letters or more"
		case root < rootSize || len(appendFold(nil, w[start:first])) < rootSize:
			return "the root of " + w + " is too short", "give three letters or more before " + w[first:first+1] + ", or list the words with OR"
		case bang >= 0 && bang < len(strings.TrimRight(w, ".,;:"))-1:
			return "! stands inside " + w, "! ends a root, as in acqui!; * is one character, as in organi*ation"
		}
	}
	return "", ""
}

// list joins the texts of nodes, with brackets where a node is joined itself.
func list(nodes []node, sep string) string {
	parts := make([]string, len(nodes))
	for i, n := range nodes {
		parts[i] = n.String()
		if len(n.operands()) > 1 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, sep)
}
