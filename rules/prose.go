package rules

import "github.com/dealwatch/dealwatch"

// prose drops the spans that stand in boilerplate.
func (t *text) prose(spans []span) []span {
	out := spans[:0:0]
	for _, s := range spans {
		if s.p == nil || s.p.setAside(s.extent) == "" {
			out = append(out, s)
		}
	}
	return out
}

// speaksOfDeal reports whether a word of a deal stands near hits. A title needs none.
func (t *text) speaksOfDeal(hits []*hit) bool {
	for _, h := range hits {
		if h.p == nil || h.p.field == dealwatch.Title || h.p.dealWordIn(h.p.sentence(h.start)) {
			return true
		}
	}
	return false
}

// dealWords are what agencies and companies say of a deal: making it, paying for it,
// reviewing it, fighting it.
var dealWords = newIndex(wordTerms(`agree! acqui! announc! invest! merg! partner! collaborat! purchas! stake! equity takeover! buyout!
	tender offer! combin! transaction! deal! alliance joint venture! licens! suppl! contract! commit! compute
	complaint! consent! divest! review! antitrust competi! block! challeng! suit sue! sued lawsuit! litigat! settle! order! proposed
	warrant! note! convertible fund! financ! own! subsidiar! share! sold sell! buy! bought option! clos! complet! terminat!
	stargate consortium memorandum letter intent strategic`))

func wordTerms(list string) []*term {
	var terms []*term
	for w := range set(list) {
		terms = append(terms, newTerm(w, anyCase, true, true, true))
	}
	return terms
}

// dealWordIn reports whether a word of a deal stands in e.
func (p *passage) dealWordIn(e extent) bool {
	found := false
	dealWords.scan(p.s[e.start:e.end], func(*term, int, int) { found = true })
	return found
}

// setAside says why the paragraph that holds e makes no flag; "" when it may.
func (p *passage) setAside(e extent) string { return "" }
