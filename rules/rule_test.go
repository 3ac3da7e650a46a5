package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

const testParties = `
parties:
  openai: {name: OpenAI}
  aws: {name: Amazon Web Services, cik: 1018724, aliases: [AWS, {text: Amazon, class: common}]}
deals:
  - id: it
`

// ruleBook reads a watchlist with one rule.
func ruleBook(rule string) (*Book, error) {
	return Parse("test.yaml", strings.NewReader(testParties+"    rule: '"+strings.ReplaceAll(rule, "'", "''")+"'\n"))
}

func TestRules(t *testing.T) {
	cases := []struct {
		rule, text string
		want       dealwatch.Closeness // "" for no match
	}{
		{`"merger agreement"`, "The merger agreement.", "sentence"},
		{`"merger agreement"`, "The Merger-Agreement.", "sentence"},
		{`"merger agreement"`, "A merger by agreement.", ""},
		{`"merger of equals"`, "A merger of equals.", "sentence"},
		{`"merger of equals"`, "A merger equals.", ""},
		{`"AT&T merger"`, "The AT&T merger.", "sentence"},
		{`"AT&T merger"`, "The ATT merger.", ""},
		{`"$38 billion"`, "It pays $38 billion.", "sentence"},
		{`"§ 7"`, "under § 7 of the Act", "sentence"},
		{`merger AND review`, "A merger.\n\nA review.", "document"},
		{`merger & review`, "A merger. A review.", "paragraph"},
		{`merger AND review`, "A merger.", ""},
		{`merger OR review`, "A review.", "sentence"},
		{`merger AND NOT review`, "A merger.", "sentence"},
		{`merger AND NOT review`, "A merger.\n\nA review.", ""},
		{`merger % review`, "A merger under review.", ""},
		{`merger /3 review`, "merger and its review", "sentence"},
		{`merger /3 review`, "review of the merger", "sentence"},
		{`merger /2 review`, "review of the merger", ""},
		{`merger w/2 review`, "review of merger", "sentence"},
		{`merger /1 review`, "merger review", "sentence"},
		{`merger +3 review`, "merger and its review", "sentence"},
		{`merger pre/3 review`, "review of the merger", ""},
		{`merger /9 review`, "A merger.\n\nA review.", "document"},
		{`merger /s review`, "A merger is under review.", "sentence"},
		{`merger /s review`, "A merger. Its review.", ""},
		{`merger /s review`, "Merger\nReview", ""},
		{`merger /p review`, "A merger. Its review.", "paragraph"},
		{`merger /p review`, "A merger.\n\nA review.", ""},
		{`merger +s review`, "The review of a merger.", ""},
		{`merger +p review`, "A merger. Its review.", "paragraph"},
		{`merger +p review`, "A review. Its merger.", ""},
		{`merger NOT w/3 review`, "A merger. No word of it here, and only much later a review.", "sentence"},
		{`merger NOT w/3 review`, "A merger review.", ""},
		{`merger NOT /p review`, "A merger.\n\nA review.", "sentence"},
		{`acqui!`, "It acquired them.", "sentence"},
		{`acqui!`, "It is an aquarium.", ""},
		{`organi*ation`, "The organisation, the organization.", "sentence"},
		{`organi*ation`, "The organiation.", ""},
		{`organi*ation`, "The organizations.", "sentence"},
		{`organi*ation`, "The organization's.", "sentence"},
		{`organi*ations`, "The organisation.", "sentence"},
		{`compan*`, "The companys.", ""},
		{`author*ty`, "The authorities.", "sentence"},
		{`exact(organi*ation)`, "The organizations.", ""},
		{`merger /s (merger OR acquisition) /s acquisition`, "A merger, an acquisition, a merger.", "sentence"},
		{`merger /s (merger OR acquisition) /s acquisition`, "An acquisition, a merger, an acquisition.", "sentence"},
		{`merger /s (merger OR acquisition) /s acquisition`, "A merger and an acquisition.", ""},
		{`merger /s (merger OR acquisition) /s acquisition`, "A merger, an acquisition. A merger.", ""},
		{`merger /p (merger OR acquisition) /p acquisition`, "A merger, an acquisition. A merger.", "paragraph"},
		{`acquisition /s (merger OR acquisition) /s (merger OR review) /s merger`, "A review, a merger, an acquisition, a merger.", "sentence"},
		{`merger /s merger /s merger`, "A merger and a merger.", ""},
		{`merger /s merger /s merger`, "A merger and a merger of a merger.", "sentence"},
		{`"acqui! of"`, "The acquisition of it.", "sentence"},
		{`ATLEAST3(merger)`, "Merger, merger, mergers.", "sentence"},
		{`ATLEAST3(merger)`, "Merger, merger.", ""},
		{`title(merger)`, "A merger.", ""},
		{`merger`, "Two mergers.", "sentence"},
		{`mergers`, "A merger.", "sentence"},
		{`company`, "The companies.", "sentence"},
		{`exact(Merger)`, "The Merger.", "sentence"},
		{`exact(Merger)`, "The merger.", ""},
		{`exact(Merger)`, "The Mergers.", ""},
		{`caps("second request")`, "A SECOND REQUEST", "sentence"},
		{`caps("second request")`, "A Second Request", ""},
		{`@openai /s @aws`, "OpenAI and Amazon.", "sentence"},
		{`@openai /p agreement`, "OpenAI. Its agreement.", "paragraph"},
		{`("second request" OR "Hart-Scott-Rodino") /p (@aws OR @openai)`, "A second request. It went to OpenAI.", "paragraph"},
		{`("second request" OR "Hart-Scott-Rodino") /p (@aws OR @openai)`, "The Hart Scott Rodino Act binds OpenAI.", "sentence"},
		{`"second request" /5 "merger agreement"`, "A second request after the merger agreement.", "sentence"},
		{`(merger AND review) /s @openai`, "OpenAI's merger is under review.", "sentence"},
		{`(merger AND review) /s @openai`, "OpenAI's merger. A review.", ""},
		{`(merger /3 agreement) /s @openai`, "The merger of which OpenAI spoke is an agreement of merger.", "sentence"},
		{`"OpenAI" /9 @openai`, "Only OpenAI.", ""},
		{`merger AND review /3 agency`, "A merger. A review by the agency.", "paragraph"},
		{`C3.ai`, "C3.ai fell.", "sentence"},
		{`merger /2 review`, "The merger inter-\nnational review", "sentence"},
		{`@openai /s merger`, "THE MERGER OF OPEN-\nAI AND OTHERS", "sentence"},
		{`"Sherwin-Williams"`, "SHERWIN-\nWILLIAMS COMPANY", "sentence"},
		{`merger /2 review`, "The merger inter-\n national big review", ""},
	}
	for _, c := range cases {
		t.Run(c.rule+" in "+c.text, func(t *testing.T) {
			b, err := ruleBook(c.rule)
			if err != nil {
				t.Fatal(err)
			}
			v := doc("", c.text)
			var got dealwatch.Closeness
			for _, m := range b.Match(v) {
				got = m.Closeness
				checkMatch(t, v, m)
			}
			if got != c.want {
				t.Errorf("closeness = %q, want %q", got, c.want)
			}
		})
	}
}

