package rules

import (
	"strings"
	"unicode"
)

// sign is what words in a stretch of text tell of it.
type sign int

const (
	someDeal     sign = 1 << iota // what a deal is about and what becomes of it
	strongDeal                    // making a deal, and an agency's answer to it
	filerDeal                     // asked for where one party is only the filer: it does much with others that is no deal
	boilerplate                   // in paragraphs that every filing or release of a kind has
	formLine                      // of the form of a filing, on its cover and where it is signed
	making                        // says that a deal was made
	hedge                         // of what may come, or not
	formality                     // makes a sentence boilerplate, but not those beside it
	rivalry                       // of those that one competes with
	life                          // of persons
	companyCue                    // shows that a common name is a company
	theCompany                    // does so where that is not the filer
	exchange                      // does so before a colon, in a ticker
	control                       // who owns whom
	lending                       // of banks beside each other in a loan or an issue
	inName                        // a word that names of others have too: Best Buy, Partner Network
	noOffice                      // not before as: took over as chief
	takenPrivate                  // only of one that is taken private
	notTrade                      // but not of many that are counted or hedged: the number of card transactions
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
	add(strongDeals|control, phrases(`acqui! buyout divest! "equity stake" "equity interest" "joint venture" merg! "minority stake"
		"spin-off" "split-off" spinoff stake takeover "tender offer"`))
	add(strongDeals|inName, phrases(`buy`))
	add(strongDeals, phrases(`agree! alliance antitrust bid "clear! the" complaint "consent agreement" "consent decree" "consent order" consented
		consortium consolidat! convertible deal "enforcement action" "hart-scott-rodino" HSR injunct! invest! litigat! "non-voting"
		purchas! remed! "second request" separation "to separate" settle! terminat! undertaking unwind! "waiting period" warrant`))
	add(strongDeals|notTrade, phrases(`transaction`))
	add(strongDeals|control, phrases(`"spun off" "spins off" "spinning off" "spun out" "hive off" "hives off" "hived off" "hiving off" demerg!`))
	add(strongDeals, phrases(`"snap up" "snaps up" "snapped up" "snapping up" "scoop up" "scoops up" "scooped up" "tie up"`))
	add(someDeal|noOffice, phrases(`"take over" "takes over" "took over" "taking over" "taken over"`))
	add(someDeal|takenPrivate, phrases(`private`))
	add(filerDeals|inName, phrases(`fund! partner! venture!`))
	add(filerDeals, phrases(`"team up" "teams up" "teamed up" "teaming up" "join forces" "joins forces" "joined forces" "joining forces"`))
	add(filerDeals, phrases(`arrangement collaborat! combin! commit committed committing commitment contract! lease leased leasing licens! "letter of intent"
		memorandum "proposed final judgment" "proposed order"`))
	add(filerDeal, phrases(`"sold our" "sold its" "interest in"`))
	add(someDeal, phrases(`"carve out" "carves out" "carved out" "carving out" announc! approv! backed backer block! bought capacity challeng! compute exclusiv! financing financed inquir! investigat!
		notif! owned owner! owns "to own" "we own" "will own" "would own" probe! prohibit! restructur! scrutin! sell! sold strategic subsidiar! sue sued sues
		supplie! supplying "supply of" "supply to" "to supply" "will supply" sweeten! vet! voting`))
	add(lending, phrases(`"administrative agent" "collateral agent" "documentation agent" "syndication agent" "lead arranger" bookrunner
		"book-running managers" "sales agents" "several underwriters" "initial purchasers" "lenders party" "joint lead arrangers"`))
	add(boilerplate, phrases(`
		"forward-looking statements" "forward-looking statement" "forward-looking information" "safe harbor provisions"
		"actual results could differ materially" "actual results may differ materially" "results to differ materially" "safe harbor statement"
		"are forward looking" "considered forward looking" "not historical facts"
		"participants in the solicitation" "works to promote competition" "reason to believe that the law" "media contact" "press contact"`))
	add(formLine, phrases(`
		"indicate by check mark" "check the appropriate box" "securities registered pursuant to section" "written communications pursuant to rule"
		"pre-commencement communications pursuant" "soliciting material pursuant to rule"
		"duly caused this report to be signed" "duly caused this statement to be signed" "in witness whereof" "signature page to"`))
	add(making, phrases(`"entered into a" "entered into an" "agreed to acquire" "agreed to be acquired" "agreed to buy" "agreed to merge"
		"agreed to combine" "agreed to sell" "agreed to purchase" "agreed to invest" "will acquire" "to be acquired" acquired bought
		"completed the acquisition" "completed its acquisition" "completed the merger" "completed its merger"
		"announced an agreement" "announced a definitive" "announced the acquisition" "signed a" "signed an" "has acquired"`))
	add(hedge, phrases(`may might could would if risk! uncertain! possib! whether unless assurance "failure to" factor! propos! solicit!`))
	add(formality, phrases(`
		"incorporated by reference" "incorporated herein by reference" "filed herewith" "furnished herewith" "power of attorney"
		"peer group" "peer company" "peer companies" "peer index" "reinvestment of dividends" "reinvested dividends"
		"trademarks of" "registered trademarks" "does not constitute an offer" "shall not constitute an offer" "not intended to be an offer"`))
	add(rivalry, phrases(`competitor! "compete! with" "compete! against" "compete! directly" "competition from" "competition include!"
		"competitive products" "competing products"`))
	add(life, phrases(`"serve! on the board" "serve! on the boards" "serve! as a director" "served as" "has served" "member of the board"
		"is a director of" "is also a director" "was a director of" "been a director of"
		"previously served" "prior to joining" "degree in" "degree from" "holds a b" "holds an m" "his career" "her career"`))
	add(companyCue, names(`Inc Corp Corporation Incorporated LLC L.L.C Ltd PLC plc PBC Co`))
	for _, s := range []string{"the company", "the Company", "The company", "The Company"} {
		add(theCompany, []*term{newTerm(s, exactCase, true, false, false)}) // the “Company”, too
	}
	add(companyCue, phrases(`"ticker symbol" "stock symbol" "trading symbol"`))
	add(exchange, names(`NASDAQ Nasdaq NasdaqGS NasdaqGM NasdaqCM NYSE AMEX LSE TSX TSXV ASX HKEX SEHK SGX Euronext Xetra OTC OTCQX OTCQB OTCMKTS CBOE Cboe`))
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
		p.sign = func(t *term, start, end int) {
			s := sign(t.id)
			switch after := p.s[p.looked+end:]; {
			case s == exchange && !opensTicker(after),
				s&noOffice != 0 && strings.HasPrefix(after, " as "),
				s&notTrade != 0 && isTrade(p.s, extent{p.looked + start, p.looked + end}),
				s&takenPrivate != 0 && !isTaken(p.s[p.looked:p.looked+start], after),
				s&inName != 0 && (p.partOfName(extent{p.looked + start, p.looked + end}) || ofPartners(p.s[p.looked+start:])):
				return
			}
			p.shown |= s
		}
	}
	p.looked, p.shown = e.start, 0
	signs.scan(p.s[e.start:e.end], p.sign)
	return p.shown
}

