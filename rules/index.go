package rules

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// index finds terms in a text in one pass. Each term is filed under one of its words;
// a word of the text costs one probe of a bit table, and is looked up and compared
// only where the bit is set.
type index struct {
	words  map[string][]*term // by each folded form of the key word
	roots  map[string][]*term // by the first three letters of a key that is a pattern
	filter []uint64           // of the first eight bytes and the length of each key
	shift  uint
	starts []uint64 // of the first three bytes of each root; nil where there are none
}

const rootSize = 3

func newIndex(terms []*term) *index {
	x := &index{words: map[string][]*term{}, roots: map[string][]*term{}}
	uses := map[string]int{}
	for _, t := range terms {
		for _, w := range t.words {
			for _, f := range w.forms {
				uses[f]++
			}
		}
	}
	for _, t := range terms {
		t.key = t.rarest(uses)
		w := t.words[t.key]
		if len(w.forms) == 0 {
			root := w.pattern[:rootSize]
			x.roots[root] = append(x.roots[root], t)
		}
		for _, f := range w.forms {
			x.words[f] = append(x.words[f], t)
		}
	}
	size := max(bits.Len(uint(len(x.words)*32)), 10)
	x.shift = uint(64 - size)
	x.filter = make([]uint64, 1<<size/64)
	for w := range x.words {
		h := hashOf(prefix([]byte(w)), len(w)) >> x.shift
		x.filter[h/64] |= 1 << (h % 64)
	}
	if len(x.roots) > 0 {
		x.starts = make([]uint64, 1<<12/64)
		for r := range x.roots {
			h := rootHash(prefix([]byte(r)))
			x.starts[h/64] |= 1 << (h % 64)
		}
	}
	return x
}

// rarest picks the word to file the term under: one that texts and other terms seldom
// have. uses says how many terms have a form.
func (t *term) rarest(uses map[string]int) int {
	best, least := 0, 0
	for i, w := range t.words {
		cost := 1 << 20 // a pattern
		if len(w.forms) > 0 {
			f := w.forms[0]
			cost = 8*uses[f] - min(len(f), 12)
			if len(f) < 4 || everywhere[f] {
				cost += 1000
			} else if isEnglish(f) || legalForm(f) {
				cost += 100
			}
		}
		if i == 0 || cost < least {
			best, least = i, cost
		}
	}
	return best
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

func hashOf(prefix uint64, size int) uint64 {
	return (prefix ^ uint64(size)<<59) * 0x9e3779b97f4a7c15
}

func rootHash(prefix uint64) uint64 {
	return (prefix & 0xffffff) * 0x9e3779b97f4a7c15 >> 52
}

// scan calls found for every place where a term stands in s. The places of one term
// come in order.
func (x *index) scan(s string, found func(t *term, start, end int)) {
	const small = 0x2020202020202020
	var buf [64]byte
	for i := 0; i < len(s); {
		c := ascii[s[i]]
		if c == separator {
			i++
			continue
		}
		j := i + 1
		if c == letter {
			for j < len(s) && ascii[s[j]] == letter {
				j++
			}
		}
		if c == beyond || (c == letter && j < len(s) && s[j] >= utf8.RuneSelf) {
			var start int
			start, j = nextToken(s, i)
			if start == len(s) {
				return
			}
			i = start
			word := appendFold(buf[:0], s[i:j])
			x.probe(s, i, prefix(word), len(word), word, found)
		} else {
			var k uint64
			if i+8 <= len(s) {
				k = binary.LittleEndian.Uint64([]byte(s[i:i+8])) | small
				if n := j - i; n < 8 {
					k &= 1<<(8*n) - 1
				}
			} else {
				k = prefix(appendFold(buf[:0], s[i:j]))
			}
			h := hashOf(k, j-i) >> x.shift
			if x.filter[h/64]&(1<<(h%64)) != 0 || (x.starts != nil && x.isRoot(k)) {
				x.probe(s, i, k, j-i, appendFold(buf[:0], s[i:j]), found)
			}
		}
		if j+1 < len(s) && (s[j] == '-' && s[j+1] == '\n' || s[j] == 0xc2) {
			if end := joinEnd(s, j); end > j {
				word := appendFold(buf[:0], s[i:end])
				x.probe(s, i, prefix(word), len(word), word, found)
			}
		}
		i = j
	}
}

func (x *index) isRoot(k uint64) bool {
	h := rootHash(k)
	return x.starts[h/64]&(1<<(h%64)) != 0
}

func (x *index) probe(s string, i int, k uint64, size int, word []byte, found func(*term, int, int)) {
	h := hashOf(k, size) >> x.shift
	if x.filter[h/64]&(1<<(h%64)) != 0 {
		for _, t := range x.words[string(word)] {
			if start, end, ok := t.around(s, i); ok {
				found(t, start, end)
			}
		}
	}
	if x.starts == nil || !x.isRoot(k) || len(word) < rootSize {
		return
	}
	for _, t := range x.roots[string(word[:rootSize])] {
		w := t.words[t.key]
		if strings.HasPrefix(string(word), w.pattern) || fitsPattern(w.pattern, w.open, string(word)) {
			if start, end, ok := t.around(s, i); ok {
				found(t, start, end)
			}
		}
	}
}
