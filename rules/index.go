package rules

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// index finds terms in a text in one pass.
//
// Each term is filed under one of its words, the key, and where it can be under a
// neighbour of the key too. A word of the text then costs one bit of a table, the
// filter; what is left costs a second bit, the sieve, that knows the neighbours; and
// only what passes both is looked up and compared. Terms that a text does not hold cost
// it nothing, however many they are.
type index struct {
	filter bitset   // of each key: its first eight bytes and its length
	sieve  bitset   // of each key that stands alone, and of each key and neighbour
	roots  bitset   // of the first letters of each key that is a pattern; nil where there are none
	short  int      // letters of the shortest key
	marks  bool     // a key is & $ or %
	near   *nibbles // of the keys; nil where they are many

	filed   []filed  // sorted by hash
	slots   []uint32 // where a hash begins in filed, from 1; open addressing
	shift   uint
	pattern map[string][]*term // by their first letters
}

// filed is a term and the hash that it is filed under.
type filed struct {
	hash uint64
	term *term
}

const rootSize = 3

// sides say how a term is filed: under the key alone, or with one neighbour of it too.
type sides uint8

const (
	alone sides = 1 << iota
	next
	previous

	anySide  = alone | next | previous
	sideBits = 3
)

func newIndex(terms []*term) *index {
	x := &index{short: 8, pattern: map[string][]*term{}}
	census := count(terms)
	var keys, sieve []uint64
	starts := map[string]bool{}
	for _, t := range terms {
		side, forms := t.place(census)
		w := &t.words[t.key]
		if len(w.forms) == 0 {
			root := w.pattern[:rootSize]
			x.pattern[root] = append(x.pattern[root], t)
			x.short = min(x.short, rootSize)
			starts[root] = true
		}
		for _, f := range w.forms {
			keys = append(keys, wordHash(f))
			key := keyHash(prefix(f), uint(len(f)))
			if len(f) > 0 && isASCII(f) {
				x.short = min(x.short, len(f))
				if len(starts) <= nearMost {
					starts[f[:min(len(f), nearSize)]] = true
				}
				x.marks = x.marks || isMark(f)
			}
			if side == alone {
				sieve = append(sieve, key)
				x.filed = append(x.filed, filed{fullHash(f), t})
				continue
			}
			for _, g := range forms {
				sieve = append(sieve, pairHash(key, edgeHash(g, side), side))
				x.filed = append(x.filed, filed{pairHash(fullHash(f), fullHash(g), side), t})
			}
		}
	}
	x.filter, x.sieve = newBitset(keys, 7), newBitset(sieve, 7)
	if len(x.pattern) > 0 {
		var roots []uint64
		for r := range x.pattern {
			roots = append(roots, rootHash(prefix(r)))
		}
		x.roots = newBitset(roots, 6)
	}
	x.near = newNibbles(slices.Sorted(maps.Keys(starts)))
	x.file()
	return x
}

// file sorts what is filed and makes the slots.
func (x *index) file() {
	slices.SortStableFunc(x.filed, func(a, b filed) int { return cmp.Compare(a.hash, b.hash) })
	x.filed = slices.Compact(x.filed)
	size := bits.Len(uint(2 * len(x.filed)))
	x.shift = uint(64 - size)
	x.slots = make([]uint32, 1<<size)
	for i, f := range x.filed {
		if i > 0 && x.filed[i-1].hash == f.hash {
			continue
		}
		at := f.hash >> x.shift
		for x.slots[at] != 0 {
			at = (at + 1) % uint64(len(x.slots))
		}
		x.slots[at] = uint32(i + 1)
	}
}

// under gives what is filed under a hash.
func (x *index) under(hash uint64) []filed {
	for at := hash >> x.shift; x.slots[at] != 0; at = (at + 1) % uint64(len(x.slots)) {
		i := int(x.slots[at]) - 1
		if x.filed[i].hash != hash {
			continue
		}
		end := i + 1
		for end < len(x.filed) && x.filed[end].hash == hash {
			end++
		}
		return x.filed[i:end]
	}
	return nil
}

// census counts the terms that have a word, and two words together.
type census struct {
	words map[string]int
	pairs map[[2]string]int
}

func count(terms []*term) census {
	c := census{make(map[string]int, len(terms)), make(map[[2]string]int, len(terms))}
	for _, t := range terms {
		last := ""
		for i := range t.words {
			w := &t.words[i]
			if len(w.forms) == 0 || w.isMark() {
				continue
			}
			for _, f := range w.forms {
				c.words[f]++
			}
			if last != "" {
				c.pairs[[2]string{last, w.forms[0]}]++
			}
			last = w.forms[0]
		}
	}
	// From here on words holds costs: how often texts and other terms have a word.
	for f, n := range c.words {
		cost := 16*bits.Len(uint(n)) - min(len(f), 12)
		rank, inFilings := filingWords[f]
		switch {
		case len(f) < 3 || everywhere[f]:
			cost += 1000
		case inFilings:
			cost += 300 + 60*(10-bits.Len(uint(rank+1)))
		case len(f) == 3: // the fewer letters the shortest key has, the more words are asked about
			cost += 800
			if len(terms) >= 1000 { // some key is short anyway
				cost -= 600
			}
		case isEnglish(f) || legalForm(f):
			cost += 100
		}
		c.words[f] = cost
	}
	return c
}

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

