package warc

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLookup(t *testing.T) {
	page := func(url, body string, minute int) Exchange {
		return Exchange{URL: url, At: noon.Add(time.Duration(minute) * time.Minute), Status: 200, Header: http.Header{}, Body: []byte(body)}
	}
	path := keepAll(t, t.TempDir(), []Exchange{
		page("https://a.example/p", "old", 0),
		page("https://a.example/p", "new", 10),
		page("https://a.example/q?b=2&a=1%2C3", "query", 0),
		page("https://a.example/api?fields[]=x&fields[]=y&term=oil", "two fields", 0),
		page("https://a.example/api?fields[]=x&term=oil", "one field", 5),
		page("https://a.example/it's%20here", "quote", 0),
	})
	tape, err := OpenTape(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, url string
		minute    int
		want      string
	}{
		{"the latest", "https://a.example/p", 60, "new"},
		{"at the moment itself", "https://a.example/p", 10, "new"},
		{"before the later one", "https://a.example/p", 9, "old"},
		{"before all", "https://a.example/p", -1, ""},
		{"parameters in another order", "https://a.example/q?a=1,3&b=2", 0, "query"},
		{"a parameter less", "https://a.example/q?b=2", 0, ""},
		{"another scheme", "http://a.example/p", 60, ""},
		{"the default port and a fragment", "https://A.example:443/p#top", 60, "new"},
		{"the same fields", "https://a.example/api?term=oil&fields%5B%5D=y&fields%5B%5D=x", 60, "two fields"},
		{"other fields", "https://a.example/api?term=oil&fields%5B%5D=z", 60, "one field"},
		{"no fields", "https://a.example/api?term=oil", 4, "two fields"},
		{"other terms", "https://a.example/api?term=gas&fields[]=x", 60, ""},
		{"percent signs spelt otherwise", "https://a.example/it%27s here", 0, "quote"},
		{"a slash that was encoded", "https://a.example%2Fp", 60, ""},
		{"no address", "%zz", 60, ""},
	} {
		tape.Seek(noon.Add(time.Duration(test.minute) * time.Minute))
		got := ""
		if e, ok := tape.Lookup(test.url); ok {
			ex, err := tape.Load(e)
			if err != nil {
				t.Fatal(err)
			}
			got = string(ex.Body)
		}
		if got != test.want {
			t.Errorf("%s: Lookup(%q) = %q, want %q", test.name, test.url, got, test.want)
		}
	}
}

