package rules

import "fmt"

// near is a proximity: within a number of words, a sentence or a paragraph.
type near struct {
	left, right node
	unit        unit
	words       int  // 0 for a unit
	ordered     bool // left comes first
}

func (n near) operator() string {
	mark := "/"
	if n.ordered {
		mark = "+"
	}
	switch {
	case n.words > 0:
		return fmt.Sprintf("%s%d", mark, n.words)
	case n.unit == inSentence:
		return mark + "s"
	}
	return mark + "p"
}
