package rules

import (
	"regexp"
	"strings"
)

// companyCues in the sentence of a common name show that a company is meant.
var companyCues = regexp.MustCompile(`\b(?:Inc|Corp|Corporation|Incorporated|LLC|L\.L\.C|Ltd|PLC|plc|PBC|Co)\b\.?` +
	`|\b[Tt]he [Cc]ompany\b|\b(?:NASDAQ|Nasdaq|NYSE|NasdaqGS|LSE)\s?:`)

// endsInForm reports whether e, a common name in a sentence, ends in a legal form. from
// is where the sentence begins in the text that e counts in.
func endsInForm(sentence string, e extent, from int) bool {
	last := strings.Fields(sentence[max(e.start-from, 0):min(e.end-from, len(sentence))])
	return len(last) > 1 && legalForm(strings.Trim(last[len(last)-1], ".,"))
}

// functionWords begin sentences so often that their capital shows nothing there.
var functionWords = set(`within before after under over above between beyond next once since during without
	through around among along across inside outside upon like near past`)

// opensAsWord reports whether a common name is a word of grammar at the begin of its
// sentence, where nothing shows a company.
func opensAsWord(h *hit) bool {
	name := string(appendFold(nil, h.name))
	if !functionWords[name] {
		return false
	}
	before := h.p.s[h.p.sentence(h.start).start:h.start]
	start, _ := nextToken(before, 0)
	return start == len(before)
}