// Files compressed as a whole, and not at all, are read as well.
func TestOtherPackings(t *testing.T) {
	members, err := os.ReadFile(keepAll(t, t.TempDir(), samples()))
	if err != nil {
		t.Fatal(err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(members))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	var whole bytes.Buffer
	zw := gzip.NewWriter(&whole)
	zw.Write(plain)
	zw.Close()
	for name, b := range map[string][]byte{"plain.warc": plain, "whole.warc.gz": whole.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		tape, err := OpenTape(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
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
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// No byte of what we write can change unnoticed. A single bit may be one that gzip
// pads with: then nothing has changed.
func TestEachFlippedByteIsNoticed(t *testing.T) {
	want := samples()[:2]
	path := keepAll(t, t.TempDir(), want)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(i int, mask byte) (*Tape, error) {
		b := bytes.Clone(sound)
		b[i] ^= mask
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return OpenTape(path)
	}
	var damage *DamageError
	for i := range sound {
		if _, err := flip(i, 0xff); !errors.As(err, &damage) {
			t.Errorf("byte %d of %d flipped: %v", i, len(sound), err)
		}
		tape, err := flip(i, 1<<(i%8))
		if err == nil {
			var got []Exchange
			for _, e := range tape.Entries() {
				ex, err := tape.Load(e)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, ex)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("bit %d of byte %d flipped, unnoticed:\n%s", i%8, i, diff)
			}
		} else if !errors.As(err, &damage) {
			t.Errorf("bit %d of byte %d flipped: %v", i%8, i, err)
		}
	}
}

// A cut file is an error that names it, or a file of fewer whole records.
func TestCutFiles(t *testing.T) {
	path := keepAll(t, t.TempDir(), samples()[:3])
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ends := map[int]bool{}
	s := newScanner(path, bytes.NewReader(sound), 0)
	for {
		rec, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		ends[int(rec.offset)] = true
	}
	for n := range len(sound) {
		if err := os.WriteFile(path, sound[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := OpenTape(path)
		if ends[n] && n > 0 {
			if err != nil {
				t.Errorf("cut after a whole record at %d: %v", n, err)
			}
			continue
		}
		var damage *DamageError
		if !errors.As(err, &damage) || !strings.Contains(err.Error(), path) {
			t.Errorf("cut at %d: %v, want a damage in %s", n, err, path)
		}
	}
}

func TestBrokenFilesSayWhere(t *testing.T) {
	for name, body := range map[string]string{
		"empty":          "",
		"garbage":        "this is no WARC file",
		"an HTML page":   "<!doctype html><title>x</title>",
		"binary":         "\x00\x01\x02\x03",
		"no length":      "WARC/1.1\r\nWARC-Type: response\r\n\r\n",
		"negative":       "WARC/1.1\r\nContent-Length: -5\r\n\r\n",
		"huge":           "WARC/1.1\r\nContent-Length: 99999999999\r\n\r\nx",
		"cut":            "WARC/1.1\r\nContent-Length: 10\r\n\r\nx",
		"endless fields": "WARC/1.1\r\n" + strings.Repeat("a", maxHead+1),
		"wrong digest":   "WARC/1.1\r\nWARC-Block-Digest: sha256:00\r\nContent-Length: 1\r\n\r\nx\r\n\r\n",
		"no status line": "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nContent-Type: application/http\r\nContent-Length: 1\r\n\r\nx\r\n\r\n",
		"no date":        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\nContent-Type: application/http\r\nContent-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\r\n\r\n",
	} {
		path := filepath.Join(t.TempDir(), "broken.warc")
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := OpenTape(path)
		var damage *DamageError
		if !errors.As(err, &damage) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one line on the damage", name, err)
		}
	}
	if _, err := OpenTape(filepath.Join(t.TempDir(), "missing.warc.gz")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	path := keepAll(t, dir, samples())
	bad := filepath.Join(dir, "bad.warc")
	if err := os.WriteFile(bad, []byte("garbage"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	each := func(path string, n int, err error) {
		got[path] = n
		if (err != nil) != (path == bad) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := Verify(t.Context(), []string{dir}, each); err == nil {
		t.Error("Verify of a damaged file gives no error")
	}
	if diff := cmp.Diff(map[string]int{path: 1 + 2*len(samples()), bad: 0}, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if err := Verify(t.Context(), []string{path}, each); err != nil {
		t.Error(err)
	}
}

// Whatever is kept is read back.
func TestWriteThenRead(t *testing.T) {
	word := rapid.StringMatching(`[A-Za-z][A-Za-z0-9-]{0,12}`)
	value := rapid.StringMatching(`([!-~]([ -~]{0,30}[!-~])?)?`)
	header := rapid.Custom(func(t *rapid.T) http.Header {
		h := http.Header{}
		for _, name := range rapid.SliceOfN(word, 0, 5).Draw(t, "names") {
			if name = http.CanonicalHeaderKey(name); !secret[name] && name != "Host" {
				h.Add(name, value.Draw(t, "value"))
			}
		}
		return h
	})
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Exchange {
			return Exchange{
				URL:           "https://example.com/" + rapid.StringMatching(`[a-z0-9/?&=%~.-]{0,40}`).Draw(t, "path"),
				At:            time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")).UTC(),
				Method:        "GET",
				RequestHeader: header.Draw(t, "request header"),
				Proto:         rapid.SampledFrom([]string{"HTTP/1.1", "HTTP/1.0"}).Draw(t, "proto"),
				Status:        rapid.IntRange(100, 599).Draw(t, "status"),
				Header:        header.Draw(t, "header"),
				Body:          rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
				Truncated:     rapid.SampledFrom([]string{"", "length", "time"}).Draw(t, "truncated"),
			}
		}), 1, 3).Draw(rt, "exchanges")

		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		a, err := Open(dir)
		if err != nil {
			rt.Fatal(err)
		}
		refs := map[int64]Exchange{}
		for _, ex := range want {
			ref, err := a.Keep(ex)
			if err != nil {
				rt.Fatal(err)
			}
			if _, ok := refs[ref.Offset]; !ok {
				refs[ref.Offset] = ex
			}
		}
		a.Close()
		tape, err := OpenTape(filepath.Join(dir, "dealwatch-000001.warc.gz"))
		if err != nil {
			rt.Fatal(err)
		}
		if len(tape.Entries()) != len(refs) {
			rt.Fatalf("%d responses, want %d", len(tape.Entries()), len(refs))
		}
		for _, e := range tape.Entries() {
			got, err := tape.Load(e)
			if err != nil {
				rt.Fatal(err)
			}
			got.RequestHeader.Del("Host")
			if diff := cmp.Diff(refs[e.Offset], got); diff != "" {
				rt.Fatalf("read back (-want +got):\n%s", diff)
			}
		}
	})
}

func FuzzOpenTape(f *testing.F) {
	f.Add([]byte("WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n"))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "fuzz.warc")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		tape, err := OpenTape(path)
		if err != nil {
			return
		}
		for _, e := range tape.Entries() {
			if _, err := tape.Load(e); err != nil {
				t.Errorf("indexed, and not loaded: %v", err)
			}
		}
	})
}

func TestTwin(t *testing.T) {
	path := keepAll(t, t.TempDir(), []Exchange{
		{URL: "https://a.example/p", At: noon, Status: 200, Header: http.Header{}, Body: []byte("old")},
		{URL: "https://a.example/p", At: noon.Add(time.Hour), Status: 200, Header: http.Header{}, Body: []byte("new")},
	})
	tape, err := OpenTape(path)
	if err != nil {
		t.Fatal(err)
	}
	twin := tape.Twin()
	twin.Seek(noon)
	for _, test := range []struct {
		name string
		*Tape
		want time.Time
	}{{"the tape, never sought", tape, noon.Add(time.Hour)}, {"its twin", twin, noon}} {
		if e, ok := test.Lookup("https://a.example/p"); !ok || !e.At.Equal(test.want) {
			t.Errorf("%s answers with what came at %s, want %s", test.name, e.At, test.want)
		}
	}
}
