package rules_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// label is a row of eval-labels.tsv.
type label struct {
	file, deal, label, closeness string
	cik                          int
	evidence, note               string
}

// apart reports whether the label is counted apart: a doubtful one, or a PDF whose page
// is labelled too.
func (l label) apart() bool {
	return strings.Contains(l.note, "doubtful") || strings.HasSuffix(l.file, ".pdf")
}

// TestEval measures recall and precision of the shorthand on labelled documents, and
// prints every miss and false flag with -v.
func TestEval(t *testing.T) {
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("DEALWATCH_CORPUS is not set")
	}
	book := readBook(t, filepath.Join(dir, "eval-watchlist.yaml"))
	labels := readLabels(t, filepath.Join(dir, "eval-labels.tsv"))
	byFile := map[string][]label{}
	var files []string
	for _, l := range labels {
		if byFile[l.file] == nil {
			files = append(files, l.file)
		}
		byFile[l.file] = append(byFile[l.file], l)
	}
	var hit, missed, right, wrong, homonyms int
	for _, file := range files {
		flags := map[string]dealwatch.Match{}
		versions := readFile(t, dir, file, byFile[file][0].cik)
		for _, v := range versions {
			for _, m := range book.Match(v) {
				if old, ok := flags[m.DealID]; !ok || m.Closeness.Rank() > old.Closeness.Rank() {
					flags[m.DealID] = m
				}
			}
		}
		known := map[string]bool{}
		for _, l := range byFile[file] {
			known[l.deal] = true
			m, flagged := flags[l.deal]
			flagged = flagged && m.Closeness != dealwatch.InDocument
			switch {
			case l.label == "relevant" && flagged:
				right++
				if l.apart() {
					right--
					break
				}
				hit++
			case l.label == "relevant":
				if l.apart() {
					t.Logf("apart: missed %s %s\n\t%s", file, l.deal, l.evidence)
					break
				}
				missed++
				t.Logf("MISS %s %s (%s)\n\t%s%s", file, l.deal, l.closeness, l.evidence, why(book, versions, l.deal))
			case flagged && l.apart():
				t.Logf("apart: flagged %s %s %s\n\t%s", l.label, file, l.deal, m.Snippet)
			case flagged:
				wrong++
				if l.label == "homonym" {
					homonyms++
				}
				t.Logf("FALSE (%s) %s %s %s\n\t%s\n\t%s", l.label, file, l.deal, m.Closeness, m.Snippet, l.note)
			}
		}
		for deal, m := range flags {
			if !known[deal] && m.Closeness != dealwatch.InDocument {
				wrong++
				t.Logf("FALSE (no label) %s %s %s\n\t%s", file, deal, m.Closeness, m.Snippet)
			}
		}
	}
	recall := float64(hit) / float64(max(hit+missed, 1))
	precision := float64(right) / float64(max(right+wrong, 1))
	t.Logf("recall %.3f (%d of %d), precision %.3f (%d of %d), homonyms flagged %d",
		recall, hit, hit+missed, precision, right, right+wrong, homonyms)
	if recall < minRecall || precision < minPrecision || homonyms > 0 {
		t.Errorf("recall %.3f, precision %.3f, homonyms %d; want at least %.2f, %.2f, and none", recall, precision, homonyms, minRecall, minPrecision)
	}
}

const minRecall, minPrecision = 0.98, 0.95

// why says what the nearest version lacked.
func why(book *rules.Book, versions []dealwatch.Version, deal string) string {
	var out strings.Builder
	for _, v := range versions {
		for _, e := range book.Explain(v) {
			if e.Deal.ID != deal || len(e.Found) == 0 && len(e.Refused) == 0 {
				continue
			}
			fmt.Fprintf(&out, "\n\tmissing %s; found", e.Missing)
			for i, m := range e.Found {
				if m.Alias != "(filer)" && i < 200 {
					fmt.Fprintf(&out, " %s@%d", m.Hit, m.Start)
				}
			}
			for i, r := range e.Refused {
				if r.Alias != "(filer)" && i < 100 {
					fmt.Fprintf(&out, "\n\trefused %s@%d: %s", r.Hit, r.Start, r.Why)
				}
			}
		}
	}
	return out.String()
}

func readBook(t *testing.T, path string) *rules.Book {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	book, err := rules.Parse(path, f)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func readLabels(t *testing.T, path string) []label {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []label
	for i, line := range strings.Split(strings.TrimRight(string(src), "\n"), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) != 7 {
			t.Fatalf("%s:%d: %d fields, want 7", path, i+2, len(f))
		}
		cik, _ := strconv.Atoi(f[4])
		out = append(out, label{f[0], f[1], f[2], f[3], cik, f[5], f[6]})
	}
	return out
}

// readFile gives the documents of a file, filed under cik where the file does not say.
func readFile(t *testing.T, dir, file string, cik int) []dealwatch.Version {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	versions, err := extract.File(context.Background(), file, body)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	versions = slices.Clone(versions)
	for i := range versions {
		if cik != 0 && len(versions[i].Filers) == 0 {
			versions[i].Filers = []dealwatch.Filer{{CIK: cik}}
		}
	}
	return versions
}