func TestFieldLimits(t *testing.T) {
	v := dealwatch.Version{Item: dealwatch.Item{
		Source: "ftc-press", Kind: "8-K/A", Agency: "FTC", Docket: "1:24-cv-01234 (D.D.C.)",
		Title: "A merger of cloud firms", PublishedOn: "2026-02-27",
	}, Text: "A review."}
	cases := []struct {
		rule string
		want bool
	}{
		{"title(merger)", true},
		{"title(review)", false},
		{"title(merger /3 cloud) AND review", true},
		{"source(ftc-press)", true},
		{"source(edgar, FTC-Press) AND review", true},
		{"source(edgar) AND review", false},
		{"kind(8-K)", false},
		{"kind(8-K!)", true},
		{"agency(ftc)", true},
		{"docket(1:24-cv-01234)", true},
		{"docket(24-cv-0123)", false},
		{"review AND date(>2026-01-01)", true},
		{"review AND date(2026-02)", true},
		{"review AND date(>2026-02)", false},
		{"review AND date(<=2026-02-27)", true},
		{"review AND date(2025..2026-01)", false},
		{"review AND NOT kind(8-K!)", false},
		{"kind(10-K) OR review", true},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			b, err := ruleBook(c.rule)
			if err != nil {
				t.Fatal(err)
			}
			got := b.Match(v)
			if (len(got) > 0) != c.want {
				t.Errorf("match = %v, want %v", len(got) > 0, c.want)
			}
			for _, m := range got {
				checkMatch(t, v, m)
			}
		})
	}
}

