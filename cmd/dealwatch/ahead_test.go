package main

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// aheadOf gives what goes ahead of a replay of the FTC's captures on a tape.
func aheadOf(t *testing.T, tape *warc.Tape) *ahead {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	a := newApp(nil, nil, nil)
	a.log = slog.New(slog.DiscardHandler)
	w := &worker{app: a, store: st, book: rules.Default, client: a.newClient(st, nil, tape, false)}
	r := &replay{worker: w, tape: tape, match: rules.Default().Match}
	for _, src := range chosen(w.client, []string{"ftc-press"}) {
		r.srcs = append(r.srcs, &replayed{Source: src, name: src.Info().Name})
	}
	return r.goAhead(t.Context(), tape.Entries())
}

func played(t *testing.T, all []warc.Exchange) *warc.Tape {
	t.Helper()
	dir := t.TempDir()
	if err := writeExchanges(dir, all); err != nil {
		t.Fatal(err)
	}
	tape, err := warc.OpenTape(filepath.Join(dir, "dealwatch-000001.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return tape
}

// What is foreseen comes in the order of the tape, and a document with its reading and
// its flags as of its capture.
func TestAheadForesees(t *testing.T) {
	tape := played(t, week())
	a := aheadOf(t, tape)
	defer a.stop()
	var flags []string
	for _, e := range tape.Entries() {
		f := a.take()
		if f.err != nil || f.URL != e.URL || !f.At.Equal(e.At) {
			t.Fatalf("foreseen %s of %s (%v), want %s of %s", f.URL, f.At, f.err, e.URL, e.At)
		}
		if e.URL != release1 {
			continue
		}
		if len(f.readings) != 1 || f.readings[0].err != nil || f.readings[0].version.Text == "" {
			t.Fatalf("%s of %s: readings %+v", e.URL, e.At, f.readings)
		}
		got := f.readings[0]
		if !got.version.ReadAt.Equal(e.At) {
			t.Errorf("read at %s what was captured at %s", got.version.ReadAt, e.At)
		}
		closest := "none"
		for _, m := range got.matches {
			closest = string(m.Closeness)
		}
		flags = append(flags, closest)
		if f.known(got.item) == nil {
			t.Error("the reading of the item as it was foreseen is not known")
		}
		other := got.item
		other.Title = "another, which a listing said"
		if f.known(other) != nil {
			t.Error("a reading of another item is taken for that of this one")
		}
	}
	if want := []string{string(dealwatch.InParagraph), "none", string(dealwatch.InParagraph), string(dealwatch.InSentence)}; !slices.Equal(flags, want) {
		t.Errorf("foreseen closeness %v, want %v", flags, want)
	}
}

// However long the captures, no more than a few, and no more than so many bytes, are in
// memory at once.
func TestAheadIsBounded(t *testing.T) {
	var all []warc.Exchange
	for i, size := range []int{1000, 3 << 20, 3 << 20, 3 << 20, 10 << 20, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000} {
		all = append(all, answer(pdfURL, day(1+i), 200, "application/octet-stream", string(make([]byte, size))))
	}
	tape := played(t, all)
	a := aheadOf(t, tape)
	defer a.stop()
	most := 0
	for range tape.Entries() {
		a.take()
		most = max(most, len(a.begun))
		if len(a.begun) > 1 && a.bytes > bytesAhead || len(a.begun) > mostAhead {
			t.Errorf("%d captures of %d bytes in memory", len(a.begun), a.bytes)
		}
		var bytes int64
		for _, f := range a.begun {
			bytes += f.Length
		}
		if bytes != a.bytes {
			t.Errorf("%d bytes counted, %d in memory", a.bytes, bytes)
		}
	}
	if most < 2 {
		t.Error("nothing was done ahead")
	}
}
