package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
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

// The evidence of a flagged document is a file beside its page, where it can be given; no
// page and no entry promises what is not there.
func TestWriteEvidence(t *testing.T) {
	w := newWorld(t, feedtest.Events(4)...)
	versions(w.reader) // with an attachment that is not flagged
	const attached = "ftc-press/https://www.ftc.gov/a.pdf"
	w.reader.SetVersions(attached, dealwatch.Document{ID: attached, Number: 1, Version: dealwatch.Version{Item: dealwatch.Item{Source: "ftc-press", Key: attached[10:]}}})
	dir := t.TempDir()
	write := func() (int, map[string]string) {
		t.Helper()
		n, err := w.Write(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return n, files(t, dir)
	}
	_, before := write()
	pack := "evidence of %s\n"
	w.cfg.Evidence = func(_ context.Context, out io.Writer, id string) error {
		_, _ = fmt.Fprintf(out, pack, id)
		switch id {
		case "ftc-press/1001":
			return fmt.Errorf("another archive: %w", fs.ErrNotExist)
		case "ftc-press/1002":
			return errors.New("damaged")
		}
		return nil
	}
	_, got := write()
	for id, there := range map[string]bool{"ftc-press/1000": true, "ftc-press/1001": false, "ftc-press/1002": false, "ftc-press/1003": true} {
		name := "documents/" + id + "/evidence.warc.gz"
		if _, ok := got[name]; ok != there || there && got[name] != "evidence of "+id+"\n" {
			t.Errorf("%s: %q, there %v, want %v", name, got[name], ok, there)
		}
		if links := strings.Contains(got["documents/"+id+"/index.html"], `href="/`+name+`"`); links != there {
			t.Errorf("the page of %s links its evidence: %v, want %v", id, links, there)
		}
		if strings.Contains(before["documents/"+id+"/index.html"], "evidence.warc.gz") {
			t.Errorf("without an archive the page of %s links evidence", id)
		}
	}
	const promise = "Archived copy and evidence"
	if strings.Contains(before["feeds/all.atom"], promise) {
		t.Error("without an archive entries promise evidence")
	}
	if n := strings.Count(got["feeds/all.atom"], promise); n != 2 {
		t.Errorf("%d entries promise evidence, want 2:\n%s", n, got["feeds/all.atom"])
	}
	if n, _ := write(); n != 0 {
		t.Errorf("a second time %d files changed, want none", n)
	}
	pack = "more evidence of %s\n"
	if n, got := write(); n != 2 || !strings.HasPrefix(got["documents/ftc-press/1003/evidence.warc.gz"], "more ") {
		t.Errorf("%d files changed, want the two of the evidence", n)
	}
	for name := range files(t, dir) {
		if strings.Contains(name, ".dealwatch-") || strings.Contains(name, "a.pdf") && strings.HasSuffix(name, ".gz") {
			t.Errorf("a file %s", name)
		}
	}
}

// Every flag is reached from the first page, and from its deal's, by links to older ones;
// a flag that comes later leaves the pages of the oldest as they are.
func TestWriteOlder(t *testing.T) {
	w := newWorld(t, feedtest.Events(3*indexFlags)...)
	dir := t.TempDir()
	write := func() map[string]string {
		t.Helper()
		if _, err := w.Write(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		return files(t, dir)
	}
	next := regexp.MustCompile(`<a rel="next" href="([^"]*)"`)
	flagged := regexp.MustCompile(`<h[23]><a href="(/documents/[^"]*)"`)
	var first map[string]string
	for more := range indexFlags + 1 {
		if more > 0 {
			w.reader.Add(feedtest.Event("openai-aws", 1000+more))
		}
		if more > 2 && more < indexFlags-2 {
			continue // the edges of a page are enough
		}
		written := write()
		if first == nil {
			first = written
		}
		for start, deal := range map[string]string{"/": "", "/deals/openai-aws": "openai-aws"} {
			flags, err := w.reader.Flagged(t.Context(), dealwatch.Filter{Deal: deal})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]bool{}
			for at, pages := start, 0; at != ""; pages++ {
				text := written[strings.TrimPrefix(path.Join(at, "index.html"), "/")]
				if text == "" || len(text) > 100<<10 || pages > len(flags) {
					t.Fatalf("%s has %d bytes, after %d pages", at, len(text), pages)
				}
				for _, m := range flagged.FindAllStringSubmatch(text, -1) {
					got[m[1]] = true
				}
				at = ""
				if m := next.FindStringSubmatch(text); m != nil {
					at = m[1]
				}
			}
			if len(got) != len(flags) {
				t.Errorf("with %d more, %d flags are reached from %s, want %d", more, len(got), start, len(flags))
			}
		}
	}
	last := files(t, dir)
	for _, name := range []string{"flags/1/index.html", "deals/openai-aws/1/index.html"} {
		if first[name] == "" || first[name] != last[name] {
			t.Errorf("%s did not stay as it was", name)
		}
	}
	if last["flags/3/index.html"] == "" {
		t.Error("no further page came")
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

// Whatever a file leads to within the site is a file: pages of attachments and of what a
// document hangs on, flagged or not, and those of deals that are followed no longer.
func TestWrittenLinksResolve(t *testing.T) {
	w := newWorld(t, feedtest.Events(2*feed.PageEvents+3)...)
	w.cfg.Coverage = coverage
	w.cfg.Evidence = func(_ context.Context, out io.Writer, id string) error {
		_, err := io.WriteString(out, id)
		return err
	}
	old := feedtest.Event("old-deal", 300)
	old.Flag.DealID = "old-deal"
	w.reader.Add(old)
	versions(w.reader)
	for _, id := range []string{"ftc-press/https://www.ftc.gov/a.pdf", "ftc-press/2000"} {
		w.reader.SetVersions(id, dealwatch.Document{ID: id, Number: 1, Version: dealwatch.Version{Item: dealwatch.Item{Source: "ftc-press", Key: id[10:], Title: "T " + id}}})
	}
	w.reader.SetParent("ftc-press/1005", "ftc-press/2000")
	w.reader.SetParent("ftc-press/1006", "ftc-press/nothing")
	dir := t.TempDir()
	if _, err := w.Write(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	written := files(t, dir)
	link := regexp.MustCompile(`(?:href|htmlUrl|xmlUrl)=\\?"([^"\\]*)|<(?:link|guid)>([^<]*)|"(?:next_url|feed_url|home_page_url|url)":"([^"]*)|href=&#34;(.*?)&#34;`)
	followed := 0
	for name, text := range written {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			address := html.UnescapeString(html.UnescapeString(cmp.Or(m[1], m[2], m[3], m[4])))
			to, ours := strings.CutPrefix(address, feedtest.Base)
			if !ours && !strings.HasPrefix(address, "/") {
				continue
			}
			to, fragment, _ := strings.Cut(to, "#")
			u, err := url.Parse(to)
			if err != nil || u.RawQuery != "" {
				t.Errorf("%s leads to %s, which no file answers (%v)", name, address, err)
				continue
			}
			followed++
			at := strings.TrimPrefix(path.Clean("/"+u.Path), "/")
			body, ok := written[at]
			if !ok {
				body, ok = written[path.Join(at, "index.html")]
			}
			if !ok {
				t.Errorf("%s leads to %s, which is not there", name, address)
			} else if fragment != "" && !strings.Contains(body, `id="`+fragment+`"`) {
				t.Errorf("%s leads to %s, which has no such part", name, address)
			}
		}
	}
	if followed < 2000 {
		t.Errorf("only %d links were followed", followed)
	}
	for _, want := range []string{"documents/ftc-press/2000/index.html", "documents/ftc-press/https:/www.ftc.gov/a.pdf/index.html"} {
		if written[want] == "" {
			t.Errorf("%s is not written", want)
		}
	}
	if got := written["documents/ftc-press/1005/index.html"]; !strings.Contains(got, `<a href="/documents/ftc-press/2000">T ftc-press/2000</a>`) {
		t.Errorf("the document does not lead to what it hangs on:\n%s", got)
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