// opensTicker reports whether the name of an exchange that stands before s is the begin
// of a ticker: a colon follows, behind the name of a market or not. NYSE American: ABC.
func opensTicker(s string) bool {
	market, ticker, ok := strings.Cut(s[:min(len(s), 40)], ":")
	if !ok || strings.ContainsAny(market, ".,;()") {
		return false
	}
	for _, w := range strings.FieldsFunc(market, func(r rune) bool { return unicode.IsSpace(r) || r == '-' || r == '/' }) {
		if !capital(w, 0) {
			return false
		}
	}
	start, end := nextToken(ticker, 0)
	symbol := ticker[start:end]
	return symbol != "" && len(symbol) <= 6 && strings.ToUpper(symbol) == symbol
}

// partOfName reports whether a word written with a capital belongs to a name with the
// next such word or with the one before, in a sentence that is no headline: Best Buy.
func (p *passage) partOfName(e extent) bool {
	if !capital(p.s, e.start) || !p.inProse(p.sentence(e.start)) {
		return false
	}
	if next := strings.TrimPrefix(p.s[e.end:], " "); len(next) < len(p.s)-e.end && capital(next, 0) {
		return true
	}
	start, end, ok := prevToken(p.s, e.start)
	return ok && p.s[end:e.start] == " " && capital(p.s, start) && p.sentence(e.start).start < start
}

// isTaken reports whether private, between before and after, is what one takes a company
// or what it goes: a verb of that stands before, and no noun after.
func isTaken(before, after string) bool {
	start, end := nextToken(after, 0)
	if word := after[start:end]; start == 1 && word != "" && isLower(word[0]) && !afterPrivate[word] {
		return false
	}
	at := len(before)
	for range 8 {
		start, end, ok := prevToken(before, at)
		if !ok || strings.ContainsAny(before[end:at], ";:") {
			return false
		}
		switch before[start:end] {
		case "take", "takes", "taking", "took", "taken", "Taking", "Take":
			return true
		case "go", "goes", "going", "went", "gone":
			return at == len(before)
		}
		at = start
	}
	return false
}

var afterPrivate = set(`a after and as at but by for from in on or said that this through to under via while with`)

// isTrade reports whether the transactions at e are those of a trade, which are many: the
// number of transactions, payment transactions.
func isTrade(s string, e extent) bool {
	if !strings.HasSuffix(s[e.start:e.end], "s") {
		return false
	}
	start, end, ok := prevToken(s, e.start)
	if !ok || end+1 != e.start {
		return false
	}
	if s[start:end] == "of" {
		start, end, _ = prevToken(s, start)
		return counted[s[start:end]]
	}
	return traded[strings.ToLower(s[start:end])]
}

var (
	counted = set(`number numbers volume volumes`)
	traded  = set(`atm blockchain card cards commerce consumer credit currency debit derivative forecasted hedged hedging intercompany payment
		payments retail`)
)

// ofPartners reports whether s begins with what a company offers its partners, which is
// no deal: partner services.
func ofPartners(s string) bool {
	start, end := nextToken(s, 0)
	if !strings.EqualFold(s[start:end], "partner") {
		return false
	}
	start, end = nextToken(s, end)
	return partnerNouns[strings.ToLower(s[start:end])]
}

var partnerNouns = set(`services network networks program programs programme programmes ecosystem portal portals channel`)

// inProse reports whether a sentence has a word of five letters or more without a
// capital, which headlines in capitals do not.
func (p *passage) inProse(sentence extent) bool {
	small := 0
	for _, b := range []byte(p.s[sentence.start:min(sentence.end, sentence.start+1000)]) {
		if b < 'a' || b > 'z' {
			small = 0
			if b >= 'A' && b <= 'Z' || b == '\'' || b >= 0x80 {
				small = -100
			}
		} else if small++; small == 5 {
			return true
		}
	}
	return false
}

func capital(s string, i int) bool { return i < len(s) && s[i] >= 'A' && s[i] <= 'Z' }