func TestRefusedRules(t *testing.T) {
	cases := []struct {
		rule    string
		column  int // in the rule, from 1
		message string
		hints   []string
	}{
		{`merger review`, 8, "no connector", []string{`"merger review"`, "merger AND review", "merger /p review"}},
		{`"second request" @aws`, 18, "no connector", []string{`"second request" AND @aws`}},
		{`a OR b AND c`, 8, "OR stands beside", []string{"(a OR b) AND c", "a OR (b AND c)"}},
		{`a OR b /p c`, 8, "OR stands beside", []string{"(a OR b) /p c", "a OR (b /p c)"}},
		{`a AND NOT b AND c`, 13, "two ways", []string{"(a AND NOT b) AND c", "a AND NOT (b AND c)"}},
		{`a NOT w/5 b /p c`, 3, "two ways", []string{"(a NOT w/5 b) /p c"}},
		{`NOT merger`, 1, "only NOT", []string{"b AND NOT a"}},
		{`NOT merger AND review`, 1, "NOT stands before", nil},
		{`merger NOT review`, 8, "NOT joins nothing", []string{"AND NOT"}},
		{`merger OR NOT review`, 11, "only NOT", nil},
		{`AND merger`, 1, "nothing on its left", nil},
		{`merger AND`, 11, "ends after a connector", nil},
		{`(merger`, 1, "never closed", nil},
		{`merger)`, 7, "closing bracket", nil},
		{`"merger`, 1, "quotation mark", nil},
		{`ac!`, 1, "too short", []string{"three letters"}},
		{`*erger`, 1, "begins with *", nil},
		{`merg!er`, 1, "! stands inside", nil},
		{`the`, 1, "matches everything", nil},
		{`merger OR the`, 1, "matches everything", nil},
		{`the!`, 1, "matches everything", nil},
		{`merger AND kind(!)`, 12, "met by every document", nil},
		{`merger AND kind(8-K OR 10-K)`, 12, "takes OR as part of a value", []string{"commas"}},
		{`merger AND agency(NOT FTC)`, 12, "takes NOT as part of a value", nil},
		{`merger OR "of the*"`, 1, "matches everything", nil},
		{`date(>2026-01-01)`, 1, "matches everything", nil},
		{`merger AND date(soon)`, 12, "no date", []string{"date(2026-01"}},
		{`merger AND date(2026-02..2025-01)`, 12, "ends before it begins", nil},
		{`merger AND date(>2026-02-30)`, 12, "not in the calendar", nil},
		{`merger AND date(>2025..2026)`, 12, "a range and has >", nil},
		{`merger -bank`, 8, "another search", []string{"AND NOT bank"}},
		{`-bank AND merger`, 1, "another search", []string{"AND NOT bank"}},
		{`[merger] AND review`, 1, "another search", []string{"(merger)"}},
		{`titel(merger)`, 1, "unknown field", []string{`"title"`}},
		{`merger /p @openia`, 11, "unknown party", []string{`"openai"`}},
		{`merger /0 review`, 8, "out of range", nil},
		{`merger /256 review`, 8, "out of range", nil},
		{`merger /x review`, 8, "unknown connector", []string{"/5"}},
		{`kind(8-K) /p merger`, 11, "near nothing", []string{"AND"}},
		{`(a AND NOT b) /p c`, 15, "cannot be near", nil},
		{`exact(@openai)`, 1, "cannot stand", nil},
		{`ATLEAST0(merger)`, 1, "counts nothing", nil},
		{`()`, 2, "nothing stands", nil},
		{strings.Repeat("(", 60) + "merger" + strings.Repeat(")", 60), 51, "brackets in brackets", nil},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			_, err := ruleBook(c.rule)
			errs, ok := err.(Errors)
			if !ok || len(errs) == 0 {
				t.Fatalf("Parse error = %v, want a refusal", err)
			}
			e := errs[0]
			if !strings.Contains(e.Message, c.message) {
				t.Errorf("message %q lacks %q", e.Message, c.message)
			}
			const before = len("    rule: '")
			if e.Line != 7 || e.Column != before+c.column {
				t.Errorf("place %d:%d, want 7:%d", e.Line, e.Column, before+c.column)
			}
			lines := strings.Split(e.Hint, "\n")
			if len(lines) < 2 || strings.IndexByte(lines[1], '^') != c.column-1 {
				t.Errorf("caret is not under column %d:\n%s", c.column, e.Hint)
			}
			for _, h := range c.hints {
				if !strings.Contains(e.Hint, h) {
					t.Errorf("hint lacks %q:\n%s", h, e.Hint)
				}
			}
		})
	}
}

