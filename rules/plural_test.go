package rules

import (
	"strings"
	"testing"
)

// TestPluralNames tries names in the plural and without their apostrophe, and words that
// only look like one.
func TestPluralNames(t *testing.T) {
	b, err := Parse("w.yaml", strings.NewReader(`
parties:
  openai: {name: OpenAI}
  macys: {name: "Macy's"}
  dicks: {name: "Dick’s Sporting Goods"}
  netflix: {name: Netflix}
  anthropic: {name: Anthropic, not: [Anthropics]}
  amazon: {name: Amazon}
  mar: {name: Mar, aliases: [{text: Mar, class: plain}]}
  target: {name: "Target's", aliases: [{text: "Target's", class: plain}]}
  kroger: {name: Krog}
  krogs: {name: Krogs}
deals:
  - {id: openai, rule: '@openai'}
  - {id: macys, rule: '@macys'}
  - {id: dicks, rule: '@dicks'}
  - {id: netflix, rule: '@netflix'}
  - {id: anthropic, rule: '@anthropic'}
  - {id: amazon, rule: '@amazon'}
  - {id: mar, rule: '@mar'}
  - {id: target, rule: '@target'}
  - {id: kroger, rule: '@kroger'}
  - {id: krogs, rule: '@krogs'}
`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"the OpenAIs of this world":      "openai",
		"the OPENAIS of this world":      "openai",
		"the OpenAIS firm":               "",
		"an openais of this world":       "",
		"OpenAI's and OpenAIs’ rules":    "openai",
		"the Netflixes of this world":    "netflix",
		"Macys closes a store":           "macys",
		"Macy’s closes a store":          "macys",
		"MACYS closes a store":           "macys",
		"macys closes a store":           "",
		"Dicks Sporting Goods is bought": "dicks",
		"Dick's Sporting Goods, Inc.":    "dicks",
		"the Anthropics of this world":   "",
		"the Amazons, Inc. of legend":    "",
		"Mars is a planet":               "",
		"Targets are set":                "",
		"Krogs is not the plural":        "krogs",
		"Krog’s own":                     "kroger",
	} {
		var got []string
		for _, m := range b.Match(doc("", text)) {
			got = append(got, m.DealID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: flagged %q, want %q", text, got, want)
		}
	}
}
