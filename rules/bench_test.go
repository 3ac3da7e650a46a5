package rules

import (
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

// filing is the text of a real 10-K where the corpus is there, else prose like one.
func filing(b *testing.B) string {
	b.Helper()
	if dir := os.Getenv("DEALWATCH_CORPUS"); dir != "" {
		return string(gunzipped(b, dir+"/edgar/text/AMZN_10K_2026-02-06.txt.gz"))
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

// day is a watchlist of deals and documents like those of a day: pieces of filings of
// 16 KB, one in twenty of which tells of a deal. Every tenth deal is of a famous name.
// Names and filings are those of the corpus where it is there.
func day(b *testing.B, deals int) (*Book, []dealwatch.Version) {
	b.Helper()
	const size = 16 << 10
	r := rand.New(rand.NewPCG(1, 2))
	famous := []string{"Amazon", "Microsoft", "Alphabet", "Apple", "Meta", "Oracle", "Intel", "Target", "Visa", "Boeing"}
	names := companies(b, 2*deals, r)
	var src strings.Builder
	src.WriteString("parties:\n")
	for i, f := range famous {
		fmt.Fprintf(&src, "  f%d: {name: %s Inc., aliases: [%s]}\n", i, f, f)
	}
	for i, n := range names {
		short, _, _ := strings.Cut(n, " ")
		fmt.Fprintf(&src, "  p%d: {name: %q, aliases: [%q, %q, {text: %q, class: plain}]}\n", i, n, n+" Group", n+" International", short+" "+short)
	}
	src.WriteString("deals:\n")
	for i := range deals {
		left := fmt.Sprintf("p%d", 2*i)
		if i%10 == 0 {
			left = fmt.Sprintf("f%d", i/10%len(famous))
		}
		fmt.Fprintf(&src, "  - {id: d%d, parties: [%s, p%d]}\n", i, left, 2*i+1)
	}
	book, err := Parse("day.yaml", strings.NewReader(src.String()))
	if err != nil {
		b.Fatal(err)
	}
	text := filings(b)
	var docs []dealwatch.Version
	for at := 0; at+size < len(text); at += size {
		s := strings.ToValidUTF8(text[at:at+size], "")
		if len(docs)%20 == 0 {
			i := r.IntN(deals)
			s = s[:size/2] + "\n\n" + names[2*i] + " agreed to acquire " + names[2*i+1] + ", and " + famous[i/10%10] + " did not.\n\n" + s[size/2:]
		}
		docs = append(docs, dealwatch.Version{Item: dealwatch.Item{Title: "Quarterly Report of a Company"}, Text: s})
	}
	return book, docs
}

// companies gives n names without the legal form.
func companies(b *testing.B, n int, r *rand.Rand) []string {
	b.Helper()
	var names []string
	if dir := os.Getenv("DEALWATCH_CORPUS"); dir != "" {
		list := string(gunzipped(b, dir+"/edgar/tickers/company_tickers.json.gz"))
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(`"title": *"([A-Za-z .&]+)"`).FindAllStringSubmatch(list, -1) {
			words := strings.Fields(strings.ReplaceAll(m[1], ".", ""))
			for len(words) > 2 && legalForm(words[len(words)-1]) {
				words = words[:len(words)-1]
			}
			if name := strings.Join(words, " "); len(words) > 1 && !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
		r.Shuffle(len(names), func(i, k int) { names[i], names[k] = names[k], names[i] })
	}
	syllables := strings.Fields("ka lo mi ver tro nex ar bel cy dan el fos gra hy in jo lum mar no or pra qui ros sol tan ul vi wex yo zen")
	word := func() string {
		s := syllables[r.IntN(len(syllables))]
		for range 1 + r.IntN(2) {
			s += syllables[r.IntN(len(syllables))]
		}
		return strings.ToUpper(s[:1]) + s[1:]
	}
	for len(names) < n {
		names = append(names, word()+" "+word())
	}
	return names[:n]
}

// filings is text of filings of many companies, 4 MB of it where the corpus is there.
func filings(b *testing.B) string {
	b.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		return strings.Repeat(filing(b), 4)
	}
	files, err := filepath.Glob(dir + "/edgar/text/*.txt.gz")
	if err != nil {
		b.Fatal(err)
	}
	var text strings.Builder
	for i := 0; i < len(files) && text.Len() < 4<<20; i += 7 {
		s := gunzipped(b, files[i])
		text.Write(s[:min(len(s), 256<<10)])
	}
	return text.String()
}

func gunzipped(b *testing.B, file string) []byte {
	b.Helper()
	f, err := os.Open(file)
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
	return s
}

// BenchmarkMatch evaluates all deals of a watchlist on each document of a day, in turns
// with the bare scan for the same names. The metric x-scan is the median of how much
// more time it takes of the processor, the collector's included.
func BenchmarkMatch(b *testing.B) {
	for _, deals := range []int{1000, 10000} {
		b.Run(fmt.Sprintf("%ddeals", deals), func(b *testing.B) {
			book, docs := day(b, deals)
			var bytes int64
			for _, d := range docs {
				bytes += int64(len(d.Text))
			}
			b.SetBytes(bytes)
			b.ReportAllocs()
			found := 0
			var ratios []float64
			for b.Loop() {
				from := cpu()
				for i := range docs {
					book.index.scan(docs[i].Title, func(*term, int, int) {})
					book.index.scan(docs[i].Text, func(*term, int, int) {})
				}
				scan := cpu() - from
				found = 0
				from = cpu()
				for i := range docs {
					found += len(book.Match(docs[i]))
				}
				ratios = append(ratios, float64(cpu()-from)/float64(scan))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-scan")
			b.ReportMetric(float64(found)/float64(len(docs)), "flags/doc")
		})
	}
}

// release is a short one that tells of a deal.
func release() dealwatch.Version {
	return dealwatch.Version{Item: dealwatch.Item{Title: "Two companies to merge"}, Text: "WASHINGTON – The agency looked at what follows.\n\n" +
		"OpenAI agreed to buy services of Amazon Web Services, Inc., and Amazon did not object. It will take years.\n\nThe agency has no view of that."}
}

// BenchmarkRelease matches a short release: what a flag costs.
func BenchmarkRelease(b *testing.B) {
	v := release()
	b.ReportAllocs()
	for b.Loop() {
		if len(Default().Match(v)) == 0 {
			b.Fatal("no match")
		}
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
