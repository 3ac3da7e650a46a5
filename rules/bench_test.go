package rules

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

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

func BenchmarkMatch(b *testing.B) {
	v := dealwatch.Version{Text: filing(b), Item: dealwatch.Item{Filers: []dealwatch.Filer{{CIK: 1018724}}}}
	b.SetBytes(int64(len(v.Text)))
	b.ReportAllocs()
	for b.Loop() {
		Default().Match(v)
	}
}
