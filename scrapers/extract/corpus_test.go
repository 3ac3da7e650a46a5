package extract

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// corpus is the folder of real captures; a test that needs it is skipped without.
func corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir != "" {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("DEALWATCH_CORPUS names no folder of captures")
	}
	t.Skip("DEALWATCH_CORPUS names no folder of captures")
	return ""
}

// leftovers are what no text may hold: tags, uuencode, hidden facts.
var leftovers = regexp.MustCompile(`</?(?i:p|div|td|tr|font|span|table|text|type|page|document|ix:\w+)\b[^<>]{0,200}>` +
	`|begin [0-7]{3} \S|(?m:^M[!-` + "`" + `]{60}$)|\w+:\w+Member\d{4}|iso4217:|fasb\.org/us-gaap`)

func TestLabelledFiles(t *testing.T) {
	dir := corpus(t)
	labels, err := os.ReadFile(filepath.Join(dir, "eval-labels.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for text := range strings.Lines(string(labels)) {
		name, _, _ := strings.Cut(text, "\t")
		if name == "file" || seen[name] {
			continue
		}
		seen[name] = true
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		docs, err := File(context.Background(), name, body)
		if err != nil {
			t.Error(err)
			continue
		}
		length := 0
		for _, v := range docs {
			length += len(v.Text)
			if v.Text != Clean(v.Text) {
				t.Errorf("%s: the text of %s is not clean", name, v.Key)
			}
			if m := leftovers.FindString(v.Text); m != "" {
				t.Errorf("%s: the text of %s holds %q", name, v.Key, m)
			}
		}
		if length < 400 {
			t.Errorf("%s: %d documents with %d bytes of text", name, len(docs), length)
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d labelled files, want at least 100", len(seen))
	}
}
