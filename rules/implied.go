package rules

import (
	"slices"
	"strings"
	"unicode"
)

// implied gives the places before other parties where a filing means its filer and does
// not say so: an investment in Alpha, developed in collaboration with Alpha.
func (t *text) implied(p *party, others []span) []span {
	var out []span
	for _, s := range others {
		if s.p == nil || len(s.hits) == 0 || s.hits[0].filer {
			continue
		}
		at, ok := s.p.dealBefore(s.extent)
		if !ok || quoted(s.p, at) {
			continue
		}
		st, key := t.standing(p), stretch{s.p, at}
		if st.spoken == nil {
			st.spoken = map[stretch][]*hit{}
		}
		if st.spoken[key] == nil {
			st.spoken[key] = []*hit{t.newHit(hit{p: s.p, extent: at, party: p, name: filerName, filer: true})}
		}
		out = append(out, st.spoken[key][0].span())
	}
	return out
}

// farBefore is how many bytes of a sentence may stand before what one has.
const farBefore = 400

// dealNouns are what one has of, in or with another.
var dealNouns = map[string]map[string]bool{
	"of": set(`acquisition purchase takeover divestiture`),
	"in": set(`investment investments stake interest`),
	"with": set(`collaboration partnership merger venture agreement agreements alliance arrangement arrangements transaction contract contracts
		lease settlement`),
}

// subjectVerbs follow one who has the deal instead of the filer.
var subjectVerbs = set(`acquired agreed and announced announces bought closed completed completes entered formed had has have holds made makes
	said signed signs took will`)

// dealBefore gives the noun of a deal before a name where nobody else is said to have the
// deal: no other name stands before it in the sentence, and no by after it.
func (p *passage) dealBefore(name extent) (extent, bool) {
	start, end, ok := prevToken(p.s, name.start)
	if ok && p.s[start:end] == "the" {
		start, end, ok = prevToken(p.s, start)
	}
	nouns := dealNouns[p.s[start:end]]
	if !ok || nouns == nil {
		return extent{}, false
	}
	noun := extent{}
	if noun.start, noun.end, ok = prevToken(p.s, start); !ok || !nouns[p.s[noun.start:noun.end]] {
		return extent{}, false
	}
	sentence := p.sentence(name.start)
	if noun.start-sentence.start > farBefore {
		return extent{}, false
	}
	n, stranger := 0, false
	for start, end := nextToken(p.s, sentence.start); start < noun.start; start, end = nextToken(p.s, end) {
		w := p.s[start:end]
		if len(w) < 3 && n == 0 {
			continue // the label of a note
		}
		switch n++; {
		case n == 1:
			stranger = !isEnglish(strings.ToLower(w)) && !strings.ContainsAny(w, "0123456789") && w != "Being"
		case n == 2 && (w == "is" || w == "are" || w == "was" || w == "were"):
			stranger = false // a thing to which it was done
		case n == 2 && subjectVerbs[w], w == "its", w == "their", len(w) > 2 && strings.IndexFunc(w, unicode.IsUpper) == 0:
			return extent{}, false
		}
	}
	if stranger {
		return extent{}, false
	}
	after := strings.Fields(p.s[name.end:min(sentence.end, name.end+80)])
	return noun, !slices.Contains(after, "by")
}

// dealsWithFiler reports whether the filer is said to have a deal with a name, or to have
// something from it: our collaboration with Alpha, what we licensed from Beta.
func (p *passage) dealsWithFiler(name extent) bool {
	if _, ok := p.dealBefore(name); ok {
		return true
	}
	start, end, ok := prevToken(p.s, name.start)
	if !ok || strings.TrimSpace(p.s[end:name.start]) != "" {
		return false
	}
	if done := doneWith[p.s[start:end]]; done != nil {
		if start, end, ok = prevToken(p.s, start); !ok || !done[p.s[start:end]] {
			return false
		}
	} else if p.s[start:end] != "using" {
		return false
	}
	return p.filerSpeaks(extent{max(p.sentence(name.start).start, name.start-farBefore), start})
}

// doneWith is what one does, or has, with another or from him.
var doneWith = map[string]map[string]bool{
	"with": set(`developed marketed commercialized collaborate collaborated collaborating collaboration partnered partnership agreement agreements arrangement arrangements`),
	"from": set(`licensed acquired purchased obtained received`),
	"to":   set(`licensed sold supplied`),
}

// filerSpeaks reports whether the filer, whoever that is, names itself in e.
func (p *passage) filerSpeaks(e extent) bool {
	found := false
	speaking.scan(p.s[e.start:max(e.start, e.end)], func(t *term, start, end int) {
		written := p.s[e.start+start : e.start+end]
		found = found || written != "US" && (len(t.words) == 1 || strings.IndexFunc(written[len("the"):], unicode.IsUpper) >= 0)
	})
	return found
}