// The place of a mistake is that in the file, however YAML writes the rule.
func TestPlacesInRules(t *testing.T) {
	cases := []struct{ name, yaml string }{
		{"plain", `    rule: merger AND titel(a)`},
		{"single quotes", `    rule: 'merger AND "it''s" AND titel(a)'`},
		{"double quotes", `    rule: "merger AND \"a b\" AND titel(a)"`},
		{"literal", "    rule: |\n      merger AND\n      titel(a)"},
		{"folded", "    rule: >\n      merger\n      AND titel(a)"},
		{"literal, a line deeper", "    rule: |\n      (merger OR\n        bank) AND\n          titel(a)"},
		{"literal, stripped, after blank lines", "    rule: |-\n\n      merger\n\n      AND\n\n       titel(a)"},
		{"literal with an indicator", "    rule: |2\n        merger AND\n        titel(a)"},
		{"folded, a line deeper", "    rule: >-\n      (merger OR\n        bank)\n      AND\n\n      titel(a)"},
		{"folded, deeper at the end", "    rule: >\n      merger\n        AND titel(a)"},
		{"blanks at the ends of lines", "    rule: |  \n      merger  \n      AND   titel(a)"},
		{"double quotes over lines with escapes", "    rule: \"merger \\\n      AND \\\"x\\\"\n\n      AND titel(a)\""},
		{"an anchor", `    rule: &r merger AND titel(a)`},
		{"a tag and quotes", `    rule: !!str  "merger AND titel(a)"`},
		{"an escaped blank", `    rule: "merger\x20AND titel(a)"`},
		{"plain over two lines", "    rule: merger\n      AND titel(a)"},
		{"double quotes over two lines", "    rule: \"merger\n      AND titel(a)\""},
		{"after other letters", `    rule: 'für AND titel(a)'`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			src := testParties + c.yaml + "\n"
			_, err := Parse("test.yaml", strings.NewReader(src))
			errs, ok := err.(Errors)
			if !ok || len(errs) != 1 {
				t.Fatalf("errors = %v, want one", err)
			}
			lines := strings.Split(src, "\n")
			e := errs[0]
			if got := string([]rune(lines[e.Line-1])[e.Column-1:]); !strings.HasPrefix(got, "titel(") {
				t.Errorf("%s is at %d:%d, before %q", e.Message, e.Line, e.Column, got)
			}
		})
	}
}