const never = 1 << 30 // the cost of a pattern, for it cannot be looked up

func (c census) cost(w *word) int {
	switch {
	case len(w.forms) == 0:
		return never
	case w.isMark():
		return never - 1
	}
	return c.words[w.forms[0]]
}

// isMark reports whether w is & $ or %.
func (w *word) isMark() bool { return len(w.forms) > 0 && isMark(w.forms[0]) }

func isMark[T string | []byte](folded T) bool { return len(folded) == 1 && ascii[folded[0]] == single }

// place picks the word to file t under, its key, and the word beside that it is filed
// under too, whose forms it gives. The & $ and % between do not count. A pattern is a
// key only where all are, and never beside.
func (t *term) place(c census) (side sides, forms []string) {
	side, t.key = alone, 0
	best := never
	for i := range t.words {
		key := &t.words[i]
		cost := c.cost(key)
		if cost < best && side == alone {
			best, t.key = cost, i
		}
		if cost >= never-1 {
			continue
		}
		for _, s := range []sides{next, previous} {
			w := t.beside(i, s)
			if w == nil || len(w.forms) == 0 {
				continue
			}
			pair := [2]string{key.forms[0], w.forms[0]}
			if s == previous {
				pair[0], pair[1] = pair[1], pair[0]
			}
			if both := cost + 24*bits.Len(uint(c.pairs[pair])); side == alone || both < best {
				best, t.key, side, forms = both, i, s, w.forms
			}
		}
	}
	return side, forms
}

// beside gives the word next to word i, or nil.
func (t *term) beside(i int, s sides) *word {
	step := 1
	if s == previous {
		step = -1
	}
	for i += step; i >= 0 && i < len(t.words); i += step {
		if w := &t.words[i]; !w.isMark() {
			return w
		}
	}
	return nil
}

// The filter sees of a word its first eight bytes, and zeros where it is shorter; the
// sieve its last eight too.

const mixer = 0x9e3779b97f4a7c15

func mix(v uint64) uint64 {
	v *= mixer
	return v ^ v>>32
}

// prefix packs the first eight bytes of a folded word.
func prefix[T string | []byte](w T) uint64 {
	var b [8]byte
	copy(b[:], w)
	return binary.LittleEndian.Uint64(b[:])
}

// suffix packs the last eight.
func suffix(w string) uint64 { return prefix(w[max(0, len(w)-8):]) }

func wordHash[T string | []byte](w T) uint64 { return mix(prefix(w)) }

// keyHash is of a word's first eight bytes and its length.
func keyHash(first uint64, size uint) uint64 { return mix(first + uint64(size)) }

// edgeHash is of the part of a neighbour that is nearest to the key, so that the sieve
// needs eight bytes of it and no more.
func edgeHash(w string, side sides) uint64 {
	if side == next {
		return mix(prefix(w))
	}
	return mix(suffix(w))
}

func pairHash(key, edge uint64, side sides) uint64 {
	return key + bits.RotateLeft64(edge, 7*int(side))
}

// rootHash is of the first letters of a word, which first has in its lowest bytes.
func rootHash(first uint64) uint64 {
	return mix(first & (1<<(8*rootSize) - 1))
}

func (x *index) isRoot(first uint64) bool {
	return x.roots.bits != nil && x.roots.has(rootHash(first)) != 0
}

// fullHash is of a whole word, so that terms that begin alike do not meet.
func fullHash[T string | []byte](w T) uint64 {
	h := uint64(len(w)) + 1 // 0 beside 0 would be 0 alone
	for len(w) > 8 {
		h = mix(h ^ prefix(w[:8]))
		w = w[8:]
	}
	return mix(h ^ prefix(w))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// bitset is a set of hashes that says yes to some more: to one of a thousand. Two bits
// of one word of it stand for a hash.
type bitset struct {
	bits  []uint64
	shift uint
}

func newBitset(hashes []uint64, least int) bitset {
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	size := max(bits.Len(uint(len(hashes)/2)), least)
	b := bitset{make([]uint64, 1<<size), uint(64 - size)}
	for _, h := range hashes {
		b.bits[h>>b.shift] |= twoBits(h)
	}
	return b
}

func twoBits(h uint64) uint64 { return 1<<(h&63) | 1<<(h>>6&63) }

// has gives 1 where h is in the set, else 0: to add a bit costs less than to ask.
func (b *bitset) has(h uint64) uint64 {
	w := b.bits[h>>(b.shift&63)]
	return w >> (h & 63) & (w >> (h >> 6 & 63)) & 1
}
