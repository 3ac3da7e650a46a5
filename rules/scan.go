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
	blocks    = 32
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
func (m *bitmap) from(at int) uint64 {
	return binary.LittleEndian.Uint64(m[at/8:at/8+8]) >> (at % 8)
}

// chunk is what is known of the text under scan.
type chunk struct {
	words bitmap            // letters and digits of ASCII
	odd   bitmap            // what only the last step understands
	at    [chunkSize]uint16 // where the words begin that are still in question
	first int               // the blocks to do
	end   int
}

// scan calls found for every place where a term stands in s, once. The places of one
// term come in order.
func (x *index) scan(s string, found func(t *term, start, end int)) {
	sc := scanner{index: x, s: s, found: found}
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
		odd := c.classify(x, b)
		n := c.flatten(x.short)
		n = c.probe(x, b, n)
		n = c.sift(x, b, n)
		if n > 0 || odd {
			sc.settle(&c, base, n)
		}
		c.first = 1
	}
}

const (
	each   = 0x0101010101010101
	each7f = each * 0x7f
	each80 = each * 0x80
	each20 = each * 0x20
)

// noLess has the top bit of each byte of v that is no less than b. No byte of v has
// its own top bit set.
func noLess(v uint64, b byte) uint64 { return v + each*uint64(0x80-b) }

// topBits moves the top bits of eight bytes into the highest byte.
func topBits(v uint64) uint64 { return v & each80 * 0x0002040810204081 & (0xff << 56) }

// classify fills in words and odd; it gives whether any is odd.
func (c *chunk) classify(x *index, b window) bool {
	c.odd = bitmap{}
	odd := false
	for i := range c.end + 1 {
		words, beyond := wordBits((*[blockSize]byte)(b[i*blockSize:]))
		if beyond != 0 {
			beyond = beyondBits((*[blockSize]byte)(b[i*blockSize:]))
			odd = c.markRunes(b, i*blockSize, beyond) || odd
		}
		c.words.set(i, words&^beyond)
	}
	text := b[:(c.end+1)*blockSize]
	eachByte(text, '\n', func(i int) {
		if i > 0 && b[i-1] == '-' {
			c.markCut(b, i-1)
			odd = true
		}
	})
	if x.marks {
		for _, mark := range []byte("&$%") {
			eachByte(text, mark, func(i int) {
				c.mark(i)
				odd = true
			})
		}
	}
	return odd
}

func eachByte(b []byte, c byte, found func(i int)) {
	for i := 0; ; i++ {
		n := bytes.IndexByte(b[i:], c)
		if n < 0 {
			return
		}
		i += n
		found(i)
	}
}

// markRunes marks the runes beyond ASCII that are no gap; beyond has their bytes, from
// at on.
func (c *chunk) markRunes(b window, at int, beyond uint64) (odd bool) {
	for beyond != 0 {
		i := at + bits.TrailingZeros64(beyond)
		class, size := classAt(unsafe.String(&b[0], len(b)), i)
		beyond &^= (1<<size - 1) << (i - at)
		if class == separator {
			continue
		}
		odd = true
		for k := range size {
			c.mark(i + k)
		}
		if class == ignorable && b[i+size] == '\n' {
			c.markCut(b, i)
		}
	}
	return odd
}

// markCut marks a hyphen at the end of a line and all up to the next word.
func (c *chunk) markCut(b window, at int) {
	for c.mark(at); at < len(b) && (b[at] <= ' ' || b[at] == '-' || b[at] >= 0x80); at++ {
		c.mark(at)
	}
}

func (c *chunk) mark(at int) {
	if at/8 < len(c.odd) {
		c.odd[at/8] |= 1 << (at % 8)
	}
}

// wordBits gives which bytes of a block are letters or digits, if none is beyond ASCII,
// and not 0 if one is.
func wordBits(block *[blockSize]byte) (words, beyond uint64) {
	for j := 0; j < blockSize; j += 8 {
		v := binary.LittleEndian.Uint64(block[j : j+8])
		low := v & each7f
		small := low | each20
		// Each holds all of the next, so that odd numbers of them are what is between.
		in := noLess(low, '0') ^ noLess(low, '9'+1) ^ noLess(small, 'a') ^ noLess(small, 'z'+1)
		words = words>>8 | topBits(in)
		beyond |= v
	}
	return words, beyond & each80
}

// beyondBits gives which bytes of a block are beyond ASCII.
func beyondBits(block *[blockSize]byte) (beyond uint64) {
	for j := 0; j < blockSize; j += 8 {
		beyond = beyond>>8 | topBits(binary.LittleEndian.Uint64(block[j:j+8]))
	}
	return beyond
}

