package rules_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
)

// relevant are sentences of a deal, to be told of any two parties.
var relevant = []string{
	"%s agreed to acquire %s.",
	"The FTC is reviewing the proposed merger of %s and %s.",
	"On May 5, 2026, %s invested $2 billion in %s.",
	"The complaint alleges that the partnership between %s and %s is unlawful.",
}

// pairs are deals of eval-watchlist.yaml and two names for each.
var pairs = [][3]string{
	{"openai-aws", "OpenAI", "Amazon Web Services"},
	{"openai-aws", "Amazon", "OpenAI"},
	{"meta-scale-ai", "Meta", "Scale AI"},
	{"att-time-warner", "AT&T", "Time Warner"},
	{"capital-one-discover", "Capital One", "Discover"},
	{"jnj-abiomed", "J&J", "Abiomed"},
}

// eachDocument reads the labelled documents.
func eachDocument(t *testing.T, do func(file string, book *rules.Book, v dealwatch.Version)) {
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("DEALWATCH_CORPUS is not set")
	}
	book := readBook(t, filepath.Join(dir, "eval-watchlist.yaml"))
	seen := map[string]bool{}
	for _, l := range readLabels(t, filepath.Join(dir, "eval-labels.tsv")) {
		if seen[l.file] {
			continue
		}
		seen[l.file] = true
		for i, v := range readFile(t, dir, l.file, l.cik) {
			if i < 20 {
				do(l.file, book, v)
			}
		}
	}
}

// A sentence of a deal flags as a paragraph of its own, wherever it is put.
func TestInsertedSentenceFlags(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	eachDocument(t, func(file string, book *rules.Book, v dealwatch.Version) {
		paragraphs := strings.Split(v.Text, "\n\n")
		for range 2 {
			pair := pairs[r.IntN(len(pairs))]
			sentence := fmt.Sprintf(relevant[r.IntN(len(relevant))], pair[1], pair[2])
			i := r.IntN(len(paragraphs) + 1)
			w := v
			w.Text = strings.Join(append(append(append([]string{}, paragraphs[:i]...), sentence), paragraphs[i:]...), "\n\n")
			n++
			if m, ok := matches(book, w)[pair[0]]; !ok || m.Closeness.Rank() < dealwatch.InSentence.Rank() {
				t.Errorf("%s, paragraph %d: %q gives %q", file, i, sentence, m.Closeness)
			}
		}
	})
	t.Logf("%d sentences inserted", n)
}

// The order of paragraphs makes no sentence.
func TestShuffledParagraphsFlagNoSentence(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := 0
	eachDocument(t, func(file string, book *rules.Book, v dealwatch.Version) {
		paragraphs := strings.Split(v.Text, "\n\n")
		r.Shuffle(len(paragraphs), func(i, j int) { paragraphs[i], paragraphs[j] = paragraphs[j], paragraphs[i] })
		w := v
		w.Text = strings.Join(paragraphs, "\n\n")
		before := matches(book, v)
		for id, m := range matches(book, w) {
			n++
			if m.Closeness == dealwatch.InSentence && before[id].Closeness.Rank() < m.Closeness.Rank() {
				t.Errorf("%s: %s was %q, shuffled it is %q:\n%s", file, id, before[id].Closeness, m.Closeness, m.Snippet)
			}
		}
	})
	t.Logf("%d flags after shuffling", n)
}

func matches(book *rules.Book, v dealwatch.Version) map[string]dealwatch.Match {
	out := map[string]dealwatch.Match{}
	for _, m := range book.Match(v) {
		out[m.DealID] = m
	}
	return out
}
