package rules

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// TestEvaluationTraps has what a careless evaluation would compare all with all of: n
// hits, definitions, filers or deals. Four times as many may ask for four times the
// memory; if a step compared all with all, the larger ones would take hours.
func TestEvaluationTraps(t *testing.T) {
	filer := dealwatch.Item{Filers: []dealwatch.Filer{{CIK: 1018724}}}
	text := func(piece string) func(n int) dealwatch.Version {
		return func(n int) dealwatch.Version { return dealwatch.Version{Text: strings.Repeat(piece, n)} }
	}
	spoken := func(piece string) func(n int) dealwatch.Version {
		return func(n int) dealwatch.Version {
			return dealwatch.Version{Item: filer, Text: strings.Repeat(piece, n)}
		}
	}
	numbered := func(format string) func(n int) dealwatch.Version {
		return func(n int) dealwatch.Version {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, format, i)
			}
			return dealwatch.Version{Text: b.String()}
		}
	}
	filers := func(n int) dealwatch.Version {
		v := dealwatch.Version{Text: strings.Repeat("We and the Company agreed with OpenAI and Quux. ", 20)}
		for i := range n {
			v.Filers = append(v.Filers, dealwatch.Filer{CIK: 1018724 + i})
		}
		return v
	}
	few, many, chains := distantBook(t), manyFilers(t, 1000), chainBook(t)
	for _, trap := range []struct {
		name string
		book *Book
		n    int
		make func(n int) dealwatch.Version
		want bool // whether it is to be flagged
	}{
		{"one alias", few, 50_000, text("OpenAI "), true},
		{"no blank", few, 100_000, text("OpenAIAWS"), false},
		{"a name that goes on after a dot", few, 2_000, text("OpenAI.AWS."), false},
		{"a sentence of both sides", few, 2_000, text("OpenAI and x y x y x y x y x y x y x y AWS deal "), true},
		{"a sentence in which the filer speaks", few, 500, spoken("OpenAI and we y we y we y we y we y we y AWS deal "), true},
		{"a paragraph of sentences of one side", few, 2_500, text("OpenAI said so. And x y x y x y AWS did. "), true},
		{"a paragraph of lines", few, 1_500, text("OpenAI agreed\nAWS too\n"), true},
		{"long sentences and short ones", few, 100, text(strings.Repeat("a ", 2000) + "OpenAI. Agreed AWS. "), true},
		{"places without the other side", few, 5_000, text("OpenAI or not a b c d e f g AWS h i j k l m n "), true},
		{"places with no word between", few, 10_000, text("OpenAI . . . . . . . . . . .  "), true},
		{"short forms", few, 2_000, numbered("OpenAI, Inc. (“Party%d”) agreed with Amazon Web Services, Inc. (“AWS”). "), true},
		{"names of business", few, 2_000, numbered("OpenAI, Inc., d/b/a Robozon%d, agreed with Alphard, formerly known as OpenAI, Inc. and AWS. "), true},
		{"meanings of an acronym", few, 2_500, text("OpenAI agreed with Advanced Wireless Services (AWS). "), true},
		{"quotations", few, 10_000, spoken("“we OpenAI agreed” "), true},
		{"items of a list of competitors", few, 1_500, text("Competitors include: • OpenAI agreed AWS "), true},
		{"common names", few, 3_000, text("amazon Amazon meta OpenAI "), true},
		{"common names in longer ones", few, 3_000, text("Wood Amazon, Inc. and H&R Meta N.V. agreed with OpenAI and Amazon AG. "), true},
		{"chains of many words", chains, 250, text(chainOf(16, " ") + " "), true},
		{"filers of no deal", few, 5_000, filers, true},
		{"filers of as many deals", many, 250, filers, true},
	} {
		t.Run(trap.name, func(t *testing.T) {
			n := trap.n
			if testing.Short() {
				n /= 8
			}
			small, large := trap.make(n), trap.make(4*n)
			first := asked(trap.book, small)
			from := time.Now()
			matches := trap.book.Match(large)
			took := time.Since(from)
			if len(matches) > 0 != trap.want {
				t.Errorf("%d flags", len(matches))
			}
			t.Logf("%d: %d bytes of text in %v", 4*n, len(large.Text), took)
			if took > time.Minute {
				t.Errorf("took %v", took)
			}
			const some = 1 << 20
			most := 8*first + some
			for try := 0; ; try++ { // the collector may have taken what was kept for the next text
				again := asked(trap.book, large)
				if again <= most {
					return
				}
				if try == 5 {
					t.Fatalf("%d bytes of memory for %d, %d for %d", first, n, again, 4*n)
				}
			}
		})
	}
}

