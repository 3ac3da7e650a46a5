package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

func TestParties(t *testing.T) {
	b, err := Parse("w.yaml", strings.NewReader(`
parties:
  a: {name: Zyzzco, cik: 12}
  b: {name: Quuxco, aliases: [{text: BRV, class: acronym}], not: [Johnny Quuxco]}
deals:
  - {id: ab, name: A–B, parties: [a, b]}
  - {id: rule, name: By rule, rule: '@b /p merger'}
`))
	if err != nil {
		t.Fatal(err)
	}
	acme := dealwatch.Party{ID: "a", Name: "Zyzzco", CIK: []int{12}, Not: []string{}, Aliases: []dealwatch.Alias{{Text: "Zyzzco", Class: "plain"}}}
	bravo := dealwatch.Party{ID: "b", Name: "Quuxco", Not: []string{"Johnny Quuxco"}, Aliases: []dealwatch.Alias{{Text: "Quuxco", Class: "plain"}, {Text: "BRV", Class: "acronym"}}}
	want := map[string][]dealwatch.Party{"ab": {acme, bravo}, "rule": {bravo}}
	if diff := cmp.Diff(want, b.Parties()); diff != "" {
		t.Errorf("parties (-want +got):\n%s", diff)
	}
}
