package rules

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestMistakesInWatchlists(t *testing.T) {
	const ok = "deals:\n  - {id: it, rule: merger}\n"
	cases := []struct{ name, yaml, place, message, hint string }{
		{"empty", "", "1:1", "empty", "rules init"},
		{"only a comment", "# nothing\n", "1:1", "empty", ""},
		{"no YAML", "parties:\n  a: {name: [}\n", "2:3", "no valid YAML", ""},
		{"a tab", "deals:\n\t- id: it\n", "2:2", "no valid YAML", "no tabs"},
		{"@ without quotes", "deals:\n  - id: it\n    rule: @openai\n", "3:5", "no valid YAML", "quotes"},
		{"a list on top", "- deals\n", "1:1", "watchlist must be a mapping, not a list", ""},
		{"no deals", "parties:\n  a: {name: A}\n", "1:1", "no deals", ""},
		{"empty deals", "deals: []\n", "1:8", "no deals", ""},
		{"nothing under deals", "deals:\n", "1:7", "must be a list, not nothing", ""},
		{"unknown key on top", ok + "partys: {}\n", "3:1", `unknown key "partys" in watchlist`, `"parties"`},
		{"unknown key of a party", "parties:\n  a: {name: A, alias: [B]}\n" + ok, "2:16", `unknown key "alias"`, `"aliases"`},
		{"unknown key of an alias", "parties:\n  a: {name: A, aliases: [{txt: B}]}\n" + ok, "2:27", `unknown key "txt"`, `"text"`},
		{"unknown key of a deal", "deals:\n  - {id: it, rules: merger}\n", "2:14", `unknown key "rules"`, `"rule"`},
		{"a key twice", "parties:\n  a: {name: A}\n  a: {name: B}\n" + ok, "3:3", `"a" stands twice`, "line 2"},
		{"party without a name", "parties:\n  a: {cik: 1}\n" + ok, "2:3", "party a has no name", ""},
		{"party id with blanks", "parties:\n  Big Tech: {name: A}\n" + ok, "2:3", `party id "Big Tech"`, `"big-tech"`},
		{"cik that is no number", "parties:\n  a: {name: A, cik: [12, x3]}\n" + ok, "2:26", `cik "x3"`, "1018724"},
		{"cik of zero", "parties:\n  a: {name: A, cik: 0}\n" + ok, "2:21", `cik "0"`, ""},
		{"unknown class", "parties:\n  a: {name: A, aliases: [{text: B, class: comon}]}\n" + ok, "2:43", `unknown class "comon"`, `"common"`},
		{"alias without text", "parties:\n  a: {name: A, aliases: [{class: common}]}\n" + ok, "2:26", "has no text", ""},
		{"alias of marks", "parties:\n  a: {name: A, aliases: ['!?']}\n" + ok, "2:26", "has no word", ""},
		{"empty alias", "parties:\n  a: {name: A, aliases: ['']}\n" + ok, "2:26", "is empty", ""},
		{"not an alias", "parties:\n  a: {name: Alpha, not: [alpha]}\n" + ok, "2:26", "is an alias of it", ""},
		{"deal without id", "deals:\n  - {rule: merger}\n", "2:5", "deal has no id", "openai-aws"},
		{"deal id with capitals", "deals:\n  - {id: OpenAI AWS, rule: merger}\n", "2:10", `deal id "OpenAI AWS"`, `"openai-aws"`},
		{"deal id twice", ok + "  - {id: it, rule: review}\n", "3:10", `"it" stands twice`, "line 2"},
		{"unknown party", "parties:\n  openai: {name: OpenAI}\ndeals:\n  - {id: it, parties: [openai, opnai]}\n", "4:32", `unknown party "opnai"`, `"openai"`},
		{"party by its name", "parties:\n  aws: {name: Amazon Web Services}\n  b: {name: B}\ndeals:\n  - {id: it, parties: [b, Amazon Web Services]}\n", "5:27", `unknown party "Amazon Web Services"`, `"aws"`},
		{"no parties", "deals:\n  - {id: it, parties: []}\n", "2:23", "no party", ""},
		{"one party", "parties:\n  a: {name: A}\ndeals:\n  - {id: it, parties: [a]}\n", "4:23", "only one party", "@party"},
		{"a party twice", "parties:\n  a: {name: A}\ndeals:\n  - {id: it, parties: [a, a]}\n", "4:27", "stands twice", ""},
		{"parties and rule", "parties:\n  a: {name: A}\n  b: {name: B}\ndeals:\n  - {id: it, parties: [a, b], rule: merger}\n", "5:37", "both parties and a rule", ""},
		{"neither", "deals:\n  - {id: it}\n", "2:10", "neither parties nor a rule", ""},
		{"unknown unit", "parties:\n  a: {name: A}\n  b: {name: B}\ndeals:\n  - {id: it, parties: [a, b], within: sentense}\n", "5:39", `unknown unit "sentense"`, `"sentence"`},
		{"no words", "parties:\n  a: {name: A}\n  b: {name: B}\ndeals:\n  - {id: it, parties: [a, b], within: 0}\n", "5:39", "out of range", "255"},
		{"within of a rule", "deals:\n  - {id: it, rule: merger, within: sentence}\n", "2:36", "not to a rule", "/s"},
		{"prose of parties", "parties:\n  a: {name: A}\n  b: {name: B}\ndeals:\n  - {id: it, parties: [a, b], prose: true}\n", "5:38", "prose belongs to a rule", ""},
		{"prose that is no truth", "deals:\n  - {id: it, rule: merger, prose: maybe}\n", "2:35", `prose is "maybe"`, ""},
		{"examples that are no list", "deals:\n  - {id: it, rule: merger, flags: merger}\n", "2:35", "must be a list", ""},
		{"a merge of text", "parties:\n  a: {name: A, <<: b}\n" + ok, "2:20", "<< in party a takes a mapping", "&name"},
		{"an id that is a truth", "deals:\n  - {id: true, rule: merger}\n", "2:10", "must be text, not true", "quotes"},
		{"two documents", ok + "---\n" + ok, "3:1", "second document", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			book, err := Parse("list.yaml", strings.NewReader(c.yaml))
			var errs Errors
			if !errors.As(err, &errs) || len(errs) == 0 || book != nil {
				t.Fatalf("Parse = %v, %v; want mistakes", book, err)
			}
			for _, e := range errs {
				if strings.Contains(e.Message, c.message) {
					if got := fmt.Sprintf("%d:%d", e.Line, e.Column); got != c.place || !strings.Contains(e.Hint, c.hint) || e.File != "list.yaml" {
						t.Errorf("%s: %q, hint %q; want place %s and a hint with %q", got, e.Message, e.Hint, c.place, c.hint)
					}
					return
				}
			}
			t.Errorf("no mistake says %q:\n%v", c.message, err)
		})
	}
}

