package rules

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// index finds terms in a text in one pass that copies nothing. A term is filed under
// one word or two neighbours, by a hash of their first eight folded bytes. A word of
// the text costs a probe of a bit table or two; where a bit is set the terms are
// looked up and compared with the text itself.
type index struct {
	one, two bitTable           // of words, and of neighbours
	filed    map[uint64][]*term // by hash of the word or neighbours
	starts   bitTable           // of the first three bytes of patterns
	roots    map[uint64][]*term // by the same hash
}

const rootSize = 3 // letters before a ! or *

// bitTable is a set of hashes that may claim too much, but never too little.
type bitTable struct {
	bits  []uint64
	shift uint
}

// newBitTable makes a table for n hashes with 32 bits each, so that a hash that is not
// in it is claimed in one of 32 times or less.
func newBitTable(n int) bitTable {
	if n == 0 {
		return bitTable{}
	}
	size := max(bits.Len(uint(n*32-1)), 10)
	return bitTable{make([]uint64, 1<<size/64), uint(64 - size)}
}

func (t *bitTable) add(h uint64) {
	h >>= t.shift
	t.bits[h/64] |= 1 << (h % 64)
}

func (t *bitTable) has(h uint64) bool {
	if t.bits == nil {
		return false
	}
	h >>= t.shift
	return t.bits[h/64]&(1<<(h%64)) != 0
}

func newIndex(terms []*term) *index {
	uses := map[string]int{}
	for _, t := range terms {
		for _, w := range t.words {
			for _, f := range w.forms {
				uses[f]++
			}
		}
	}
	x := &index{filed: make(map[uint64][]*term, len(terms)), roots: map[uint64][]*term{}}
	ones, twos := 0, 0
	for _, t := range terms {
		if t.file(uses); t.pair {
			twos += len(t.words[t.key-1].forms) * len(t.words[t.key].forms)
		} else {
			ones += len(t.words[t.key].forms)
		}
	}
	x.one, x.two = newBitTable(ones), newBitTable(twos)
	for _, t := range terms {
		w := t.words[t.key]
		for _, f := range w.forms {
			h := wordHash(prefix([]byte(f)), len(f))
			if !t.pair {
				x.one.add(h)
				x.filed[h] = append(x.filed[h], t)
				continue
			}
			for _, before := range t.words[t.key-1].forms {
				h := pairHash(wordHash(prefix([]byte(before)), len(before)), h)
				x.two.add(h)
				x.filed[h] = append(x.filed[h], t)
			}
		}
		if len(w.forms) == 0 {
			if x.starts.bits == nil {
				x.starts = newBitTable(len(terms))
			}
			h := rootHash(prefix([]byte(w.pattern[:rootSize])))
			x.starts.add(h)
			x.roots[h] = append(x.roots[h], t)
		}
	}
	return x
}

// file chooses what the term is filed under: two neighbouring words where it has them,
// else the word that texts and other terms have least. uses says how many terms have
// a form.
func (t *term) file(uses map[string]int) {
	cost := func(w word) int {
		if len(w.forms) == 0 {
			return 500 // a pattern
		}
		f := w.forms[0]
		c := 8*uses[f] - min(len(f), 12)
		if len(f) < 4 || everywhere[f] {
			c += 1000
		} else if isEnglish(f) || legalForm(f) {
			c += 100
		}
		return c
	}
	t.key, t.pair = 0, false
	least := cost(t.words[0])
	for i := 1; i < len(t.words); i++ {
		c := cost(t.words[i])
		if c < least && !t.pair {
			t.key, least = i, c
		}
		if len(t.words[i-1].forms)*len(t.words[i].forms) == 0 {
			continue
		}
		if both := min(c, cost(t.words[i-1])); !t.pair || both < least {
			t.key, t.pair, least = i, true, both
		}
	}
}

// prefix packs the first eight bytes of a folded word.
func prefix(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.LittleEndian.Uint64(b)
	}
	var k uint64
	for i, c := range b {
		k |= uint64(c) << (8 * i)
	}
	return k
}

const mixer = 0x9e3779b97f4a7c15

func wordHash(prefix uint64, size int) uint64 {
	return (prefix ^ uint64(size)<<58) * mixer
}

