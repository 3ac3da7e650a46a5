package rules_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// relevant are sentences of a deal, to be told of any two parties.
var relevant = []string{
	"%[1]s agreed to acquire %[2]s.",
	"%[1]s has been acquired by %[2]s.",
	"%[2]s’s acquisition of %[1]s closed on May 5, 2026.",
	"The FTC is reviewing the proposed merger of %[1]s and %[2]s.",
	"The %[1]s–%[2]s merger was abandoned.",
	"On May 5, 2026, %[1]s invested $2 billion in %[2]s.",
	"%[1]s’s $2 billion investment in %[2]s is under scrutiny.",
	"The complaint alleges that the partnership between %[1]s and %[2]s is unlawful.",
	"%[1]s holds a 27%% stake in %[2]s.",
	"%[1]s issued %[2]s a warrant to purchase up to 160 million shares of common stock.",
	"%[1]s will supply %[2]s with compute for seven years.",
	"%[1]s signed a supply agreement with %[2]s.",
	"%[1]s and %[2]s formed a joint venture.",
	"%[1]s terminated its merger agreement with %[2]s.",
	"The Commission accepted a consent order that settles charges over the purchase of %[2]s by %[1]s.",
	"The Department of Justice sued to block %[1]s from buying %[2]s.",
	"The waiting period for the tender offer of %[1]s for %[2]s ended early.",
	"%[1]s and %[2]s have entered into a definitive agreement under which %[1]s will buy all shares of %[2]s.",
	"%[1]s, Inc. licensed its models to %[2]s, Inc. for cash.",
	"%[1]s spoke with %[2]s. The parties then signed a merger agreement.",
}

// propertyWatchlist has names of every class. They stop nothing, so that no document may
// keep one of them from counting.
const propertyWatchlist = `
parties:
  openai: {name: OpenAI}
  aws: {name: Amazon Web Services, aliases: [Amazon]}
  meta: {name: Meta}
  scale: {name: Scale AI}
  att: {name: "AT&T"}
  warner: {name: Time Warner}
  capital: {name: Capital One}
  discover: {name: Discover}
  us: {name: Orbital Steel, cik: 7}
deals:
  - {id: openai-aws, parties: [openai, aws]}
  - {id: meta-scale, parties: [meta, scale]}
  - {id: att-warner, parties: [att, warner]}
  - {id: capital-discover, parties: [capital, discover]}
  - {id: us-openai, parties: [us, openai]}
`

// pairs are deals of propertyWatchlist and two names for each.
var pairs = [][3]string{
	{"openai-aws", "OpenAI", "Amazon Web Services"},
	{"openai-aws", "Amazon", "OpenAI"},
	{"meta-scale", "Meta", "Scale AI"},
	{"att-warner", "AT&T", "Time Warner"},
	{"capital-discover", "Capital One", "Discover"},
}

// corpusDocument is a document of the corpus and the file that it is from.
type corpusDocument struct {
	file string
	dealwatch.Version
}

// corpusDocuments reads every document of the corpus, once.
var corpusDocuments = sync.OnceValues(func() ([]corpusDocument, error) {
	dir := os.Getenv("DEALWATCH_CORPUS")
	var out []corpusDocument
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".warc.gz") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, _ := filepath.Rel(dir, path)
		versions, err := extract.File(context.Background(), file, body)
		if err != nil {
			return nil // no document: an error page, a list of tickers
		}
		for _, v := range versions {
			out = append(out, corpusDocument{file, v})
		}
		return nil
	})
	return out, err
})

// eachDocument gives every document of the corpus; with -short every twentieth.
func eachDocument(t *testing.T, do func(file string, v dealwatch.Version)) {
	if os.Getenv("DEALWATCH_CORPUS") == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("DEALWATCH_CORPUS is not set")
	}
	docs, err := corpusDocuments()
	if err != nil {
		t.Fatal(err)
	}
	if len(docs) < 5000 {
		t.Errorf("read %d documents, want 5000 or more", len(docs))
	}
	for i, d := range docs {
		if !testing.Short() || i%20 == 0 {
			do(d.file, d.Version)
		}
	}
	t.Logf("%d documents", len(docs))
}

// insert gives text with sentence as paragraph i.
func insert(text, sentence string, i int) string {
	paragraphs := strings.Split(text, "\n\n")
	at := 0
	for _, p := range paragraphs[:min(i, len(paragraphs))] {
		at += len(p) + len("\n\n")
	}
	if at >= len(text) {
		return text + "\n\n" + sentence
	}
	return text[:at] + sentence + "\n\n" + text[at:]
}

// A sentence of a deal flags as a paragraph of its own: the first, the last, and any
// other.
func TestInsertedSentenceFlags(t *testing.T) {
	book, err := rules.Parse("property", strings.NewReader(propertyWatchlist))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	eachDocument(t, func(file string, v dealwatch.Version) {
		last := strings.Count(v.Text, "\n\n") + 1
		for _, i := range []int{0, r.IntN(last + 1), last} {
			pair := pairs[r.IntN(len(pairs))]
			sentence := fmt.Sprintf(relevant[r.IntN(len(relevant))], pair[1], pair[2])
			w := v
			w.Text = insert(v.Text, sentence, i)
			n++
			if m, ok := matches(book, w)[pair[0]]; !ok || m.Closeness.Rank() < dealwatch.InSentence.Rank() {
				t.Errorf("%s, paragraph %d: %q gives %q", file, i, sentence, m.Closeness)
			}
		}
		for _, sentence := range []string{
			"We agreed to acquire OpenAI.", "Our investment in OpenAI was approved.", "OpenAI filed a complaint against us.",
			"In May 2026, we entered into a supply agreement with OpenAI.",
		}[r.IntN(4):][:1] {
			w := v
			w.Filers = []dealwatch.Filer{{CIK: 7}}
			w.Text = insert(v.Text, sentence, r.IntN(last+1))
			n++
			if m, ok := matches(book, w)["us-openai"]; !ok || m.Closeness.Rank() < dealwatch.ByFiler.Rank() {
				t.Errorf("%s: %q gives %q", file, sentence, m.Closeness)
			}
		}
	})
	t.Logf("%d sentences inserted", n)
}

// The order of paragraphs makes no sentence.
func TestShuffledParagraphsFlagNoSentence(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := 0
	var book *rules.Book
	eachDocument(t, func(file string, v dealwatch.Version) {
		if book == nil {
			book = readBook(t, filepath.Join(os.Getenv("DEALWATCH_CORPUS"), "eval-watchlist.yaml"))
		}
		paragraphs := strings.Split(v.Text, "\n\n")
		r.Shuffle(len(paragraphs), func(i, j int) { paragraphs[i], paragraphs[j] = paragraphs[j], paragraphs[i] })
		w := v
		w.Text = strings.Join(paragraphs, "\n\n")
		after := matches(book, w)
		if len(after) == 0 {
			return
		}
		before := matches(book, v)
		for id, m := range after {
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
