package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// limit is a field of a document that a rule can ask for.
type limit struct {
	field string
	value func(*dealwatch.Version) string
	meets func(value, want string) bool
}

var limits = map[string]limit{
	"source": {"source", func(v *dealwatch.Version) string { return v.Source }, sameOrRoot},
	"kind":   {"kind", func(v *dealwatch.Version) string { return v.Kind }, sameOrRoot},
	"agency": {"agency", func(v *dealwatch.Version) string { return v.Agency }, sameOrRoot},
	"docket": {"docket", func(v *dealwatch.Version) string { return v.Docket }, hasWords},
	"date":   {"date", statedDate, inRange},
}

// fieldLimit is met by documents whose field has one of the values.
type fieldLimit struct {
	limit
	wants []string
}

func (n *fieldLimit) operands() []node { return nil }
func (n *fieldLimit) String() string   { return n.field + "(" + strings.Join(n.wants, ", ") + ")" }

func (n *fieldLimit) match(t *text) []span {
	value := n.value(t.v)
	for _, want := range n.wants {
		if value != "" && n.meets(value, want) {
			return []span{(&hit{name: n.String(), limit: &n.limit, value: value}).span()}
		}
	}
	return nil
}

// sameOrRoot compares without case; a want that ends in ! only has to fit the beginning.
func sameOrRoot(value, want string) bool {
	if root, ok := strings.CutSuffix(want, "!"); ok {
		return len(value) >= len(root) && strings.EqualFold(value[:len(root)], root)
	}
	return strings.EqualFold(value, want)
}

// hasWords reports whether the words of want stand in value, in order.
func hasWords(value, want string) bool {
	t := newTerm(want, anyCase, true, false, false)
	found := false
	newIndex([]*term{t}).scan(value, func(*term, int, int) { found = true })
	return found
}

func statedDate(v *dealwatch.Version) string {
	if v.PublishedOn == "" && !v.PublishedAt.IsZero() {
		return v.PublishedAt.UTC().Format("2006-01-02")
	}
	return v.PublishedOn
}

var dateForm = regexp.MustCompile(`^(>=|<=|>|<|=|)\s*(\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?)(?:\.\.(\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?))?$`)

// inRange compares dates as far as want states them: 2026-01 is all of January.
func inRange(value, want string) bool {
	m := dateForm.FindStringSubmatch(want)
	upTo := func(date string) int { return cmp.Compare(value[:min(len(date), len(value))], date) }
	c := upTo(m[2])
	switch {
	case m[3] != "":
		return c >= 0 && upTo(m[3]) <= 0
	case m[1] == ">":
		return c > 0
	case m[1] == ">=":
		return c >= 0
	case m[1] == "<":
		return c < 0
	case m[1] == "<=":
		return c <= 0
	}
	return c == 0
}

// connectorIn finds a connector among the words of a value.
var connectorIn = regexp.MustCompile(`(?:^|\s)(?:AND|OR|NOT)(?:\s|$)`)

// limit reads the values of a field limit: all up to the closing bracket, taken as it is.
func (p *parser) limit(tok lexeme, name string) node {
	from := tok.end
	for p.peek().kind != closeToken && p.peek().kind != ended {
		p.next()
	}
	n := &fieldLimit{limit: limits[name]}
	for _, part := range strings.Split(p.rule[from:p.peek().start], ",") {
		want := strings.TrimFunc(part, func(r rune) bool { return isQuote(r) || r == ' ' || r == '\n' || r == '\t' })
		if want == "" {
			p.fail(tok.start, tok.end, fmt.Sprintf("write %s", limitExamples[name]), "%s(...) names no value", name)
			return nil
		}
		if word := connectorIn.FindString(want); word != "" {
			p.fail(tok.start, p.peek().start, "put commas between values, as in kind(8-K, 10-K), and connectors outside of the brackets",
				"%s(...) takes %s as part of a value", name, strings.TrimSpace(word))
			return nil
		}
		if want == "!" {
			p.fail(tok.start, p.peek().start, "write what it begins with before the !", "%s(!) is met by every document", name)
			return nil
		}
		if name == "date" {
			if why := badDate(want); why != "" {
				p.fail(tok.start, p.peek().start, "write "+limitExamples[name], "%q %s", want, why)
				return nil
			}
		}
		if name == "source" && !p.hasSource(want) {
			hint := didYouMean(want, p.sources)
			if hint == "" {
				hint = "use one of: " + strings.Join(p.sources, ", ")
			}
			p.fail(tok.start, p.peek().start, hint, "unknown source %q", want)
			return nil
		}
		if start, _ := nextToken(want, 0); name == "docket" && start == len(want) {
			p.fail(tok.start, p.peek().start, "write "+limitExamples[name], "docket %q has no word", want)
			return nil
		}
		n.wants = append(n.wants, want)
	}
	return n
}

// badDate says why no document can be of the date; "" where one can.
func badDate(want string) string {
	m := dateForm.FindStringSubmatch(want)
	if m == nil {
		return "is no date"
	}
	from, to := m[2], m[3]
	for _, day := range []string{from, to} {
		if len(day) == len(time.DateOnly) {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				return "is no date: " + day + " is not in the calendar"
			}
		}
	}
	least := min(len(from), len(to))
	switch {
	case to != "" && m[1] != "":
		return "is a range and has " + m[1] + " too"
	case from[:least] > to[:least]:
		return "ends before it begins"
	}
	return ""
}

// hasSource reports whether a source may have the name. All may where none is known.
func (p *parser) hasSource(want string) bool {
	return len(p.sources) == 0 || slices.ContainsFunc(p.sources, func(name string) bool { return sameOrRoot(name, want) })
}

var limitExamples = map[string]string{
	"source": "source(ftc-press), or several with commas",
	"kind":   "kind(8-K), or kind(8-K!) for its amendments too",
	"agency": "agency(FTC), or several with commas",
	"docket": "docket(1:24-cv-01234)",
	"date":   "date(2026-01-31), date(2026-01), date(>2026-01-31) or date(2025-10..2026-03)",
}
