package warc

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 123456000, time.UTC)

// samples are exchanges in the shapes that come over the wire.
func samples() []Exchange {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	agent := header("User-Agent", "dealwatch/1 (contact: you@example.org)", "Host", "example.com")
	list := []Exchange{
		{URL: "https://example.com/a?x=1&y=%20", Status: 200, Header: header("Content-Type", "text/html"), Body: []byte("<p>A</p>")},
		{URL: "https://example.com/binary", Status: 200, Body: []byte("\x00\x1f\x8b\r\n\r\nWARC/1.1\r\n")},
		{URL: "https://example.com/moved", Status: 301, Header: header("Location", "https://example.com/a")},
		{URL: "https://example.com/gone", Status: 404, Body: []byte("no")},
		{URL: "https://example.com/empty", Status: 204},
		{URL: "https://example.com/two", Status: 200, Header: header("Link", "<a>", "Link", "<b>"), Body: []byte("two")},
		{URL: "https://example.com/a?x=1&y=%20", Status: 200, Body: []byte("<p>A, revised</p>")},
	}
	for i := range list {
		list[i].At = noon.Add(time.Duration(i) * time.Minute)
		list[i].Method = "GET"
		list[i].Proto = "HTTP/1.1"
		list[i].RequestHeader = agent.Clone()
		if list[i].Header == nil {
			list[i].Header = header("Server", "example")
		}
		if list[i].Body == nil {
			list[i].Body = []byte{}
		}
	}
	return list
}

// keepAll archives exchanges in dir and gives the path of the one file.
func keepAll(t *testing.T, dir string, list []Exchange) string {
	t.Helper()
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range list {
		if _, err := a.Keep(ex); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "dealwatch-000001.warc.gz")
}

