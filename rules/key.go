package rules

import (
	"math/bits"
	"strings"
)

// census knows of the words of all terms what they cost as keys, and which stand
// together how often. Words go by their fullHash: that two may have the same is no harm.
type census struct {
	words map[uint64]popularity
	pairs map[uint64]int
}

// popularity says how often a word is met.
type popularity struct {
	terms int // that have it
	texts int // that have it, by a scale of our own
}

func newCensus(terms []*term) census {
	c := census{make(map[uint64]popularity, len(terms)), make(map[uint64]int, len(terms))}
	for _, t := range terms {
		last := uint64(0)
		for i := range t.words {
			w := &t.words[i]
			if w.isPattern() || w.isMark() {
				continue
			}
			for f := range w.forms {
				hash := fullHash(f)
				p, known := c.words[hash]
				if !known {
					p.texts = popular(f, len(terms))
				}
				p.terms++
				c.words[hash] = p
			}
			hash := fullHash(w.form)
			if last != 0 {
				c.pairs[pairOf(last, hash)]++
			}
			last = hash
		}
	}
	return c
}

func pairOf(left, right uint64) uint64 { return left ^ right<<1 }

// popular says how often texts have a word that is one of a list of terms.
func popular(word string, terms int) int {
	rank, inFilings := filingWords[word]
	switch {
	case len(word) < 3 || everywhere[word]:
		return 1000
	case inFilings:
		return 300 + 60*(10-bits.Len(uint(rank+1)))
	case len(word) == 3 && terms < 1000: // the fewer letters the shortest key has, the more words are asked about
		return 800
	case len(word) == 3: // some key is short anyway
		return 200
	case isEnglish(word) || legalForm(word):
		return 100
	}
	return 0
}

// cost is how bad a key a word is.
func (c census) cost(w *word, hash uint64) int {
	switch {
	case w.isPattern(): // which cannot be looked up
		return never
	case w.isMark():
		return never - 1
	}
	p := c.words[hash]
	return p.texts + 16*bits.Len(uint(p.terms)) - min(len(w.form), 12)
}

const never = 1 << 30

// filingWords are words of which most filings are full, the most frequent first: bad
// keys. The number is how many of them there are before.
var filingWords = func() map[string]int {
	ranks := map[string]int{}
	for i, w := range strings.Fields(filingWordList) {
		ranks[w] = i
	}
	return ranks
}()

const filingWordList = `company income net financial which billion cash tax total ended months million products operating consolidated including
	related assets statements value securities right times business sales period year december costs due certain services operations
	revenue based such equity loss fair changes foreign interest debt results information exchange form liabilities millions september
	term three non current could item impact share market new segment margin cost primarily fiscal june under rate march data note
	earnings future expense revenues included expenses common class also losses management report increased during investments increase
	significant inc risk shares part credit additional product growth per subject filed customers activities balance years currency
	following change third result table act taxes use time over rates through court accounting first capital include respectively their
	amount performance obligations factors well contracts nine number amounts gains government used price stock corporation condensed
	more than states service higher development investment reporting required six level see risks recognized recorded corporate
	available flows offset united compared comprehensive average prior legal entity effective into each compensation material january
	plan none july program property commercial laws addition international benefit ability sale continue center within officer paid
	state includes general annual april date plans lease global gross customer payments claims expected regulatory content instruments
	affect derivative financing lower basis periods condition equipment control driven production requirements estimates against demand
	markets district section asset one deferred technology items accounts associated conditions consumer various regulations health
	incorporated internal benefits dollars when effect issued outstanding approximately adjustments executive provide generally federal
	partially agreements pursuant companies october end litigation agreement decrease less forward estimated adversely exhibit security
	impairment purchase matters supply controls transactions liability intangible party quarterly systems businesses actions reference
	statement chief position provided economic rights between volume unit energy attributable interests terms leases restricted
	principal potential before advertising further held short action using employees applicable regarding whether analysis about prices
	charges directors subsidiaries second upon accelerated administrative decreased parties support software purchases payment both
	acquisitions flow board after except rule pricing values manufacturing some acquired reported events segments shareholders research
	trade programs portion made care looking weighted february where dividends marketing gain accumulated make proceeds fixed contract
	medical normal case finance commitments disclosures employee fees believe distribution network expect below sold file loans
	worldwide group method trading among senior scope continued technologies pension procedures goodwill same industry similar limited
	access increases beginning existing provision infrastructure operational mix partners november compliance commission resulting
	transaction funds public countries currently percent mark facilities percentage hedging require across cases example resources
	awards competition protection actual double portfolio experience because standards many does large reports impacted timing digital
	middle sell dollar reduce system august measures above receiving licensing competitive restructuring activity paper outside meet
	remaining positions audit two sheet connection individual charge direct process users model emerging page user trends options
	low high fund trust holdings director insurance properties loan real bank money long next life home`

// isMark reports whether w is & $ or %.
func (w *word) isMark() bool { return isMark(w.form) }

func isMark(folded string) bool { return len(folded) == 1 && ascii[folded[0]] == single }

// place picks the word to file t under, its key, and the word beside that it is filed
// under too. The & $ and % between do not count. A pattern is a key only where all are,
// and never beside.
func (t *term) place(c census) (side sides, beside *word) {
	var buf [16]uint64
	hashes := buf[:0]
	for i := range t.words {
		hashes = append(hashes, fullHash(t.words[i].form))
	}
	side, t.key = alone, 0
	best := never
	for i := range t.words {
		cost := c.cost(&t.words[i], hashes[i])
		if cost < best && side == alone {
			best, t.key = cost, i
		}
		if cost >= never-1 {
			continue
		}
		for _, s := range []sides{next, previous} {
			j := t.beside(i, s)
			if j < 0 || t.words[j].isPattern() {
				continue
			}
			pair := pairOf(hashes[i], hashes[j])
			if s == previous {
				pair = pairOf(hashes[j], hashes[i])
			}
			if both := cost + 24*bits.Len(uint(c.pairs[pair])); side == alone || both < best {
				best, t.key, side, beside = both, i, s, &t.words[j]
			}
		}
	}
	return side, beside
}

// beside gives the number of the word next to word i, or -1.
func (t *term) beside(i int, s sides) int {
	step := 1
	if s == previous {
		step = -1
	}
	for i += step; i >= 0 && i < len(t.words); i += step {
		if !t.words[i].isMark() {
			return i
		}
	}
	return -1
}

// third gives the thirdOf the word after, or where there is none before, the key and the
// word beside it.
func (t *term) third(side sides) (third uint32, before bool) {
	first, last := t.key, t.beside(t.key, side)
	if side == previous {
		first, last = last, first
	}
	i := last + 1
	if i == len(t.words) {
		i = first - 1
	}
	if i < 0 || t.words[i].rare != nil {
		return 0, false
	}
	form := t.words[i].form
	return thirdOf(form, 0, len(form)), i < first
}
