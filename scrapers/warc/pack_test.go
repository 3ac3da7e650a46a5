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
	path := filepath.Join(dir, first.File)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	pack := func() []byte {
		var b bytes.Buffer
		p := NewPack(&b, "pack.warc.gz", at)
		for _, offset := range []int64{first.Offset, second.Offset, first.Offset} {
			if err := p.Capture(path, offset); err != nil {
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

func TestPackRefuses(t *testing.T) {
	dir := t.TempDir()
	path := keepAll(t, dir, samples()[:1])
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	tape, err := OpenTape(path)
	if err != nil {
		t.Fatal(err)
	}
	offset := tape.Entries()[0].Offset
	var damage *DamageError
	p := NewPack(&bytes.Buffer{}, "x", time.Time{})
	if err := p.Capture(path, 0); !errors.As(err, &damage) {
		t.Errorf("a record that is no response: %v", err)
	}
	raw[offset+40] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	p = NewPack(&bytes.Buffer{}, "x", time.Time{})
	if err := p.Capture(path, offset); !errors.As(err, &damage) || p.Err() == nil {
		t.Errorf("a changed byte: %v", err)
	}
	p = NewPack(&bytes.Buffer{}, "x", time.Time{})
	if err := p.Capture(filepath.Join(dir, "none.warc.gz"), 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}
