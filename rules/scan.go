package rules

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// The scan takes a text a chunk at a time, and a chunk 64 bytes at a time: a block.
// Each step asks about what the step before left, and costs more: words as bits, where
// they begin, the filter, the sieve, the terms themselves. No step before the last
// knows more than ASCII. What is beyond it, and a word that a line break cuts, is odd:
// marked by the first step, left alone by the others, done by the last.
const (
	blockSize = 64
	blocks    = 64
	chunkSize = blocks * blockSize
	margin    = blockSize + 8 // what the steps read beyond a chunk
)

// window is a chunk of text and its margin. Its first block is the last of the chunk
// before, done already, so that the words before are at hand.
type window = *[chunkSize + margin]byte

// bitmap has a bit for each byte of a window.
type bitmap [(blocks + 2) * 8]byte

func (m *bitmap) block(i int) uint64     { return binary.LittleEndian.Uint64(m[i*8:]) }
func (m *bitmap) set(i int, bits uint64) { binary.LittleEndian.PutUint64(m[i*8:], bits) }

// from gives the bits from at on, 57 at least.
func (m *bitmap) from(at uint) uint64 {
	return binary.LittleEndian.Uint64(m[at/8:at/8+8]) >> (at % 8)
}

// bitmaps are what a chunk is seen as, in the order that the assembly knows.
type bitmaps struct {
	words  bitmap // letters and digits of ASCII
	beyond bitmap // bytes beyond ASCII
	cuts   bitmap // hyphens at the end of a line
	likely bitmap // bytes at which a key may begin, where the list is small
}

// chunk is what is known of the text under scan.
type chunk struct {
	bitmaps
	odd    bitmap // what only the last step understands
	anyOdd bool
	cut    int               // the last place where a line break may cut a word, or -1
	at     [chunkSize]uint16 // where the words begin that are still in question
	first  int               // the blocks to do
	end    int
}

// scan calls found for every place where a term stands in s, once. The places of one
// term come in order.
func (x *index) scan(s string, found func(t *term, start, end int)) {
	sc := scanner{index: x, s: s, found: found, cut: -1}
	text := unsafe.Slice(unsafe.StringData(s), len(s)) // never written to
	var c chunk
	var rest [chunkSize + margin]byte
	for base := 0; base+c.first*blockSize < len(text); base += chunkSize - blockSize {
		b := &rest
		if c.end = blocks; len(text)-base >= len(rest) {
			b = window(text[base:])
		} else {
			n := copy(rest[:], text[base:])
			c.end = min((n+blockSize-1)/blockSize, blocks)
			for i := n; i < len(rest); i++ {
				rest[i] = '.'
			}
		}
		c.classify(x, b)
		c.begin(x)
		n := choose(&c, x, b)
		n = c.sift(x, b, n)
		if n > 0 || c.anyOdd {
			sc.settle(&c, base, n)
		}
		c.first = 1
	}
}

const (
	each   = 0x0101010101010101
	each20 = each * 0x20
	each80 = each * 0x80
)

// classify fills in the bitmaps.
func (c *chunk) classify(x *index, b window) {
	see(&c.bitmaps, b, c.end+1, x.near)
	if c.anyOdd {
		c.odd, c.anyOdd = bitmap{}, false
	}
	c.cut = -1
	for i := range c.end + 1 {
		if beyond := c.beyond.block(i); beyond != 0 {
			c.markRunes(b, i*blockSize, beyond)
		}
		for cuts := c.cuts.block(i); cuts != 0; cuts &= cuts - 1 {
			c.markCut(b, i*blockSize+bits.TrailingZeros64(cuts))
		}
	}
	if x.marks {
		for i, mark := range b[:c.end*blockSize] {
			if ascii[mark] == single {
				c.mark(i)
			}
		}
	}
}

// seePlainly fills in the bitmaps for n blocks.
func seePlainly(m *bitmaps, b window, n int) {
	for i := range n {
		block := (*[blockSize]byte)(b[i*blockSize:])
		words, beyond, plain := seeBlock(block)
		if beyond != 0 {
			beyond = topBits(block)
			words &^= beyond
		}
		m.words.set(i, words)
		m.beyond.set(i, beyond)
		m.cuts.set(i, 0)
		if !plain {
			m.markCuts(b, i)
		}
	}
}

