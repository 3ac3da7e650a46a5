package rules

import sys "golang.org/x/sys/cpu"

// wide is how many bits the processor does at once, of those that the assembly can use:
// 512, 256, or 0 where it can use none. Tests set it.
var wide = func() int {
	switch {
	case sys.X86.HasAVX512F && sys.X86.HasAVX512BW && sys.X86.HasAVX512DQ && sys.X86.HasAVX512VL && sys.X86.HasAVX512VBMI2 && sys.X86.HasPOPCNT:
		return 512
	case sys.X86.HasAVX2:
		return 256
	}
	return 0
}()

// see fills in the bitmaps for n blocks; likely only where near is not nil.
func see(m *bitmaps, b window, n int, near *nibbles) {
	switch wide {
	case 512:
		see512(m, b, n, near)
	case 256:
		see256(m, b, n, near)
	default:
		seePlainly(m, b, n)
	}
}

// choose lists the words that begin in likely and are in the filter, and gives how many.
func choose(c *chunk, x *index, b window) int {
	if wide < 512 || x.roots.bits != nil || x.near != nil { // of a small list few are likely
		return c.listPlainly(x, b)
	}
	n := flatten512(&c.likely, c.first, c.end, &c.at)
	return probe512(b, &c.at, n, &x.filter.bits[0], uint64(x.filter.shift))
}

//go:noescape
func see512(m *bitmaps, b window, n int, near *nibbles)

//go:noescape
func see256(m *bitmaps, b window, n int, near *nibbles)

//go:noescape
func flatten512(starts *bitmap, first, end int, at *[chunkSize]uint16) int

//go:noescape
func probe512(b window, at *[chunkSize]uint16, n int, filter *uint64, shift uint64) int
