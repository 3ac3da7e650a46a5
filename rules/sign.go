package rules

import "strings"

// sign is what words in a stretch of text tell of it.
type sign int

const (
	someDeal    sign = 1 << iota // what a deal is about and what becomes of it
	strongDeal                   // making a deal, and an agency's answer to it
	filerDeal                    // asked for where one party is only the filer: it does much with others that is no deal
	boilerplate                  // in paragraphs that every filing or release of a kind has
	formality                    // makes a sentence boilerplate, but not those beside it
	rivalry                      // of those that one competes with
	life                         // of persons
	companyCue                   // shows that a common name is a company
	exchange                     // does so before a colon
)

const (
	strongDeals = someDeal | strongDeal | filerDeal
	filerDeals  = someDeal | filerDeal
)

// signs are looked for all at once. The id of a term is what it is a sign of.
var signs = newIndex(signTerms())

func signTerms() []*term {
	var out []*term
	add := func(s sign, terms []*term) {
		for _, t := range terms {
			t.id = int(s)
			out = append(out, t)
		}
	}
	add(strongDeals, phrases(`acqui! agree! alliance antitrust bid buy buyout "clear! the" complaint consent! consortium consolidat! convertible
		deal divest! "enforcement action" "equity stake" "equity interest" "hart-scott-rodino" HSR injunct! invest! "joint venture" litigat! merg! "minority stake" "non-voting"
		purchas! remed! "second request" separation settle! stake "spin-off" "split-off" spinoff takeover "tender offer" terminat! transaction undertaking unwind! "waiting period" warrant`))
	add(filerDeals, phrases(`announc! collaborat! combin! commit! contract! fund! licens! "letter of intent" memorandum partner! propos! venture!`))
	add(filerDeal, phrases(`"sold our" "sold its" "interest in"`))
	add(someDeal, phrases(`approv! backed backer block! bought capacity challeng! compute exclusiv! financing financed inquir! investigat!
		notif! own! owned probe! prohibit! restructur! scrutin! sell! sold strategic subsidiar! sue sued sues suppl! sweeten! vet! voting`))
	add(boilerplate, phrases(`
		"forward-looking statements" "forward-looking statement" "safe harbor provisions" "actual results could differ materially"
		"indicate by check mark" "check the appropriate box" "securities registered pursuant to section" "written communications pursuant to rule"
		"pre-commencement communications pursuant" "soliciting material pursuant to rule"
		"duly caused this report to be signed" "duly caused this statement to be signed" "participants in the solicitation"
		"works to promote competition" "reason to believe that the law" "media contact" "press contact"`))
	add(formality, phrases(`
		"incorporated by reference" "incorporated herein by reference" "filed herewith" "furnished herewith" "power of attorney"
		"trademarks of" "registered trademarks" "does not constitute an offer" "shall not constitute an offer" "not intended to be an offer"`))
	add(rivalry, phrases(`competitor! "compete! with" "compete! against" "competition from" "competition include!" "peer group"`))
	add(life, phrases(`"serve! on the board" "serve! on the boards" "serve! as a director" "served as" "has served" "member of the board"
		"previously served" "prior to joining" "degree in" "degree from" "holds a b" "holds an m" "his career" "her career"`))
	add(companyCue, names(`Inc Corp Corporation Incorporated LLC L.L.C Ltd PLC plc PBC Co`))
	for _, s := range []string{"the company", "the Company", "The company", "The Company"} {
		add(companyCue, []*term{newTerm(s, exactCase, false, false, false)})
	}
	add(exchange, names(`NASDAQ Nasdaq NYSE NasdaqGS LSE`))
	return out
}

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

// names makes terms of words as they are written.
func names(list string) []*term {
	var terms []*term
	for _, w := range strings.Fields(list) {
		terms = append(terms, newTerm(w, exactCase, false, false, false))
	}
	return terms
}

// has reports whether a stretch has one of some signs. It looks for all of them, once.
func (p *passage) has(of sign, e extent) bool {
	known, ok := p.asked[e]
	if !ok {
		known = p.signsIn(e)
		if p.asked == nil {
			p.asked = map[extent]sign{}
		}
		p.asked[e] = known
	}
	return known&of != 0
}

func (p *passage) signsIn(e extent) sign {
	if p.sign == nil {
		p.sign = func(t *term, _, end int) {
			s := sign(t.id)
			if s == exchange && !strings.HasPrefix(strings.TrimLeft(p.s[p.looked+end:], " \n"), ":") {
				return
			}
			p.shown |= s
		}
	}
	p.looked, p.shown = e.start, 0
	signs.scan(p.s[e.start:e.end], p.sign)
	return p.shown
}
