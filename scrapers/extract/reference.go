package extract

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// markup appends the text s of a page, in which "&" begins a reference.
func (w *writer) markup(s string) {
	for {
		i := strings.IndexByte(s, '&')
		if i < 0 {
			w.write(s, false)
			return
		}
		w.write(s[:i], false)
		value, size := reference(s[i:])
		w.write(value, false)
		s = s[i+size:]
	}
}

// longestReference is longer than the name of any character.
const longestReference = 40

// reference is the value of the reference that s begins with, and its length. A "&"
// that begins none stands for itself.
func reference(s string) (value string, size int) {
	if strings.HasPrefix(s, "&#160;") || strings.HasPrefix(s, "&nbsp;") {
		return " ", 6
	}
	size = 1
	for size < len(s) && size < longestReference && (isLetter(s[size]) || '0' <= s[size] && s[size] <= '9' || s[size] == '#') {
		size++
	}
	if size < len(s) && s[size] == ';' {
		size++
	}
	if len(s) > 3 && s[1] == '#' && s[size-1] == ';' {
		if n, err := strconv.ParseUint(s[2:size-1], 10, 32); err == nil && n >= 0xA0 && n < 0xD800 {
			return string(rune(n)), size
		}
	}
	return html.UnescapeString(s[:size]), size
}