// flatten lists where the words of at least short letters begin, and gives how many.
func (c *chunk) flatten(short int) int {
	n := 0
	last := uint64(0)
	if c.first > 0 {
		last = c.words.block(c.first-1) >> 63
	}
	for i := c.first; i < c.end; i++ {
		words, more := c.words.block(i), c.words.block(i+1)
		first := words &^ (words<<1 | last)
		last = words >> 63
		// A bit stays where a run of short begins.
		for have := 1; have < short; {
			step := uint(min(have, short-have)) & 63
			words &= words>>step | more<<1<<(63-step)
			more &= more >> step
			have += int(step)
		}
		first &= words
		end := n + bits.OnesCount64(first)
		// Eight at a time, needed or not: to ask at each would cost more.
		for n < end {
			for k := range 8 {
				c.at[(n+k)%chunkSize] = uint16(i*blockSize + bits.TrailingZeros64(first))
				first &= first - 1
			}
			n += 8
		}
		n = end
	}
	return n
}

// probe asks the filter about the first n words, and gives how many are left.
func (c *chunk) probe(x *index, b window, n int) int {
	if x.roots.bits != nil {
		return c.probeRoots(x, b, n)
	}
	filter := x.filter
	left := uint(0)
	for _, at := range c.at[:n] {
		hash, _ := c.hash(b, at)
		c.at[left%chunkSize] = at
		left += uint(filter.has(hash))
	}
	return int(left)
}

// probeRoots is probe for an index with patterns.
func (c *chunk) probeRoots(x *index, b window, n int) int {
	left := 0
	for _, at := range c.at[:n] {
		hash, first := c.hash(b, at)
		c.at[left%chunkSize] = at
		left += int(x.filter.has(hash) | x.roots.has(rootHash(first)))
	}
	return left
}

// hash gives the hash of the word at at, and its first bytes with what follows them.
func (c *chunk) hash(b window, at uint16) (hash, first uint64) {
	i := uint(at) % chunkSize
	size := bits.TrailingZeros64(^(binary.LittleEndian.Uint64(c.words[i/8:i/8+8]) >> (i % 8)) | 1<<8)
	first = binary.LittleEndian.Uint64(b[i:i+8]) | each20
	return hashOf(first<<((64-8*size)&63), size), first
}

// sift asks the sieve about the first n words, and gives how many are left. Where the
// word beside is not plain to see, the word stays.
func (c *chunk) sift(x *index, b window, n int) int {
	left := 0
	for _, at := range c.at[:n] {
		c.at[left] = at
		left += int(c.inSieve(x, b, int(at)%chunkSize))
	}
	return left
}

// inSieve gives 1 where a term may stand round the word at at, else 0.
func (c *chunk) inSieve(x *index, b window, at int) uint64 {
	run := c.words.from(at)
	size := bits.TrailingZeros64(^run)
	n := min(size, 8)
	shift := (64 - 8*n) & 63
	first := binary.LittleEndian.Uint64(b[at:]) | each20
	last := binary.LittleEndian.Uint64(b[at+size-n:]) | each20
	key := hashOf(first<<shift, n) + last<<shift
	if size > 48 || x.sieve.has(key) != 0 || x.isRoot(first) {
		return 1
	}
	after, ok := c.after(b, at, run, size)
	if !ok {
		return 1
	}
	before, ok := c.before(b, at)
	if !ok {
		return 1
	}
	return x.sieve.has(pairHash(key, after, next)) | x.sieve.has(pairHash(key, before, previous))
}

// after gives the edge of the word after the one at at, whose bits are the first size of run.
func (c *chunk) after(b window, at int, run uint64, size int) (edge uint64, ok bool) {
	gap := bits.TrailingZeros64(run >> size)
	if size+gap > 48 {
		return 0, false
	}
	start := at + size + gap
	n := bits.TrailingZeros64(^c.words.from(start) | 1<<8)
	// An odd byte in the gap may be a word, and one at the end of the next word part of it.
	if c.odd.from(at+size)&(1<<(gap+n+1)-1) != 0 {
		return 0, false
	}
	k := binary.LittleEndian.Uint64(b[start:]) | each20
	return hashOf(k<<((64-8*n)&63), n), true
}

// before gives the edge of the word before the one at at.
func (c *chunk) before(b window, at int) (edge uint64, ok bool) {
	const far = 32
	if at < 2*far {
		return 0, false
	}
	run := c.words.from(at-far) & (1<<far - 1)
	end := bits.Len64(run)
	n := min(end-bits.Len64(^run&(1<<end-1)), 8)
	if end < far/2 || c.odd.from(at-far)>>(end-n-1)&(1<<(n+1+far-end)-1) != 0 {
		return 0, false
	}
	k := binary.LittleEndian.Uint64(b[at-far+end-8:]) | each20
	return hashOf(k>>((64-8*n)&63)<<((64-8*n)&63), n), true
}
