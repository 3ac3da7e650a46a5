package rules

import (
	"strings"

	"github.com/dealwatch/dealwatch"
)

// prose is its operand where it is said of a deal: not in boilerplate, and with a word
// of a deal near.
type prose struct{ of node }

func (n *prose) operands() []node { return []node{n.of} }
func (n *prose) String() string   { return n.of.String() }

func (n *prose) match(t *text) []span {
	t = t.asProse()
	var out []span
	for _, s := range n.of.match(t) {
		if tellsDeal(s.hits) {
			out = append(out, s)
		}
	}
	return out
}

func (n *prose) closeness(t *text, spans []span) dealwatch.Closeness {
	return closeness(n.of, t.asProse(), spans)
}

// has reports whether a term of x stands in e, and remembers it.
func (p *passage) has(x *index, e extent) bool {
	key := asked{x, e}
	if known, ok := p.asked[key]; ok {
		return known
	}
	found := false
	x.scan(p.s[e.start:e.end], func(*term, int, int) { found = true })
	if p.asked == nil {
		p.asked = map[asked]bool{}
	}
	p.asked[key] = found
	return found
}

type asked struct {
	x *index
	extent
}

// strongWords are said of making a deal, and of an agency's answer to it.
const strongWords = `acqui! agree! alliance antitrust bid buy buyout "clear! the" complaint consent! consortium consolidat! convertible
	deal divest! "enforcement action" "equity stake" "equity interest" "hart-scott-rodino" HSR injunct! invest! "joint venture" litigat! merg! "minority stake" "non-voting"
	purchas! remed! "second request" separation settle! stake "spin-off" "split-off" spinoff takeover "tender offer" terminat! transaction undertaking unwind! "waiting period" warrant`

// dealWords add what a deal is about and what becomes of it.
var dealWords = newIndex(phrases(strongWords + ` announc! approv! backed "backer" block! bought capacity challeng! collaborat! combin! commit! compute contract!
	exclusiv! financing financed fund! inquir! investigat! licens! "letter of intent" memorandum notif! own! owned partner! probe! propos! prohibit! restructur!
	scrutin! sell! sold strategic subsidiar! sue sued sues suppl! sweeten! venture! vet! voting`))

// filerWords are asked for where one party is only the filer: it does much with others
// that is no deal.
var filerWords = newIndex(phrases(strongWords + ` announc! collaborat! combin! commit! contract! fund! licens! "letter of intent" memorandum partner! propos! "sold our" "sold its" "interest in" venture!`))

var strong = newIndex(phrases(strongWords))

// phrases makes terms of words and of phrases in quotes.
func phrases(list string) []*term {
	var terms []*term
	for i, part := range strings.Split(list, `"`) {
		words := []string{part}
		if i%2 == 0 {
			words = strings.Fields(part)
		}
		for _, w := range words {
			terms = append(terms, newTerm(w, anyCase, true, true, true))
		}
	}
	return terms
}
