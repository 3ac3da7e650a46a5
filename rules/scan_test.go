package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// everywhere a token begins, every term is tried: the slow reference of scan.
func scanSlowly(terms []*term, s string) map[string][]extent {
	out := map[string][]extent{}
	for _, tok := range refTokens(s) {
		for _, t := range terms {
			if end, ok := t.at(s, tok.start); ok {
				out[fmt.Sprint(t.id, " ", t.text)] = append(out[fmt.Sprint(t.id, " ", t.text)], extent{tok.start, end})
			}
		}
	}
	return out
}

func scanned(x *index, s string) map[string][]extent {
	out := map[string][]extent{}
	x.scan(s, func(t *term, start, end int) {
		out[fmt.Sprint(t.id, " ", t.text)] = append(out[fmt.Sprint(t.id, " ", t.text)], extent{start, end})
	})
	return out
}

func compareScan(t interface{ Fatalf(string, ...any) }, terms []*term, s string) (hits int) {
	want, got := scanSlowly(terms, s), scanned(newIndex(terms), s)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(extent{})); diff != "" {
		t.Fatalf("text %q\n(-reference +scan):\n%s", s, diff)
	}
	for _, e := range got {
		hits += len(e)
	}
	return hits
}

var (
	scanWords = []string{
		"OpenAI", "AWS", "a", "x", "U", "S", "co", "Coca", "Cola", "AT", "T", "&", "$", "%", "§", "Amazon", "Web", "Services", "Service", "city", "cities",
		"café", "Café", "cafe", "société", "ﬁnastra", "ＡＷＳ", "阿里巴巴", "Ω", "ωmega", "Johnson", "johnson", "2025", "10", "K", "informatica", "information",
		"counterrevolutionaries", "antidisestablishmentarianisms", "an" + strings.Repeat("other", 15), "ama", "zon", "co", "coconut", "openly", "\u0301",
	}
	scanGaps = []string{
		" ", " ", " ", " ", " ", " ", "", "-", "\n", "\n\n", ", ", ". ", ".", "’", "'", " & ", "&", " – ", "\u00a0", "\u00a0\u00a0", "\u00ad", "-\n", "-\n  ", "\u00ad\n",
		"\u200b", "\u200d", "\ufeff ", "\xff", "\xc3", "  ", "_", "/", " \t ", " (“", "”) ", strings.Repeat(" ", 30), "-\n" + strings.Repeat(" ", 25), "--\n",
	}
)

func drawScanText(t *rapid.T, pieces int) string {
	var b strings.Builder
	word := rapid.SampledFrom(scanWords)
	gap := rapid.SampledFrom(scanGaps)
	if rapid.Bool().Draw(t, "shifted") {
		b.WriteString(strings.Repeat("x", rapid.IntRange(0, 70).Draw(t, "shift")) + " ")
	}
	for range pieces {
		w := word.Draw(t, "word")
		switch rapid.IntRange(0, 7).Draw(t, "shape") {
		case 0:
			w = strings.ToUpper(w)
		case 1:
			w += "s"
		case 2: // cut anywhere, between runes or not
			at := rapid.IntRange(0, len(w)).Draw(t, "cut")
			w = w[:at] + gap.Draw(t, "inside") + w[at:]
		}
		b.WriteString(w + gap.Draw(t, "gap"))
	}
	return b.String()
}

func drawTerms(t *rapid.T) []*term {
	word := rapid.SampledFrom(scanWords)
	var terms []*term
	for range rapid.IntRange(1, 25).Draw(t, "terms") {
		text := word.Draw(t, "first")
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			text += rapid.SampledFrom([]string{" ", " ", " ", "-", ".", ", ", "'", "", "&"}).Draw(t, "between") + word.Draw(t, "next")
		}
		wild := rapid.IntRange(0, 4).Draw(t, "wild")
		if wild == 0 {
			text = rapid.SampledFrom([]string{"ama!", "ope*ai", "café soc!", "coco! coc!", "coc!", "cit!", "ama* web", "informatic!"}).Draw(t, "pattern")
		}
		cases := rapid.SampledFrom([]caseRule{anyCase, anyCase, anyCase, nameCase, exactCase, allCaps}).Draw(t, "cases")
		if x := newTerm(text, cases, rapid.Bool().Draw(t, "loose"), rapid.Bool().Draw(t, "plurals"), wild == 0); x != nil {
			x.id = len(terms)
			terms = append(terms, x)
		}
	}
	return terms
}

func TestScanIsReference(t *testing.T) {
	eachWidth(t, func(t *testing.T) {
		found := 0
		rapid.Check(t, func(t *rapid.T) {
			found += compareScan(t, drawTerms(t), drawScanText(t, rapid.IntRange(0, 900).Draw(t, "pieces")))
		})
		if found < 10 {
			t.Errorf("%d hits: the drawing is too narrow to show anything", found)
		}
	})
}

