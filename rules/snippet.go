package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// snippetSize is the longest snippet in characters.
const snippetSize = 300

// snippet is the passage that shows the evidence best: the sentences of the shortest
// stretch of the closest span that holds all that it shows, cut where they are too long.
func snippet(spans []span) string {
	var best span
	var rank int
	told := slices.ContainsFunc(spans, func(s span) bool { return s.told && s.p != nil })
	for i, s := range spans {
		if s.p == nil || told && !s.told {
			continue
		}
		f := s.focus()
		if best.p == nil && i == len(spans)-1 {
			best = f // the only one needs no rank
			break
		}
		if r := f.closeness().Rank(); best.p == nil || r > rank || r == rank && f.end-f.start < best.end-best.start {
			best, rank = f, r
		}
	}
	if best.p == nil {
		value := spans[0].hits[0].value
		return clip(value, extent{}, extent{}, extent{0, len(value)})
	}
	return clip(best.p.s, best.hits[0].extent, best.hits[len(best.hits)-1].extent, best.p.around(inSentence, best.extent))
}

// focus is the shortest part of s that holds a hit of every name in it.
func (s span) focus() span {
	type who struct {
		party *party
		name  string
	}
	key := func(h *hit) who {
		if h.party != nil {
			return who{party: h.party}
		}
		return who{name: h.name}
	}
	count := map[who]int{}
	for _, h := range s.hits {
		count[key(h)] = 0
	}
	best, missing, from := s, len(count), 0
	for to, h := range s.hits {
		if count[key(h)]++; count[key(h)] == 1 {
			missing--
		}
		for ; missing == 0; from++ {
			first := s.hits[from]
			part := extent{first.start, max(first.end, h.end)}
			if part.end-part.start < best.end-best.start {
				best = span{p: s.p, extent: part, hits: s.hits[from : to+1]}
			}
			if count[key(first)]--; count[key(first)] == 0 {
				missing++
			}
		}
	}
	return best
}

// clip gives s[whole] on one line, cut around the first and the last hit to snippetSize
// characters. It never cuts what a reader sees as one character.
func clip(s string, first, last, whole extent) string {
	focus := extent{first.start, max(first.end, last.end)}
	if focus.end-focus.start <= 2*snippetSize {
		return clipTo(s, focus, whole, snippetSize)
	}
	left := clipTo(s, first, extent{whole.start, last.start}, snippetSize/2)
	right := clipTo(s, last, extent{first.end, whole.end}, snippetSize/2-1)
	return strings.TrimSuffix(left, "…") + "… " + strings.TrimPrefix(right, "…")
}

// clipTo gives s[whole] on one line, cut around s[focus] to size characters.
func clipTo(s string, focus, whole extent, size int) string {
	const far = 8 * snippetSize
	whole = extent{max(whole.start, focus.start-far), min(whole.end, focus.end+far)}
	for whole.start < focus.start && !utf8.RuneStart(s[whole.start]) {
		whole.start++
	}
	valid := strings.ToValidUTF8(s[whole.start:whole.end], "")
	if text := oneLine(valid); utf8.RuneCountInString(text) <= size {
		return text
	}
	text, from, to := foldBlanks(valid, focus.start-whole.start, focus.end-whole.start)
	var chars []string
	first, last, at := 0, 0, 0
	for rest, state := text, -1; rest != ""; {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if at < from {
			first = len(chars) + 1
		}
		if at < to {
			last = len(chars) + 1
		}
		at += len(c)
		chars = append(chars, c)
	}
	runes := func(cs []string) int { return utf8.RuneCountInString(strings.Join(cs, "")) }
	room := size - 2 // for an ellipsis at either end
	for last > first && runes(chars[first:last]) > room {
		last--
	}
	room -= runes(chars[first:last])
	core := [2]int{first, last}
	lead := room / 3
	for grow := true; grow; {
		grow = false
		if first > 0 && lead > 0 {
			if n := runes(chars[first-1 : first]); n <= lead {
				first, lead, room, grow = first-1, lead-n, room-n, true
			}
		}
		if last < len(chars) {
			if n := runes(chars[last : last+1]); n <= room-lead {
				last, room, grow = last+1, room-n, true
			} else if n <= room {
				lead = 0
				continue
			}
		} else {
			lead = room
		}
	}
	return trimmed(chars, first, last, core)
}

// trimmed joins chars[first:last] with ellipses for what is cut, and drops the pieces
// of words at the cuts where blanks are near, but nothing of the core.
func trimmed(chars []string, first, last int, core [2]int) string {
	out := ""
	if first > 0 {
		out = "…"
		for i := first; i < min(first+20, core[0]); i++ {
			if chars[i] == " " {
				first = i + 1
				break
			}
		}
	}
	end := ""
	if last < len(chars) {
		end = "…"
		for i := last; i > max(last-20, core[1]); i-- {
			if chars[i-1] == " " {
				last = i - 1
				break
			}
		}
	}
	return out + strings.Join(chars[first:last], "") + end
}

// foldBlanks folds white space and says where two positions come to lie.
func foldBlanks(s string, a, b int) (string, int, int) {
	var out strings.Builder
	from, to := -1, -1
	blank := true
	for i, r := range s {
		space := unicode.IsSpace(r)
		if !space || !blank {
			if i >= a && from < 0 && !space {
				from = out.Len()
			}
			if i >= b && to < 0 {
				to = out.Len()
			}
			if space {
				out.WriteByte(' ')
			} else {
				out.WriteRune(r)
			}
		}
		blank = space
	}
	text := strings.TrimSuffix(out.String(), " ")
	if from < 0 {
		from = len(text)
	}
	if to < 0 {
		to = len(text)
	}
	from = min(from, len(text))
	return text, from, min(max(from, to), len(text))
}