func TestKeptIsReadBack(t *testing.T) {
	path := keepAll(t, t.TempDir(), samples())
	tape, err := OpenTape(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []Exchange
	for _, e := range tape.Entries() {
		ex, err := tape.Load(e)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ex)
	}
	if diff := cmp.Diff(samples(), got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestEqualInputGivesEqualFiles(t *testing.T) {
	one, err := os.ReadFile(keepAll(t, t.TempDir(), samples()))
	if err != nil {
		t.Fatal(err)
	}
	two, err := os.ReadFile(keepAll(t, t.TempDir(), samples()))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, two) {
		t.Error("two archives of the same exchanges differ")
	}
}

func TestKeepTwiceIsKeptOnce(t *testing.T) {
	dir := t.TempDir()
	path := keepAll(t, dir, samples())
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	tape, err := OpenTape(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range tape.Entries() {
		ref, err := a.Keep(samples()[i])
		if err != nil || ref != e.Ref() {
			t.Errorf("Keep again = %v, %v, want %v", ref, err, e.Ref())
		}
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the archive grew")
	}
	other := samples()[0]
	other.Body = []byte("at the same time, another body")
	if ref, err := a.Keep(other); err != nil || ref.Offset != int64(len(before)) {
		t.Errorf("Keep of another body = %v, %v, want offset %d", ref, err, len(before))
	}
}

func TestSecretsAreNotKept(t *testing.T) {
	ex := samples()[0]
	ex.RequestHeader.Set("Cookie", "hunter2")
	ex.RequestHeader.Set("Authorization", "hunter2")
	ex.Header.Set("Set-Cookie", "hunter2")
	tape, err := OpenTape(keepAll(t, t.TempDir(), []Exchange{ex}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := tape.Load(tape.Entries()[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []http.Header{got.Header, got.RequestHeader} {
		if len(h) == 0 || h.Get("Cookie")+h.Get("Authorization")+h.Get("Set-Cookie") != "" {
			t.Errorf("headers kept: %v", h)
		}
	}
}

// A header from outside cannot write records or fields of its own.
func TestHeadersStayOnTheirLine(t *testing.T) {
	ex := samples()[0]
	ex.URL = "https://example.com/\r\nWARC-Type: metadata"
	ex.Header.Set("X-Evil", "a\r\n\r\nbody")
	tape, err := OpenTape(keepAll(t, t.TempDir(), []Exchange{ex}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := tape.Load(tape.Entries()[0])
	if err != nil || !bytes.Equal(got.Body, ex.Body) {
		t.Errorf("Load = %q, %v, want the body %q", got.Body, err, ex.Body)
	}
}

func TestTornTailIsCut(t *testing.T) {
	whole, err := os.ReadFile(keepAll(t, t.TempDir(), samples()))
	if err != nil {
		t.Fatal(err)
	}
	want := keepAll(t, t.TempDir(), append(samples(), late()))
	wantBytes, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	next := wantBytes[len(whole):]
	for name, tail := range map[string][]byte{
		"half a member":   next[:len(next)/3],
		"one byte":        {0x1f},
		"a gzip header":   gzipHead,
		"a page of zeros": make([]byte, 4096),
		"nothing":         nil,
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "dealwatch-000001.warc.gz")
		if err := os.WriteFile(path, append(bytes.Clone(whole), tail...), 0o644); err != nil {
			t.Fatal(err)
		}
		keepAll(t, dir, []Exchange{late()})
		if got, _ := os.ReadFile(path); !bytes.Equal(got, wantBytes) {
			t.Errorf("%s: %d bytes after the next Keep, want %d", name, len(got), len(wantBytes))
		}
	}
}

func late() Exchange {
	ex := samples()[0]
	ex.At = noon.Add(24 * time.Hour)
	return ex
}

// Damage that is no torn tail is nobody's to cut: the next file is begun.
func TestDamageIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := keepAll(t, dir, samples())
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0x40
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	keepAll(t, dir, []Exchange{late()})
	if after, _ := os.ReadFile(path); !bytes.Equal(b, after) {
		t.Error("the damaged file was changed")
	}
	if _, err := OpenTape(filepath.Join(dir, "dealwatch-000002.warc.gz")); err != nil {
		t.Error(err)
	}
}

// Two archives of one directory never write one file.
func TestTwoWriters(t *testing.T) {
	dir := t.TempDir()
	files := map[string]bool{}
	for i := range 2 {
		a, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		ex := samples()[0]
		ex.At = ex.At.Add(time.Duration(i) * time.Second)
		ref, err := a.Keep(ex)
		if err != nil {
			t.Fatal(err)
		}
		files[ref.File] = true
	}
	if len(files) != 2 {
		t.Errorf("two writers wrote %v", files)
	}
}

// A full disk is an error, and leaves the archive as it was.
func TestFullDisk(t *testing.T) {
	if os.Getenv("DEALWATCH_FULL_DISK") != "" {
		a, err := Open(os.Getenv("DEALWATCH_FULL_DISK"))
		if err != nil {
			t.Fatal(err)
		}
		ex := late()
		ex.Body = bytes.Repeat([]byte{1, 2, 3, 5, 7}, 1<<16)
		for i := range ex.Body {
			ex.Body[i] ^= byte(i * i >> 7)
		}
		if _, err := a.Keep(ex); err == nil || !strings.Contains(err.Error(), "keep "+ex.URL) {
			t.Fatalf("Keep on a full disk = %v", err)
		}
		return
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash to limit the size of files with")
	}
	dir := t.TempDir()
	path := keepAll(t, dir, samples())
	before, _ := os.ReadFile(path)
	// A limit on the size of files fails a write as a full disk does.
	cmd := exec.Command("bash", "-c", `trap "" XFSZ; ulimit -f 8; exec "$0" -test.run '^TestFullDisk$'`, os.Args[0])
	cmd.Env = append(os.Environ(), "DEALWATCH_FULL_DISK="+dir, "GOCOVERDIR="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Errorf("the file has %d bytes, want the %d from before", len(after), len(before))
	}
}

func TestKeepSaysWhatFailed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "archive")
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	_, err = a.Keep(samples()[0])
	var ke *KeepError
	if !errors.As(err, &ke) || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Keep without a directory = %v", err)
	}
	if _, err := Open("/dev/null/archive"); err == nil {
		t.Error("an archive in /dev/null was opened")
	}
}

// An archive in an empty folder goes on with the numbers of another; in the other's own
// folder it goes on with its last file.
func TestNumberAfter(t *testing.T) {
	full := t.TempDir()
	keepAll(t, full, samples()[:1])
	for i, c := range []struct{ dir, after, want string }{
		{t.TempDir(), "dealwatch-000041.warc.gz", "dealwatch-000042.warc.gz"},
		{t.TempDir(), "", "dealwatch-000001.warc.gz"},
		{t.TempDir(), "crawl-000041.warc.gz", "dealwatch-000001.warc.gz"},
		{full, "dealwatch-000001.warc.gz", "dealwatch-000001.warc.gz"},
		{full, "dealwatch-000007.warc.gz", "dealwatch-000008.warc.gz"},
		{full, "dealwatch-000003.warc.gz", "dealwatch-000008.warc.gz"},
	} {
		a, err := Open(c.dir)
		if err != nil {
			t.Fatal(err)
		}
		a.NumberAfter(c.after)
		ref, err := a.Keep(samples()[1+i])
		if err := errors.Join(err, a.Close()); err != nil {
			t.Fatal(err)
		}
		if ref.File != c.want {
			t.Errorf("after %q: kept in %s, want %s", c.after, ref.File, c.want)
		}
	}
}