func TestMistakesComeAtOnceAndInOrder(t *testing.T) {
	_, err := Parse("list.yaml", strings.NewReader(`
parties:
  a: {nam: A, cik: x}
deals:
  - {id: it, parties: [a, b], within: nowhere}
  - {id: it, rule: merger review}
`))
	var errs Errors
	if !errors.As(err, &errs) || len(errs) != 7 {
		t.Fatalf("%d mistakes, want 7:\n%v", len(errs), err)
	}
	for i, e := range errs[1:] {
		if e.Line < errs[i].Line {
			t.Errorf("line %d after line %d", e.Line, errs[i].Line)
		}
	}
	var one *Error
	if !errors.As(err, &one) || !strings.HasPrefix(one.Error(), "list.yaml:3:") {
		t.Errorf("first mistake = %v", one)
	}
}

func TestCIKs(t *testing.T) {
	b := parse(t, "parties:\n  a: {name: Alpha, cik: [1018724, '0000789019', 0001652044, CIK0001341439]}\ndeals:\n  - {id: it, rule: '@a AND merger'}\n")
	if got := fmt.Sprint(b.parties[0].ciks); got != "[1018724 789019 1652044 1341439]" {
		t.Errorf("ciks = %s", got)
	}
}

// YAML 1.2 says so in its first line, and what parties share is merged into them.
func TestYAML(t *testing.T) {
	b := parse(t, "# a comment\n%YAML 1.2\n---\nparties:\n  a: &a {name: Alpha, cik: 5, aliases: [Alfa]}\n  b: {<<: *a, name: Beta}\n  c: {<<: [*a, {not: [Gamma ray]}], name: Gamma}\n"+
		"deals:\n  - {id: it, parties: [a, b, c]}\n")
	for i, want := range []string{"Alpha Alfa [5] 0", "Beta Alfa [5] 0", "Gamma Alfa [5] 1"} {
		p := b.parties[i]
		if got := fmt.Sprint(p.name, " ", p.aliases[1].text, " ", p.ciks, " ", len(p.masks)); got != want {
			t.Errorf("party %d is %s, want %s", i, got, want)
		}
	}
}

func TestInferredClasses(t *testing.T) {
	for alias, want := range map[string]Class{
		"AWS": Acronym, "J&J": Acronym, "NVDA": Acronym, "NVIDIA": Plain, "X": Acronym,
		"Amazon": Common, "Meta": Common, "Block": Common, "Apple": Common, "Within": Common, "Capital One": Common, "365": Common,
		"Block, Inc.": Plain, "Arm Holdings": Plain, "Amazon Web Services": Plain, "OpenAI": Plain, "Scale AI": Plain, "Wiz": Plain, "CoreWeave": Plain,
	} {
		if got := infer(alias); got != want {
			t.Errorf("infer(%q) = %s, want %s", alias, got, want)
		}
	}
}

