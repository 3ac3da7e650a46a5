package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

// TestRefusalOutlivesTheProcess refuses a run; the next one, of another process with
// the same store, does not ask that host at all, and `sources` says why.
func TestRefusalOutlivesTheProcess(t *testing.T) {
	m := newMirror(t)
	db := filepath.Join(t.TempDir(), "x.db")
	refuse := mischief(func(w http.ResponseWriter, r *http.Request, p answered) bool {
		return strings.HasPrefix(r.Header.Get(asking), "https://www.sec.gov/cgi-bin/") && statusOf(403)(w, r, p)
	})
	m.fault.Store(&refuse)
	scrapeFrom(t.Context(), m, 0, workDay, "--db", db)
	m.fault.Store(nil)
	refused := 0
	for address, n := range m.asked {
		if strings.Contains(address, "sec.gov") {
			refused += n
		}
	}
	clear(m.asked)
	out, _, code := scrapeFrom(t.Context(), m, 0, workDay.Add(time.Hour), "--db", db)
	if code != exitSome || !strings.Contains(out, "blocked") {
		t.Errorf("the run after a refusal: exit %d\n%s", code, out)
	}
	for address := range m.asked {
		if strings.Contains(address, "sec.gov") {
			t.Errorf("%s was asked for", address)
		}
	}
	if len(m.asked) == 0 {
		t.Error("the other hosts were not asked either")
	}
	out, errs, code := cli(t, "sources", "--db", db)
	if code != 0 || !strings.Contains(out, "closed until") || !strings.Contains(out, "the server refused") {
		t.Errorf("sources: exit %d\n%s%s", code, out, errs)
	}
	out, _, _ = cli(t, "sources", "--long", "--db", db)
	if refused == 0 || !strings.Contains(out, fmt.Sprintf("sec.gov: %d requests today (UTC), of ", refused)) {
		t.Errorf("sources --long shows no budget:\n%s", out)
	}
	out, _, _ = cli(t, "sources", "--format", "csv", "--db", db)
	if head, _, _ := strings.Cut(out, "\n"); !strings.Contains(head, "requests_today,closed_until,closed_why") {
		t.Errorf("sources --format csv: %s", head)
	}
}

// The SEC counts all of its hosts, and all of a user's machines, together: ten a second.
func TestOneBudgetForTheSEC(t *testing.T) {
	seen := 0
	for _, info := range scrapers.Infos() {
		for _, h := range info.Hosts {
			if !strings.HasSuffix(h.Name, "sec.gov") {
				continue
			}
			seen++
			if h.Budget != "sec.gov" || h.Every < time.Second/8 {
				t.Errorf("%s has the budget %q and is asked every %s", h.Name, h.Budget, h.Every)
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d hosts of the SEC, want www, data and efts", seen)
	}
}

// TestHostileNames stores documents whose names would lead out of a folder, and writes
// the static site: nothing is written outside of it.
func TestHostileNames(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "x.db")
	out := filepath.Join(dir, "a", "b", "public")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(nil, nil, nil)
	book, err := a.book()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.adopt(t.Context(), st, book); err != nil {
		t.Fatal(err)
	}
	lease, err := st.Claim(t.Context(), "edgar")
	if err != nil {
		t.Fatal(err)
	}
	const text = "OpenAI signed a compute agreement with Amazon Web Services, the company said."
	keys := []string{"../../../../evil", "/etc/evil", "..", ".", "a/../../../../../evil", `..\..\evil`, "C:/evil", "nul", "con.txt", "a//b", "-rf", "~/evil",
		"%2e%2e/%2e%2e/evil", "evil\x00.html", "index.html", "x\n../../evil", strings.Repeat("long/", 400), "a?b#c", "…/․․/evil", "aux:stream"}
	for _, key := range keys {
		v := dealwatch.Version{Item: dealwatch.Item{Source: "edgar", Key: key, URL: "https://www.sec.gov/x", Title: key, Kind: "8-K", Agency: "SEC"},
			Text: text, ReadAt: workDay, SHA256: "00", Capture: dealwatch.Ref{File: "../../../etc/passwd", Offset: 1}}
		matches := book.Match(v)
		if len(matches) == 0 {
			t.Fatal("the text does not match")
		}
		if _, err := lease.Record(t.Context(), v, matches, dealwatch.Reach{Cause: dealwatch.New, At: workDay, Deals: book.Deals()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := lease.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if said, errs, code := cli(t, "feed", "--out", out, "--public-url", "https://watch.example.org", "--db", db); code != 0 {
		t.Fatalf("feed: exit %d\n%s%s", code, said, errs)
	}
	files := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasPrefix(path, out+string(filepath.Separator)) {
			files++
		} else if !strings.HasPrefix(filepath.Base(path), "x.db") {
			t.Errorf("%s was written", path)
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Errorf("%d files, %v", files, err)
	}
	for _, path := range []string{"/etc/evil", filepath.Join(os.TempDir(), "evil")} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is there", path)
		}
	}
}

// pdfWith is a PDF of the given objects, numbered from 1; the first is its catalog.
func pdfWith(objects ...string) []byte {
	var b bytes.Buffer
	var at []int
	b.WriteString("%PDF-1.4\n")
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func deflated(b []byte) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(b)
	_ = w.Close()
	return z.String()
}

// TestHostilePDFs reads PDFs that are made to take for ever or to fill the memory.
func TestHostilePDFs(t *testing.T) {
	slow(t)
	stream := func(dict, data string) string {
		return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(data), dict, data)
	}
	const page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
	const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
	tree := []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page}
	zeros := deflated(make([]byte, 512<<20))
	words := deflated(bytes.Repeat([]byte("BT /F1 11 Tf 40 720 Td (word) Tj ET\n"), 300_000))
	for name, body := range map[string][]byte{
		"a stream that unpacks to half a gigabyte":   pdfWith(append(tree[:3:3], stream("/Filter /FlateDecode", zeros), font)...),
		"a page with hundreds of thousands of words": pdfWith(append(tree[:3:3], stream("/Filter /FlateDecode", words), font)...),
		"pages that are their own parents":           pdfWith(tree[0], "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 /Parent 2 0 R >>"),
		"a number of pages that is not there":        pdfWith(tree[0], "<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", page, stream("", ""), font),
		"brackets without an end":                    pdfWith(tree[0], strings.Repeat("[", 1<<20)),
		"a form that draws itself": pdfWith(tree[0], tree[1],
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>", stream("", "/X Do"),
			stream("/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X 5 0 R >> >>", "/X Do /X Do")),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.pdf")
			if err := os.WriteFile(file, body, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			var stdout, stderr bytes.Buffer
			began := time.Now()
			code := run(ctx, []string{"match", file}, strings.NewReader(""), &stdout, &stderr)
			took := time.Since(began)
			if ctx.Err() != nil || strings.Contains(stderr.String(), "goroutine") {
				t.Errorf("exit %d after %s\n%s", code, took, stderr.String())
			}
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			if mem.HeapInuse > 2<<30 {
				t.Errorf("%d MiB of memory in use", mem.HeapInuse>>20)
			}
			t.Logf("exit %d after %s, %d MiB: %.200s", code, took.Round(time.Millisecond), mem.HeapInuse>>20, stderr.String())
		})
	}
}
