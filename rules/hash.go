package rules

import (
	"math/bits"
	"unicode/utf8"
)

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

// suffix packs the last eight, the last of them highest.
func suffix(w string) uint64 { return prefix(w[max(0, len(w)-8):]) << (8 * max(0, 8-len(w))) }

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

// rootHash is of the first letters of a word, which first has in its lowest bytes.
func rootHash(first uint64) uint64 {
	return mix(first & (1<<(8*rootSize) - 1))
}

// fullHash is of a whole word, so that terms that begin alike do not meet.
func fullHash(w string) uint64 {
	h := uint64(0)
	for i := 0; i < len(w); i += 8 {
		h = mix(h ^ prefix(w[i:min(i+8, len(w))]))
	}
	return mix(h ^ uint64(len(w)+1)) // 0 beside 0 would be 0 alone
}

// thirdOf is of a token, folded or not. It is neither 0 nor unsure.
func thirdOf(s string, start, end int) uint32 {
	_, full := foldedWord(s, start, end)
	return uint32(full) | unsure + 1
}

const unsure = 1 << 31

// foldedWord gives the first eight bytes and the fullHash of the token s[start:end], folded.
func foldedWord(s string, start, end int) (first, full uint64) {
	for i := start; i < end; i += 8 {
		if len(s)-i < 8 {
			return foldedPrefix(s[start:end]), foldedHash(s[start:end])
		}
		v, keep := prefix(s[i:i+8]), lowest[1<<min(end-i, 8)-1]
		if (lettersOf(v)&^v)&keep != each80&keep { // not all of ASCII
			return foldedPrefix(s[start:end]), foldedHash(s[start:end])
		}
		v = (v | each20) & keep
		if i == start {
			first = v
		}
		full = mix(full ^ v)
	}
	return first, mix(full ^ uint64(end-start+1))
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
