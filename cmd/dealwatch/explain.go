package main

import (
	"fmt"
	"io"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
)

// printExplanations prints what became of each deal; where nothing of any stands in the
// document, of some.
func printExplanations(w io.Writer, cut bool, all []rules.Explanation) {
	const some = 20 // a watchlist may have thousands
	bare := 0
	for _, e := range all {
		if !e.Matched && len(e.Found)+len(e.Refused) == 0 {
			if bare++; bare > some {
				continue
			}
		}
		printExplanation(w, cut, e)
	}
	if bare > some {
		fmt.Fprintf(w, "  and %d deals more, of which nothing stands here\n", bare-some)
	}
}

// printExplanation says of one deal in one document what hit, what was missing and
// what was refused, a line each.
func printExplanation(w io.Writer, cut bool, e rules.Explanation) {
	verdict := "no match"
	if e.Matched {
		verdict = "matches, in the " + string(e.Closeness)
		if e.Closeness == dealwatch.ByFiler {
			verdict = "matches, the filer speaking"
		}
	}
	fmt.Fprintf(w, "  %s: %s\n", e.Deal.ID, verdict)
	const shown = 5 // of each kind; a filing names its filer hundreds of times
	for i, m := range e.Found {
		if i == shown {
			fmt.Fprintf(w, "    hit      and %d more\n", len(e.Found)-shown)
			break
		}
		fmt.Fprintf(w, "    hit      %s as %q at %s %d: %s\n", m.Alias, cell(m.Reads(), cut), m.Field, m.Start, cell(m.Sentence, cut))
	}
	for _, missing := range e.Missing {
		fmt.Fprintf(w, "    missing  %s\n", missing)
	}
	for i, r := range e.Refused {
		if i == shown {
			fmt.Fprintf(w, "    refused  and %d more\n", len(e.Refused)-shown)
			break
		}
		fmt.Fprintf(w, "    refused  %s as %q: %s: %s\n", r.Alias, cell(r.Reads(), cut), r.Why, cell(r.Sentence, cut))
	}
}
