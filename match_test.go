package dealwatch_test

import (
	"testing"

	"github.com/dealwatch/dealwatch"
)

func TestReads(t *testing.T) {
	for hit, want := range map[string]string{
		"Betelgeuse":               "Betelgeuse",
		"Betel-\ngeuse":            "Betelgeuse",
		"Betel\u00ad\n  geuse":     "Betelgeuse",
		"Sherwin-\nWilliams":       "Sherwin-Williams",
		"Amazon\n Web  \nServices": "Amazon Web Services",
		"Betel-\ngeuse\nMills":     "Betelgeuse Mills",
		"Web  Services":            "Web  Services",
		"":                         "",
	} {
		if got := (dealwatch.Mention{Hit: hit}).Reads(); got != want {
			t.Errorf("%q reads %q, want %q", hit, got, want)
		}
	}
}
