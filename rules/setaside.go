package rules

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is set aside is judged by a paragraph or sentence alone, never by where it
// stands: news in the middle of boilerplate is news.

// setAside says why e makes no flag where a deal is looked for; "" when it may.
func (p *passage) setAside(e extent) string {
	switch rest := p.s[e.end:]; {
	case namesPlan(p.s, e.end):
		return "in the name of a plan"
	case isMedium(rest):
		return "a post or a page there"
	}
	sentence := p.around(inSentence, e)
	why, ok := p.aside[sentence.start]
	if !ok {
		why = p.judge(sentence)
		if p.aside == nil {
			p.aside = map[int]string{}
		}
		p.aside[sentence.start] = why
	}
	return why
}

// longParagraph is where a paragraph is no longer one: its breaks were lost.
const longParagraph = 4000

func (p *passage) judge(sentence extent) string {
	unit := p.paragraph(sentence.start)
	if unit.end-unit.start > longParagraph {
		unit = sentence
	}
	switch {
	case p.has(formality, sentence), p.isBoilerplate(sentence, unit):
		return "boilerplate"
	case glossaryEntry(p.s[sentence.start:sentence.end]) && !p.has(strongDeal, sentence):
		return "an entry of a glossary"
	case exhibitRow(p.s[unit.start:unit.end]):
		return "an exhibit list"
	case noteParagraph(p.s[unit.start:unit.end]):
		return "a note that every release has"
	case p.has(rivalry, sentence) && !p.outside(sentence, strongDeal) && !(p.saysMade(sentence) && p.outside(sentence, making)), p.listsRivals(sentence):
		return "a list of competitors"
	case p.has(life, sentence) && !p.has(strongDeal, sentence):
		return "a life of a person"
	}
	return ""
}

// isBoilerplate reports whether a sentence is boilerplate for what stands in it or in its
// paragraph. One that says that a deal was made is none for its neighbours' sake; nor are
// other lines of a paragraph in which the lines of a form run on into such news.
func (p *passage) isBoilerplate(sentence, para extent) bool {
	switch {
	case !p.has(boilerplate|formLine, para):
		return false
	case p.has(boilerplate|formLine, sentence):
		return true
	case p.saysMade(sentence):
		return false
	case p.has(boilerplate, para):
		return true
	}
	for at := para.start; at < para.end; {
		next := p.sentence(at)
		if p.saysMade(next) {
			return false
		}
		at = max(next.end, at+1)
	}
	return true
}

// saysMade reports whether a sentence that is no boilerplate itself says that a deal was
// made, and not that one may be.
func (p *passage) saysMade(sentence extent) bool {
	return p.has(making, sentence) && !p.has(hedge|boilerplate|formLine, sentence)
}

// listsRivals reports whether a sentence is an item of a list that a sentence about
// competitors opens, in the same paragraph.
func (p *passage) listsRivals(item extent) bool {
	para := p.paragraph(item.start)
	for range 30 {
		if !isBullet(strings.TrimLeft(p.s[item.start:item.end], " ")) || item.start <= para.start {
			return false
		}
		before := p.sentence(item.start - 1)
		if !isBullet(strings.TrimLeft(p.s[before.start:before.end], " ")) {
			return p.has(rivalry, before) && !p.has(strongDeal, before)
		}
		item = before
	}
	return false
}

// outside reports whether a sign stands outside the brackets of a sentence. Inside, it
// tells of one name: Alpha (formerly Beta, before its merger).
func (p *passage) outside(sentence extent, of sign) bool {
	if !p.has(of, sentence) {
		return false
	}
	s, found := p.s[sentence.start:sentence.end], false
	if strings.IndexByte(s, '(') < 0 {
		return true
	}
	signs.scan(s, func(t *term, start, end int) {
		e := extent{sentence.start + start, sentence.start + end}
		found = found || sign(t.id)&of != 0 && strings.LastIndexByte(s[:start], '(') <= strings.LastIndexByte(s[:start], ')') &&
			!(sign(t.id)&inName != 0 && p.partOfName(e))
	})
	return found
}

// exhibitRow reports whether s begins like a row of an exhibit list: "10.1 Credit ...",
// "Exhibit 99.1 Press release ...", "10(a) Lease ...".
func exhibitRow(s string) bool {
	m := exhibitNumber.FindStringIndex(s)
	if m == nil {
		return false
	}
	rest := s[m[1]:]
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsUpper(r) || startsWithYear(rest)
}

var exhibitNumber = regexp.MustCompile(`^[\s*†+#|]*(?:(?i:exhibit|ex)[\s.-]*)?\(?\d{1,3}(?:\.\d{1,3}|\([a-z]\))(?:\([a-z0-9]{1,4}\))*\)?[\s*†+#|:–-]*[\s*†+#|]`)

// startsWithYear reports whether s begins like "2028 Credit Agreement".
func startsWithYear(s string) bool {
	return len(s) > 5 && strings.Trim(s[:4], "0123456789") == "" && s[4] == ' ' && capital(s, 5)
}

// glossaryEntry reports whether s only says what a name is short for: Alpha | Alpha Inc.
func glossaryEntry(s string) bool {
	if len(s) > 200 || strings.IndexByte(s, '|') < 0 {
		return false
	}
	short, long, ok := strings.Cut(strings.Trim(s, "| \t\n"), "|")
	short, long = strings.TrimSpace(short), strings.TrimSpace(long)
	if !ok || short == "" || strings.IndexByte(long, '|') >= 0 {
		return false
	}
	start, end := nextToken(short, 0)
	from, to := nextToken(long, 0)
	return strings.EqualFold(short[start:end], long[from:to])
}

// namesPlan reports whether a name that ends at i begins that of a plan for its people:
// Alpha, Inc. 2007 Equity Incentive Plan.
func namesPlan(s string, i int) bool {
	forPeople := false
	for range 12 {
		start, end := nextToken(s, i)
		if start > i+2 || start == end || start == i || strings.Trim(s[i:start], " ,.-\n") != "" {
			return false
		}
		word := s[start:end]
		switch {
		case word == "Plan" || word == "Plans":
			return forPeople
		case planWords[word]:
			forPeople = true
		case !capital(word, 0) && !isDigit(word[0]) && word != "and":
			return false
		}
		i = end
	}
	return false
}

var planWords = set(`Equity Stock Incentive Employee Employees Savings Retirement Pension Omnibus Compensation Award Deferred Bonus Option Severance`)

// noteParagraph reports whether s is the note at the end of an agency's release, or
// names others.
func noteParagraph(s string) bool {
	return note.MatchString(s)
}

var note = regexp.MustCompile(`^(?:\*\s*)?(?:NOTE(?: TO EDITORS)?[:.]|Note(?: to editors)?:|Related (?:Press Releases|News|Cases|Actions|Documents)\b)`)

// isMedium reports whether the name before s is only where somebody wrote: his Alpha post
// of May. Before an object, as in "Alpha and Beta post losses", such a word is a verb.
func isMedium(s string) bool {
	start, end := nextToken(s, 0)
	if start != 1 || s[0] != ' ' || !mediumNouns[s[start:end]] {
		return false
	}
	next, to := nextToken(s, end)
	return next != end+1 || afterNoun[s[next:to]]
}

var (
	mediumNouns = set(`post posts page pages feed handle hashtag profile profiles tweet tweets`)
	afterNoun   = set(`about and announcing by dated from in is of on or saying says that was were where which`)
)
