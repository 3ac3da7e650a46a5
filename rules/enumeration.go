package rules

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lists gives the enumerations of a sentence: examples of some kind of company (retailers
// such as Alpha and Beta), three names or more of which any will do (Alpha, Beta or Gamma),
// or which others follow, or each of which has a deal (agreements with Alpha, Beta and
// Gamma), or five after with, between and the like. Their names stand side by side, not together.
func (p *passage) lists(sentence extent) []extent {
	var out []extent
	s := p.s
	run, items, least, choice := extent{-1, -1}, 0, 0, false
	last := sentence.start
	var tokens [5]extent // the last ones
	end := func() {
		if run.start >= 0 && (least > 0 && items >= least || choice && items >= 3) {
			out = append(out, run)
		}
		run, items, choice = extent{-1, -1}, 0, false
	}
	for start, to := nextToken(s, sentence.start); start < sentence.end; start, to = nextToken(s, to) {
		token, gap := s[start:to], s[last:start]
		r, _ := utf8.DecodeRuneInString(token)
		name := !unicode.IsLower(r)
		if strings.ContainsAny(gap, ":!?—") || !name && !listWords[token] {
			if token == "other" || token == "others" {
				items, choice = items-1, true // the and before it counted one more
			}
			end()
		}
		switch {
		case name && run.start < 0:
			run, items, least = extent{start, to}, 1, p.leastItems(sentence, tokens, gap)
		case run.start >= 0 && (name || listWords[token]):
			if strings.ContainsAny(gap, ",;") && !legalForm(token) || (token == "and" || token == "or") && !strings.ContainsAny(gap, ",;") {
				items++
			}
			switch {
			case name, token == "s" && (gap == "'" || gap == "’"):
				run.end = to
			case token == "or":
				choice = true
			}
		}
		copy(tokens[:], tokens[1:])
		last, tokens[len(tokens)-1] = to, extent{start, to}
	}
	end()
	return out
}

// leastItems gives how many names make a list of those that follow before: one where
// they are examples of a kind of company, five after other words that open one, and 0
// where nothing does.
func (p *passage) leastItems(sentence extent, before [5]extent, gap string) int {
	word := func(i int) string { return strings.ToLower(p.s[before[i].start:before[i].end]) }
	kind := 3 // which of before names what the list is of
	switch last := word(4); {
	case last == "as" && word(3) == "such":
		kind = 2
	case exampleWords[last]:
	case last == "are" || last == "were": // our largest customers are Alpha and Beta
		if w := word(3); !(strings.HasSuffix(w, "ers") || strings.HasSuffix(w, "ors")) || p.has(someDeal|filerDeal, before[3]) || makers[w] {
			return 0
		}
		return 1
	case tradeWords[last][word(3)]: // sold through Alpha and Beta
		return 1
	case last == "against":
		return 4
	case strings.TrimSpace(gap) == ",": // the three largest mills, Alpha, Beta and Gamma, own half of it
		if !groups[last] && !(strings.HasSuffix(last, "ers") || strings.HasSuffix(last, "ors")) || p.has(someDeal|filerDeal, before[4]) ||
			makers[last] || p.has(strongDeal, sentence) {
			return 0
		}
		return 3
	case last == "with" && !p.has(control, sentence) && (deals[word(3)] || deals[word(2)] && strings.HasSuffix(word(3), "ed")): // agreements with Alpha, Beta and Gamma
		return 3
	case introWords[last], strings.Contains(gap, ":"):
		return 5
	default:
		return 0
	}
	if w := word(kind); !strings.HasSuffix(w, "s") || p.has(control, before[kind]) ||
		p.has(someDeal, before[kind]) && !strings.HasSuffix(w, "ers") && !strings.HasSuffix(w, "ors") {
		return 5 // mergers such as Alpha and Beta, but not suppliers such as they
	}
	for i := range kind {
		if w := word(i); w == "between" || w == "involving" {
			return 5
		}
	}
	return 1
}

// apartInLists reports whether all named hits of a sentence stand in lists of it, and
// nothing between two lists links them.
func (p *passage) apartInLists(hits []*hit, lists []extent) bool {
	if len(lists) == 0 {
		return false
	}
	first, last := -1, -1
	for _, h := range hits {
		if h.filer {
			continue
		}
		i := sort.Search(len(lists), func(i int) bool { return lists[i].end >= h.end })
		if i == len(lists) || !lists[i].holds(h.extent) {
			return false
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	return first >= 0 && (first == last || !p.has(strongDeal, extent{lists[first].end, lists[last].start}))
}

// abreast reports whether the parties of a sentence have their parts each from somebody
// else, as after with: an agreement with Alpha and another with Beta.
func (g *group) abreast(hits []*hit) bool {
	var seen []*party
	for _, h := range hits {
		start, end, ok := prevToken(g.p.s, h.start)
		switch {
		case h.filer:
			return false
		case slices.Contains(seen, h.party):
			continue
		case !ok || g.p.s[start:end] != "with" || h.start > end+1:
			return false
		}
		seen = append(seen, h.party)
	}
	return true
}

var (
	listWords    = set(`and or of the de s as well`)
	introWords   = set(`as including include includes included like with among from by to for between through means e.g namely`)
	exampleWords = set(`including include includes included like e.g namely`)
	tradeWords   = map[string]map[string]bool{
		"through": set(`sold distributed marketed offered available sales`),
		"at":      set(`sold available`),
		"to":      set(`sales`),
		"from":    set(`revenue revenues`),
		"with":    set(`business`),
	}
	groups = set(`companies firms banks agencies mills airlines carriers brands chains`)
	deals  = set(`agreements arrangements collaborations contracts licenses orders partnerships settlements`)
	makers = set(`buyers sellers bidders founders shareholders stockholders holders members offerors contributors investors`) // of a deal
)
