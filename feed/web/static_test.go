package web

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// files are all files under dir with what they hold.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWrite(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	dir := filepath.Join(t.TempDir(), "site")
	n, err := w.Write(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	first := files(t, dir)
	var want []string
	for _, name := range []string{"all", "health", "deals/openai-aws", "deals/google-wiz", "sources/ftc-press", "sources/edgar"} {
		for _, ext := range []string{".atom", ".rss", ".json"} {
			want = append(want, "feeds/"+name+ext)
			if got := w.get("/feeds/" + name + ext).Body.String(); got != first["feeds/"+name+ext] {
				t.Errorf("feeds/%s%s as a file differs from what is served", name, ext)
			}
		}
	}
	want = append(want, "feeds.opml", "index.html", "feeds/index.html", "sources/index.html", "style.css", "deals/openai-aws/index.html", "deals/google-wiz/index.html",
		"documents/ftc-press/1000/index.html", "documents/ftc-press/1001/index.html", "documents/ftc-press/1002/index.html")
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(first)); !slices.Equal(got, want) || n != len(want) {
		t.Errorf("%d files %q, want %q", n, got, want)
	}
	if strings.Contains(first["index.html"], "<form") || !strings.Contains(first["index.html"], `<a href="/deals/google-wiz">`) {
		t.Errorf("the first page asks for queries that files cannot answer:\n%s", first["index.html"])
	}

	w.wait(time.Hour)
	if n, err := w.Write(t.Context(), dir); n != 0 || err != nil {
		t.Errorf("a second time %d files changed (%v), want none", n, err)
	}
	w.reader.Add(feedtest.Event("openai-aws", 9))
	w.wait(time.Hour)
	if _, err := w.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	for name, text := range files(t, dir) {
		touched := strings.Contains(name, "all.") || strings.Contains(name, "openai-aws") || strings.Contains(name, "sources/ftc-press") ||
			name == "index.html" || strings.Contains(name, "1009")
		if changed := first[name] != text; changed != touched {
			t.Errorf("after an event of openai-aws %s changed: %v, want %v", name, changed, touched)
		}
	}
}

// A document's key comes from outside: no file is written but under its folder.
func TestWriteHostile(t *testing.T) {
	w := newWorld(t, feedtest.HostileEvents()...)
	for i, id := range []string{"../../evil", "ftc-press/../../../evil", "/evil", "x/https://www.ftc.gov/a.pdf", "x/" + strings.Repeat("y", 300), "x/.", "feeds"} {
		ev := feedtest.Event("openai-aws", 500+i)
		ev.Flag.DocumentID = id
		w.reader.Add(ev)
	}
	root := t.TempDir()
	dir := filepath.Join(root, "a", "b", "site")
	if _, err := w.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	got := files(t, root)
	for name := range got {
		in, ok := strings.CutPrefix(name, "a/b/site/")
		if !ok || strings.Contains(in, "evil") && !strings.HasPrefix(in, "documents/") || strings.Contains(in, ".dealwatch-") {
			t.Errorf("a file %s", name)
		}
	}
	if got["a/b/site/documents/x/https:/www.ftc.gov/a.pdf/index.html"] == "" {
		t.Error("a document whose key is an address has no page")
	}
}

func TestWriteFails(t *testing.T) {
	w := newWorld(t, feedtest.Events(3)...)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "feeds"), nil, 0o600); err != nil { // in the way of a folder
		t.Fatal(err)
	}
	if _, err := w.Write(t.Context(), dir); err == nil {
		t.Error("no error where a folder cannot be made")
	}
	for name := range files(t, dir) {
		if strings.Contains(name, ".dealwatch-") {
			t.Errorf("%s is left behind", name)
		}
	}
}
