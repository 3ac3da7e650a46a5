package rules

import "testing"

// TestLongerNames tries names that end in a common one, and what stands before that one and is no part of it.
func TestLongerNames(t *testing.T) {
	flagged := flagging(t, `
parties:
  block: {name: Block, aliases: [Square Cash]}
  alphard: {name: Alphard, aliases: [A&T, {text: Beacon, class: common}]}
deals: [{id: q, name: q, rule: '@block'}]
`)
	for text, want := range map[string]bool{
		"H&R Block, Inc. prepares returns.":                           false,
		"H & R Block, Inc. prepares returns.":                         false,
		"The H&R Block, Inc. offices were open.":                      false,
		"H&R BLOCK, INC.":                                             false,
		"Agency Sues H&R Block, Inc. Over Ads":                        false,
		"Wood & Block, Inc. sells doors.":                             false,
		"Wood Block, Inc. sells doors.":                               false,
		"They bought doors of Wood Block, Inc. last year.":            false,
		"WOOD BLOCK, INC. sells doors.":                               false,
		"Wood Block, Inc.":                                            false,
		"The Wood Block Company (the “Company”) sells doors.":         false,
		"Mr. Block of Acme Inc. spoke.":                               false,
		"Mrs. Block, who runs Acme Inc., spoke.":                      false,
		"Wood Block, Inc. sells doors. Block Party, Inc. sells hats.": false,

		"Block, Inc. prepares returns.":                                  true,
		"The Block, Inc. offices were open.":                             true,
		"Agency Sues Block, Inc. Over Ads":                               true,
		"About Block, Inc.":                                              true,
		"Acquisition of Block, Inc.":                                     true,
		"Recently Block, Inc. sold doors.":                               true,
		"Today Block, Inc. sold doors.":                                  true,
		"On Monday Block, Inc. sold doors.":                              true,
		"In June Block, Inc. sold doors.":                                true,
		"They sued Defendant Block, Inc. over doors.":                    true,
		"They sued Defendants Block, Inc. and Acme over doors.":          true,
		"Whether Block, Inc. sold doors is unknown.":                     true,
		"Retailer Block, Inc. sold doors.":                               true,
		"The FTC Block, Inc. case was about doors.":                      true,
		"Doors, Windows, Block, Inc. and others were there.":             true,
		"Dorsey’s Block, Inc. sold doors.":                               true,
		"NEW YORK – Block, Inc. sold doors.":                             true,
		"(Reuters) Block, Inc. sold doors.":                              true,
		"The Alphard Block, Inc. case was about doors.":                  true,
		"The A&T Block, Inc. case was about doors.":                      true,
		"Alphard & Block, Inc. sold doors.":                              true,
		"The Beacon Block, Inc. case was about doors.":                   true,
		"Wood Block, Inc. sells doors. Block, Inc. sells none of these.": true,
		"Results of 2025\nBlock, Inc. sold doors.":                       true,
		"It met A. Wood. Block, Inc. sold doors.":                        true,
	} {
		if got := flagged(text); got != want {
			t.Errorf("%q: flagged %v, want %v", text, got, want)
		}
	}
}