// markCuts marks the hyphens before the ends of lines in a block.
func (m *bitmaps) markCuts(b window, block int) {
	for i := block * blockSize; ; i++ {
		end := bytes.IndexByte(b[i:(block+1)*blockSize], '\n')
		if end < 0 {
			return
		}
		if i += end; i > 0 && b[i-1] == '-' {
			m.cuts[(i-1)/8] |= 1 << ((i - 1) % 8)
		}
	}
}

// seeBlock gives which bytes of a block are letters or digits, but takes some beyond
// ASCII for them; not 0 if any is beyond ASCII; and whether none is a control character.
func seeBlock(b *[blockSize]byte) (words, beyond uint64, plain bool) {
	printed := uint64(each80)
	eight := func(i int) uint64 {
		v := binary.LittleEndian.Uint64(b[i : i+8])
		beyond |= v
		v &^= each80
		printed &= v + each*(0x80-' ')
		return lettersOf(v)
	}
	x := eight(0)>>7 | eight(8)>>6 | eight(16)>>5 | eight(24)>>4 | eight(32)>>3 | eight(40)>>2 | eight(48)>>1 | eight(56)
	// Byte k of x now has the k-th bytes of the eight. Turn it, as a square of bits.
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	x ^= t ^ t<<28
	return x, beyond & each80, printed == each80
}

// lettersOf gives the top bits of those of eight bytes of ASCII that are letters or digits.
func lettersOf(v uint64) uint64 {
	small := v | each20
	// The top bit of a byte says how often a sum overflowed: in none or both of a range's
	// ends, or in one, which is in it.
	return ((v + each*(0x80-'0')) ^ (v + each*(0x7f-'9')) ^ (small + each*(0x80-'a')) ^ (small + each*(0x7f-'z'))) & each80
}

// topBits gives which bytes of a block are beyond ASCII.
func topBits(block *[blockSize]byte) (beyond uint64) {
	for j := 0; j < blockSize; j += 8 {
		v := binary.LittleEndian.Uint64(block[j : j+8])
		beyond = beyond>>8 | v&each80*0x0002040810204081&(0xff<<56)
	}
	return beyond
}

// markRunes marks the runes beyond ASCII that are no gap; beyond has their bytes, from
// at on.
func (c *chunk) markRunes(b window, at int, beyond uint64) {
	for beyond != 0 {
		i := at + bits.TrailingZeros64(beyond)
		switch { // the most of them in a filing
		case b[i] == 0xe2 && b[i+1] == 0x80 && (b[i+2] >= 0x90 && b[i+2] <= 0xa7 || b[i+2] == 0x8b): // a dash, quote, bullet or empty cell
			beyond &^= 7 << (i - at)
			continue
		case b[i] == 0xc2 && b[i+1] == 0xa0: // a blank
			beyond &^= 3 << (i - at)
			continue
		}
		class, size := classAt(unsafe.String(&b[0], len(b)), i)
		beyond &^= (1<<size - 1) << (i - at)
		if class == separator {
			continue
		}
		c.mark(i)
		c.mark(i + size - 1)
		if class == ignorable && b[i+size] == '\n' {
			c.markCut(b, i+size)
		}
	}
}

// markCut marks a hyphen at the end of a line and all up to the next word.
func (c *chunk) markCut(b window, at int) {
	c.cut = at
	if c.odd.from(uint(at))&1 != 0 {
		return // after another
	}
	for c.mark(at); at < len(b) && (b[at] <= ' ' || b[at] == '-' || b[at] >= 0x80); at++ {
		c.mark(at)
	}
}

func (c *chunk) mark(at int) {
	c.anyOdd = true
	if at/8 < len(c.odd) {
		c.odd[at/8] |= 1 << (at % 8)
	}
}

