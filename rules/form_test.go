package rules

import (
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

// flagging parses a watchlist and gives what tells whether a text is flagged.
func flagging(t *testing.T, watchlist string) func(text string) bool {
	t.Helper()
	b, err := Parse("w.yaml", strings.NewReader(watchlist))
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) bool { return len(b.Match(doc("", text))) > 0 }
}

// TestForms tries the legal forms that show that a common name is a company, and what only looks
// like one.
func TestForms(t *testing.T) {
	flagged := flagging(t, `
parties: {block: {name: Block, aliases: [Shell, Target, Limestone Gap]}}
deals: [{id: q, name: q, rule: '@block'}]
`)
	for _, form := range strings.Fields(`N.V. NV S.A. SA AG SE B.V. BV GmbH S.p.A. SpA L.P. LP L.L.C. LLC P.B.C. PBC L.L.P. LLP
		Limited Ltd Ltd. Pty PLC plc P.L.C. Corporation Corp. Inc Inc. Incorporated`) {
		for _, text := range []string{"Block %s announced results.", "Block, %s announced results.", "It met Block %s (the older one)."} {
			if text = strings.Replace(text, "%s", form, 1); !flagged(text) {
				t.Errorf("%q is not flagged", text)
			}
		}
	}
	for text, want := range map[string]bool{
		"Block Company announced results.":                                             true,
		"Block Group announced results.":                                               true,
		"Results of the Block Group were better.":                                      true,
		"Block & Co. announced results.":                                               true,
		"Block Pty Ltd announced results.":                                             true,
		"Block Pty. Limited announced results.":                                        true,
		"Block®, Inc. announced results.":                                              true,
		"BLOCK, INC. announced results.":                                               true,
		"BLOCK INC announced results.":                                                 true,
		"BLOCK, INC. ANNOUNCED RESULTS":                                                true,
		"BYLAWS OF BLOCK, INC.":                                                        true,
		"It was told by Limestone Gap Inc. They went on to Block Inc. These are here.": true,
		"BLOCK CORPORATION\n\nIt is here.":                                             true,
		"BLOCK N.V. REPORTS":                                                           true,
		"BLOCK GROUP ANNOUNCES RESULTS":                                                true,
		"Block Group Announces Results":                                                true,
		"Block AG Reports Results":                                                     true,
		"The Block Company":                                                            true,
		"Block (the “Registrant”) said so.":                                            true,
		"Block (the \"Corporation\") said so.":                                         true,
		"Block (“Block” or the “Company”) said so.":                                    true,
		"Block (together with its units, the “Company”) said so.":                      true,
		"Shell plc announced results.":                                                 true,
		"Block Company of the road":                                                    true,

		"FTC to Block Company From Growing":                               false,
		"COURT LETS AGENCY BLOCK GROUP FROM GROWING":                      false,
		"STATES BLOCK AG MEETING":                                         false,
		"AGENCY MOVES TO BLOCK SE PORTS":                                  false,
		"Block, Company and Group spoke of weather.":                      false,
		"They Block Limited Edition prints all year.":                     false,
		"It stands at 5 Red Block, NV 89501, among others.":               false,
		"The way from Block SE 23rd leads there.":                         false,
		"Change in Shell Company Status":                                  false,
		"SHELL COMPANY REPORT":                                            false,
		"The Target Company shall deliver these books.":                   false,
		"Every Target Group should read these notes.":                     false,
		"Block inc announced results.":                                    false,
		"Block (the registrant of nothing) said so.":                      false,
		"Block\n\nInc. stands for incorporated.":                          false,
		"Block parties are limited company affairs.":                      false,
		"Block sales by the Group and by the other Company were limited.": false,
	} {
		if got := flagged(text); got != want {
			t.Errorf("%q: flagged %v, want %v", text, got, want)
		}
	}
}

// TestDefinedInOthersFiling tries the Company of a filing that is somebody else's.
func TestDefinedInOthersFiling(t *testing.T) {
	b, err := Parse("w.yaml", strings.NewReader(`
parties: {block: {name: Block}}
deals: [{id: q, name: q, rule: '@block'}]
`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"This relates to shares of Block (the “Company”).":  true,
		"This relates to shares of Block (the “Issuer”).":   true,
		"Block chains are what the Company (a mill) sells.": false,
		"Block is near the “Registrant” here.":              false,
	} {
		v := doc("", text)
		v.Filers = []dealwatch.Filer{{CIK: 7}}
		if got := len(b.Match(v)) > 0; got != want {
			t.Errorf("%q: flagged %v, want %v", text, got, want)
		}
	}
}
