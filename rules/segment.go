package rules

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// runs gives where the blocks of s begin, but for those that only go on: a long line
// that ends in no full stop before one that begins with a small letter was wrapped, and
// so was one that ends in the hyphen of a word.
func runs(s string) []int {
	starts := []int{0}
	for {
		next, ok := nextRun(s, starts[len(starts)-1])
		if !ok {
			return starts
		}
		starts = append(starts, next)
	}
}

// nextRun gives where the first run begins after the line that begins at line.
func nextRun(s string, line int) (start int, ok bool) {
	for {
		n := strings.IndexByte(s[line:], '\n')
		if n < 0 {
			return len(s), false
		}
		next := line + n + 1
		if !wrapped(s[line:next-1], s[next:]) {
			return next, true
		}
		line = next
	}
}

// runAt is the run that holds position i.
func runAt(s string, i int) extent {
	start := strings.LastIndexByte(s[:i], '\n') + 1
	end, _ := nextRun(s, start)
	for start > 0 {
		line := strings.LastIndexByte(s[:start-1], '\n') + 1
		if !wrapped(s[line:start-1], s[start:]) {
			break
		}
		start = line
	}
	return extent{start, end}
}

func wrapped(line, next string) bool {
	line = strings.TrimSpace(line)
	if hyphened := len(line) > 1 && line[len(line)-1] == '-' && ascii[line[len(line)-2]] != separator; !hyphened &&
		(len(line) < 40 || strings.ContainsAny(line[len(line)-1:], ".!?:;")) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(next, " \t"))
	return unicode.IsLower(r)
}

// sentences gives where the sentences of s[run.start:run.end] begin.
func sentences(s string, run extent) []int {
	starts := []int{run.start}
	for i := run.start; i < run.end; i++ {
		if s[i] == 0xe2 && isBullet(s[i:run.end]) {
			if i > starts[len(starts)-1] {
				starts = append(starts, i)
			}
			continue
		}
		switch {
		case s[i] == '.' || s[i] == '!' || s[i] == '?':
		case s[i] == 0xe2 && strings.HasPrefix(s[i:run.end], "…"):
			i += len("…") - 1
		case s[i] == 0xe3 && strings.HasPrefix(s[i:run.end], "。"), s[i] == 0xef && isWideMark(s[i:run.end]):
			if next := wideEnd(s[:run.end], i); next < run.end {
				starts = append(starts, next)
				i = next - 1
			}
			continue
		default:
			continue
		}
		next := sentenceEnd(s[:run.end], starts[len(starts)-1], i)
		if next > i && next < run.end {
			starts = append(starts, next)
			i = next - 1
		}
	}
	return starts
}

func isWideMark(s string) bool { return strings.HasPrefix(s, "！") || strings.HasPrefix(s, "？") }

// wideEnd gives where the next sentence begins after the mark 。 or ！ or ？ at i, which
// needs no blank.
func wideEnd(s string, i int) int {
	rest := strings.TrimLeftFunc(s[i:], func(r rune) bool { return strings.ContainsRune("。！？”’」』）", r) })
	return len(s) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
}

// isBullet reports whether s begins with the mark of a list item, which is a sentence of
// its own even where its line break was lost.
func isBullet(s string) bool {
	for _, mark := range []string{"•", "●", "▪", "◦", "■", "‣"} {
		if strings.HasPrefix(s, mark) {
			return true
		}
	}
	return false
}

// sentenceEnd gives where the next sentence begins if the mark at i ends the one that
// begins at from, else -1.
func sentenceEnd(s string, from, i int) int {
	if s[i] == '.' && (listNumber(s[from:i]) || listNumber(afterColon(s[from:i]))) {
		return -1
	}
	j := i + 1
	for j < len(s) {
		r, size := utf8.DecodeRuneInString(s[j:])
		if !strings.ContainsRune(`.!?"')]}”’»`, r) {
			break
		}
		j += size
	}
	j += footnote(s[j:])
	if s[i] == '.' {
		j += noteNumber(s[from:i], s[i+1:j], s[j:])
	}
	next := j
	for next < len(s) {
		r, size := utf8.DecodeRuneInString(s[next:])
		if !unicode.IsSpace(r) && r != '\u200b' {
			break
		}
		next += size
	}
	if next == len(s) {
		return -1
	}
	first := next
	for first < len(s) {
		r, size := utf8.DecodeRuneInString(s[first:])
		if !strings.ContainsRune(`"'([{“‘«¿¡•·*–—-`, r) {
			break
		}
		first += size
	}
	r, _ := utf8.DecodeRuneInString(s[min(first, len(s)-1):])
	upper := unicode.IsUpper(r) || unicode.IsTitle(r)
	if next == j { // no blank: only a lost one, as in "of Mellanox.Amortization"
		if s[i] == '.' && j == i+1 && noteLabel(s[j:]) {
			return next
		}
		if s[i] != '.' || j != i+1 || !upper || !wordBefore(s[from:i]) || hostLike(s[first:]) {
			return -1
		}
		return next
	}
	if !upper && !unicode.IsDigit(r) && !(unicode.IsLetter(r) && !unicode.IsLower(r)) && first == next {
		return -1
	}
	if unicode.IsLower(r) && !noteLabel(s[next:]) {
		return -1
	}
	if s[i] == '.' && j == i+1 && (abbreviated(s[from:i], s[first:]) || closesCitation(s[next:])) {
		return -1
	}
	if s[i] == '!' && upper && brandMark(s[from:i]) && !ends("inc", s[first:]) {
		return -1
	}
	return next
}

