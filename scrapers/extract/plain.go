package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain gives the text of a text file. Lines that a typewriter's margin broke are
// joined again, a word that was parted by a hyphen among them where the text writes it
// elsewhere too; where it does not, the line end stays behind the hyphen, so that a
// matcher can read both ways. Lines that were ended on purpose stay lines. A line of columns, or of cells between bars, is a row of
// cells. The marks of EDGAR's text filings (<PAGE>, <S>, <C>, ...) are dropped, and
// so are the glued facts of inline XBRL that other converters leave in a text.
func Plain(body []byte) string {
	w := newWriter(len(body))
	plainInto(w, string(body), false)
	return w.String()
}

// A textLine is a line of a text file.
type textLine struct {
	text   string   // trimmed
	indent int      // in columns
	end    int      // column where it ends
	cells  []string // of a row; nil for prose
	page   bool     // a page ends before it
	gap    bool     // an empty line, or a mark, stands before it
}

// plainInto appends the text s. hyphenates says that words in it may have been parted
// at a line's end where no hyphen is written, as a typesetter does.
func plainInto(w *writer, s string, hyphenates bool) {
	s = strings.ReplaceAll(s, "\x00", "") // old texts of the Federal Register have lines of it for blank ones
	lines := textLines(s)
	var words map[string]bool
	for first := 0; first < len(lines); {
		last := first + 1
		width := lines[first].end
		for last < len(lines) && !lines[last].gap && lines[last].cells == nil && lines[first].cells == nil {
			width = max(width, lines[last].end)
			last++
		}
		for i := first; i < last; i++ {
			l := lines[i]
			if l.page {
				w.pageBreak()
			}
			switch {
			case l.cells != nil:
				w.row(l.cells)
				continue
			case i == first:
				w.part(paragraph)
			default:
				how := joint(lines[i-1], l, width)
				if how == space && breaksWord(lines[i-1].text) {
					if words == nil {
						words = vocabulary(s)
					}
					how = w.hyphen(lines[i-1].text, l.text, words, hyphenates)
				}
				w.part(how)
			}
			w.text(l.text)
			if l.end > longLine {
				w.part(paragraph)
			}
		}
		first = last
	}
	w.part(paragraph)
}

// longLine is a length that no margin allows: a longer line is a paragraph.
const longLine = 160

// centred is an indent that no running text has.
const centred = 10

// joint tells what stands between two lines of one block of prose: a blank where the
// margin broke the line, else the end of a line or of a paragraph.
func joint(a, b textLine, width int) gap {
	if a.end > longLine || b.end > longLine {
		return paragraph
	}
	open := !endsSentence(a.text)
	if open && startsLower(b.text) && !startsItem(b.text) {
		return space
	}
	switch {
	case a.indent >= centred && b.indent >= centred && a.indent != b.indent:
		return line
	case b.indent > a.indent+1 && !open:
		return paragraph // the first line of the next paragraph is set in
	case startsItem(b.text) && (!open || strings.ContainsAny(a.text[len(a.text)-1:], ",;")):
		return line
	}
	word, _, _ := strings.Cut(b.text, " ")
	if width >= 50 && a.end+1+len(word) >= width-width/8 {
		return space
	}
	return line
}

// marks are the tags of EDGAR's text filings. A browser shows none of them.
var marks = regexp.MustCompile(`(?i)<PAGE>[ \t]*\d*|</?(?:TABLE|CAPTION|S|C|FN|F\d+|SEC-DOCUMENT|SEC-HEADER|DOCUMENT|TEXT|XBRL|XML|PDF)>`)

var pageMark = regexp.MustCompile(`(?i)<PAGE>|\f`)

// isPageMarker reports whether a line is the Federal Register's page marker, which
// stands inside sentences, with empty lines round it or without.
func isPageMarker(text string) bool {
	return strings.HasPrefix(text, "[[Page ") && strings.HasSuffix(text, "]]") && len(text) < 24
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\f")

func textLines(s string) []textLine {
	lines := make([]textLine, 0, strings.Count(s, "\n")+1)
	gap, page, inTable := true, false, false
	for raw := range strings.SplitSeq(lineEnds.Replace(s), "\n") {
		if strings.IndexByte(raw, '<') >= 0 || strings.IndexByte(raw, '\f') >= 0 {
			page = page || pageMark.MatchString(raw)
			switch upper := strings.ToUpper(raw); {
			case strings.Contains(upper, "<TABLE>"):
				inTable = true
			case strings.Contains(upper, "</TABLE>"):
				inTable = false
			}
			without := marks.ReplaceAllString(raw, " ")
			gap = gap || len(without) != len(raw)
			raw = without
		}
		l := newTextLine(raw)
		if l.text == "" {
			gap = true
			continue
		}
		if isPageMarker(l.text) {
			page = page || gap
			continue
		}
		l.cells = cells(l.text, inTable)
		l.gap, l.page = gap, page
		gap, page = l.cells != nil, false
		lines = append(lines, l)
	}
	return lines
}

func newTextLine(raw string) textLine {
	raw = strings.TrimRightFunc(raw, unicode.IsSpace)
	if strings.Contains(raw, "..") || strings.Contains(raw, ". .") {
		raw = leaders.ReplaceAllString(raw, "    ")
	}
	raw = dropFacts(raw)
	text := strings.TrimLeftFunc(raw, unicode.IsSpace)
	indent := 0
	for _, r := range raw[:len(raw)-len(text)] {
		if r == '\t' {
			indent += 8 - indent%8
		} else {
			indent++
		}
	}
	return textLine{text: text, indent: indent, end: indent + utf8.RuneCountInString(text)}
}

// leaders are the dots that lead over to a cell.
var leaders = regexp.MustCompile(`(?:[ \t]*\.){5,}`)

// cells parts a row into its cells, and gives nil for prose.
func cells(text string, inTable bool) []string {
	if n := strings.Count(text, "|"); n > 1 && strings.Count(text, " | ")+1 >= n/2 {
		return barCells(text)
	}
	room := 4
	if inTable {
		room = 2
	}
	parts := columns(text, room)
	if len(parts) < 2 || len(parts) == 2 && startsItem(parts[0]+" ") {
		return nil
	}
	return parts
}

// barCells parts a row at its bars.
func barCells(text string) []string { return strings.Split(strings.Trim(text, "| "), "|") }

// columns parts text where a tab or at least room blanks stand.
func columns(text string, room int) []string {
	var parts []string
	start, blanks, tab := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ' ':
			blanks++
			continue
		case '\t':
			blanks++
			tab = true
			continue
		}
		if tab || blanks >= room {
			parts = append(parts, text[start:i-blanks])
			start = i
		}
		blanks, tab = 0, false
	}
	if parts == nil {
		return nil
	}
	return append(parts, text[start:])
}