// begin finds where the words of at least short letters begin that may be keys, and
// puts that in place of likely.
func (c *chunk) begin(x *index) {
	last := uint64(0)
	if c.first > 0 {
		last = c.words.block(c.first-1) >> 63
	}
	for i := c.first; i < c.end; i++ {
		words, more := c.words.block(i), c.words.block(i+1)
		first := words &^ (words<<1 | last)
		last = words >> 63
		if x.near != nil && wide > 0 {
			c.likely.set(i, first&c.likely.block(i))
			continue
		}
		// A bit stays where a run of short begins.
		for have := 1; have < x.short; {
			step := uint(min(have, x.short-have)) & 63
			words &= words>>step | more<<1<<(63-step)
			more &= more >> step
			have += int(step)
		}
		c.likely.set(i, first&words)
	}
}

// listPlainly lists the words that begin in likely and are in the filter, and gives how
// many.
func (c *chunk) listPlainly(x *index, b window) int {
	filter, rooted := x.filter, x.roots.bits != nil
	n := uint(0)
	for i := c.first; i < c.end; i++ {
		for begin := c.likely.block(i); begin != 0; begin &= begin - 1 {
			at := uint(i*blockSize+bits.TrailingZeros64(begin)) % chunkSize
			first := load(b, at)
			// Each is put on the list, and stays if the next is not put in its place: to ask
			// whether would cost more.
			c.at[n%chunkSize] = uint16(at)
			in := filter.has(mix(first & lowest[uint8(c.words.from(at))]))
			if rooted {
				in |= x.roots.has(rootHash(first))
			}
			n += uint(in)
		}
	}
	return int(n)
}

// lowest keeps of eight bytes those before the first that is no part of a word, and
// highest those after the last: by the bits of eight bytes.
var lowest, highest = func() (low, high [256]uint64) {
	for i := range low {
		low[i] = 1<<(8*bits.TrailingZeros8(^uint8(i))) - 1
		high[i] = ^(1<<(64-8*bits.LeadingZeros8(^uint8(i))) - 1)
	}
	return low, high
}()

// sift asks the sieve about the first n words, and gives how many are left. Each then
// has its sides above its place in at.
func (c *chunk) sift(x *index, b window, n int) int {
	left := uint(0)
	for _, at := range c.at[:n] {
		s := c.sides(x, b, uint(at)%chunkSize)
		c.at[left%chunkSize] = at | uint16(s)<<sideShift
		left += uint(s+anySide) >> sideBits // 0 for none, else 1
	}
	return int(left)
}

const sideShift = 13 // a place in a chunk is less

// far is how far from its end or start a word's neighbour is looked for. It is a gap,
// and what from gives has room for the neighbour behind it.
const far = 32

// sides gives how the terms may be filed that stand round the word at at. Where the word
// beside is not plain to see, all may.
func (c *chunk) sides(x *index, b window, at uint) sides {
	if at < blockSize {
		return anySide // in the first chunk only
	}
	run := c.words.from(at)
	size := uint(bits.TrailingZeros64(^run | 1<<57))
	after := run >> size
	gap := uint(bits.TrailingZeros64(after | 1<<57))
	after >>= gap

	// The bits before at, at-1 the highest.
	before := c.words.from(at-56) << 8
	backGap := uint(bits.LeadingZeros64(before))
	before <<= backGap & 63

	if size+gap > 48 || backGap > far {
		return anySide
	}
	if c.anyOdd {
		// An odd byte in the gap may be a word, and one at the end of the word beside part of it.
		end, backEnd := bits.TrailingZeros64(^after|1<<8), bits.LeadingZeros64(^before|1<<(63-8))
		odd := c.odd.from(at+size)<<(63-gap-uint(end)) | c.odd.from(at-56)<<8>>(63-backGap-uint(backEnd))
		if odd != 0 {
			return anySide
		}
	}
	first := load(b, at)
	if x.isRoot(first) {
		return anySide
	}
	key := keyHash(first&lowest[uint8(run)], size)
	return sides(x.sieve.has(key)*uint64(alone) |
		x.sieve.has(pairHash(key, mix(load(b, at+size+gap)&lowest[uint8(after)]), next))*uint64(next) |
		x.sieve.has(pairHash(key, mix(load(b, at-backGap-8)&highest[before>>56]), previous))*uint64(previous))
}

// load gives the eight bytes at at, letters in small.
func load(b window, at uint) uint64 {
	return binary.LittleEndian.Uint64(b[at:at+8]) | each20
}
