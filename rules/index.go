package rules

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
	"unicode/utf8"
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
				all = append(all, filed{fullHash(f), t})
				continue
			}
			sieve = append(sieve, sideHash(fullHash(f), side))
			for g := range beside.forms {
				sieve = append(sieve, pairHash(key, edgeHash(g, side), side))
				all = append(all, filed{pairHash(fullHash(f), fullHash(g), side), t})
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

// The filter sees of a word its first eight bytes, and zeros where it is shorter; the
// sieve its last eight too.

const mixer = 0x9e3779b97f4a7c15

func mix(v uint64) uint64 {
	v *= mixer
	return v ^ v>>32
}

// prefix packs the first eight bytes of a folded word.
func prefix(w string) (v uint64) {
	if len(w) >= 8 {
		return uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
			uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
	}
	for i := range len(w) {
		v |= uint64(w[i]) << (8 * i)
	}
	return v
}

// suffix packs the last eight.
func suffix(w string) uint64 { return prefix(w[max(0, len(w)-8):]) }

func wordHash(w string) uint64 { return mix(prefix(w)) }

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

// sideHash is of a key that terms are filed under with a neighbour on that side.
func sideHash(hash uint64, side sides) uint64 { return mix(hash + uint64(side)) }

// sidesOf gives the sides of the neighbours that a key is filed with, and alone.
func (x *index) sidesOf(hash uint64) sides {
	return alone | sides(x.sieve.has(sideHash(hash, next))*uint64(next)|x.sieve.has(sideHash(hash, previous))*uint64(previous))
}

// rootHash is of the first letters of a word, which first has in its lowest bytes.
func rootHash(first uint64) uint64 {
	return mix(first & (1<<(8*rootSize) - 1))
}

func (x *index) isRoot(first uint64) bool {
	return x.roots.bits != nil && x.roots.has(rootHash(first)) != 0
}

// fullHash is of a whole word, so that terms that begin alike do not meet.
func fullHash(w string) uint64 {
	h := uint64(0)
	for i := 0; i < len(w); i += 8 {
		h = mix(h ^ prefix(w[i:min(i+8, len(w))]))
	}
	return mix(h ^ uint64(len(w)+1)) // 0 beside 0 would be 0 alone
}

// foldedPrefix gives the first eight bytes of a token folded.
func foldedPrefix(token string) (first uint64) {
	shift := 0
	for i := 0; i < len(token) && shift < 64; {
		if b := token[i]; b < utf8.RuneSelf {
			if b = small[b]; b != 0 {
				first |= uint64(b) << shift
				shift += 8
			}
			i++
			continue
		}
		r, n := runeAt(token, i)
		plain := fold(r).plain
		for j := 0; j < len(plain) && shift < 64; j++ {
			first |= uint64(plain[j]) << shift
			shift += 8
		}
		i += n
	}
	return first
}

// foldedHash gives the fullHash of a token folded.
func foldedHash(token string) (full uint64) {
	eight, plain, size := uint64(0), "", 0
	for i := 0; i < len(token) || plain != ""; {
		var b byte
		switch {
		case plain != "":
			b, plain = plain[0], plain[1:]
		case token[i] >= utf8.RuneSelf:
			r, n := runeAt(token, i)
			plain = fold(r).plain
			i += n
			continue
		default:
			b = small[token[i]]
			if i++; b == 0 {
				continue
			}
		}
		eight |= uint64(b) << (size % 8 * 8)
		if size++; size%8 == 0 {
			full, eight = mix(full^eight), 0
		}
	}
	if size%8 != 0 {
		full = mix(full ^ eight)
	}
	return mix(full ^ uint64(size+1))
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
