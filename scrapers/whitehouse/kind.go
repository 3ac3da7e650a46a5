package whitehouse

import (
	"regexp"
	"strings"
)

const anyAction = "presidential-action"

var kinds = []string{
	"executive-order", "proclamation", "presidential-memorandum", "national-security-memorandum", "nomination", anyAction,
	"fact-sheet", "briefing-statement", "remarks", "press-briefing", "legislation", "article", "research",
	"signed-order", "annex", "attachment",
}

// labels are the site's words for its kinds: category links and classes, bylines,
// sections of addresses. The last rows are sections that hold several kinds.
var labels = map[string]string{
	"executive order": "executive-order", "executive orders": "executive-order",
	"proclamation": "proclamation", "proclamations": "proclamation",
	"presidential memorandum": "presidential-memorandum", "presidential memoranda": "presidential-memorandum",
	"memorandum": "presidential-memorandum", "memoranda": "presidential-memorandum",
	"nominations appointments": "nomination", "nominations": "nomination", "nomination": "nomination",
	"fact sheets": "fact-sheet", "fact sheet": "fact-sheet",
	"briefings statements": "briefing-statement", "statements and releases": "briefing-statement", "statements releases": "briefing-statement",
	"remarks": "remarks", "speeches and remarks": "remarks", "speeches remarks": "remarks",
	"press briefings": "press-briefing", "legislation": "legislation",
	"articles": "article", "research": "research",
	"presidential actions": anyAction,
}

// titles tell a kind where the site's labels give only the section.
var titles = []struct {
	kind  string
	title *regexp.Regexp
}{
	{"executive-order", regexp.MustCompile(`(?i)^(presidential )?executive order\b`)},
	{"proclamation", regexp.MustCompile(`(?i)^((a|presidential) )?proclamation\b|^president .{1,40} proclaims\b`)},
	{"presidential-memorandum", regexp.MustCompile(`(?i)^(presidential )?memorandum\b`)},
	{"nomination", regexp.MustCompile(`(?i)^nominations? (sent|transmitted)\b`)},
	{"fact-sheet", regexp.MustCompile(`(?i)^fact sheet\b`)},
}

var (
	security     = regexp.MustCompile(`(?i)\bnational security (presidential )?memorandum\b|\bNSPM-?\d`)
	memorandum   = regexp.MustCompile(`(?m)^MEMORANDUM (FOR|TO)\b`)
	proclamation = regexp.MustCompile(`(?m)^A PROCLAMATION\.?$`)
	between      = regexp.MustCompile(`[^a-z]+`)
)

// kindOf chooses a document's kind from what the site calls it, the closest label
// first, then from its title, then from the caption that its text begins with. Early
// pages of 2025 say no more than "presidential action", and so does kindOf then. What is
// of no section that we know is an article.
func kindOf(title, text string, called ...string) string {
	if security.MatchString(title) {
		return "national-security-memorandum"
	}
	kind := ""
	for _, label := range called {
		k := labels[strings.Trim(between.ReplaceAllString(strings.ToLower(label), " "), " ")]
		if kind == "" || kind == anyAction && k != "" {
			kind = k
		}
	}
	if kind != "" && kind != anyAction && kind != "briefing-statement" {
		return kind
	}
	for _, t := range titles {
		if t.title.MatchString(title) && (kind == anyAction || t.kind == "fact-sheet" || t.kind == "nomination") {
			return t.kind
		}
	}
	if kind == "" {
		return "article"
	}
	if kind != anyAction {
		return kind
	}
	head := text[:min(len(text), 400)]
	switch {
	case memorandum.MatchString(head):
		return "presidential-memorandum"
	case proclamation.MatchString(head):
		return "proclamation"
	}
	return kind
}
