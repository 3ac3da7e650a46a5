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

	seam  bool // a raised number has ended: a word that follows is another
	tight bool // no blank before a full stop and the like
	flat  bool // all is one line

	// A zero-width space counts for nothing within a word of one run of text.
	inner bool // the run has begun to show
	zero  bool // such a space stands after what the run shows

	// A page break that may stand inside a sentence, see pageBreak.
	cut    int            // end of the last text before its furniture; -1 for no such break
	broken int            // where the new page begins
	left   int            // lines that are still looked over
	seen   map[string]int // how often a line stood at the edge of a page, by stampKey

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

// text appends s, in which a line end is a blank like any other but behind a hyphen, see wrap.
func (w *writer) text(s string) {
	w.begin()
	w.write(s, false)
	w.end()
}

// lines appends s, in which "\n" ends a line.
func (w *writer) lines(s string) {
	w.begin()
	w.write(s, true)
	w.end()
}

// begin and end stand round the pieces of one run of text.
func (w *writer) begin() { w.inner, w.zero = false, false }

func (w *writer) end() {
	if w.zero {
		w.part(space)
	}
	w.zero = false
}

// write appends a piece of a run of text.
func (w *writer) write(s string, keepLines bool) {
	for i := 0; i < len(s); {
		c := asciiClass[s[i]]
		size := 1
		if c == wide {
			c, size = classAt(s, i)
		}
		switch c {
		case visible:
			for i+size < len(s) && asciiClass[s[i+size]] == visible {
				size++
			}
			w.visible(s[i : i+size])
		case wide:
			w.visible("\uFFFD")
		case blank:
			w.blank(space)
		case zeroSpace:
			if w.inner && w.gap == none {
				w.zero = true
			} else {
				w.part(space)
			}
		case newline:
			if s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				size = 2
			}
			if keepLines {
				w.lineBreak()
				w.blank(none)
			} else {
				w.blank(w.wrap(s[i+size:]))
			}
		}
		i += size
	}
}

// visible appends s, in which every character is.
func (w *writer) visible(s string) {
	if w.seam {
		w.seam = false
		if isLetter(s[0]) || '0' <= s[0] && s[0] <= '9' {
			w.part(space)
		}
	}
	if w.gap != none {
		if w.tight && w.gap == space && strings.IndexByte(".,;:)]", s[0]) >= 0 {
			w.gap = none
		}
		w.bridge()
	}
	w.inner, w.zero = true, false
	w.buf = append(w.buf, s...)
}

func (w *writer) blank(g gap) {
	w.part(g)
	w.zero = false
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
