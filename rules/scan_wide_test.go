package rules

import (
	"fmt"
	"testing"
)

// eachWidth runs a test on every path of the scan that this processor has.
func eachWidth(t *testing.T, test func(t *testing.T)) {
	best := wide
	t.Cleanup(func() { setWide(best) })
	for _, bits := range []int{0, 256, 512} {
		t.Run(fmt.Sprintf("%d bits", bits), func(t *testing.T) {
			if bits > best {
				t.Skipf("this processor does %d bits at once", best)
			}
			setWide(bits)
			test(t)
		})
	}
}