// noteLabel reports whether s begins with the label of a note and a capital: "(f)In 2022".
func noteLabel(s string) bool {
	end := strings.IndexByte(s[:min(len(s), 4)], ')')
	return end > 1 && s[0] == '(' && end+1 < len(s) && s[end+1] >= 'A' && s[end+1] <= 'Z'
}

// brandMark reports whether s ends in a name that carries its own exclamation mark.
func brandMark(s string) bool {
	return strings.HasSuffix(s, "Yahoo") || strings.HasSuffix(s, "Yum") || strings.HasSuffix(s, "Jeopardy")
}

// wordBefore reports whether s ends in three small letters or a year.
func wordBefore(s string) bool {
	small, digits := 0, 0
	for n := 1; n <= min(4, len(s)); n++ {
		switch b := s[len(s)-n]; {
		case b >= 'a' && b <= 'z':
			small++
		case isDigit(b):
			digits++
		}
	}
	return small >= 3 || digits == 4
}

var listNumberForm = regexp.MustCompile(`^[ \t(•*"“‘]*(?:\d{1,3}|[ivx]{1,5}|(?i:item|note|part|section|sec\.|article|exhibit|annex|schedule|chapter)\s+\w{1,4}(?:\.\d{1,2})?)$`)

// listNumber reports whether s, the begin of a sentence, is only the number of an item.
func listNumber(s string) bool {
	if len(s) >= 40 {
		return false
	}
	start, end := nextToken(s, 0)
	switch first := s[start:end]; {
	case first == "", strings.Trim(first, "0123456789") == "", strings.Trim(first, "ivx") == "":
	case !slices.ContainsFunc(itemWords, func(w string) bool { return strings.EqualFold(w, first) }):
		return false // as most are, and the expression costs more
	}
	return listNumberForm.MatchString(s)
}

var itemWords = strings.Fields("item note part section sec article exhibit annex schedule chapter")

// afterColon gives what follows the last colon near the end of s, where an order's first
// section begins: "ordered: Section 1. Purpose."; else s.
func afterColon(s string) string {
	tail := s[max(0, len(s)-40):]
	if n := strings.LastIndex(tail, ": "); n >= 0 && strings.Contains(tail[n+2:], " ") {
		return tail[n+2:]
	}
	return s
}

// footnote gives the length of a footnote's mark such as [1] at the begin of s.
func footnote(s string) int {
	if !strings.HasPrefix(s, "[") {
		return 0
	}
	n := strings.IndexByte(s[:min(len(s), 6)], ']')
	if n < 2 || strings.Trim(s[1:n], "0123456789") != "" {
		return 0
	}
	return n + 1
}

// noteNumber gives the length of a footnote's number that stands on the full stop and
// the closing marks after s, where rest follows: "ended.1 The".
func noteNumber(s, marks, rest string) int {
	n := 0
	for n < len(rest) && isDigit(rest[n]) {
		n++
	}
	if n == 0 || n > 3 {
		return 0
	}
	blanks := len(rest) - n - len(strings.TrimLeftFunc(rest[n:], unicode.IsSpace))
	r, _ := utf8.DecodeRuneInString(rest[n+blanks:])
	if blanks == 0 || !unicode.IsUpper(r) || marks == "" && (!lettersBefore(s, 3) || abbreviated(s, "")) {
		return 0
	}
	return n
}

func lettersBefore(s string, n int) bool {
	return len(s) >= n && strings.IndexFunc(s[len(s)-n:], notLetter) < 0
}

// hostLike reports whether s goes on like a host name: "Amazon.Com".
func hostLike(s string) bool {
	_, end := nextToken(s, 0)
	switch strings.ToLower(s[:end]) {
	case "com", "net", "org", "gov", "edu", "io", "ai", "co", "html", "htm", "pdf":
		return true
	}
	return false
}

// countedWords gives where the words of s begin as a reader counts them: AT&T, U.S.,
// C3.ai, 10-K and OpenAI's are one word each.
func countedWords(s string) []int {
	words := []int{}
	last := 0
	for start, end := nextToken(s, 0); start < len(s); start, end = nextToken(s, end) {
		if last == 0 && len(words) == 0 || !sticks(s, last, start) {
			words = append(words, start)
		}
		last = end
	}
	return words
}

// sticks reports whether the token that begins at start belongs to the word whose last
// token ended at end.
func sticks(s string, end, start int) bool {
	switch gap := s[end:start]; gap {
	case "":
		c, _ := classBefore(s, end)
		d, _ := classAt(s, start)
		return c != single || d != single || s[end-1] < utf8.RuneSelf && s[start] < utf8.RuneSelf
	case "'", "’", ".":
		return true
	case "-", ":", ",":
		return isDigit(s[end-1]) || isDigit(s[start])
	case "/": // 8-K/A, d/b/a
		return isDigit(s[end-1]) || isDigit(s[start]) || end < 2 || ascii[s[end-2]] != letter
	}
	return joinEnd(s, end) > start // cut by a line break
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func isLower(b byte) bool { return b >= 'a' && b <= 'z' }
func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }

// set makes a set of the words of s.
func set(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}
