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
	cut   int // the last place where a line break may cut a word, of what was seen; or -1
}

// settle looks up the first n words found in a chunk, and between them does what is odd.
func (sc *scanner) settle(c *chunk, base, n int) {
	block := c.first
	if c.cut >= 0 {
		sc.cut = base + c.cut
	}
	for _, at := range c.at[:n] {
		start := base + int(at)&(1<<sideShift-1)
		block = sc.doOdd(c, base, block, start)
		if continues(sc.s, start) {
			continue // the rest of a word that is odd
		}
		end := tokenASCII(sc.s, start)
		if tokenEnd(sc.s, end) == end {
			first, hash := foldedWord(sc.s, start, end)
			if sc.filter.has(mix(first)) != 0 {
				sc.lookKey(extent{start, end}, first, hash, sides(at>>sideShift))
			}
			sc.lookPattern(extent{start, end}, first)
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
		sc.look(d, d+size)
	case letter:
		sc.done = tokenEnd(s, d)
		sc.look(tokenStart(s, d), sc.done)
	case ignorable:
		if start := tokenStart(s, d); start < d {
			if end := tokenEnd(s, d); end > d {
				sc.done = end
				sc.look(start, end)
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
		sc.look(start, join)
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

// look looks up the word s[start:end], which may be odd and which a line break may cut.
func (sc *scanner) look(start, end int) {
	word := sc.s[start:end]
	first := foldedPrefix(word)
	if sc.filter.has(mix(first)) != 0 {
		sc.lookKey(extent{start, end}, first, foldedHash(word), anySide)
	}
	sc.lookPattern(extent{start, end}, first)
}

// lookKey looks up a key, of which first has the first eight bytes folded, among the terms
// that are filed by s.
func (sc *scanner) lookKey(key extent, first, hash uint64, s sides) {
	switch {
	case markFirst(first):
		s = alone
	case s == anySide:
		s = sc.sidesOf(hash)
	}
	if s&alone != 0 {
		sc.verify(hash, 0, key, key)
	}
	if s&next != 0 {
		sc.lookAfter(hash, key)
	}
	if s&previous != 0 {
		sc.lookBefore(hash, key)
	}
}

// lookPattern looks up a key among the patterns.
func (sc *scanner) lookPattern(key extent, first uint64) {
	if !sc.isRoot(first) {
		return
	}
	for _, t := range sc.pattern[first&lowest[1<<rootSize-1]] {
		if r := t.words[t.key].rare; fitsPattern(r.pattern, r.open, sc.s[key.start:key.end]) {
			sc.verifyOne(t, key)
		}
	}
}

// lookAfter looks up what is filed under a key and the word after it, which a line
// break may cut.
func (sc *scanner) lookAfter(hash uint64, key extent) {
	s := sc.s
	from, to := nextToken(s, key.end)
	first, edge := foldedWord(s, from, to)
	for markFirst(first) {
		from, to = nextToken(s, to)
		first, edge = foldedWord(s, from, to)
	}
	whole := pairHash(hash, edge, next)
	sc.verify(whole, 0, key, extent{key.start, to})
	if join := joinEnd(s, to); join > to {
		sc.verify(pairHash(hash, foldedHash(s[from:join]), next), whole, key, extent{key.start, join})
	}
}

// lookBefore is lookAfter for the word before.
func (sc *scanner) lookBefore(hash uint64, key extent) {
	s := sc.s
	from, to, _ := prevToken(s, key.start)
	first, edge := foldedWord(s, from, to)
	for markFirst(first) {
		from, to, _ = prevToken(s, from)
		first, edge = foldedWord(s, from, to)
	}
	whole := pairHash(hash, edge, previous)
	sc.verify(whole, 0, key, extent{from, key.end})
	if from-far > sc.cut {
		return
	}
	if head, cut, ok := prevToken(s, from); ok && joinEnd(s, cut) == to {
		sc.verify(pairHash(hash, foldedHash(s[head:to]), previous), whole, key, extent{head, key.end})
	}
}

// markFirst is isMark for a word of which the first eight bytes are first.
func markFirst(first uint64) bool { return first < 1<<8 && ascii[first] == single }

// verify calls found for the places of the terms filed under hash, but for those filed
// under done too, whose key is key. The hash is that of pair.
func (sc *scanner) verify(hash, done uint64, key, pair extent) {
	var after, before uint32 // the third words, when asked for
	for _, f := range sc.bucket(hash) {
		if f.hash != hash || done != 0 && sc.files(done, f.term) {
			continue
		}
		third := &after
		if f.before {
			third = &before
		}
		if f.third != 0 && *third == 0 {
			*third = sc.third(pair, f.before)
		}
		if f.third == 0 || *third == f.third || *third == unsure {
			sc.verifyOne(f.term, key)
		}
	}
}

// files reports whether t is filed under hash.
func (x *index) files(hash uint64, t *term) bool {
	return slices.ContainsFunc(x.bucket(hash), func(f filed) bool { return f.hash == hash && f.term == t })
}

// third gives the thirdOf the word after a pair or before it, and unsure where a line
// break may cut that word.
func (sc *scanner) third(pair extent, before bool) uint32 {
	if before {
		from, to, _ := prevToken(sc.s, pair.start)
		if from-far <= sc.cut {
			return unsure
		}
		return thirdOf(sc.s, from, to)
	}
	from, to := nextToken(sc.s, pair.end)
	if joinEnd(sc.s, to) != to {
		return unsure
	}
	return thirdOf(sc.s, from, to)
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
		if ok && before <= sc.cut && strings.IndexByte(sc.s[before:key.start], '\n') >= 0 {
			sc.back(t, before, key, cuts-1)
		}
	}
	if end, at, ok := t.stand(sc.s, from); ok && at == key {
		sc.found(t, from, end)
	}
}
