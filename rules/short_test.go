package rules

import "testing"

// TestShortForms tries what defines a short form of a party, and what defines one of somebody else.
func TestShortForms(t *testing.T) {
	flagged := flagging(t, `
parties:
  alphard: {name: Alphard Robotics, aliases: [Alphard]}
  betel: {name: Betelgeuse Mills}
deals: [{id: q, name: q, rule: '@alphard /s bought'}]
`)
	for text, want := range map[string]bool{
		`Alphard Robotics, Inc. (“Alrob”) grew.`:                                                               true,
		`Alphard Robotics, Inc., a Delaware corporation (“Alrob”), grew.`:                                      true,
		`Alphard Robotics LLC, a New York limited liability company (the “Alrob”), grew.`:                      true,
		`Alphard Robotics N.V., a public company organized under the laws of the Netherlands (“Alrob”), grew.`: true,
		`Alphard Robotics S.A., an Argentine company (“Alrob”), grew.`:                                         true,
		`Alphard Robotics, Inc. (Nasdaq: ARIX) (“Alrob”) grew.`:                                                true,
		`Alphard Robotics, Inc. (NYSE American: ARIX; TSX: ARX) ("Alrob") grew.`:                               true,
		`Alphard Robotics, Inc. (Nasdaq: ARIX, “Alrob”) grew.`:                                                 true,
		`Alphard Robotics, Inc. and its subsidiaries (“Alrob”) grew.`:                                          true,
		`Alphard Robotics, Inc., together with its consolidated subsidiaries (“Alrob”), grew.`:                 true,
		`Alphard Robotics, Inc. (together with its subsidiaries, “Alrob”) grew.`:                               true,
		`Alphard Robotics, Inc., a Delaware corporation (Nasdaq: ARIX), and its subsidiaries (“Alrob”) grew.`:  true,
		`Alphard Robotics, Inc. (the “Company” or “Alrob”) grew.`:                                              true,
		`Alphard Robotics, Inc. (“we,” “us,” “our” and “Alrob”) grew.`:                                         true,
		`Alphard Robotics, Inc. (“Parent”, the “Buyer” or “Alrob”) grew.`:                                      true,
		`ALPHARD ROBOTICS, INC. (“Alrob”) grew.`:                                                               true,
		`ALPHARD ROBOTICS, LTD. ("Alrob") grew.`:                                                               true,
		`Alphard Robotics, Inc. (referred to as “Alrob”) grew.`:                                                true,
		`Alphard Robotics, Inc. (hereinafter referred to as the “Alrob”) grew.`:                                true,
		`Alphard Robotics, Inc. (also known as “Alrob”) grew.`:                                                 true,
		`Alphard Robotics, Inc. ('Alrob') grew.`:                                                               true,
		`Alphard Robotics, Inc. (‘Alrob’) grew.`:                                                               true,
		`Alphard Robotics® Inc. (“Alrob”) grew.`:                                                               true,
		`It told of a subsidiary of Alphard Robotics, Inc. (“Alrob”).`:                                         true,
		`Alphard and Halcyon Inc. (“Alrob”) grew.`:                                                             false,
		`Alphard, Inc. and its subsidiary Halcyon (“Alrob”) grew.`:                                             false,
		`Alphard, Inc. and its competitors (“Alrob”) grew.`:                                                    false,
		`Alphard, Inc., a subsidiary of Halcyon Corp. (“Alrob”), grew.`:                                        false,
		`Alphard, Inc., a corporation affiliated with a trust (“Alrob”), grew.`:                                false,
		`Alphard, Inc., an Alrob company (“Alrob”), grew.`:                                                     false,
		`Alrob LLC, a wholly owned subsidiary of Alphard Robotics, Inc. (“Alrob”), grew.`:                      false,
		`Alrob LLC, which is owned by Alphard (“Alrob”), grew.`:                                                false,
		`Alphard, Inc. (“Alphard” and, with Halcyon, “Alrob”) grew.`:                                           false,
		`Alphard, Inc. (“Alphard” and “Alrob”) grew.`:                                                          false,
		`Alphard, Inc. (the rival of “Alrob”) grew.`:                                                           false,
		`Alphard, Inc. (“alrob”) grew.`:                                                                        false,
		`Halcyon, Inc., a Delaware corporation (“Alrob”), grew.`:                                               false,
		`Alphard Robotics Labs, Inc. (“Alrob”) grew.`:                                                          false,
		`Alphard, Inc. grew. Halcyon, a Delaware corporation (“Alrob”), grew.`:                                 false,
	} {
		if got := flagged(text + "\n\nLater Alrob bought it."); got != want {
			t.Errorf("%s: flagged %v, want %v", text, got, want)
		}
	}
	for _, part := range []string{"Acquisition", "Transaction", "Borrowers", "Sellers", "Company", "Merger Agreement", "Proposed Transaction"} {
		if text := "It told of Alphard, Inc. (the “" + part + "”).\n\nThe " + part + " bought nothing."; flagged(text) {
			t.Errorf("%s is flagged", text)
		}
	}
}

