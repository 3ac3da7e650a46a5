package fedreg

import (
	"regexp"
	"strings"
)

const anyPresidential = "presidential-document"

var kinds = []string{
	"executive-order", "proclamation", "presidential-memorandum", "presidential-determination", "presidential-notice",
	"presidential-order", anyPresidential, "rule", "proposed-rule", "notice", "correction",
	"consent-agreement", "proposed-final-judgment", "hsr-thresholds", "ncrpa-notice",
}

var subtypes = map[string]string{
	"executive order":    "executive-order",
	"proclamation":       "proclamation",
	"memorandum":         "presidential-memorandum",
	"determination":      "presidential-determination",
	"notice":             "presidential-notice",
	"presidential order": "presidential-order",
}

var types = map[string]string{"rule": "rule", "proposed rule": "proposed-rule", "notice": "notice"}

// notices are kinds of notice that matter to antitrust. Those under the National
// Cooperative Research and Production Act list companies by the dozen, and are the
// likeliest to name both parties of a deal by chance.
var notices = []struct {
	kind  string
	title *regexp.Regexp
}{
	{"ncrpa-notice", regexp.MustCompile(`(?i)national cooperative research and production act`)},
	{"consent-agreement", regexp.MustCompile(`(?i)\banalysis\b.*\bconsent\b|\banalysis\b.*\baid public comment|\bproposed consent agreement`)},
	{"proposed-final-judgment", regexp.MustCompile(`(?i)\bproposed (amended )?final judgment`)},
	{"hsr-thresholds", regexp.MustCompile(`(?i)\bjurisdictional thresholds\b`)},
}

var correctionNumber = regexp.MustCompile(`^[CR]\d+-`)

func kindOf(number, title, typ, subtype string) string {
	if correctionNumber.MatchString(number) {
		return "correction"
	}
	if typ == "Presidential Document" {
		if k := subtypes[strings.ToLower(subtype)]; k != "" {
			return k
		}
		return anyPresidential
	}
	kind := types[strings.ToLower(typ)]
	if kind == "notice" {
		for _, n := range notices {
			if n.title.MatchString(title) {
				return n.kind
			}
		}
	}
	return kind
}
