package web

import (
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dealwatch/dealwatch/feed"
)

const (
	diffChanges = 12      // that are shown of two versions
	diffText    = 4 << 20 // bytes of a text beyond which nothing is compared
	diffLead    = 120     // bytes of equal text before and after a change
	diffSide    = 700     // characters of what went or came
)

// change is a place where two versions of a text differ, on one line.
type change struct {
	Before, Gone, Come, After string
}

// changes are the places where two texts differ, at most diffChanges; more says that
// there are others.
func changes(old, now string) (out []change, more bool) {
	if len(old) > diffText || len(now) > diffText {
		return nil, true
	}
	edits := udiff.Lines(old, now)
	for _, e := range edits {
		gone, come := old[e.Start:e.End], e.New
		lead, tail := common(gone, come)
		before := gone[:lead]
		after := gone[len(gone)-tail:]
		c := change{
			Before: end(before, diffLead), Gone: feed.Short(gone[lead:len(gone)-tail], diffSide),
			Come: feed.Short(come[lead:len(come)-tail], diffSide), After: start(after, diffLead),
		}
		if c.Gone == "" && c.Come == "" {
			continue // white space only
		}
		if len(out) == diffChanges {
			return out, true
		}
		out = append(out, c)
	}
	return out, false
}

// common is how many bytes two texts share at their beginnings and ends, in whole words.
func common(a, b string) (lead, tail int) {
	n := min(len(a), len(b))
	for lead < n && a[lead] == b[lead] {
		lead++
	}
	if lead < len(a) || lead < len(b) {
		lead = strings.LastIndexAny(a[:lead], " \n\t") + 1
	}
	n -= lead
	for tail < n && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	if tail < len(a)-lead || tail < len(b)-lead {
		i := strings.IndexAny(a[len(a)-tail:], " \n\t")
		if i < 0 {
			i = tail
		}
		tail -= i
	}
	return lead, tail
}

// start and end are the first and the last part of a text, cut at a space.
func start(s string, n int) string {
	if len(s) <= n {
		return fold(s)
	}
	i := strings.LastIndexAny(s[:n], " \n")
	if i < 0 {
		i = 0
	}
	return fold(s[:i]) + " …"
}

func end(s string, n int) string {
	if len(s) <= n {
		return fold(s)
	}
	from := len(s) - n
	i := strings.IndexAny(s[from:], " \n")
	if i < 0 {
		return "… "
	}
	return "…" + fold(s[from+i:])
}

// fold is Line that keeps a space at either end.
func fold(s string) string {
	out := feed.Line(s)
	if s == "" {
		return ""
	}
	if r, _ := utf8.DecodeRuneInString(s); r == ' ' || r == '\n' {
		out = " " + out
	}
	if r, _ := utf8.DecodeLastRuneInString(s); out != " " && (r == ' ' || r == '\n') {
		out += " "
	}
	return out
}
