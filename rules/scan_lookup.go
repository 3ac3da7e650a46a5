package rules

import (
	"math/bits"
	"slices"
	"strings"
)

// scanner is one scan of one text.
type scanner struct {
	*index
	s     string
	found func(t *term, start, end int)
	done  int // odd words that begin before are done
}

// settle looks up the first n words found in a chunk, and between them does what is odd.
func (sc *scanner) settle(c *chunk, base, n int) {
	block := c.first
	for _, at := range c.at[:n] {
		start := base + int(at)&(1<<sideShift-1)
		block = sc.doOdd(c, base, block, start)
		if continues(sc.s, start) {
			continue // the rest of a word that is odd
		}
		end := tokenEnd(sc.s, start)
		if end == tokenASCII(sc.s, start) {
			sc.look(start, end, sides(at>>sideShift))
		}
	}
	sc.doOdd(c, base, block, base+c.end*blockSize)
}

// doOdd does the odd bytes from a block on to end, and gives the block of end.
func (sc *scanner) doOdd(c *chunk, base, block, end int) int {
	for ; block < c.end; block++ {
		start := base + block*blockSize
		odd := c.odd.block(block)
		for odd != 0 {
			d := start + bits.TrailingZeros64(odd)
			if d >= end {
				c.odd.set(block, odd)
				return block
			}
			odd &= odd - 1
			if d >= sc.done {
				sc.oddAt(d)
			}
			if done := sc.done - start; done > 0 { // it may have done more
				odd = odd >> done << done
			}
		}
		c.odd.set(block, 0)
		if start+blockSize > end {
			return block
		}
	}
	return block
}

// oddAt looks up the odd word that the byte at d belongs to, if it is the first to ask.
func (sc *scanner) oddAt(d int) {
	s := sc.s
	if s[d] == '-' {
		sc.joinAt(d)
		return
	}
	c, size := classAt(s, d)
	sc.done = d + size
	switch c {
	case single:
		sc.look(d, d+size, anySide)
	case letter:
		sc.done = tokenEnd(s, d)
		sc.look(tokenStart(s, d), sc.done, anySide)
	case ignorable:
		if start := tokenStart(s, d); start < d {
			if end := tokenEnd(s, d); end > d {
				sc.done = end
				sc.look(start, end, anySide)
				return
			}
			sc.joinAt(d)
		}
		for c == ignorable && sc.done < len(s) { // the others of the run are the same
			if c, size = classAt(s, sc.done); c == ignorable {
				sc.done += size
			}
		}
	}
}

// joinAt looks up the word that a line break cuts at end, if one does.
func (sc *scanner) joinAt(end int) {
	join := joinEnd(sc.s, end)
	if join == end {
		return
	}
	if start, tokenEnd, ok := prevToken(sc.s, end); ok && tokenEnd == end {
		sc.look(start, join, anySide)
	}
}

// continues reports whether what stands at i goes on with the token before it.
func continues(s string, i int) bool {
	for i > 0 {
		c, size := classBefore(s, i)
		if c != ignorable {
			return c == letter
		}
		i -= size
	}
	return false
}

// look looks up the word s[start:end], which a line break may cut, among the terms that
// are filed by s.
func (sc *scanner) look(start, end int, s sides) {
	word, key := sc.s[start:end], extent{start, end}
	first := foldedPrefix(word)
	if sc.filter.has(mix(first)) != 0 {
		hash := foldedHash(word)
		switch {
		case markFirst(first):
			s = alone
		case s == anySide:
			s = sc.sidesOf(hash)
		}
		if s&alone != 0 {
			sc.verify(hash, 0, key)
		}
		if s&next != 0 {
			sc.lookAfter(hash, key)
		}
		if s&previous != 0 {
			sc.lookBefore(hash, key)
		}
	}
	if sc.isRoot(first) {
		for _, t := range sc.pattern[first&lowest[rootSize]] {
			if r := t.words[t.key].rare; fitsPattern(r.pattern, r.open, word) {
				sc.verifyOne(t, key)
			}
		}
	}
}

// lookAfter looks up what is filed under a key and the word after it, which a line
// break may cut.
func (sc *scanner) lookAfter(hash uint64, key extent) {
	s := sc.s
	from, to := nextToken(s, key.end)
	for markFirst(foldedPrefix(s[from:to])) {
		from, to = nextToken(s, to)
	}
	whole := pairHash(hash, foldedHash(s[from:to]), next)
	sc.verify(whole, 0, key)
	if join := joinEnd(s, to); join > to {
		sc.verify(pairHash(hash, foldedHash(s[from:join]), next), whole, key)
	}
}

// lookBefore is lookAfter for the word before.
func (sc *scanner) lookBefore(hash uint64, key extent) {
	s := sc.s
	from, to, _ := prevToken(s, key.start)
	for markFirst(foldedPrefix(s[from:to])) {
		from, to, _ = prevToken(s, from)
	}
	whole := pairHash(hash, foldedHash(s[from:to]), previous)
	sc.verify(whole, 0, key)
	if head, cut, ok := prevToken(s, from); ok && joinEnd(s, cut) == to {
		sc.verify(pairHash(hash, foldedHash(s[head:to]), previous), whole, key)
	}
}

// markFirst is isMark for a word of which the first eight bytes are first.
func markFirst(first uint64) bool { return first < 1<<8 && ascii[first] == single }

// verify calls found for the places of the terms filed under hash, but for those filed
// under done too, whose key is key.
func (sc *scanner) verify(hash, done uint64, key extent) {
	for _, f := range sc.bucket(hash) {
		if f.hash == hash && (done == 0 || !slices.Contains(sc.bucket(done), filed{done, f.term})) {
			sc.verifyOne(f.term, key)
		}
	}
}

func (sc *scanner) verifyOne(t *term, key extent) {
	from, ok := key.start, true
	for i := 0; i < t.key && ok; i++ {
		from, _, ok = prevToken(sc.s, from)
	}
	if ok {
		sc.back(t, from, key, t.key)
	}
}

// back calls found for the places where t begins at from or up to cuts tokens before,
// and its key is key. A word cut by a line break counts as two on the way back.
func (sc *scanner) back(t *term, from int, key extent, cuts int) {
	if cuts > 0 {
		before, _, ok := prevToken(sc.s, from)
		if ok && strings.IndexByte(sc.s[before:key.start], '\n') >= 0 {
			sc.back(t, before, key, cuts-1)
		}
	}
	if end, at, ok := t.stand(sc.s, from); ok && at == key {
		sc.found(t, from, end)
	}
}