// TestNamesOfOtherDays tries names of business and of other days without brackets.
func TestNamesOfOtherDays(t *testing.T) {
	flagged := flagging(t, `
parties:
  alphard: {name: Alphard}
  betel: {name: Betelgeuse Mills}
deals: [{id: q, name: q, rule: '@alphard /s bought'}]
`)
	for text, want := range map[string]bool{
		"Alphard Inc., d/b/a Robozon, grew.":                        true,
		"Alphard Inc. d/b/a Robozon grew.":                          true,
		"Alphard LLC, doing business as Robozon, grew.":             true,
		"Alphard doing business as “Robozon” grew.":                 true,
		"ALPHARD, INC. D/B/A Robozon grew.":                         true,
		"Alphard Inc. (dba Robozon) grew.":                          true,
		"Alphard Inc. (a/k/a Robozon) grew.":                        true,
		"Alphard Inc. (also known as Robozon Inc.) grew.":           true,
		"Alphard Inc. (formerly Robozon, Inc.) grew.":               true,
		"Alphard Inc. (formerly, Robozon, Inc.) grew.":              true,
		"Alphard Inc., formerly known as Robozon, Inc., grew.":      true,
		"They met Alphard, formerly known as Robozon Inc.":          true,
		"Alphard, formerly known as Robozon, grew.":                 true,
		"Alphard Inc., now known as Robozon, grew.":                 true,
		"Robozon LLC d/b/a Alphard grew.":                           true,
		"Robozon, L.L.C., doing business as Alphard, grew.":         true,
		"Robozon, Inc., formerly known as Alphard, Inc., grew.":     true,
		"Robozon N.V. (f/k/a Alphard) grew.":                        true,
		"Robozon (dba Alphard) grew.":                               true,
		"The robot of Alphard, formerly known as Robozon, grew.":    false,
		"The unit of Alphard formerly known as Robozon grew.":       false,
		"Alphard Hall, formerly known as Robozon, grew.":            false,
		"Mount Alphard, formerly known as Robozon, grew.":           false,
		"Alphard’s robot, formerly known as Robozon, grew.":         false,
		"Robozon, formerly known as Alphard Hall, grew.":            false,
		"Its robot Robozon, formerly known as Alphard, grew.":       false,
		"Alphard is doing business as usual. Robozon grew.":         false,
		"Halcyon Inc., d/b/a Robozon, met Alphard.":                 false,
		"Alphard met Halcyon Inc., formerly known as Robozon, Inc.": false,
	} {
		if got := flagged(text + "\n\nLater Robozon bought it."); got != want {
			t.Errorf("%s: flagged %v, want %v", text, got, want)
		}
	}
	for text, other := range map[string]string{
		"Alphard Inc., formerly known as Betelgeuse Mills, grew.": "Betelgeuse Mills",
		"Alphard Inc. d/b/a Target grew.":                         "Target",
		"She was at Alphard (formerly Vice President).":           "The Vice President",
		"Robozon, L.L.C., doing business as Alphard, grew.":       "Halcyon, L.L.C.,",
		"Alphard Inc. (formerly the Parent) grew.":                "Parent",
		"They know the Company d/b/a Alphard.":                    "The Company",
	} {
		if text += "\n\n" + other + " bought it."; flagged(text) {
			t.Errorf("%s is flagged", text)
		}
	}
}
