package rules

import "strings"

// paragraphs gives where the paragraphs of s begin: after each empty line.
func paragraphs(s string) []int {
	starts := []int{0}
	for at := nextParagraph(s, 0); at < len(s); at = nextParagraph(s, at) {
		starts = append(starts, at)
	}
	return starts
}

// nextParagraph gives where the first paragraph begins whose empty line is at or after
// at; len(s) where there is none.
func nextParagraph(s string, at int) int {
	for {
		n := strings.IndexByte(s[at:], '\n')
		if n < 0 {
			return len(s)
		}
		at += n + 1
		lines := 1
		for at < len(s) && isBlank(s[at]) {
			if s[at] == '\n' {
				lines++
			}
			at++
		}
		if lines > 1 {
			return at
		}
	}
}

// paragraphAt is the paragraph that holds position i.
func paragraphAt(s string, i int) extent {
	for i > 0 && isBlank(s[i]) && isBlank(s[i-1]) {
		i--
	}
	end := nextParagraph(s, i)
	for {
		n := strings.LastIndexByte(s[:i], '\n')
		if n < 0 {
			return extent{0, end}
		}
		start, lines := n+1, 1
		for isBlank(s[start]) {
			start++
		}
		for i = n; i > 0 && isBlank(s[i-1]); i-- {
			if s[i-1] == '\n' {
				lines++
			}
		}
		if lines > 1 {
			return extent{start, end}
		}
	}
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }
