package rules

import (
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// filing is the text of a real 10-K where the corpus is there, else prose like one.
func filing(b *testing.B) string {
	b.Helper()
	if dir := os.Getenv("DEALWATCH_CORPUS"); dir != "" {
		f, err := os.Open(dir + "/edgar/text/AMZN_10K_2026-02-06.txt.gz")
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			b.Fatal(err)
		}
		s, err := io.ReadAll(z)
		if err != nil {
			b.Fatal(err)
		}
		return string(s)
	}
	return strings.Repeat("The registrant’s net sales rose by 12% in 2025, and management expects more of the same.\n\n", 4000)
}

// phrasesOf draws n phrases of two words out of s.
func phrasesOf(s string, n int) []*term {
	words := strings.Fields(s)
	var terms []*term
	for i := 0; len(terms) < n; i++ {
		w := fmt.Sprintf("%s x%d %s", words[i*7%len(words)], i, words[i*13%len(words)])
		if i%10 == 0 {
			w = words[i*7%len(words)] + " " + words[(i*7+1)%len(words)]
		}
		if t := newTerm(w, anyCase, true, false, false); t != nil && len(t.words) > 1 {
			t.id = len(terms)
			terms = append(terms, t)
		}
	}
	return terms
}

func BenchmarkScan(b *testing.B) {
	s := filing(b)
	for _, n := range []int{10, 100, 1000, 10000, 100000} {
		x := newIndex(phrasesOf(s, n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				x.scan(s, func(*term, int, int) {})
			}
		})
	}
}

func BenchmarkIndex(b *testing.B) {
	s := filing(b)
	for _, n := range []int{10000, 100000} {
		terms := phrasesOf(s, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newIndex(terms)
			}
		})
	}
}

// world is a watchlist of deals and documents like those of a day: of 16 KB, most of
// them without a match, every tenth deal of a famous name.
func world(b *testing.B, deals int) (*Book, []dealwatch.Version) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("ka lo mi ver tro nex ar bel cy dan el fos gra hy in jo lum mar no or pra qui ros sol tan ul vi wex yo zen")
	name := func() string {
		s := ""
		for range 2 + r.IntN(2) {
			s += syllables[r.IntN(len(syllables))]
		}
		return strings.ToUpper(s[:1]) + s[1:]
	}
	famous := []string{"Amazon", "Microsoft", "Alphabet", "Apple", "Meta", "Oracle", "Intel", "Target", "Visa", "Boeing"}
	suffixes := []string{"Holdings", "Systems", "Therapeutics", "Energy", "Bancorp", "Networks"}
	var src strings.Builder
	var names []string
	src.WriteString("parties:\n")
	for i, f := range famous {
		fmt.Fprintf(&src, "  f%d: {name: %s Inc., aliases: [%s]}\n", i, f, f)
	}
	for i := range 2 * deals {
		n := fmt.Sprintf("%s %s", name(), name())
		names = append(names, n)
		fmt.Fprintf(&src, "  p%d: {name: %s %s, aliases: [%s Group, %s, {text: %s, class: plain}]}\n", i, n, suffixes[i%len(suffixes)], n, n, name()+name())
	}
	src.WriteString("deals:\n")
	for i := range deals {
		left := fmt.Sprintf("p%d", 2*i)
		if i%10 == 0 {
			left = fmt.Sprintf("f%d", i/10%len(famous))
		}
		fmt.Fprintf(&src, "  - {id: d%d, parties: [%s, p%d]}\n", i, left, 2*i+1)
	}
	book, err := Parse("world.yaml", strings.NewReader(src.String()))
	if err != nil {
		b.Fatal(err)
	}
	text := filing(b)
	const size = 16 << 10
	var docs []dealwatch.Version
	for at := 0; at+size < len(text) && len(docs) < 60; at += size {
		s := text[at : at+size]
		if len(docs)%20 == 0 { // one in twenty tells of a deal
			i := r.IntN(deals)
			s = s[:size/2] + "\n\n" + names[2*i] + " agreed to acquire " + names[2*i+1] + ", and " + famous[0] + " did not.\n\n" + s[size/2:]
		}
		docs = append(docs, dealwatch.Version{Item: dealwatch.Item{Title: "Quarterly Report of a Company"}, Text: s})
	}
	return book, docs
}

// BenchmarkMatch evaluates all deals of a watchlist on each document of a day. The
// metric x-scan is its time over that of the bare scan for the same names.
func BenchmarkMatch(b *testing.B) {
	for _, deals := range []int{1000, 10000} {
		b.Run(fmt.Sprintf("%ddeals", deals), func(b *testing.B) {
			book, docs := world(b, deals)
			var bytes int64
			for _, d := range docs {
				bytes += int64(len(d.Text))
			}
			b.SetBytes(bytes)
			b.ReportAllocs()
			var scan, match time.Duration
			for b.Loop() {
				at := cpu()
				for i := range docs {
					book.index.scan(docs[i].Title, func(*term, int, int) {})
					book.index.scan(docs[i].Text, func(*term, int, int) {})
				}
				scan += cpu() - at
				at = cpu()
				for i := range docs {
					book.Match(docs[i])
				}
				match += cpu() - at
			}
			b.ReportMetric(float64(match)/float64(scan), "x-scan")
		})
	}
}

// BenchmarkFiling matches a filing that speaks of a deal of its filer.
func BenchmarkFiling(b *testing.B) {
	v := dealwatch.Version{Text: filing(b) + "\n\nWe agreed with Anthropic to invest more.\n", Item: dealwatch.Item{Filers: []dealwatch.Filer{{CIK: 1018724}}}}
	b.SetBytes(int64(len(v.Text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(Default().Match(v)) == 0 {
			b.Fatal("no match")
		}
	}
}
