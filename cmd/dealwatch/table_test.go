package main

import (
	"strings"
	"testing"
)

// A table cuts its cells on a terminal, and keeps them whole in a pipe or a file.
func TestTableCells(t *testing.T) {
	long := strings.Repeat("a sentence that goes on, ", 12) + "and ends."
	for _, onTerminal := range []bool{false, true} {
		var out strings.Builder
		l := newListing(&out, "table", "sentence")
		if l.cut {
			t.Fatal("a buffer is taken for a terminal")
		}
		l.cut = onTerminal
		if err := l.add(long); err != nil {
			t.Fatal(err)
		}
		if err := l.close(); err != nil {
			t.Fatal(err)
		}
		if whole := strings.Contains(out.String(), long); whole == onTerminal {
			t.Errorf("on a terminal %v: printed\n%s", onTerminal, out.String())
		}
	}
}