func TestDefault(t *testing.T) {
	if errs := Default().CheckExamples(); len(errs) > 0 {
		t.Error(errs)
	}
	if got := len(Default().Deals()); got != 14 {
		t.Errorf("%d deals, want 14", got)
	}
	again, err := Parse("default.yaml", bytes.NewReader(DefaultYAML))
	if err != nil || again.Version() != Default().Version() {
		t.Errorf("second reading: version %s, %v; want %s", again.Version(), err, Default().Version())
	}
}

// The default deals have the ids of the evaluation watchlist.
func TestDefaultIDs(t *testing.T) {
	f, err := os.Open(corpusFile(t, "eval-watchlist.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := Parse("eval-watchlist.yaml", f)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, d := range b.Deals() {
		known[d.ID] = true
	}
	for _, d := range Default().Deals() {
		if !known[d.ID] {
			t.Errorf("default deal %s is not in the evaluation watchlist", d.ID)
		}
	}
}

func TestVersions(t *testing.T) {
	const src = "parties:\n  a: {name: Alpha%s}\n  b: {name: Bravura}\n  c: {name: Charlesworth}\ndeals:\n  - {id: one, parties: [a, b]%s}\n  - {id: two, parties: [b, c]}\n"
	base := parse(t, fmt.Sprintf(src, "", ""))
	for name, other := range map[string]*Book{
		"an alias":     parse(t, fmt.Sprintf(src, ", aliases: [Alfa]", "")),
		"a not phrase": parse(t, fmt.Sprintf(src, ", not: [Alpha Centauri]", "")),
		"a cik":        parse(t, fmt.Sprintf(src, ", cik: 7", "")),
		"a unit":       parse(t, fmt.Sprintf(src, "", ", within: sentence")),
	} {
		if other.Version() == base.Version() || other.Deals()[0].RuleVersion == base.Deals()[0].RuleVersion {
			t.Errorf("%s does not change the version", name)
		}
		if other.Deals()[1].RuleVersion != base.Deals()[1].RuleVersion {
			t.Errorf("%s changes the version of a deal that does not know it", name)
		}
	}
	same := parse(t, fmt.Sprintf(src, "", ", name: 'Another name', flags: [x]"))
	if same.Deals()[0].RuleVersion != base.Deals()[0].RuleVersion {
		t.Error("a name changes the rule version")
	}
}

func TestExamples(t *testing.T) {
	b := parse(t, testParties+`    parties: [openai, aws]
    flags:
      - OpenAI signed an agreement with AWS.
      - OpenAI signed an agreement with nobody.
    ignores:
      - OpenAI and AWS signed another agreement.
      - Nothing.
`)
	errs := b.CheckExamples()
	if len(errs) != 2 {
		t.Fatalf("mistakes = %v, want two", errs)
	}
	if e := errs[0]; e.Line != 10 || e.Column != 9 || !strings.Contains(e.Hint, "@aws") {
		t.Errorf("first = %v", e)
	}
	if e := errs[1]; e.Line != 12 || !strings.Contains(e.Message, "to ignore") {
		t.Errorf("second = %v", e)
	}
}

func TestDescribe(t *testing.T) {
	var out bytes.Buffer
	if err := Default().Describe(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"common     Amazon", "not with   American Welding Society", "masked in  AWS D1.1", "@openai /p @aws", "files as   1018724"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("description lacks %q:\n%s", want, out.String())
		}
	}
}

func TestExplain(t *testing.T) {
	cases := []struct{ name, text, missing, refused string }{
		{"a party is missing", "OpenAI signed an agreement.", "@aws", ""},
		{"too far apart", "OpenAI signed an agreement.\n\nAWS too.", "a paragraph that holds all of them", ""},
		{"no word of a deal", "OpenAI met AWS.", "a word of a deal", ""},
		{"a common name alone", "OpenAI signed an agreement.\n\nAmazon did not.", "@aws", "a common word"},
		{"a mask", "OpenAI agreed on the Amazon River.", "@aws", "part of “Amazon River”"},
		{"a stop", "OpenAI agreed with AWS, the American Welding Society.", "@aws", "American Welding Society"},
		{"a host", "OpenAI agreed, see AWS.example.", "@aws", "host name"},
		{"a name in small letters", "openai agreed with AWS.", "@openai", "with its capitals"},
		{"an acronym in another case", "OpenAI agreed with Aws.", "@aws", "in its own case"},
		{"boilerplate", "Forward-looking statements: OpenAI agreed with AWS.", "@openai", "boilerplate"},
		{"competitors", "Our competitors are OpenAI and AWS.", "@openai", "competitors"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, e := range Default().Explain(doc("", c.text)) {
				if e.Deal.ID != "openai-aws" {
					continue
				}
				if e.Matched || !strings.Contains(strings.Join(e.Missing, "; "), c.missing) {
					t.Errorf("missing = %q, want %q", e.Missing, c.missing)
				}
				var why []string
				for _, r := range e.Refused {
					why = append(why, r.Why)
				}
				if !strings.Contains(strings.Join(why, "; "), c.refused) {
					t.Errorf("refused = %q, want %q", why, c.refused)
				}
				return
			}
			t.Error("no explanation of openai-aws")
		})
	}
}
