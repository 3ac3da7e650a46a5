package dealwatch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hit is a document that a full-text search found: its latest version.
type Hit struct {
	Document
	Flagged bool  // some deal's flag on it is active
	Seq     int64 // place in the order in which documents were first read
}

// Terms splits what a person typed into a search box: each word by itself, and each
// passage in quotation marks as one term of several words. A document is found where
// it holds all of them. Words are letters and digits, in lower case; one that is followed
// by a star keeps it, and stands for every word that begins so.
func Terms(query string) [][]string {
	query = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`).Replace(query)
	var terms [][]string
	for i, part := range strings.Split(query, `"`) {
		var words []string
		for w, at := range Words(part) {
			if strings.HasPrefix(part[at[1]:], "*") && utf8.RuneCountInString(w) >= shortestRoot {
				w += "*"
			}
			words = append(words, w)
		}
		if i%2 == 1 && len(words) > 0 {
			terms = append(terms, words)
			continue
		}
		for _, w := range words {
			terms = append(terms, []string{w})
		}
	}
	return terms
}

// shortestRoot is how many characters a word with a star has at least: with fewer, it
// would stand for too many.
const shortestRoot = 2

// stands reports whether want, a word of a term, stands for word.
func stands(want, word string) bool {
	if root, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(word, root)
	}
	return want == word
}

// Words gives the words of s in lower case, each with its place in bytes.
func Words(s string) func(yield func(word string, at [2]int) bool) {
	return func(yield func(string, [2]int) bool) {
		start := -1
		for i, r := range s {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || start >= 0 && unicode.IsMark(r) {
				if start < 0 {
					start = i
				}
				continue
			}
			if start >= 0 && !yield(strings.ToLower(s[start:i]), [2]int{start, i}) {
				return
			}
			start = -1
		}
		if start >= 0 && utf8.ValidString(s[start:]) {
			yield(strings.ToLower(s[start:]), [2]int{start, len(s)})
		}
	}
}

// Places are where the terms stand in s, in order, at most limit of each; nil where one
// of them does not.
func Places(s string, terms [][]string, limit int) [][2]int {
	type word struct {
		word string
		at   [2]int
	}
	longest := 0
	for _, t := range terms {
		longest = max(longest, len(t))
	}
	var last []word // the newest words, as many as the longest term has
	found := make([]int, len(terms))
	var out [][2]int
	for w, at := range Words(s) {
		if len(last) == longest && longest > 0 {
			last = last[1:]
		}
		last = append(last, word{w, at})
		for i, t := range terms {
			n := len(last) - len(t)
			if n < 0 || found[i] >= limit {
				continue
			}
			same := true
			for j, want := range t {
				same = same && stands(want, last[n+j].word)
			}
			if same {
				found[i]++
				out = append(out, [2]int{last[n].at[0], at[1]})
			}
		}
	}
	for _, n := range found {
		if n == 0 {
			return nil
		}
	}
	return out
}
