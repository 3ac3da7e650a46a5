package rules

import (
	"regexp"
	"strings"
)

// strongForms are legal forms that are nothing else; weakForms are words, places or
// directions too.
const (
	strongForms = `(?:Inc(?:orporated)?|INC(?:ORPORATED)?|Corp(?:oration)?|CORP(?:ORATION)?|LLC|LLP|Ltd|LTD|PLC|Plc|plc|PBC|GmbH|GMBH|SpA|` +
		`Pty\.?,? (?:Ltd|Limited)|PTY\.?,? (?:LTD|LIMITED)|Pte\.?,? (?:Ltd|Limited)|PTE\.?,? (?:LTD|LIMITED)|&\s?Co|&\s?CO|` +
		`N\. ?V|S\. ?A|B\. ?V|S\. ?p\. ?A|S\. ?P\. ?A|L\. ?P|L\. ?L\. ?C|L\. ?L\. ?P|P\. ?L\. ?C|P\. ?B\. ?C)\b\.?`
	weakForms = `(?:Limited|LIMITED|Company|COMPANY|Co|CO|Group|GROUP|Holdings?|HOLDINGS?|Pty|PTY|Pte|PTE|NV|SA|AG|SE|BV|LP|KK)\b\.?`
)

var (
	strongForm = regexp.MustCompile(`^[®™]?,?\s+` + strongForms)
	weakForm   = regexp.MustCompile(`^[®™]?(,?)\s+(` + weakForms + `)`)
)

// kinds are what companies and groups are of, and no names of them: a shell company.
var kinds = set(`shell holding portfolio operating public private trust insurance management investment investing limited
	peer control age focus user working study reporting affiliated surviving combined acquired acquiring reference selling disclosing`)

// headlineVerbs follow the name of the company that a headline is about, besides words of deals.
var headlineVerbs = set(`announces announced reports reported names named appoints declares files prices launches completes
	says posts unveils opens wins receives elects schedules sets closes raises expands introduces provides updates to and`)

// hasForm reports whether the legal form of a company follows a name: Block N.V. A form that is
// a word too counts in prose, or where the name opens its sentence, and no longer name goes on there.
func (h *hit) hasForm() bool {
	s := h.p.s
	sentence := h.p.sentence(h.start)
	rest := s[h.end:max(h.end, min(sentence.end, h.end+24))] // a name may reach into the next sentence
	if !formMayFollow(rest) {
		return false // as after most names, and the expressions cost more
	}
	if strongForm.MatchString(rest) {
		return true
	}
	m := weakForm.FindStringSubmatchIndex(rest)
	if m == nil {
		return false
	}
	form := strings.ToLower(strings.TrimSuffix(rest[m[4]:m[5]], "."))
	name := appendFold(nil, s[h.start:h.end])
	switch form {
	case "company", "group", "holding", "holdings", "co":
		if m[3] > m[2] || roles[string(name)] || kinds[string(name)] {
			return false
		}
	}
	after := h.end + m[1]
	if start, end := nextToken(s, after); start < sentence.end && blank(s[after:start]) {
		word := s[start:end]
		switch {
		case isDigit(word[0]): // 5 Block, NV 89501
			return false
		case !capital(s, start), legalForm(word), headlineVerbs[strings.ToLower(word)], placeless[strings.ToLower(word)]:
		case !h.p.has(someDeal|strongDeal|filerDeal, extent{start, end}):
			return false // Block Limited Edition
		}
	}
	return h.p.inProse(sentence) || h.opensSentence(sentence)
}

// opensSentence reports whether no word but an article stands before h in its sentence.
func (h *hit) opensSentence(sentence extent) bool {
	start, end, ok := prevToken(h.p.s, h.start)
	if ok && start >= sentence.start && strings.EqualFold(h.p.s[start:end], "the") {
		_, end, ok = prevToken(h.p.s, start)
	}
	return !ok || end <= sentence.start
}

// formMayFollow is a quick look at what follows a name.
func formMayFollow(rest string) bool {
	next := strings.TrimLeft(rest, "®™, \t\r\n")
	return len(next) > 1 && len(next) < len(rest) && (isUpper(next[0]) || next[0] == 'p' || next[0] == '&')
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// theRegistrant follows a company that the document calls by its part in it: Block (the “Registrant”).
var theRegistrant = regexp.MustCompile(`^[®™]?\s*\((?:(?:collectively|hereinafter|together[^()"“”]{0,60}),?\s+)?(?:["“][^()"“”]{1,40}["”],?\s*(?:and|or)?,?\s*)?` +
	`the\s+["“](?:Company|COMPANY|Registrant|REGISTRANT|Corporation|CORPORATION|Issuer)[,.]?["”]`)

// isDefined reports whether the document defines h as the Company that it speaks of.
func (h *hit) isDefined() bool {
	rest := h.p.s[h.end:min(len(h.p.s), h.end+140)]
	return strings.HasPrefix(strings.TrimLeft(rest, "®™ \n"), "(") && theRegistrant.MatchString(rest)
}
