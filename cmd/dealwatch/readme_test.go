package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
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

// TestReadme checks the parts of the README that follow from the code: every column
// of every view as the store documents it, every kind and agency that a source
// declares. With -update it writes them.
func TestReadme(t *testing.T) {
	text := readme(t)
	for mark, want := range map[string]string{"views": viewsTable(store.Views), "kinds": kindsTable(scrapers.Infos())} {
		begin := "<!-- " + mark + ": written by `go test ./cmd/dealwatch -run TestReadme -update` -->\n"
		head, rest, ok := strings.Cut(text, begin)
		was, tail, ok2 := strings.Cut(rest, "<!-- /"+mark+" -->")
		if !ok || !ok2 {
			t.Fatalf("the README has lost the marks around its %s", mark)
		}
		if *update {
			text = head + begin + want + "<!-- /" + mark + " -->" + tail
		} else if diff := cmp.Diff(want, was); diff != "" {
			t.Errorf("the README's %s are not those of the code (-code +README):\n%s", mark, diff)
		}
	}
	if *update {
		if err := os.WriteFile("../../README.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// kindsTable writes agencies and kinds as the README shows them.
func kindsTable(infos []dealwatch.Info) string {
	var b strings.Builder
	b.WriteString("| source | agency | kinds |\n|---|---|---|\n")
	for _, in := range infos {
		fmt.Fprintf(&b, "| `%s` | `%s` | `%s` |\n", in.Name, in.Agency, strings.Join(in.Kinds, "` `"))
	}
	return b.String()
}
