package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// TestReadmeQueries runs every query of the README as printed, on a store that
// holds the test's week.
func TestReadmeQueries(t *testing.T) {
	dir := t.TempDir()
	if err := writeWARCs(dir); err != nil {
		t.Fatal(err)
	}
	db := dir + "/week.db"
	if _, errs, code := cli(t, "scrape", "--no-archive", "--db", db, "--replay", dir+"/dealwatch-000001.warc.gz"); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	blocks := sqlBlock.FindAllStringSubmatch(readme(t), -1)
	if len(blocks) < 8 {
		t.Fatalf("the README has %d queries", len(blocks))
	}
	answered := 0
	for _, b := range blocks {
		out, errs, code := cli(t, "sql", "--db", db, "--format", "csv", b[1])
		if code != 0 {
			t.Errorf("%s\nexit %d: %s", b[1], code, errs)
		}
		if strings.Count(out, "\n") > 1 {
			answered++
		}
	}
	if answered < 5 {
		t.Errorf("only %d of %d queries had an answer", answered, len(blocks))
	}
}

// TestReadmeKinds checks that the README lists every kind and agency that a source
// declares.
func TestReadmeKinds(t *testing.T) {
	text := readme(t)
	for _, info := range scrapers.Infos() {
		for _, word := range append(info.Kinds, info.Agency, info.Name) {
			if !strings.Contains(text, "`"+word+"`") {
				t.Errorf("the README does not list `%s`, which %s declares", word, info.Name)
			}
		}
	}
}

// viewsTable writes the views as the README shows them.
func viewsTable(views []store.View) string {
	var b strings.Builder
	for _, v := range views {
		fmt.Fprintf(&b, "**`%s`**: %s\n\n| column | |\n|---|---|\n", v.Name, v.Doc)
		for _, c := range v.Columns {
			fmt.Fprintf(&b, "| `%s` | %s |\n", c.Name, c.Doc)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

var update = flag.Bool("update", false, "write the generated part of the README anew")

// TestReadmeViews checks that the README documents every column of every view, as
// the store does.
func TestReadmeViews(t *testing.T) {
	const begin, end = "<!-- views: written by `go test ./cmd/dealwatch -run ReadmeViews -update` -->\n", "<!-- /views -->"
	text := readme(t)
	from, to := strings.Index(text, begin), strings.Index(text, end)
	if from < 0 || to < 0 {
		t.Fatal("the README has lost the marks around its views")
	}
	from += len(begin)
	want := viewsTable(store.Views)
	if *update {
		if err := os.WriteFile("../../README.md", []byte(text[:from]+want+text[to:]), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, text[from:to]); diff != "" {
		t.Errorf("the README's views are not the store's (-store +README):\n%s", diff)
	}
}
