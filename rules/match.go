package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch"
)

// Match gives the deals whose rule v meets, in the order of the watchlist. It cannot
// fail, and it is the same for the same book and version.
func (b *Book) Match(v dealwatch.Version) []dealwatch.Match {
	t := b.read(&v)
	defer b.done(t)
	var out []dealwatch.Match
	for _, i := range b.candidates(t) {
		if spans := b.deals[i].root.match(t); len(spans) > 0 {
			out = append(out, b.deals[i].report(t, spans))
		}
	}
	return out
}

// report makes a Match of the evidence.
func (d *deal) report(t *text, spans []span) dealwatch.Match {
	m := dealwatch.Match{
		DealID:      d.id,
		DealName:    d.name,
		RuleVersion: d.version,
		Closeness:   closeness(d.root, t, spans),
		Snippet:     snippet(spans),
	}
	for _, h := range hitsOf(spans) {
		m.Mentions = append(m.Mentions, h.mention())
	}
	if mend := mender(m.Mentions); mend != nil {
		m.Snippet = mend.Replace(m.Snippet)
		for i := range m.Mentions {
			m.Mentions[i].Sentence = mend.Replace(m.Mentions[i].Sentence)
		}
	}
	return m
}

// mender makes one piece of the hits that line ends part; nil where there are none.
func mender(mentions []dealwatch.Mention) *strings.Replacer {
	var parted []string
	for _, m := range mentions {
		if strings.IndexByte(m.Hit, '\n') < 0 {
			continue
		}
		if line, reads := oneLine(m.Hit), m.Reads(); reads != line && !slices.Contains(parted, line) {
			parted = append(parted, line, reads)
		}
	}
	if parted == nil {
		return nil
	}
	return strings.NewReplacer(parted...)
}

func (h *hit) mention() dealwatch.Mention {
	if h.limit != nil {
		return dealwatch.Mention{
			Alias: h.name, Hit: h.value, Field: dealwatch.Field(h.limit.field),
			End: len(h.value), Sentence: oneLine(h.value),
		}
	}
	m := dealwatch.Mention{
		Alias: h.name, Hit: h.p.s[h.start:h.end], Field: h.p.field,
		Start: h.start, End: h.end,
	}
	if h.party != nil {
		m.Party = h.party.id
	}
	m.Sentence = h.p.quote(h.extent)
	return m
}

const (
	longSentence = 1200 // bytes; a longer one is shown in pieces, which hits share
	pieceSize    = 800
	pieceEdge    = 120 // what a piece shows of its neighbours
)

// quote gives the sentence that holds e on one line; of a very long one, a piece.
func (p *passage) quote(e extent) string {
	s := p.around(inSentence, e)
	if s.end-s.start <= longSentence {
		return p.line(s)
	}
	first := s.start + (e.start-s.start)/pieceSize*pieceSize
	piece := extent{max(first-pieceEdge, s.start), min(max(first+pieceSize, e.end)+pieceEdge, s.end)}
	return p.line(extent{p.safeCut(piece.start, s), p.safeCut(piece.end, s)})
}

// line gives e on one line, and remembers it: many hits share a sentence.
func (p *passage) line(e extent) string {
	if q, ok := p.quotes[e]; ok {
		return q
	}
	if p.quotes == nil {
		p.quotes = map[extent]string{}
	}
	q := oneLine(p.s[e.start:e.end])
	p.quotes[e] = q
	return q
}

// safeCut moves i back to a blank, or at least to the begin of a character.
func (p *passage) safeCut(i int, whole extent) int {
	if i <= whole.start || i >= whole.end {
		return i
	}
	for j := i; j > max(i-pieceEdge/2, whole.start); j-- {
		if p.s[j-1] == ' ' && utf8.RuneStart(p.s[j]) {
			return j
		}
	}
	for i > whole.start && !utf8.RuneStart(p.s[i]) {
		i--
	}
	return i
}

// closer is a node whose closeness is not that of its closest span.
type closer interface {
	closeness(t *text, spans []span) dealwatch.Closeness
}

var (
	_ closer = (*together)(nil)
	_ closer = (*and)(nil)
	_ closer = (*or)(nil)
	_ closer = (*andNot)(nil)
	_ closer = (*titled)(nil)
	_ closer = (*prose)(nil)
)

// closeness is the tightest unit that holds everything a node requires.
func closeness(n node, t *text, spans []span) dealwatch.Closeness {
	if c, ok := n.(closer); ok {
		return c.closeness(t, spans)
	}
	best := dealwatch.InDocument
	for _, s := range spans {
		if c := s.closeness(); c.Rank() > best.Rank() {
			best = c
		}
	}
	return best
}

// closeness is the unit that holds the span.
func (s span) closeness() dealwatch.Closeness {
	if s.p == nil {
		return dealwatch.InDocument
	}
	lists := make([][]span, len(s.hits))
	for i, h := range s.hits {
		if h.p != nil {
			lists[i] = []span{h.span()}
		}
	}
	return closest(lists)
}

// oneLine folds white space.
func oneLine(s string) string {
	s = strings.TrimSpace(s)
	for i := range len(s) {
		if b := s[i]; b == ' ' && s[i-1] == ' ' || b < ' ' || b == 0xc2 || b >= 0xe1 && b <= 0xe3 && isWideBlank(s[i:]) {
			return strings.Join(strings.Fields(s), " ")
		}
	}
	return s // as most are
}

// isWideBlank reports whether s begins with white space beyond ASCII.
func isWideBlank(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(r)
}