func FuzzScan(f *testing.F) {
	f.Add("OpenAI\nAmazon Web Services\nAT&T\ncity", "Ama-\nzon Web Services, AT&T and the cit\u00adies of OpenAI", uint16(1000))
	f.Add("coco!\nsociété", "co-\ncoconut soci\xc3été", uint16(60))
	f.Fuzz(func(t *testing.T, names, s string, shift uint16) {
		var terms []*term
		for i, name := range strings.Split(names, "\n")[:min(20, 1+strings.Count(names, "\n"))] {
			if x := newTerm(name, caseRule(i%4), i%3 == 0, i%2 == 0, false); x != nil && len(name) < 200 {
				x.id = i
				terms = append(terms, x)
			}
		}
		if len(s) > 5000 {
			s = s[:5000]
		}
		// Long enough for the fast scan, at any place in a chunk.
		s = strings.Repeat(" ", int(shift)%chunkSize) + s + " " + s + strings.Repeat(".", chunkSize+margin)
		best := wide
		defer setWide(best)
		for _, bits := range []int{0, 256, 512} {
			setWide(min(bits, best))
			compareScan(t, terms, s)
		}
	})
}

// A term stands at every place in a chunk and over its ends.
func TestScanAtEveryPlace(t *testing.T) {
	terms := []*term{}
	for i, s := range []string{"amazon web services", "openai", "at&t", "société", "x"} {
		terms = append(terms, newTerm(s, anyCase, false, false, false))
		terms[i].id = i
	}
	text := "Amazon Web Services of OpenAI and AT&T, Société X; Ama-\nzon Web Ser\u00ad\n  vices"
	eachWidth(t, func(t *testing.T) {
		for _, fill := range []string{" ", "é", "a", "-\n", "\u00a0", "\xff", "阿", "&"} {
			for n := chunkSize - 200; n < chunkSize+100; n += 3 {
				before := strings.Repeat(fill, n/len(fill))
				compareScan(t, terms, before+" "+text+strings.Repeat(" ", chunkSize+margin))
				compareScan(t, terms, before+text)
			}
		}
	})
}

// A small list has a step of its own; patterns do too.
func TestScanListsOfEverySize(t *testing.T) {
	var all []string
	for i := range 300 {
		all = append(all, fmt.Sprintf("name%d of%c", i*i*i, 'a'+i%26))
	}
	text := strings.Join(all, ", ") + " " + strings.ToUpper(strings.Join(all, "; "))
	eachWidth(t, func(t *testing.T) {
		for _, n := range []int{1, 2, 10, nearMost - 1, nearMost, nearMost + 1, 300} {
			for _, pattern := range []string{"", "name2!", "x"} {
				var terms []*term
				for _, s := range append(all[:n:n], pattern) {
					if x := newTerm(s, anyCase, false, false, true); x != nil {
						x.id = len(terms)
						terms = append(terms, x)
					}
				}
				if hits := compareScan(t, terms, text); hits < 2*n {
					t.Errorf("%d names: %d hits, want %d", n, hits, 2*n)
				}
			}
		}
	})
}

func TestScanInOrder(t *testing.T) {
	terms := []*term{newTerm("openai", anyCase, false, false, false)}
	for _, e := range scanned(newIndex(terms), strings.Repeat("OpenAI, Open-\nai, OPEN\u00adAI ", 1000)) {
		if len(e) != 3000 || !slices.IsSortedFunc(e, func(a, b extent) int { return a.start - b.start }) {
			t.Errorf("%d places, or out of order", len(e))
		}
	}
}

// Whatever a text holds, to scan it asks for no memory.
func TestScanAsksForNoMemory(t *testing.T) {
	var terms []*term
	for i, s := range []string{"société générale", "Wiz Inc.", "U.S. Steel", "AT&T", "AWS", "ＡＢＣ", "Nestle\u0301 S.A.", "théâtre", "買収"} {
		for _, cases := range []caseRule{anyCase, nameCase, exactCase, allCaps} {
			terms = append(terms, newTerm(s, cases, false, true, false))
			terms[len(terms)-1].id = 4*i + int(cases)
		}
	}
	terms = append(terms, newTerm("acqui!", anyCase, true, true, true))
	x := newIndex(terms)
	text := "Société\u00a0Générale, SOCIÉTÉ GÉNÉRALE, societe\u0301 generale, Wiz, Inc., Wiz — Inc, U. S. Steel, AT & T, aws, AWS, abc ABC ａｂｃ, " +
		"Nestlé S. A., Nestle\u0301\u0323 S.A., thé\u00adâtre, théa\u0302tre, THÉ-\nâtre, 買収, acquirers and acquisitions; "
	found := 0
	eachWidth(t, func(t *testing.T) {
		for _, s := range append(hostileTexts(1<<12), strings.Repeat(text, 40)) {
			found = 0
			x.scan(s, func(*term, int, int) { found++ }) // makes the pages of runes
			if n := testing.AllocsPerRun(3, func() { x.scan(s, func(*term, int, int) {}) }); n > 0 {
				t.Errorf("%.0f allocations for %q", n, s[:40])
			}
		}
	})
	if found < 40*len(terms)/2 {
		t.Errorf("%d hits: the names are hardly met", found)
	}
}
