package crawl

import "bytes"

// phrases finds which of some words stand in a page, whatever their case, in one pass
// that skips most of it: the end of a window as long as the shortest word says how far
// the next word is at least (Wu and Manber). Every page is looked at for dozens of them.
type phrases struct {
	all   []string // in lower case, ASCII
	short int      // length of the shortest
	far   [1 << 16]uint8
	end   [1 << 16]uint8 // where in ends the words stand whose window ends in two bytes
	ends  [][]int
}

// lower is the lower case of ASCII letters, and every other byte itself.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

func newPhrases(all ...string) *phrases {
	p := &phrases{all: all, short: len(all[0]), ends: make([][]int, 1)}
	for _, s := range all {
		p.short = min(p.short, len(s))
	}
	for i := range p.far {
		p.far[i] = uint8(min(p.short-1, 255)) //nolint:gosec // bounded
	}
	for n, s := range all {
		for i := 1; i < p.short; i++ {
			pair := uint16(s[i-1])<<8 | uint16(s[i])
			p.far[pair] = min(p.far[pair], uint8(min(p.short-1-i, 255))) //nolint:gosec // bounded
			if i == p.short-1 {
				if p.end[pair] == 0 {
					p.end[pair] = uint8(len(p.ends)) //nolint:gosec // there are dozens
					p.ends = append(p.ends, nil)
				}
				p.ends[p.end[pair]] = append(p.ends[p.end[pair]], n)
			}
		}
	}
	return p
}

// in gives the words that stand in b.
func (p *phrases) in(b []byte) map[string]bool {
	var found map[string]bool
	for i := p.short - 1; i < len(b); {
		pair := uint16(lower[b[i-1]])<<8 | uint16(lower[b[i]])
		if far := p.far[pair]; far > 0 {
			i += int(far)
			continue
		}
		for _, n := range p.ends[p.end[pair]] {
			if s := p.all[n]; !found[s] && hasPrefixFold(b[i-p.short+1:], s) {
				if found == nil {
					found = make(map[string]bool)
				}
				found[s] = true
			}
		}
		i++
	}
	return found
}

// hasPrefixFold reports whether b begins with s, which is in lower case, in any case.
func hasPrefixFold(b []byte, s string) bool {
	if len(b) < len(s) {
		return false
	}
	for i := range len(s) {
		if lower[b[i]] != s[i] {
			return false
		}
	}
	return true
}

// hasTag reports whether some tag in b begins with one of the names, such as "/html";
// the last tag is looked at first.
func hasTag(b []byte, names ...string) bool {
	for {
		i := bytes.LastIndexByte(b, '<')
		if i < 0 {
			return false
		}
		for _, name := range names {
			if hasPrefixFold(b[i+1:], name) {
				return true
			}
		}
		b = b[:i]
	}
}
