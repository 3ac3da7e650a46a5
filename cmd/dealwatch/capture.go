package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// find looks for the captures of the versions in the files of dir. Some may not be there:
// the pack names them. It fails where none is that was kept, and where one is damaged.
func (e *evidence) find(dir string) error {
	e.captures = map[int]warc.Capture{}
	var lacking error
	for _, v := range slices.Backward(e.versions) {
		if v.Capture.Zero() {
			continue
		}
		c, err := warc.FindCapture(filepath.Join(dir, filepath.Base(v.Capture.File)), v.Capture.Offset, v.SHA256, v.ReadAt)
		switch {
		case err == nil:
			e.captures[v.Number] = c
		case errors.Is(err, fs.ErrNotExist):
			if lacking == nil {
				lacking = fmt.Errorf("the archive at %s is not the one that the capture of version %d was kept in: %w", dir, v.Number, err)
			}
		default:
			return fmt.Errorf("read the capture of version %d: %w", v.Number, err)
		}
	}
	if len(e.captures) > 0 {
		return nil
	}
	return lacking
}

// lacking says which versions have no capture in the pack, and why.
func (e *evidence) lacking() string {
	var b strings.Builder
	told := func(what string, lacks func(dealwatch.Document) bool) {
		var numbers []string
		for _, v := range slices.Backward(e.versions) {
			if lacks(v) {
				numbers = append(numbers, strconv.Itoa(v.Number))
			}
		}
		if len(numbers) > 0 {
			fmt.Fprintf(&b, "\n%s: %s.\n", what, strings.Join(numbers, ", "))
		}
	}
	told("Versions that were read while nothing was archived, so that their bytes cannot be shown",
		func(v dealwatch.Document) bool { return v.Capture.Zero() })
	told("Versions whose captures are missing here, as the archive that this file was made from does not hold them", func(v dealwatch.Document) bool {
		_, found := e.captures[v.Number]
		return !found && !v.Capture.Zero()
	})
	return b.String()
}
