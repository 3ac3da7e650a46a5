package rules

import (
	"math/bits"
	"slices"
)

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