// dropFacts drops words that no writer wrote: facts and names of inline XBRL run
// together, as left by converters that take hidden parts for text.
func dropFacts(text string) string {
	if !isFact(text) {
		return text
	}
	var words []string
	for _, word := range strings.Fields(text) {
		if !isFact(word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// isFact reports whether text may hold such a word.
func isFact(text string) bool {
	return strings.Contains(text, "fasb.org/") || strings.Contains(text, "iso4217:") ||
		len(text) >= 100 && (strings.Contains(text, "Member") || strings.Contains(text, "xbrli:"))
}

// vocabulary is the set of the words of s, in lower case, those with a hyphen whole.
func vocabulary(s string) map[string]bool {
	words := make(map[string]bool)
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		if !strings.HasSuffix(word, "-") {
			words[strings.ToLower(word)] = true
		}
	}
	return words
}

// hyphen decides whether the hyphen that ends the line a belongs to the word that
// the line b goes on with, by how the text writes the word elsewhere, and gives what
// stands between the lines: the line end where that is not known.
func (w *writer) hyphen(a, b string, words map[string]bool, hyphenates bool) gap {
	isNoLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	head := strings.TrimSuffix(a, "-")
	head = strings.ToLower(head[strings.LastIndexFunc(head, isNoLetter)+1:])
	tail := strings.ToLower(b)
	if i := strings.IndexFunc(tail, isNoLetter); i >= 0 {
		tail = tail[:i]
	}
	if !startsLower(b) || head == "" || words[head+"-"+tail] || w.gap != none {
		return none
	}
	if words[head+tail] || hyphenates {
		w.buf = w.buf[:len(w.buf)-1]
		return none
	}
	return line
}

// wrap gives what stands for the line end before next: a blank, or the line end itself
// behind a hyphen that may part a word.
func (w *writer) wrap(next string) gap {
	if n := len(w.buf) - 1; n < 1 || w.buf[n] != '-' || w.gap > space || w.flat || !startsLower(strings.TrimLeft(next, " \t\r\n")) {
		return space
	}
	if last, _ := utf8.DecodeLastRune(w.buf[:len(w.buf)-1]); !unicode.IsLetter(last) {
		return space
	}
	return line
}

// breaksWord reports whether a line ends with a hyphen inside a word.
func breaksWord(s string) bool {
	head, ok := strings.CutSuffix(s, "-")
	last, _ := utf8.DecodeLastRuneInString(head)
	return ok && (unicode.IsLetter(last) || unicode.IsDigit(last))
}

func startsLower(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

// endsSentence reports whether s ends with what ends a sentence, behind quotes and
// brackets.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, `"'”’)]*`)
	return s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:")
}

// startsItem reports whether s begins with the mark of a list item: a sign of its
// own, or a number or letter with a stop or bracket behind it.
func startsItem(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	if size < len(s) && isSpace(s[size]) {
		return r == 'o' || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !isSpace(s[0]) && !strings.ContainsRune("$€£¥(\"'“‘[<&.,", r)
	}
	s = strings.TrimPrefix(s, "(")
	end := strings.IndexAny(s[:min(len(s), 6)], ".)")
	if end < 1 || end+1 >= len(s) || !isSpace(s[end+1]) {
		return false
	}
	mark := s[:end]
	return len(mark) <= 3 && strings.Trim(mark, "0123456789") == "" ||
		len(mark) == 1 && isLetter(mark[0]) || strings.Trim(mark, "ivx") == "" || strings.Trim(mark, "IVX") == ""
}

// row appends a row of a table.
func (w *writer) row(cells []string) {
	w.part(paragraph)
	w.cells++
	for _, cell := range cells {
		w.part(line)
		w.text(cell)
	}
	w.cells--
	w.part(paragraph)
}
