package feed

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// MostEntries is how many entries a feed holds at most, but for those that no archive page
// holds yet.
const MostEntries = 500

const (
	minEntries = 100
	window14   = 14 * 24 * time.Hour
	maxBytes   = 1 << 20 // of a feed in any format, before compression
)

// Order sorts entries newest first, ties by id, and drops the later of two with one
// id: a reader would.
func Order(entries []Entry) []Entry {
	slices.SortFunc(entries, func(a, b Entry) int {
		if c := a.Published.Compare(b.Published); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	seen := make(map[string]bool, len(entries))
	entries = slices.DeleteFunc(entries, func(e Entry) bool {
		dup := seen[e.ID]
		seen[e.ID] = true
		return dup
	})
	slices.Reverse(entries)
	return entries
}

// Recent is the part of ordered entries that a feed holds: the larger of 100 entries
// and 14 days before the newest, at most 500; and whatever no archive page holds yet.
func Recent(entries []Entry) []Entry {
	n := min(len(entries), MostEntries)
	for n > minEntries && entries[0].Published.Sub(entries[n-1].Published) > window14 {
		n--
	}
	return shorten(entries, n)
}

// shorten gives the first n entries, and of the others those that are kept.
func shorten(entries []Entry, n int) []Entry {
	out := slices.Clone(entries[:n])
	for _, e := range entries[n:] {
		if e.keep {
			out = append(out, e)
		}
	}
	return out
}

// Render gives the bytes of a feed in each of the formats, by their names, from
// ordered entries. Where one format would be too large, all drop the oldest entries.
// What does not pass our own check is an error.
func Render(ch Channel, entries []Entry) (map[string][]byte, error) {
	entries = Recent(entries)
	for i, e := range entries {
		entries[i] = e.clean() // once for all formats
	}
	for {
		bodies := make([][]byte, len(Formats))
		err := eachFormat(func(i int, f Format) error {
			var b bytes.Buffer
			b.Grow(sizeOf(entries))
			err := f.Write(&b, ch, entries)
			bodies[i] = b.Bytes()
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", ch.Address, err)
		}
		largest := len(slices.MaxFunc(bodies, func(a, b []byte) int { return len(a) - len(b) }))
		if largest > maxBytes {
			n := len(entries)
			if fewer := shorten(entries, max(0, min(n-1, n*maxBytes/largest))); len(fewer) < n {
				entries = fewer
				continue
			}
		}
		err = eachFormat(func(i int, f Format) error { return f.Check(bodies[i], len(entries)) })
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", ch.Address, err)
		}
		out := make(map[string][]byte, len(Formats))
		for i, f := range Formats {
			out[f.Name] = bodies[i]
		}
		return out, nil
	}
}

// eachFormat does something for all formats at once, and gives their errors.
func eachFormat(do func(i int, f Format) error) error {
	errs := make([]error, len(Formats))
	var wg sync.WaitGroup
	for i, f := range Formats {
		wg.Go(func() {
			if err := do(i, f); err != nil {
				errs[i] = fmt.Errorf("%s: %w", f.Name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