// A source that is not there is no source of a rule, where the sources are known.
func TestUnknownSource(t *testing.T) {
	for rule, want := range map[string]string{
		"merger AND source(edgr)":             `did you mean "edgar"?`,
		"merger AND source(EDGAR, ftc!)":      "",
		"merger AND source(edgar, somewhere)": "use one of: edgar, ftc-press",
	} {
		_, err := Parse("test.yaml", strings.NewReader(testParties+"    rule: '"+rule+"'\n"), "edgar", "ftc-press")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.(Errors)[0].Hint, want) {
			t.Errorf("%s: %v, want the hint %q", rule, err, want)
		}
	}
}

func TestUsualAliasMatchesEverything(t *testing.T) {
	parties := "parties:\n  usual: {name: The Gap, aliases: [{text: The, class: plain}]}\ndeals:\n  - {id: it, rule: '%s'}\n"
	for rule, want := range map[string]string{"@usual": `@usual, as "The", stands in every document`, "merger OR @usual": "stands in every document", "@usual /s merger": ""} {
		_, err := Parse("test.yaml", strings.NewReader(fmt.Sprintf(parties, rule)))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", rule, err, want)
		}
	}
}

func TestRuleMistakesAtOnce(t *testing.T) {
	_, err := ruleBook(`titel(a) AND @openia AND b /0 c AND ac!`)
	errs, _ := err.(Errors)
	if len(errs) != 4 {
		t.Errorf("%d mistakes, want 4:\n%v", len(errs), err)
	}
	_, err = ruleBook(`merger AND @zz OR ac! OR title(b /s @yy)`)
	if errs, _ = err.(Errors); len(errs) != 4 || !strings.Contains(err.Error(), "OR stands beside") {
		t.Errorf("%d mistakes, want 4:\n%v", len(errs), err)
	}
}

func TestProseRule(t *testing.T) {
	src := testParties + "    rule: '@openai /s @aws'\n    prose: %v\n"
	for _, c := range []struct {
		prose bool
		text  string
		want  bool
	}{
		{false, "OpenAI met AWS.", true},
		{true, "OpenAI met AWS.", false},
		{true, "OpenAI signed an agreement with AWS.", true},
	} {
		b := parse(t, fmt.Sprintf(src, c.prose))
		if got := len(b.Match(doc("", c.text))) > 0; got != c.want {
			t.Errorf("prose %v, %q: match = %v, want %v", c.prose, c.text, got, c.want)
		}
	}
}

func TestOtherNumbers(t *testing.T) {
	for _, pair := range []string{
		"merger mergers", "company companies", "tax taxes", "branch branches", "analysis analyses", "crisis crises", "basis bases", "base bases",
		"index indices", "index indexes", "half halves", "hero heroes", "lens lenses", "process processes", "leaf leaves", "move moves",
	} {
		one, many, _ := strings.Cut(pair, " ")
		if !slices.Contains(otherNumbers(one), many) || !slices.Contains(otherNumbers(many), one) {
			t.Errorf("%s stands for %v, %s for %v", one, otherNumbers(one), many, otherNumbers(many))
		}
	}
	for _, pair := range []string{"new news", "doe does", "len lens", "serie series", "specie species", "mean means", "corp corps"} {
		one, other, _ := strings.Cut(pair, " ")
		if slices.Contains(otherNumbers(other), one) || slices.Contains(otherNumbers(one), other) {
			t.Errorf("%s stands for %v, %s for %v", one, otherNumbers(one), other, otherNumbers(other))
		}
	}
}
