package rules

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/dealwatch/dealwatch"
)

// lineEnd is what ends a line of YAML 1.1, section 4.2.
var lineEnd = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")

func FuzzParse(f *testing.F) {
	f.Add("\r\r00")
	f.Add(string(DefaultYAML))
	f.Add(testParties + "    rule: '(\"second request\" OR acqui!) /p @aws AND NOT title(x) % date(>2026)'\n")
	f.Add("parties:\n  a: &x {name: A, aliases: [*x]}\ndeals: [{id: it, parties: [a, a], within: 3}]\n")
	f.Add("deals:\n  - id: it\n    rule: |\n      merger\n      AND titel(a)\n")
	f.Add("deals:\n  - id: it\n    rule: " + strings.Repeat("a ", 5000) + "\n") // a mistake a word
	f.Fuzz(func(t *testing.T, src string) {
		b, err := Parse("f.yaml", strings.NewReader(src))
		if (b == nil) == (err == nil) {
			t.Fatalf("Parse = %v, %v", b, err)
		}
		var errs Errors
		if err != nil && (!errors.As(err, &errs) || len(errs) == 0) {
			t.Fatalf("error %T %v", err, err)
		}
		lines := lineEnd.Split(src, -1)
		for _, e := range errs {
			if e.Line < 1 || e.Line > len(lines)+1 || e.Column < 1 || e.Message == "" {
				t.Errorf("mistake without a place: %+v", e)
			}
		}
		if b != nil {
			b.CheckExamples()
			b.Match(dealwatch.Version{Text: src})
		}
	})
}

// A rule that is read reads the same when it is written out.
func FuzzRule(f *testing.F) {
	for _, r := range []string{
		`merger AND review /5 agency`, `(a OR "b c") +s @openai`, `x NOT w/3 y`, `acqui! % organi*ation`, `ATLEAST3(caps(ab) OR exact(cd))`,
		`title(merger) AND kind(8-K!, 10-K) AND date(2025..2026-03)`, `((((a))))`, `AT&T OR $5 OR § 7`, `"0(" AND "and" AND "@x" AND "w/5"`, `"-bank" AND "[merger]"`, `a /3 (b /3 c) /3 d /s e`, "a\tAND\n\"b\"",
	} {
		f.Add(r)
	}
	f.Fuzz(func(t *testing.T, rule string) {
		b, err := ruleBook(rule)
		if err != nil {
			return
		}
		written := b.Deals()[0].Rule
		again, err := ruleBook(written)
		if err != nil {
			t.Fatalf("%q is read as %q, which is refused: %v", rule, written, err)
		}
		if got := again.Deals()[0].Rule; got != written {
			t.Errorf("%q is read as %q, and that as %q", rule, written, got)
		}
	})
}

func FuzzSegments(f *testing.F) {
	f.Add("Alpha Inc. agreed. “It did.” U.S. v. Alpha\nItem 1.01\n\nIt closed.[1] The end")
	f.Add("a.\u0301B. C\u200b.\xff\xfe D")
	f.Fuzz(func(t *testing.T, s string) {
		p := &passage{s: s}
		last := extent{}
		for i := range len(s) {
			sentence, para := p.sentence(i), p.paragraph(i)
			if sentence.start > i || sentence.end <= i || para.start > i && para.start > 0 && i > 0 || para.end <= i {
				t.Fatalf("%q: byte %d is in sentence %v and paragraph %v", s, i, sentence, para)
			}
			if sentence != last && sentence.start < last.end {
				t.Fatalf("%q: sentences %v and %v overlap", s, last, sentence)
			}
			if first := firstLetter(s, sentence.start); first < para.start && para.start <= i {
				t.Fatalf("%q: sentence %v reaches over paragraph %v", s, sentence, para)
			}
			last = sentence
		}
		countedWords(s)
	})
}

func FuzzFold(f *testing.F) {
	f.Add("Ꮦꮦ") // each the other's folded form, says package cases
	f.Add("Ｏpen\u00adAI ﬁnastra Nestlé İstanbul ß 買収")
	f.Fuzz(func(t *testing.T, s string) {
		once := string(appendFold(nil, s))
		if twice := string(appendFold(nil, once)); twice != once {
			t.Errorf("%q folds to %q, and that to %q", s, once, twice)
		}
		for start, end := nextToken(s, 0); start < len(s); start, end = nextToken(s, end) {
			if end <= start {
				t.Fatalf("%q: empty token at %d", s, start)
			}
		}
	})
}

// What is folded stays as it is, whatever the letter.
func TestFoldedStays(t *testing.T) {
	for r := rune(1); r <= unicode.MaxRune; r++ {
		once := string(appendFold(nil, string(r)))
		if twice := string(appendFold(nil, once)); twice != once {
			t.Errorf("%U folds to %q, and that to %q", r, once, twice)
		}
	}
}

// FuzzMatch compares engine and reference, and checks the shape of what the default
// deals give.
func FuzzMatch(f *testing.F) {
	f.Add("alpha /3 (@one OR merg!)", "Alpha Beta", "alpha OpenAI mergers.\n\nAT&T’s An-\nthropic")
	f.Add("OpenAI AND NOT AWS", "", "Open\u00adAI agreed with Amazon, Inc. (“AWS”) and we did too")
	f.Fuzz(func(t *testing.T, rule, title, text string) {
		if len(text) > 2000 || len(title) > 200 {
			return
		}
		v := dealwatch.Version{Item: dealwatch.Item{Title: title, Filers: []dealwatch.Filer{{CIK: 1018724}}}, Text: text}
		for _, m := range Default().Match(v) {
			checkMatch(t, v, m)
		}
		Default().Explain(v)
		if strings.ContainsAny(rule, "\n\r") || strings.Contains(rule, "source(") || strings.Contains(rule, "kind(") ||
			strings.Contains(rule, "agency(") || strings.Contains(rule, "docket(") || strings.Contains(rule, "date(") || strings.Contains(rule, "prose") {
			return
		}
		compareWithReference(t, rule, dealwatch.Version{Item: dealwatch.Item{Title: title}, Text: text})
	})
}
