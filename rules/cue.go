package rules

import (
	"strings"
	"unicode"
)

// endsInForm reports whether a name of two words or more ends in a legal form.
func endsInForm(name string) bool {
	i := strings.LastIndexFunc(name, unicode.IsSpace)
	return i > 0 && legalForm(strings.Trim(name[i+1:], ".,"))
}

// functionWords begin sentences so often that their capital shows nothing there.
var functionWords = set(`within before after under over above between beyond next once since during without
	through around among along across inside outside upon like near past`)

// opensAsWord reports whether a common name is a word of grammar at the begin of its
// sentence, where nothing shows a company.
func opensAsWord(h *hit) bool {
	if !functionWords[string(appendFold(nil, h.name))] {
		return false
	}
	before := h.p.s[h.p.sentence(h.start).start:h.start]
	start, _ := nextToken(before, 0)
	return start == len(before)
}
