package rules

// Names finds names in texts as the rules find them, without deals. It is immutable,
// and its methods may be called from many goroutines.
type Names struct {
	names []string
	index *index
}

// NewNames makes a finder of names. One that has no word is never found.
func NewNames(names []string) *Names {
	n := &Names{names: names}
	var terms []*term
	for i, name := range names {
		if t := newTerm(name, anyCase, false, false, false); t != nil {
			t.id = i
			terms = append(terms, t)
		}
	}
	n.index = newIndex(terms)
	return n
}

// Find calls found for every place of every name in text: names[name] stands in
// text[start:end]. The places of one name come in order.
func (n *Names) Find(text string, found func(name, start, end int)) {
	n.index.scan(text, func(t *term, start, end int) { found(t.id, start, end) })
}
