package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// serveEvidence answers with the evidence of a document as a file. It is made anew each
// time, and sent only when it is whole. Few are under way at once: until it is sent, a
// file takes room on the disk.
func (h *Handler) serveEvidence(w http.ResponseWriter, r *http.Request, id string) {
	sent, err := wait(r.Context(), h.cache.files)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	defer sent()
	if h.cfg.Evidence == nil {
		h.fail(w, r, noSuch("There is no evidence here: `dealwatch archive export` writes it."))
		return
	}
	f, err := answer(r.Context(), h, h.cache.asides, func(ctx context.Context) (*os.File, error) { return h.evidence(ctx, id) })
	if err != nil {
		h.fail(w, r, err)
		return
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		h.fail(w, r, err)
		return
	}
	head := w.Header()
	head.Set("Content-Type", "application/gzip")
	head.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
	head.Set("Content-Disposition", `attachment; filename="evidence-`+fileName(id)+`.warc.gz"`)
	head.Set("Content-Security-Policy", feedPolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-cache")
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, f) // an error here is the client's
	}
}

// evidence makes the file, which is gone when it is closed. Where nobody waits for it any
// more, it is closed at once.
func (h *Handler) evidence(ctx context.Context, id string) (*os.File, error) {
	f, err := os.CreateTemp("", "dealwatch-evidence-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // systems that cannot remove an open file keep it until they clean up
	err = h.cfg.Evidence(ctx, f, id)
	if h.notFound(err) {
		err = noSuch("There is no document %q on record.", line(id))
	} else if errors.Is(err, os.ErrNotExist) {
		h.cfg.Log.Error("evidence lacks a capture", "document", id, "err", err)
		err = noSuch("The archive here does not hold the captures of %q.", line(id))
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// fileName keeps what any system takes for a file's name.
func fileName(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
			return r
		}
		return '-'
	}, id[:min(len(id), 100)])
}
