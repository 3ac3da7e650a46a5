package rules

import (
	"math/bits"
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
	odd := oddIn{c: c, base: base, i: c.first}
	for _, at := range c.at[:n] {
		start := base + int(at)&(1<<sideShift-1)
		for d, ok := odd.before(start); ok; d, ok = odd.before(start) {
			sc.oddAt(d)
		}
		if continues(sc.s, start) {
			continue // the rest of a word that is odd
		}
		end := tokenEnd(sc.s, start)
		if end == tokenASCII(sc.s, start) {
			sc.look(start, end, sides(at>>sideShift))
		}
	}
	for d, ok := odd.before(base + chunkSize); ok; d, ok = odd.before(base + chunkSize) {
		sc.oddAt(d)
	}
}

// oddIn goes through the odd bytes of a chunk.
type oddIn struct {
	c    *chunk
	base int
	i    int
}

// before gives the next odd byte before end.
func (o *oddIn) before(end int) (at int, ok bool) {
	for ; o.i < o.c.end && o.base+o.i*blockSize < end; o.i++ {
		if m := o.c.odd.block(o.i); m != 0 {
			at = o.base + o.i*blockSize + bits.TrailingZeros64(m)
			if at >= end {
				return 0, false
			}
			o.c.odd.set(o.i, m&(m-1))
			return at, true
		}
	}
	return 0, false
}

// oddAt looks up the odd word that the byte at d belongs to, if it is the first to ask.
func (sc *scanner) oddAt(d int) {
	s := sc.s
	if d < sc.done {
		return
	}
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
		start := d
		if continues(s, d) {
			start, _, _ = prevToken(s, d)
		}
		sc.done = tokenEnd(s, d)
		sc.look(start, sc.done, anySide)
	case ignorable:
		if !continues(s, d) {
			return
		}
		if end := tokenEnd(s, d); end > d {
			start, _, _ := prevToken(s, d)
			sc.done = end
			sc.look(start, end, anySide)
			return
		}
		sc.joinAt(d)
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

// tokenASCII gives the end of the letters and digits of ASCII at i.
func tokenASCII(s string, i int) int {
	for i < len(s) && ascii[s[i]] == letter {
		i++
	}
	return i
}

// look looks up the word s[start:end], which a line break may cut, among the terms that
// are filed by s.
func (sc *scanner) look(start, end int, s sides) {
	var buf [64]byte
	word := appendFold(buf[:0], sc.s[start:end])
	if sc.filter.has(wordHash(word)) != 0 {
		key := extent{start, end}
		if s&alone != 0 {
			sc.verify(sc.under(fullHash(word, nil, alone)), nil, key)
		}
		if s&next != 0 {
			sc.lookAfter(word, key)
		}
		if s&previous != 0 {
			sc.lookBefore(word, key)
		}
	}
	if sc.roots.bits != nil && len(word) >= rootSize {
		for _, t := range sc.pattern[string(word[:rootSize])] {
			w := &t.words[t.key]
			if fitsPattern(w.pattern, w.open, string(word)) {
				sc.verify([]filed{{term: t}}, nil, extent{start, end})
			}
		}
	}
}

// lookAfter looks up what is filed under a key and the word after it, which a line
// break may cut.
func (sc *scanner) lookAfter(word []byte, key extent) {
	var buf [64]byte
	s := sc.s
	from, to := nextToken(s, key.end)
	other := appendFold(buf[:0], s[from:to])
	for isMark(other) {
		from, to = nextToken(s, to)
		other = appendFold(buf[:0], s[from:to])
	}
	whole := sc.under(fullHash(word, other, next))
	sc.verify(whole, nil, key)
	if join := joinEnd(s, to); join > to {
		other = appendFold(buf[:0], s[from:join])
		sc.verify(sc.under(fullHash(word, other, next)), whole, key)
	}
}

// lookBefore is lookAfter for the word before.
func (sc *scanner) lookBefore(word []byte, key extent) {
	var buf [64]byte
	s := sc.s
	from, to, _ := prevToken(s, key.start)
	other := appendFold(buf[:0], s[from:to])
	for isMark(other) {
		from, to, _ = prevToken(s, from)
		other = appendFold(buf[:0], s[from:to])
	}
	whole := sc.under(fullHash(word, other, previous))
	sc.verify(whole, nil, key)
	if head, cut, ok := prevToken(s, from); ok && joinEnd(s, cut) == to {
		other = appendFold(buf[:0], s[head:to])
		sc.verify(sc.under(fullHash(word, other, previous)), whole, key)
	}
}

// verify calls found for the places of terms, but for those of done, whose key is key.
func (sc *scanner) verify(terms, done []filed, key extent) {
next:
	for _, f := range terms {
		for _, d := range done {
			if d.term == f.term {
				continue next
			}
		}
		from, ok := key.start, true
		for i := 0; i < f.term.key && ok; i++ {
			from, _, ok = prevToken(sc.s, from)
		}
		if ok {
			sc.back(f.term, from, key, f.term.key)
		}
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
