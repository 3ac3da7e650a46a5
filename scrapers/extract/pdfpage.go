package extract

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/klippa-app/go-pdfium/responses"
)

// A pdfLine is a line of a page, in points; y grows upwards.
type pdfLine struct {
	text        strings.Builder
	left, right float64
	top, bottom float64
	chars       int
}

// pageLines sets a page's characters as a text file has them: a line a line,
// indents and columns in blanks, an empty line where the page leaves room.
func pageLines(chars []*responses.GetPageTextStructuredChar) string {
	lines, width := pdfLines(chars)
	if len(lines) == 0 {
		return ""
	}
	margin := math.Inf(1)
	var steps []float64
	for i, l := range lines {
		margin = min(margin, l.left)
		if i > 0 {
			if step := lines[i-1].bottom - l.bottom; step > 0 {
				steps = append(steps, step)
			}
		}
	}
	usual := quantile(steps, 0.35)
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
			step := lines[i-1].bottom - l.bottom
			if step < 0 || step > 1.35*usual {
				b.WriteByte('\n')
			}
		}
		if indent := int((l.left - margin) / width); indent > 0 && indent < 200 {
			b.WriteString(strings.Repeat(" ", indent))
		}
		b.WriteString(l.text.String())
	}
	return b.String()
}

// pdfLines parts a page into lines where the reader found their ends, and gives the
// usual width of a character.
func pdfLines(chars []*responses.GetPageTextStructuredChar) ([]*pdfLine, float64) {
	var widths []float64
	for _, c := range chars {
		if p := c.PointPosition; p.Right > p.Left && c.Text != " " {
			widths = append(widths, p.Right-p.Left)
		}
	}
	width := max(quantile(widths, 0.5), 1)
	var lines []*pdfLine
	var l *pdfLine
	for _, c := range chars {
		switch c.Text {
		case "\r", "\n", "\r\n":
			l = nil
			continue
		case "\x02", "\ufffe": // the reader's sign for a hyphen at a line's end
			if l != nil {
				l.text.WriteByte('-')
			}
			l = nil
			continue
		}
		if l == nil {
			if strings.TrimSpace(c.Text) == "" {
				continue
			}
			l = &pdfLine{left: math.Inf(1), right: math.Inf(-1), bottom: math.Inf(1), top: math.Inf(-1)}
			lines = append(lines, l)
		}
		l.add(c, width)
	}
	return lines, width
}

func (l *pdfLine) add(c *responses.GetPageTextStructuredChar, width float64) {
	p := c.PointPosition
	if p.Right <= p.Left || strings.TrimFunc(c.Text, unicode.IsSpace) == "" {
		l.text.WriteString(c.Text)
		return
	}
	if l.chars > 0 && p.Left-l.right > 3.5*width && c.Text != "." {
		l.text.WriteString("    ") // a column
	}
	l.text.WriteString(c.Text)
	l.chars++
	l.left, l.right = min(l.left, p.Left), p.Right
	l.bottom, l.top = min(l.bottom, p.Bottom), max(l.top, p.Top)
}

func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[int(q*float64(len(v)-1))]
}

// stampLines is how many lines at the head and at the foot of a page may be a stamp.
const stampLines = 4

// withoutStamps takes off the lines at the head and foot of pages that stand, but for
// their numbers, on more than half of them, and the number of the page: running heads
// and docket stamps part sentences. Fewer than three pages show no habit.
func withoutStamps(pages []string) []string {
	if len(pages) < 3 {
		return pages
	}
	seen := make(map[string]int)
	split := make([][]string, len(pages))
	for i, page := range pages {
		split[i] = strings.Split(page, "\n")
		here := make(map[string]bool)
		for _, at := range edges(split[i]) {
			here[stampKey(split[i][at])] = true
		}
		for key := range here {
			seen[key]++
		}
	}
	out := make([]string, len(pages))
	for i, lines := range split {
		ends := edges(lines)
		for n, at := range ends {
			outermost := n == 0 || n == len(ends)-1
			if 2*seen[stampKey(lines[at])] > len(pages) || outermost && isFurniture([]byte(strings.TrimSpace(lines[at]))) {
				lines[at] = ""
			}
		}
		out[i] = strings.Join(lines, "\n")
	}
	return out
}

// edges are the indexes of the written lines at both ends of a page.
func edges(lines []string) []int {
	var written []int
	for i, l := range lines {
		if strings.TrimSpace(l) != "" {
			written = append(written, i)
		}
	}
	if len(written) <= 2*stampLines {
		return written
	}
	return append(written[:stampLines:stampLines], written[len(written)-stampLines:]...)
}

// stampKey is a line without its blanks, each number in it a "#".
func stampKey(s string) string {
	s = strings.Join(strings.Fields(s), "")
	last := rune(0)
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			r = '#'
		}
		if r == '#' && last == '#' {
			return -1
		}
		last = r
		return r
	}, s)
}
