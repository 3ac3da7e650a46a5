package web

import (
	"html/template"

	"github.com/dealwatch/dealwatch/feed"
)

// pageBytes is what a page may weigh.
const pageBytes = 100_000

// fit makes a page in ever less room, from most to least, until it is no heavier than a
// page may be.
func fit(most, least int, render func(room int) (map[string]*content, error)) (map[string]*content, error) {
	for room := most; ; room = max(room/2, least) {
		made, err := render(room)
		if err != nil || len(made["html"].plain.bytes) <= pageBytes || room <= least {
			return made, err
		}
	}
}

// What the passages of a row of a list may weigh. The page of the document shows all.
const (
	rowMost  = 4000
	rowLeast = 100
)

// fitRows gives the rows with as much of their passages as there is room for in each.
func fitRows(rows []row, room int) []row {
	out := make([]row, len(rows))
	for i, r := range rows {
		r.Quotes = fitQuotes(r.Quotes, room)
		out[i] = r
	}
	return out
}

// fitHits is fitRows for what a search found.
func fitHits(hits []hitView, room int) []hitView {
	out := make([]hitView, len(hits))
	for i, hit := range hits {
		hit.Quotes = fitQuotes(hit.Quotes, room)
		out[i] = hit
	}
	return out
}

func fitQuotes(quotes []feed.Quote, room int) []feed.Quote {
	for i, q := range quotes {
		for j, s := range q {
			if room -= len(template.HTMLEscapeString(s.Text)) + len("<mark></mark>"); room >= 0 {
				continue
			}
			if i > 0 {
				return quotes[:i]
			}
			cut := append(feed.Quote{}, q[:j]...)
			if j == 0 {
				cut = feed.Quote{{Text: feed.Short(s.Text, rowLeast), Hit: s.Hit}}
			}
			return []feed.Quote{append(cut, feed.Span{Text: " …"})}
		}
	}
	return quotes
}
