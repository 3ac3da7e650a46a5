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
	security = regexp.MustCompile(`(?i)\bnational security (presidential )?memorandum\b|\bNSPM-?\d`)
	between  = regexp.MustCompile(`[^a-z]+`)
)

// heads are the captions that documents begin with.
var heads = []struct {
	kind string
	head *regexp.Regexp
}{
	{"national-security-memorandum", security},
	{"presidential-memorandum", regexp.MustCompile(`(?m)^(MEMORANDUM (FOR|TO)\b|(?i:presidential memorandum\b)|SUBJECT:)`)},
	{"proclamation", regexp.MustCompile(`(?im)^a proclamation\.?$`)},
	{"nomination", regexp.MustCompile(`(?i)^nominations? sent\b|\bI nominate\b`)},
}

// formulas are the words by which a document does what it does, the surest first: a
// memorandum may order too.
var formulas = []struct {
	kind  string
	words *regexp.Regexp
}{
	{"proclamation", regexp.MustCompile(`(?i)\bhereby\s+proclaim\b`)},
	{"executive-order", regexp.MustCompile(`(?i)\bit\s+is\s+hereby\s+ordered\b`)},
	{"presidential-memorandum", regexp.MustCompile(`(?i)\bthis\s+memorandum\s+(is\s+not\s+intended|shall\s+be\s+implemented)\b`)},
	{"executive-order", regexp.MustCompile(`(?i)\bI\s+hereby\s+order\b|\bthis\s+order\s+(is\s+not\s+intended|shall\s+be\s+implemented)\b`)},
}

// kindOf chooses a document's kind from what the site calls it, the closest label
// first, then from its title, then from its text: many pages of early 2025 say no more
// than "presidential action". What is of no section that we know is an article.
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
	return kindOfText(text)
}

// kindOfText tells a presidential action by the words that it begins with, or by those
// in which it acts.
func kindOfText(text string) string {
	top := text[:min(len(text), 400)]
	for _, h := range heads {
		if h.head.MatchString(top) {
			return h.kind
		}
	}
	for _, f := range formulas {
		if f.words.MatchString(text) {
			return f.kind
		}
	}
	return anyAction
}
