package rules

import (
	"strings"
	"testing"
)

// TestCues tries what shows that a common name is a company, and what does not.
func TestCues(t *testing.T) {
	flagged := flagging(t, `
parties: {block: {name: Block}}
deals: [{id: q, name: q, rule: '@block'}]
`)
	for text, want := range map[string]bool{
		"Block (NYSE: SQ) said so.":                       true,
		"Shares of Block (NASDAQ: SQ) rose.":              true,
		"Shares of Block (Nasdaq:XYZ) rose.":              true,
		"Block (NYSE American: SQ) said so.":              true,
		"Block (Nasdaq Global Select Market: SQ) said.":   true,
		"Block (TSX: SQ.TO) said.":                        true,
		"Block, ticker symbol SQ, said.":                  true,
		"Block (the “Company”) said.":                     true,
		"Block (the \"Company\") said.":                   true,
		"Block said the Company grew.":                    true,
		"Block said so.":                                  false,
		"Block (that is on the NYSE) said.":               false,
		"Block said of Nasdaq: Trading will go on there.": false,
		"Block the road. It is by the NYSE: a way out.":   false,
	} {
		if got := flagged(text); got != want {
			t.Errorf("%q: flagged %v, want %v", text, got, want)
		}
	}
}

// TestOtherNames tries what a document calls a party besides, and hosts that hold an acronym.
func TestOtherNames(t *testing.T) {
	b, err := Parse("w.yaml", strings.NewReader(`
parties:
  robox: {name: RoboX, aliases: [{text: RBX, class: acronym}]}
  betel: {name: Betelgeuse Mills}
deals: [{id: q, name: q, rule: '@robox /s bought'}]
`))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"RoboX LLC (d/b/a Alphard Robotics) grew. Later Alphard Robotics bought it.":               true,
		"RoboX LLC (doing business as Alphard) grew. Later Alphard bought it.":                     true,
		"RoboX (formerly known as Alphard Robotics, Inc.) grew. Later Alphard Robotics bought it.": true,
		"RoboX (now part of Alphard Robotics) grew. Later Alphard Robotics bought it.":             false,
		"RoboX (d/b/a Target) grew. Later Target bought it.":                                       false,
		"Quuxco (d/b/a Alphard Robotics) grew. Later Alphard Robotics bought it.":                  false,
		"Alphard Robotics, Inc. (formerly known as RoboX) grew. Later Alphard Robotics bought it.": true,
		"Alphard Robotics (f/k/a RoboX, Inc.) grew. Later Alphard Robotics bought it.":             true,
		"Today Alphard (formerly RoboX) grew. Later Alphard bought it.":                            true,
		"It met A&B Alphard Corp. (previously known as “RoboX”). Later A&B Alphard bought it.":     true,
		"Alphard Robotics, a mill, (formerly known as RoboX) grew. Later Alphard Robotics bought.": false,
		"Betelgeuse Mills (formerly known as RoboX) grew. Later Betelgeuse Mills bought it.":       false,
		"Target (formerly known as RoboX) grew. Later Target bought it.":                           false,
		"The Company (formerly known as RoboX) grew. Later the Company bought it.":                 false,
		"Alphard Robotics (formerly a part of RoboX) grew. Later Alphard Robotics bought it.":      false,
		"They bought RBX.":                         true,
		"They bought arn:aws:RBX::s3 of it.":       false,
		"They bought RBX.internal-corp.net of it.": false,
		"They bought user@RBX.com of it.":          false,
	} {
		if got := len(b.Match(doc("", text))) > 0; got != want {
			t.Errorf("%q: flagged %v, want %v", text, got, want)
		}
	}
}
