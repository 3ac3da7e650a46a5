package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// Write writes the site as files under dir: pages, the evidence of what was flagged, the
// feeds of all, of each deal and each source, the health feed and the OPML; no filters. Each file is replaced at
// once, and only where its bytes changed. What is there already and no longer written
// stays: a published address does not vanish. It returns how many files changed.
func (h *Handler) Write(ctx context.Context, dir string) (changed int, err error) {
	static := *h
	static.static = true
	if static.flags, err = h.cfg.Reader.Flagged(ctx, dealwatch.Filter{}); err != nil {
		return 0, err
	}
	if static.written, err = static.documents(ctx); err != nil {
		return 0, err
	}
	packs, err := static.writePacks(ctx, dir)
	if err != nil {
		return packs, err
	}
	static.site.Packed = func(id string) bool { return static.packed[id] }
	static.cache = newCache(&static)
	changed, err = static.write(ctx, dir)
	return packs + changed, err
}

// job is something to build, and the files of its parts.
type job struct {
	unit  *unit
	files map[string]string
}

func (h *Handler) write(ctx context.Context, dir string) (changed int, err error) {
	put := func(name string, body []byte) error {
		wrote, err := replace(dir, name, body)
		if wrote {
			changed++
		}
		return err
	}
	build := func(u *unit, names map[string]string) error {
		made, err := u.build(ctx)
		if err != nil {
			return err
		}
		for _, part := range sortedKeys(names) {
			if err := put(names[part], made[part].plain.bytes); err != nil {
				return err
			}
		}
		return nil
	}
	page := func(name string) map[string]string { return map[string]string{"html": name} }
	formats := func(name string) map[string]string {
		out := map[string]string{}
		for _, f := range feed.Formats {
			out[f.Name] = name + "." + f.Name
		}
		return out
	}

	// Documents come first, so that no feed names a page that is not there yet.
	if err := h.writeDocuments(ctx, put); err != nil {
		return changed, err
	}
	// Pages of older flags come before the lists that lead to them.
	jobs := h.older(dealwatch.Deal{}, indexFlags)
	for _, d := range h.cfg.Deals {
		jobs = append(jobs, h.older(d, dealFlags)...)
	}
	jobs = append(jobs, []job{
		{h.style(), map[string]string{"css": "style.css"}},
		{h.sourcesPage(), page("sources/index.html")},
		{h.feedsPage(), page("feeds/index.html")},
		{h.indexPage(look{}), page("index.html")},
	}...)
	feeds := map[string]told{"feeds/all": h.toldAll()}
	for _, d := range h.cfg.Deals {
		feeds["feeds/deals/"+d.ID] = h.toldDeal(d)
		jobs = append(jobs, job{h.dealPage(d), page("deals/" + d.ID + "/index.html")},
			job{h.dealFeed(d), formats("feeds/deals/" + d.ID)})
	}
	for _, in := range h.cfg.Sources {
		feeds["feeds/sources/"+in.Name] = h.toldSource(in)
		jobs = append(jobs, job{h.sourceFeed(in), formats("feeds/sources/" + in.Name)})
	}
	jobs = append(jobs, job{h.healthFeed(), formats("feeds/health")},
		job{h.allFeed(dealwatch.Filter{}), formats("feeds/all")},
		job{h.opml(), map[string]string{"opml": "feeds.opml"}})
	// Archive pages come before the feeds that lead to them.
	for _, name := range sortedKeys(feeds) {
		t := feeds[name]
		pages, err := h.pages(ctx, t)
		if err != nil {
			return changed, err
		}
		for n := 1; n <= pages; n++ {
			page := fmt.Sprintf("%s/archive/%d", name, n)
			if written(dir, page+".rss", t.channel.ArchivePage(n).URL("rss")) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return changed, err
			}
			if err := build(h.archivePage(t, n), formats(page)); err != nil {
				return changed, err
			}
		}
	}
	for _, j := range jobs {
		if err := ctx.Err(); err != nil {
			return changed, err
		}
		if err := build(j.unit, j.files); err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// documents are those that have a page as a file: all that were ever flagged, and what
// they hang on, and what hangs on them.
func (h *Handler) documents(ctx context.Context) (map[string]bool, error) {
	flagged := map[string]bool{}
	for _, f := range h.flags {
		flagged[f.DocumentID] = true
	}
	out := maps.Clone(flagged)
	for _, id := range sortedKeys(flagged) {
		doc, _, err := h.cfg.Reader.Document(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", id, err)
		}
		if doc.ParentID != "" && !out[doc.ParentID] {
			_, _, err := h.cfg.Reader.Document(ctx, doc.ParentID)
			if err != nil && !h.notFound(err) {
				return nil, err
			}
			out[doc.ParentID] = err == nil
		}
		files, err := h.cfg.Reader.Attachments(ctx, doc.Source, doc.Key, documentRoom.files)
		if err != nil {
			return nil, err
		}
		for _, it := range files {
			if it.State == "read" {
				out[it.ID()] = true
			}
		}
	}
	for id, there := range out {
		if !there {
			delete(out, id)
		} else if !fits(fileOf(id)) || !apart(id) {
			h.cfg.Log.Warn("page skipped", "document", id, "err", "its key makes no file name")
			delete(out, id)
		}
	}
	return out, nil
}

// fileOf is the file of a document's page.
func fileOf(id string) string {
	return filepath.Join("documents", filepath.FromSlash(id), "index.html")
}

func (h *Handler) writeDocuments(ctx context.Context, put func(name string, body []byte) error) error {
	for _, id := range sortedKeys(h.written) {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := h.document(ctx, id)
		if err != nil {
			return fmt.Errorf("make the page of %s: %w", id, err)
		}
		if err := put(fileOf(id), c.plain.bytes); err != nil {
			return err
		}
	}
	return nil
}

// fits reports whether a name that came from outside stays within the folder of the
// documents and can be a file's.
func fits(name string) bool {
	if !filepath.IsLocal(name) || !strings.HasPrefix(name, "documents"+string(filepath.Separator)) || len(name) > 1000 {
		return false
	}
	for part := range strings.SplitSeq(name, string(filepath.Separator)) {
		if len(part) > 255 || feed.Line(part) != part {
			return false
		}
	}
	return true
}

// apart reports whether the page of a document has a folder of its own: none whose
// name means another folder, or the page of another document.
func apart(id string) bool {
	for part := range strings.SplitSeq(filepath.ToSlash(id), "/") {
		switch part {
		case ".", "..", "index.html", packFile:
			return false
		}
	}
	return true
}

// written reports whether an archive page stands there already under that address: a
// full one never changes. The last of its formats is asked for.
func written(dir, name, address string) bool {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return false
	}
	body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	return err == nil && bytes.Contains(body, []byte(`"`+address+`"`))
}

// replace writes a file by way of a temporary one beside it, and reports whether
// there was anything to change.
func replace(dir, name string, body []byte) (bool, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return false, fmt.Errorf("%q makes no file name within the site", name)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, body) {
		return false, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return place(path, func(w io.Writer) error {
		_, err := w.Write(body)
		return err
	})
}

// place writes a file by way of a temporary one beside it, and reports whether its bytes
// are other than those that stood there.
func place(path string, write func(io.Writer) error) (bool, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".dealwatch-*")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing is left of it where the rename succeeded
	err = write(f)
	if err == nil && same(path, f.Name()) {
		return false, f.Close()
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err == nil, err
}
