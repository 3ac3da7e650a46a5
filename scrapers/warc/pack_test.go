package warc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// What a pack copies is what the archive holds, byte by byte; what is damaged is not
// copied.
func TestPack(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	samples := samples()
	first, err := a.Keep(samples[0])
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Keep(samples[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	refs := []dealwatch.Ref{first, second}
	path := filepath.Join(dir, first.File)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	pack := func() []byte {
		var b bytes.Buffer
		p := NewPack(&b, "pack.warc.gz", at)
		for _, i := range []int{0, 1, 0} {
			c, err := FindCapture(path, refs[i].Offset, SHA256(samples[i].Body), samples[i].At)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Capture(c); err != nil {
				t.Fatal(err)
			}
		}
		p.Resource("urn:dealwatch:text", "text/plain; charset=utf-8", at, []byte("text"))
		p.Metadata("urn:dealwatch:match", "application/json", at, []byte("{}"))
		if err := p.Err(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	got := pack()
	if !bytes.Contains(got, raw[first.Offset:]) {
		t.Error("the captures are not copied as they are")
	}
	if !bytes.Equal(got, pack()) {
		t.Error("the same pack has other bytes")
	}
	out := filepath.Join(dir, "pack.warc.gz")
	if err := os.WriteFile(out, got, 0o600); err != nil {
		t.Fatal(err)
	}
	tape, err := OpenTape(out)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tape.Entries()); n != 2 {
		t.Errorf("the pack has %d captures, want 2", n)
	}
	var kinds []string
	dec := json.NewDecoder(bytes.NewReader(node(t, "read.mjs", out)))
	for dec.More() {
		var l struct {
			Type  string
			Right bool
		}
		if err := dec.Decode(&l); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, fmt.Sprint(l.Type, " ", l.Right))
	}
	want := []string{"warcinfo true", "response true", "request true", "response true", "request true", "resource true", "metadata true"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("what warcio reads (-want +got):\n%s", diff)
	}
}

// A capture that is not the one that was kept is never found: whatever stands at its
// place, in a sound file or a damaged one, or in none.
func TestFindCaptureRefuses(t *testing.T) {
	dir := t.TempDir()
	samples := samples()
	path := keepAll(t, dir, samples[:2])
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tape, err := OpenTape(path)
	if err != nil {
		t.Fatal(err)
	}
	e := tape.Entries()[0]
	for _, c := range []struct {
		what   string
		offset int64
		sha256 string
		at     time.Time
	}{
		{"a record that is no response", 0, e.SHA256, e.At},
		{"the middle of a record", e.Offset + 7, e.SHA256, e.At},
		{"the end of the file", int64(len(raw)), e.SHA256, e.At},
		{"a place after the end", int64(len(raw)) + 1000, e.SHA256, e.At},
		{"other bytes", e.Offset, SHA256([]byte("other")), e.At},
		{"the same bytes at another time", e.Offset, e.SHA256, e.At.Add(time.Second)},
		{"another capture", tape.Entries()[1].Offset, e.SHA256, e.At},
	} {
		var other *OtherError
		if _, err := FindCapture(path, c.offset, c.sha256, c.at); !errors.As(err, &other) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v, want an OtherError", c.what, err)
		}
	}
	if _, err := FindCapture(path, e.Offset, e.SHA256, e.At); err != nil {
		t.Errorf("the capture itself: %v", err)
	}
	if _, err := FindCapture(filepath.Join(dir, "none.warc.gz"), e.Offset, e.SHA256, e.At); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	raw[e.Offset+40] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	var damage *DamageError
	if _, err := FindCapture(path, e.Offset, e.SHA256, e.At); !errors.As(err, &damage) {
		t.Errorf("a changed byte: %v", err)
	}
}
