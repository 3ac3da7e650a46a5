package rules_test

import (
	"os"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
)

const dealsWatchlist = `
parties:
  meridian: {name: Meridian Steel, cik: 11, aliases: [{text: Meridian, class: plain}]}
  halcyon: {name: Halcyon Systems, aliases: [{text: Halcyon, class: plain}]}
  northwind: {name: Northwind Semiconductor, aliases: [NWS], not: [National Weather Service]}
  orchard: {name: Orchard}
  square: {name: Square}
  united: {name: United}
deals:
  - {id: meridian-halcyon, parties: [meridian, halcyon]}
  - {id: northwind-halcyon, parties: [northwind, halcyon]}
  - {id: orchard-halcyon, parties: [orchard, halcyon]}
  - {id: square-halcyon, parties: [square, halcyon]}
  - {id: united-halcyon, parties: [united, halcyon]}
`

// TestDeals tries what the shorthand flags and what it does not on written documents.
func TestDeals(t *testing.T) {
	book, err := rules.Parse("deals", strings.NewReader(dealsWatchlist))
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile("testdata/deals.txt")
	if err != nil {
		t.Fatal(err)
	}
	flagged, quiet := 0, 0
	for i, line := range strings.Split(string(src), "\n") {
		sign, doc, ok := strings.Cut(line, " ")
		if !ok || sign != "+" && sign != "-" {
			continue
		}
		var v dealwatch.Version
		doc, filed := strings.CutPrefix(doc, "(we) ")
		if filed {
			v.Filers = []dealwatch.Filer{{CIK: 11}}
		}
		if doc, filed = strings.CutPrefix(doc, "(they) "); filed {
			v.Filers = []dealwatch.Filer{{CIK: 99}}
		}
		title, text, ok := strings.Cut(doc, " || ")
		if !ok {
			title, text = "", doc
		}
		v.Title, v.Text = title, strings.ReplaceAll(text, `\n`, "\n")
		if sign == "+" {
			flagged++
		} else {
			quiet++
		}
		if m := book.Match(v); (len(m) > 0) != (sign == "+") {
			t.Errorf("deals.txt:%d: %s\nflags %v%s", i+1, line, m, why(book, []dealwatch.Version{v}, "meridian-halcyon"))
		}
	}
	if flagged < 60 || quiet < 40 {
		t.Errorf("%d and %d cases, want 60 and 40 or more", flagged, quiet)
	}
}