// asked is how much memory a match asks for.
func asked(b *Book, v dealwatch.Version) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b.Match(v)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// distantBook has deals that look for and near, or not near, in every way.
func distantBook(t *testing.T) *Book {
	return parse(t, string(DefaultYAML)+`
  - id: alone
    rule: 'OpenAI NOT w/5 AWS'
  - id: alone-again
    rule: '(OpenAI /s agreed) NOT w/5 (AWS OR deal)'
  - id: near
    rule: '(OpenAI /50 AWS) /s (deal OR agreed)'
  - id: words
    parties: [openai, aws]
    within: 20
`)
}

// chainOf joins n words.
func chainOf(n int, op string) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("w%02d", i)
	}
	return strings.Join(words, op)
}

// chainBook has chains of as many words as may be, with brackets and without.
func chainBook(t *testing.T) *Book {
	b := "deals:\n"
	for i, chain := range []string{chainOf(mostOperands, " /s "), chainOf(mostOperands, " /255 "), chainOf(mostOperands, " /p "), chainOf(16, " +s ")} {
		b += fmt.Sprintf("  - {id: d%d, rule: '%s'}\n", i, chain)
	}
	nested := strings.ReplaceAll(chainOf(16, " /s "), " /s ", ") /s ")
	b += "  - {id: nested, rule: '" + strings.Repeat("(", 15) + nested + "'}\n"
	return parse(t, b)
}

// manyFilers has n deals, each of one filer and a company that all share.
func manyFilers(t *testing.T, n int) *Book {
	var b strings.Builder
	b.WriteString("parties:\n  q: {name: Quux, aliases: [Quux]}\n")
	for i := range n {
		fmt.Fprintf(&b, "  p%d: {name: Company Number%d, cik: [%d], aliases: [Number%d]}\n", i, i, 1018724+i, i)
	}
	b.WriteString("deals:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {id: d%d, parties: [p%d, q]}\n", i, i)
	}
	return parse(t, b.String())
}

// Brackets as deep as anybody likes, and as many operands, are read or refused at once.
func TestDeepRules(t *testing.T) {
	const n = 100_000
	for name, rule := range map[string]string{
		"brackets":      strings.Repeat("(", n) + "merger OR bid" + strings.Repeat(")", n),
		"open brackets": strings.Repeat("(", n),
		"functions":     strings.Repeat("title(", n) + "merger",
		"operands":      "merger" + strings.Repeat(" OR merger", n),
	} {
		if _, err := ruleBook(rule); err == nil {
			t.Errorf("%s: %d are accepted", name, n)
		}
	}
	if _, err := ruleBook("merger" + strings.Repeat(" OR merger", 1000)); err != nil {
		t.Errorf("1000 operands: %v", err)
	}
}

// One party has as many names, and phrases that are not it, as anybody likes: four times
// as many take about four times as long, where a step that compared all with all would
// take sixteen.
func TestManyNames(t *testing.T) {
	n := 25_000
	if testing.Short() {
		n /= 8
	}
	read := func(n int) time.Duration {
		var b strings.Builder
		b.WriteString("parties:\n  b: {name: Bb Corp}\n  a:\n    name: Aa Corp\n    aliases:\n")
		for i := range n {
			fmt.Fprintf(&b, "      - Common Prefix Long Name %d Corp\n", i)
		}
		b.WriteString("    not:\n")
		for i := range n / 8 {
			fmt.Fprintf(&b, "      - Common Prefix Long Name %d Corp River\n      - Common Prefix Long Brook %d\n", i, i)
		}
		b.WriteString("deals:\n  - {id: ab, parties: [a, b]}\n")
		from := time.Now()
		book := parse(t, b.String())
		took := time.Since(from)
		a := book.parties[1]
		if len(a.aliases) != n+1 || len(a.masks) != n/8 || len(a.stops) != n/8 {
			t.Errorf("%d aliases, %d masks and %d stops of %d names", len(a.aliases), len(a.masks), len(a.stops), n)
		}
		return took
	}
	for range 5 { // others may be at work on the machine
		few, many := read(n), read(4*n)
		if t.Logf("%d names in %v, %d in %v", n, few, 4*n, many); many < 10*few {
			return
		}
	}
	t.Errorf("four times as many names take more than ten times as long")
}
