package rules

import (
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
	sizes := [3][]trap{traps(size), traps(2 * size), traps(4 * size)}
	for i, c := range sizes[0] {
		var took [3]time.Duration
		var bytes [3]uint64
		for k := range sizes {
			took[k], bytes[k] = measure(sizes[k][i].text)
		}
		t.Logf("%-36s %v", c.name, took)
		const some = 1 << 20
		// Scratch kept between texts is made anew where the collector has taken it: what
		// a text truly asks for, it asks for each time.
		for range 5 {
			if bytes[2] <= 8*bytes[0]+some {
				break
			}
			_, again := measure(sizes[2][i].text)
			bytes[2] = min(bytes[2], again)
		}
		if bytes[2] > 8*bytes[0]+some {
			t.Errorf("%s: %d bytes of memory for a text, %d for one four times as long", c.name, bytes[0], bytes[2])
		}
	}
}
