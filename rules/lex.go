package rules

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token of a rule is.
type kind int

const (
	ended kind = iota
	wordToken
	phraseToken
	partyToken
	functionToken // name and opening bracket
	openToken
	closeToken
	andToken
	orToken
	notToken
	andNotToken
	nearToken
	brokenToken // already reported
)

// lexeme is a token of a rule. start and end are bytes of the rule.
type lexeme struct {
	kind       kind
	text       string
	start, end int
	near       near // of a nearToken
}

var (
	nearForm     = regexp.MustCompile(`(?i)^(/|w/|\+|pre/)(\d+|s|p)$`)
	nearLike     = regexp.MustCompile(`(?i)^(?:/|w/|pre/|near/|within/|\+)`)
	functionForm = regexp.MustCompile(`^[A-Za-z]+[0-9]*$`)
)

// lex cuts a rule into tokens. Mistakes go to fail, with their place.
func lex(s string, fail func(start, end int, hint, format string, args ...any)) []lexeme {
	var out []lexeme
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		tok := lexeme{start: i, end: i + size}
		switch {
		case unicode.IsSpace(r):
			i += size
			continue
		case r == '(':
			tok.kind = openToken
		case r == ')':
			tok.kind = closeToken
		case isQuote(r):
			tok.kind = phraseToken
			n := strings.IndexFunc(s[i+size:], isQuote)
			if n < 0 {
				tok.end = len(s)
				tok.kind = brokenToken
				fail(i, i+size, "close the phrase with another quotation mark", "quotation mark is never closed")
				break
			}
			tok.text = s[i+size : i+size+n]
			_, last := utf8.DecodeRuneInString(s[i+size+n:])
			tok.end = i + size + n + last
		default:
			n := strings.IndexFunc(s[i:], func(r rune) bool {
				return unicode.IsSpace(r) || r == '(' || r == ')' || isQuote(r)
			})
			if n < 0 {
				n = len(s) - i
			}
			tok.text, tok.end = s[i:i+n], i+n
			tok.classify(tok.end < len(s) && s[tok.end] == '(', fail)
		}
		out = append(out, tok)
		i = tok.end
	}
	return append(out, lexeme{kind: ended, start: len(s), end: len(s)})
}

func isQuote(r rune) bool { return r == '"' || r == '“' || r == '”' || r == '„' }

// classify tells what a run without blanks, brackets and quotes is.
func (tok *lexeme) classify(bracket bool, fail func(start, end int, hint, format string, args ...any)) {
	switch strings.ToLower(tok.text) {
	case "and", "&", "&&":
		tok.kind = andToken
		return
	case "or", "|", "||":
		tok.kind = orToken
		return
	case "not":
		tok.kind = notToken
		return
	case "%":
		tok.kind = andNotToken
		return
	}
	if m := nearForm.FindStringSubmatch(tok.text); m != nil {
		tok.kind = nearToken
		tok.near = near{ordered: m[1] == "+" || strings.EqualFold(m[1], "pre/")}
		switch strings.ToLower(m[2]) {
		case "s":
			tok.near.unit = inSentence
		case "p":
			tok.near.unit = inParagraph
		default:
			n, err := strconv.Atoi(m[2])
			if err != nil || n < 1 || n > 255 {
				fail(tok.start, tok.end, "count from 1 to 255 words; beyond that write /p", "%s words is out of range", m[2])
				n = 1
			}
			tok.near.words = n
		}
		return
	}
	switch {
	case nearLike.MatchString(tok.text):
		tok.kind = brokenToken
		fail(tok.start, tok.end, "write /5 or w/5 for words, /s for a sentence, /p for a paragraph, +5 or pre/5 with order", "unknown connector %q", tok.text)
	case tok.text[0] == '@':
		tok.kind = partyToken
		tok.text = tok.text[1:]
	case bracket && functionForm.MatchString(tok.text):
		tok.kind = functionToken
		tok.end++
	default:
		tok.kind = wordToken
	}
}
