package extract

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// longCell is how much text a row may hold before its cells are taken for the layout
// of a page rather than a table: from there on, paragraphs in it are parted.
const longCell = 800

// A layout turns elements that open and close into gaps.
type layout struct {
	rows   []int // where the text of each open row began
	tables []int // how many rows were open when each open table began
	preN   int   // open pre elements
	preTxt []byte
	sup    bool // a raised element has just opened
}

// text appends the text s of a page; literal says that "&" stands for itself in it.
func (l *layout) text(w *writer, s string, literal bool) {
	if l.preN > 0 {
		if !literal {
			s = html.UnescapeString(s)
		}
		l.preTxt = append(l.preTxt, s...)
		return
	}
	if l.sup {
		l.sup = false
		if r, _ := utf8.DecodeRuneInString(s); unicode.IsDigit(r) && w.gap == none {
			if last, _ := utf8.DecodeLastRune(w.buf); unicode.IsLetter(last) {
				w.part(space)
			}
		}
	}
	w.begin()
	if literal {
		w.write(s, false)
	} else {
		w.markup(s)
	}
	w.end()
}

func (l *layout) open(w *writer, r role) {
	switch r {
	case inline, dropped, vacuous:
	case breaks:
		if l.preN > 0 {
			l.preTxt = append(l.preTxt, '\n')
		} else {
			w.lineBreak()
		}
	case spaced:
		w.part(space)
	case rule:
		l.pageBreak(w)
	case raised:
		l.sup = true
	case pre:
		l.part(w, prose)
		l.preN++
	case table:
		l.part(w, r)
		l.tables = append(l.tables, len(l.rows))
	case row:
		l.part(w, r)
		l.endRows(w)
		l.rows = append(l.rows, len(w.buf))
		w.cells = len(l.rows)
	default:
		l.part(w, r)
	}
}

func (l *layout) close(w *writer, r role) {
	switch r {
	case inline, dropped, vacuous, breaks, rule:
	case spaced:
		w.part(space)
	case raised:
		l.sup = false
		w.seam = len(w.buf) > 0 && unicode.IsDigit(rune(w.buf[len(w.buf)-1]))
	case pre:
		if l.preN > 0 {
			if l.preN--; l.preN == 0 {
				l.flush(w)
			}
		}
		l.part(w, prose)
	case table:
		l.endRows(w)
		if n := len(l.tables); n > 0 {
			l.tables = l.tables[:n-1]
		}
		l.part(w, r)
	case row:
		l.endRows(w)
		l.part(w, r)
	default:
		l.part(w, r)
	}
}

// endRows ends the row of the innermost table, which need not have been ended.
func (l *layout) endRows(w *writer) {
	base := 0
	if n := len(l.tables); n > 0 {
		base = l.tables[n-1]
	}
	l.rows = l.rows[:min(base, len(l.rows))]
	w.cells = len(l.rows)
}

// pageBreak ends a page.
func (l *layout) pageBreak(w *writer) {
	if l.preN > 0 {
		l.preTxt = append(l.preTxt, "\n\f"...)
		return
	}
	l.part(w, prose)
	w.pageBreak()
}

// part makes the gap round an element; within a short row it is never a paragraph.
func (l *layout) part(w *writer, r role) {
	if l.preN > 0 {
		l.preTxt = append(l.preTxt, '\n')
		return
	}
	n := len(l.rows)
	switch {
	case r == block, r == cell:
		w.part(line)
	case r != table && r != rows && r != row && n > 0 && len(w.buf)-l.rows[n-1] < longCell:
		w.part(line)
	default:
		w.part(paragraph)
	}
}

func (l *layout) flush(w *writer) {
	plainInto(w, string(l.preTxt), false)
	l.preTxt = l.preTxt[:0]
}

func (l *layout) end(w *writer) {
	if l.preN > 0 {
		l.flush(w)
	}
}