func pairHash(before, word uint64) uint64 {
	return (bits.RotateLeft64(before, 29) ^ word) * mixer
}

func rootHash(prefix uint64) uint64 { return (prefix & 0xffffff) * mixer }

// asciiWord gives how many of the eight bytes of x, from the lowest, are letters and
// digits of ASCII.
func asciiWord(x uint64) int {
	const every, high, low = 0x0101010101010101, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f
	digit := x & low
	alpha := digit | 0x20*every
	isAlpha := (alpha + (0x80-'a')*every) &^ (alpha + (0x80-'z'-1)*every)
	isDigit := (digit + (0x80-'0')*every) &^ (digit + (0x80-'9'-1)*every)
	return bits.TrailingZeros64(^(isAlpha|isDigit)&high|x&high) / 8
}

// scan calls found for every place where a term stands in s. The places of one term
// come in order; a word that a line break cuts may be found twice.
func (x *index) scan(s string, found func(t *term, start, end int)) {
	var buf [64]byte
	var before uint64            // hash of the word before
	cut, cutEnd := uint64(0), -1 // hash of a word that a line break cuts, and its end
	for i := 0; i < len(s); {
		c := ascii[s[i]]
		if c == separator {
			i++
			continue
		}
		var k uint64
		j := i + 1
		if c == letter {
			if i+8 <= len(s) {
				k = binary.LittleEndian.Uint64([]byte(s[i : i+8]))
				n := asciiWord(k)
				k |= 0x2020202020202020
				if j = i + n; n < 8 {
					k &= 1<<(8*n) - 1
				} else {
					for j < len(s) && ascii[s[j]] == letter {
						j++
					}
				}
			} else {
				for j < len(s) && ascii[s[j]] == letter {
					j++
				}
				k = prefix(appendFold(buf[:0], s[i:j]))
			}
		} else {
			k = uint64(s[i])
		}
		size := j - i
		if c == beyond || c == letter && j < len(s) && s[j] >= utf8.RuneSelf && !punctuation(s, j) {
			if i, j = nextToken(s, i); i == len(s) {
				return
			}
			word := appendFold(buf[:0], s[i:j])
			k, size = prefix(word), len(word)
		}
		h := wordHash(k, size)
		if x.one.has(h) {
			x.verify(x.filed[h], s, i, found)
		}
		if pair := pairHash(before, h); x.two.has(pair) {
			x.verify(x.filed[pair], s, i, found)
		}
		if x.starts.bits != nil && x.starts.has(rootHash(k)) {
			x.verify(x.roots[rootHash(k)], s, i, found)
		}
		if cutEnd >= 0 && cutEnd < i {
			if pair := pairHash(cut, h); x.two.has(pair) {
				x.verify(x.filed[pair], s, i, found)
			}
			cutEnd = -1
		}
		if j+1 < len(s) && (s[j] == '-' && s[j+1] == '\n' || s[j] == 0xc2) {
			if end := joinEnd(s, j); end > j {
				word := appendFold(buf[:0], s[i:end])
				cut, cutEnd = wordHash(prefix(word), len(word)), end-1
				if x.one.has(cut) {
					x.verify(x.filed[cut], s, i, found)
				}
				if pair := pairHash(before, cut); x.two.has(pair) {
					x.verify(x.filed[pair], s, i, found)
				}
				if root := rootHash(prefix(word)); size < rootSize && x.starts.has(root) {
					x.verify(x.roots[root], s, i, found)
				}
			}
		}
		before = h
		if i = j; i < len(s) && s[i] == ' ' {
			i++
		}
	}
}

// punctuation reports whether s goes on at i with a dash, quotation mark, bullet or
// no-break space: what ends most words of a filing that end in no ASCII.
func punctuation(s string, i int) bool {
	return s[i] == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2] >= 0x90 && s[i+2] <= 0xa7 ||
		s[i] == 0xc2 && i+1 < len(s) && s[i+1] == 0xa0
}

// verify compares terms with the text round the token that begins at i.
func (x *index) verify(terms []*term, s string, i int, found func(*term, int, int)) {
	for _, t := range terms {
		if start, end, ok := t.around(s, i); ok {
			found(t, start, end)
		}
	}
}
