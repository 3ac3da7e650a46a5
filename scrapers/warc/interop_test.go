package warc

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// node runs a script of testdata with npm's warcio, and skips where that is missing.
func node(t *testing.T, script, file string) []byte {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") == "true" {
		missing = t.Fatalf
	}
	modules := os.Getenv("DEALWATCH_NODE_MODULES")
	if modules == "" {
		missing("no warcio: set DEALWATCH_NODE_MODULES to the node_modules folder it is installed in (npm install warcio@2.4)")
	}
	if _, err := os.Stat(filepath.Join(modules, "warcio")); err != nil {
		missing("no warcio: %v", err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		missing("no Node: %v", err)
	}
	cmd := exec.Command("node", filepath.Join("testdata", script), modules, file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node %s: %v\n%s", script, err, stderr.Bytes())
	}
	return out
}

// A public WARC reader reads what we write, and its digests are right.
func TestTheyReadOurs(t *testing.T) {
	dir := t.TempDir()
	path := keepAll(t, dir, samples())
	type line struct {
		Type, URL string
		Status    int
		Body      string
		Right     bool
	}
	want := []line{{Type: "warcinfo", Right: true}}
	for _, ex := range samples() {
		want = append(want,
			line{"response", ex.URL, ex.Status, "sha256:" + SHA256(ex.Body), true},
			line{"request", ex.URL, 0, "", true})
	}
	var got []line
	dec := json.NewDecoder(bytes.NewReader(node(t, "read.mjs", path)))
	for dec.More() {
		var l line
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		got = append(got, l)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what warcio reads (-want +got):\n%s", diff)
	}
}

// We read what it writes.
func TestWeReadTheirs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "theirs.warc.gz")
	node(t, "write.mjs", path)
	tape, err := OpenTape(path)
	if err != nil {
		t.Fatal(err)
	}
	type page struct {
		URL    string
		Status int
		Body   string
	}
	want := []page{
		{"https://example.com/plain", 200, "plain"},
		{"https://example.com/chunked", 200, "hello world"},
		{"https://example.com/gzip", 200, ""},
		{"https://example.com/binary", 200, "\x00\x01\x02\xff\r\n\r\n"},
		{"https://example.com/moved", 302, ""},
		{"https://example.com/gone", 404, "no such page"},
		{"https://example.com/empty", 204, ""},
		{"https://example.com/plain", 200, "plain, revised"},
		{"https://example.com/old", 200, "old"},
	}
	var got []page
	for _, e := range tape.Entries() {
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		if ex.Header.Get("Content-Encoding") == "gzip" {
			if !bytes.HasPrefix(ex.Body, []byte{0x1f, 0x8b}) {
				t.Errorf("%s: the content encoding is off", e.URL)
			}
			ex.Body = nil
		}
		got = append(got, page{ex.URL, ex.Status, string(ex.Body)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what we read of warcio's (-want +got):\n%s", diff)
	}
}
