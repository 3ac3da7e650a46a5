package rules

// nibbles say at which bytes a key of a small list may begin: those whose first three
// bytes, folded, have a bucket in common in all six tables. Wide registers look up
// sixty-four bytes in a table at once.
type nibbles [nearSize]struct{ low, high [16]byte }

const (
	nearSize = 3
	nearMost = 64 // keys; with more, nearly all words would be likely
)

// newNibbles makes the tables of keys, or nil where there are too many.
func newNibbles(keys []string) *nibbles {
	if len(keys) > nearMost {
		return nil
	}
	var t nibbles
	for i, k := range keys {
		bucket := byte(1) << (i % 8)
		for j := range t {
			if j >= len(k) {
				for n := range 16 {
					t[j].low[n] |= bucket
					t[j].high[n] |= bucket
				}
				continue
			}
			t[j].low[k[j]&15] |= bucket
			t[j].high[k[j]>>4] |= bucket
		}
	}
	return &t
}
