package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// packFile is the file with a document's evidence, beside its page.
const packFile = "evidence.warc.gz"

// writePacks writes the evidence of each flagged document that has a page, and notes which
// have some now. What cannot be given is logged, and its page promises none.
func (h *Handler) writePacks(ctx context.Context, dir string) (changed int, err error) {
	h.packed = map[string]bool{}
	if h.cfg.Evidence == nil {
		return 0, nil
	}
	flagged := map[string]bool{}
	for _, f := range h.flags {
		flagged[f.DocumentID] = h.written[f.DocumentID]
	}
	for _, id := range sortedKeys(flagged) {
		if !flagged[id] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return changed, err
		}
		var refused error // by what makes the evidence, and not by the disk
		path := filepath.Join(dir, filepath.Dir(fileOf(id)), packFile)
		wrote, err := place(path, func(w io.Writer) error {
			refused = h.cfg.Evidence(ctx, w, id)
			return refused
		})
		switch {
		case err == nil:
			h.packed[id] = true
		case errors.Is(refused, fs.ErrNotExist):
			h.cfg.Log.Warn("evidence lacks its captures", "document", id, "err", refused)
		case refused != nil && ctx.Err() == nil:
			h.cfg.Log.Error("evidence not written", "document", id, "err", refused)
		default:
			return changed, fmt.Errorf("write the evidence of %s: %w", id, err)
		}
		if wrote {
			changed++
		}
	}
	return changed, nil
}

// same reports whether two files hold the same bytes.
func same(one, other string) bool {
	a, err := os.ReadFile(one)
	if err != nil {
		return false
	}
	b, err := os.ReadFile(other)
	return err == nil && bytes.Equal(a, b)
}
