package rules

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
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
	sieve  bitset   // of each key that stands alone, of each key and neighbour, and of which sides a key's are
	roots  bitset   // of the first letters of each key that is a pattern; nil where there are none
	short  int      // letters of the shortest key
	marks  bool     // a key is & $ or %
	near   *nibbles // of the keys; nil where they are many

	filed   []filed  // those of one bucket together
	buckets []uint32 // where the filed of each begin; a bucket has the hashes of some highest bits
	shift   uint
	pattern map[uint64][]*term // by their first letters
}

// filed is a term and the hash that it is filed under. Terms of one hash are many where
// names begin alike; the third word tells most of them apart without a look at the term.
type filed struct {
	hash   uint64
	term   *term
	third  uint32 // thirdOf the word beyond the two; 0 where there is none or it has forms
	before bool   // it stands before them
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
	x := &index{short: 8, pattern: map[uint64][]*term{}}
	census := newCensus(terms)
	all := make([]filed, 0, len(terms))
	var keys, sieve []uint64
	starts := map[string]bool{}
	for _, t := range terms {
		side, beside := t.place(census)
		w := &t.words[t.key]
		if w.isPattern() {
			root := w.rare.pattern[:rootSize]
			x.pattern[prefix(root)] = append(x.pattern[prefix(root)], t)
			x.short = min(x.short, rootSize)
			starts[root] = true
		}
		first := len(all)
		for f := range w.forms {
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
				all = append(all, filed{hash: fullHash(f), term: t})
				continue
			}
			sieve = append(sieve, sideHash(fullHash(f), side))
			third, before := t.third(side)
			for g := range beside.forms {
				sieve = append(sieve, pairHash(key, edgeHash(g, side), side))
				all = append(all, filed{pairHash(fullHash(f), fullHash(g), side), t, third, before})
			}
		}
		if len(all) > first+2 { // two forms may be one
			slices.SortFunc(all[first:], func(a, b filed) int { return cmp.Compare(a.hash, b.hash) })
			all = all[:first+len(slices.Compact(all[first:]))]
		}
	}
	x.filter, x.sieve = newBitset(keys, 7), newBitset(sieve, 7)
	if len(x.pattern) > 0 {
		var roots []uint64
		for r := range x.pattern {
			roots = append(roots, rootHash(r))
		}
		x.roots = newBitset(roots, 6)
	}
	x.near = newNibbles(slices.Sorted(maps.Keys(starts)))
	x.file(all)
	return x
}

// file puts all into the buckets.
func (x *index) file(all []filed) {
	size := bits.Len(uint(len(all)))
	x.shift = uint(64 - size)
	x.buckets = make([]uint32, 1<<size+1)
	for _, f := range all {
		x.buckets[f.hash>>x.shift]++
	}
	for i := range x.buckets[1:] {
		x.buckets[i+1] += x.buckets[i]
	}
	// Each now has the end of its bucket, and goes back to the start.
	x.filed = make([]filed, len(all))
	for _, f := range slices.Backward(all) {
		at := &x.buckets[f.hash>>x.shift]
		*at--
		x.filed[*at] = f
	}
}

// bucket gives what is filed under a hash, and under some others.
func (x *index) bucket(hash uint64) []filed {
	i := hash >> x.shift
	return x.filed[x.buckets[i]:x.buckets[i+1]]
}

// sidesOf gives the sides of the neighbours that a key is filed with, and alone.
func (x *index) sidesOf(hash uint64) sides {
	return alone | sides(x.sieve.has(sideHash(hash, next))*uint64(next)|x.sieve.has(sideHash(hash, previous))*uint64(previous))
}

func (x *index) isRoot(first uint64) bool {
	return x.roots.bits != nil && x.roots.has(rootHash(first)) != 0
}
