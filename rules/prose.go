package rules

import "github.com/dealwatch/dealwatch"

// prose is its operand where it is said of a deal: not in boilerplate, and with a word
// of a deal near.
type prose struct{ of node }

func (n *prose) operands() []node { return []node{n.of} }
func (n *prose) String() string   { return n.of.String() }

func (n *prose) match(t *text) []span {
	t = t.asProse()
	var out []span
	for _, s := range n.of.match(t) {
		if t.speaksOfDeal(s.hits) {
			out = append(out, s)
		}
	}
	return out
}

func (n *prose) closeness(t *text, spans []span) dealwatch.Closeness {
	return closeness(n.of, t.asProse(), spans)
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
