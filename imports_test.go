package dealwatch_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/dealwatch/dealwatch"

// allowed lists, for each folder, the folders of this module that it may import. A
// step of the path never imports another step, and data goes one way.
var allowed = []struct {
	folder string
	may    []string
}{
	{"cmd", []string{"", "scrapers", "rules", "store", "feed"}},
	{"scrapers/warc", []string{""}},
	{"scrapers/extract", []string{""}},
	{"scrapers/crawl", []string{"", "scrapers/warc"}},
	{"scrapers", []string{"", "scrapers"}},
	{"rules", []string{"", "rules"}}, // rules/bench times it
	{"store", []string{"", "store"}},
	{"feed", []string{"", "feed"}},
	{"", nil},
}

func TestImports(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		checked++
		dir := path.Dir(filepath.ToSlash(p))
		if dir == "." {
			dir = ""
		}
		for _, im := range f.Imports {
			name := strings.Trim(im.Path.Value, `"`)
			rest, ours := strings.CutPrefix(name, module)
			if !ours {
				if dir == "" && strings.Contains(strings.Split(name, "/")[0], ".") {
					t.Errorf("%s imports %s; the root package imports the standard library only", p, name)
				}
				continue
			}
			if rest = strings.TrimPrefix(rest, "/"); !mayImport(dir, rest) {
				t.Errorf("%s imports %s, which its step of the path must not know", p, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 20 {
		t.Errorf("only %d files were checked; does the test still see the module?", checked)
	}
}

func mayImport(dir, target string) bool {
	for _, a := range allowed {
		if a.folder != "" && dir != a.folder && !strings.HasPrefix(dir, a.folder+"/") || a.folder == "" && dir != "" {
			continue
		}
		for _, m := range a.may {
			if target == m || m != "" && strings.HasPrefix(target, m+"/") {
				return true
			}
		}
		return false
	}
	return false
}
