package rules

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// trap is a text that a careless step would compare all with all of.
type trap struct{ name, text string }

func traps(size int) []trap {
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return []trap{
		{"no blanks", fill("a")},
		{"no blanks, ideographs", fill("買収")},
		{"accents", fill("éàü ")},
		{"one alias", fill("OpenAI ")},
		{"one alias, one sentence a line", fill("OpenAI\n")},
		{"both aliases", fill("OpenAI AWS ")},
		{"both aliases and a deal", fill("OpenAI agreed with AWS, and we did too. ")},
		{"both aliases, a paragraph each", fill("OpenAI agreed with AWS, and we did too.\n\n")},
		{"common aliases", fill("Meta Amazon ")},
		{"only marks", fill(".,;:!? ")},
		{"cut words", fill("com-\npany ")},
		{"wrapped lines", fill("a line of more than forty bytes that only goes on\nopenly OpenAI and AWS then ")},
		{"quotes", fill("“OpenAI \" we AWS ")},
		{"brackets", fill("OpenAI (\"AWS\") (the \"X\") ")},
		{"an encoded block", fill("M\"AWS`4567890$%^&*()_+AWS.COM")},
		{"a list", fill("such as OpenAI, AWS, ")},
		{"one long name", fill("Amazon Web ")},
		{"dots", fill("A.B.")},
		{"combining marks", "OpenAI agreed with AWS " + fill("\u0301")},
	}
}

// trapBook has the deals of the default watchlist and one that asks all it can.
func trapBook(t *testing.T) *Book {
	return parse(t, string(DefaultYAML)+`
  - id: words
    rule: '(OpenAI /5 AWS) OR (OpenAI NOT w/3 AWS) OR ((OpenAI /s AWS) /p we) OR ATLEAST3(agree! +s AWS)'
`)
}

// These would take hours at any size if a step compared all with all.
func TestHostileTexts(t *testing.T) {
	size := 1 << 18
	if testing.Short() {
		size = 1 << 15
	}
	b := trapBook(t)
	for _, c := range traps(size) {
		t.Run(c.name, func(t *testing.T) {
			v := dealwatch.Version{Item: dealwatch.Item{Filers: []dealwatch.Filer{{CIK: 1018724}}}, Text: c.text}
			start := time.Now()
			for _, m := range b.Match(v) {
				if len(m.Mentions) == 0 || len(m.Snippet) == 0 {
					t.Errorf("%s without evidence", m.DealID)
				}
			}
			if d := time.Since(start); d > time.Minute {
				t.Errorf("took %v", d)
			} else {
				t.Log(d)
			}
		})
	}
}

// A text twice as long takes twice as much. Time is told and not judged, for others use
// the machine; the memory asked for is the same each time, and it must not grow with
// the square.
func TestDoubling(t *testing.T) {
	size := 1 << 15
	if testing.Short() {
		size = 1 << 12
	}
	b := trapBook(t)
	sizes := [3][]trap{traps(size), traps(2 * size), traps(4 * size)}
	for i, c := range sizes[0] {
		doubles(t, b, c.name, [3]string{c.text, sizes[1][i].text, sizes[2][i].text})
	}
}

// Chains of which every word may be a part.
func TestDenseChains(t *testing.T) {
	size := 1 << 13
	if testing.Short() {
		size = 1 << 11
	}
	for _, rule := range []string{
		"w /s w /s w", "w +p w +p w", "w /50 w /50 w /50 w", "w +50 w +50 w", "w /s w /s w /s w /s w /s w /s w /s w",
		"(w /9 v) /s (w OR v) /s (w /s v)", "(w OR v) /9 (w /5 v) /9 v", "(w OR v) /200 z /200 (v OR w) /200 w",
	} {
		b, err := ruleBook(rule)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"w ", "w v ", "w v z ", strings.Repeat("w v ", 99) + "z "} {
			var texts [3]string
			for i := range texts {
				texts[i] = strings.Repeat(word, size<<i/len(word))
			}
			doubles(t, b, fmt.Sprintf("%s in %.6s", rule, word), texts)
		}
	}
}

// doubles checks that texts, each twice as long as the one before, take memory in
// proportion, and tells their time.
func doubles(t *testing.T, b *Book, name string, texts [3]string) {
	t.Helper()
	measure := func(text string) (time.Duration, uint64) {
		v := dealwatch.Version{Item: dealwatch.Item{Filers: []dealwatch.Filer{{CIK: 1018724}}}, Text: text}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		from := cpu()
		b.Match(v)
		took := cpu() - from
		runtime.ReadMemStats(&after)
		return took, after.TotalAlloc - before.TotalAlloc
	}
	var took [3]time.Duration
	var bytes [3]uint64
	for i, text := range texts {
		took[i], bytes[i] = measure(text)
	}
	t.Logf("%-36s %v", name, took)
	const some = 1 << 20
	// Scratch kept between texts is made anew where the collector has taken it: what
	// a text truly asks for, it asks for each time.
	for range 5 {
		if bytes[2] <= 8*bytes[0]+some {
			break
		}
		_, again := measure(texts[2])
		bytes[2] = min(bytes[2], again)
	}
	if bytes[2] > 8*bytes[0]+some {
		t.Errorf("%s: %d bytes of memory for a text, %d for one four times as long", name, bytes[0], bytes[2])
	}
}
