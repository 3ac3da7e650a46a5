package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is set aside is judged by a paragraph or sentence alone, never by where it
// stands: news in the middle of boilerplate is news.

// setAside says why e makes no flag where a deal is looked for; "" when it may.
func (p *passage) setAside(e extent) string {
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
	case p.has(boilerplate, unit), p.has(formality, sentence):
		return "boilerplate"
	case exhibitRow(p.s[unit.start:unit.end]):
		return "an exhibit list"
	case noteParagraph(p.s[unit.start:unit.end]):
		return "a note that every release has"
	case p.has(rivalry, sentence) && !p.has(strongDeal, sentence), p.listsRivals(sentence):
		return "a list of competitors"
	case p.has(life, sentence) && !p.has(strongDeal, sentence):
		return "a life of a person"
	}
	return ""
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

// exhibitRow reports whether s begins like a row of an exhibit list: "10.1 Credit ...".
func exhibitRow(s string) bool {
	s = strings.TrimLeft(s, " \t*†+#")
	n := 0
	for n < len(s) && n < 3 && isDigit(s[n]) {
		n++
	}
	if n == 0 || n >= len(s) || s[n] != '.' {
		return false
	}
	m := n + 1
	for m < len(s) && m < n+4 && isDigit(s[m]) {
		m++
	}
	rest := strings.TrimLeft(s[m:], " \t\n*†+#")
	r, _ := utf8.DecodeRuneInString(rest)
	return m > n+1 && len(rest) < len(s)-m && unicode.IsUpper(r)
}

// noteParagraph reports whether s is the note at the end of an agency's release.
func noteParagraph(s string) bool {
	return strings.HasPrefix(s, "NOTE:") || strings.HasPrefix(s, "Note:")
}

// lists gives the enumerations of a sentence: five names or more, after such as,
// including, with and the like. Their names stand side by side, not together.
func (p *passage) lists(sentence extent) []extent {
	var out []extent
	s := p.s
	run, items, intro := extent{-1, -1}, 0, false
	last, lastToken := sentence.start, ""
	end := func() {
		if run.start >= 0 && items >= 5 && intro {
			out = append(out, run)
		}
		run, items = extent{-1, -1}, 0
	}
	for start, to := nextToken(s, sentence.start); start < sentence.end; start, to = nextToken(s, to) {
		token, gap := s[start:to], s[last:start]
		r, _ := utf8.DecodeRuneInString(token)
		name := !unicode.IsLower(r)
		blank := gap == " "
		if !blank && strings.ContainsAny(gap, ":!?—") || !name && !listWords[token] {
			end()
		}
		switch {
		case name && run.start < 0:
			run, items = extent{start, to}, 1
			intro = introWords[strings.ToLower(lastToken)] || strings.Contains(gap, ":")
		case run.start >= 0 && (name || listWords[token]):
			if token == "and" || token == "or" || !blank && strings.ContainsAny(gap, ",;") {
				items++
			}
			if name {
				run.end = to
			}
		}
		last, lastToken = to, token
	}
	end()
	return out
}

var (
	listWords  = set(`and or of the de s as well`)
	introWords = set(`as including include includes included like with among from by to for between e.g namely`)
)
