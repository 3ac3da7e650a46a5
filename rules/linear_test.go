package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// These texts would take hours at any size if a step compared all with all.
func TestHostileTexts(t *testing.T) {
	size := 1 << 18
	if testing.Short() {
		size = 1 << 15
	}
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	cases := []struct{ name, text string }{
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
	b := parse(t, string(DefaultYAML)+`
  - id: words
    rule: '(OpenAI /5 AWS) OR (OpenAI NOT w/3 AWS) OR ((OpenAI /s AWS) /p we) OR ATLEAST3(agree! +s AWS)'
`)
	for _, c := range cases {
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
