package extract

// Plain gives the text of a text file: its lines, with blanks folded.
func Plain(body []byte) string {
	w := newWriter(len(body))
	plainInto(w, string(body))
	return w.String()
}

func plainInto(w *writer, s string) { w.lines(s) }
