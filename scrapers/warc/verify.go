package warc

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Verify reads every record of the files, and of the WARC files in the directories,
// and compares its digests. each is told of every file how many records are sound,
// and what ended the reading, if anything did. The error says that some file is
// damaged, or that ctx ended.
func Verify(ctx context.Context, paths []string, each func(path string, records int, err error)) error {
	files, err := expand(paths)
	if err != nil {
		return err
	}
	damaged := 0
	for _, path := range files {
		n, err := walk(path, func(*record, message) error { return ctx.Err() })
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			damaged++
		}
		each(path, n, err)
	}
	if damaged > 0 {
		return fmt.Errorf("%d of %d WARC files are damaged", damaged, len(files))
	}
	return nil
}

// expand puts the WARC files of a directory in its place.
func expand(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".warc.gz") || strings.HasSuffix(e.Name(), ".warc") {
				files = append(files, filepath.Join(path, e.Name()))
			}
		}
	}
	return files, nil
}
