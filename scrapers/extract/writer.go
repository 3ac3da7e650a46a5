package extract

import "strings"

// A gap is what stands between two pieces of text; the greater wins.
type gap uint8

const (
	none gap = iota
	space
	line
	paragraph
)

// A writer puts text together: blanks folded, blocks parted, nothing before the
// first and after the last visible character.
type writer struct {
	buf       []byte
	gap       gap // due before the next visible character
	lineStart int // where the last line begins

	tight bool // no blank before a full stop and the like

	// A page break that may stand inside a sentence, see pageBreak.
	cut    int // end of the last text before its furniture; -1 for no such break
	broken int // where the new page begins
	left   int // lines that are still looked over

	cells int  // open rows of tables
	inRow bool // the last line is of one
}

func newWriter(size int) *writer { return &writer{buf: make([]byte, 0, size), cut: -1} }

// String ends the text and gives it.
func (w *writer) String() string {
	if w.cut >= 0 && w.lineStart >= w.broken && w.lineStart < len(w.buf) {
		w.completeLine()
	}
	return string(w.buf)
}

// part makes the gap before the next visible character at least g.
func (w *writer) part(g gap) { w.gap = max(w.gap, g) }

// lineBreak ends a line; where one has ended already, the paragraph.
func (w *writer) lineBreak() {
	if w.gap >= line {
		w.gap = paragraph
	} else {
		w.gap = line
	}
}

// text appends s, in which a line end is a blank like any other.
func (w *writer) text(s string) { w.write(s, false) }

// lines appends s, in which "\n" ends a line.
func (w *writer) lines(s string) { w.write(s, true) }

func (w *writer) write(s string, keepLines bool) {
	for i := 0; i < len(s); {
		if asciiClass[s[i]] == visible {
			j := i + 1
			for j < len(s) && asciiClass[s[j]] == visible {
				j++
			}
			if w.tight && w.gap == space && strings.IndexByte(".,;:)]", s[i]) >= 0 {
				w.gap = none
			}
			w.bridge()
			w.buf = append(w.buf, s[i:j]...)
			i = j
			continue
		}
		c, size := classAt(s, i)
		switch c {
		case visible:
			w.bridge()
			w.buf = append(w.buf, s[i:i+size]...)
		case wide:
			w.bridge()
			w.buf = append(w.buf, "\uFFFD"...)
		case blank:
			w.part(space)
		case zeroSpace:
			if !inWord(s, i, i+size) {
				w.part(space)
			}
		case newline:
			if !keepLines {
				w.part(space)
				break
			}
			if s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				size = 2
			}
			w.lineBreak()
		}
		i += size
	}
}

// bridge writes the gap that is due.
func (w *writer) bridge() {
	if w.gap == none {
		return
	}
	if len(w.buf) > 0 {
		if w.gap >= line && w.cut >= 0 && w.lineStart >= w.broken {
			w.completeLine()
		}
		switch w.gap {
		case space:
			w.buf = append(w.buf, ' ')
		case line:
			w.buf = append(w.buf, '\n')
		case paragraph:
			w.buf = append(w.buf, '\n', '\n')
		}
	}
	if w.gap >= line {
		w.lineStart, w.inRow = len(w.buf), w.cells > 0
	}
	w.gap = none
}
