package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// problem is an answer other than content, with a sentence for people.
type problem struct {
	status   int
	sentence string
}

func (p *problem) Error() string { return p.sentence }

func noSuch(format string, args ...any) *problem {
	return &problem{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

func badQuery(format string, args ...any) *problem {
	return &problem{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// ServeHTTP routes by the escaped path itself: a document's key may hold slashes in
// a row, which a ServeMux would answer with a redirect, and feed readers follow none.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	route := h.serve(rec, r)
	h.metrics.served(route, r.Method, rec.status, time.Since(start))
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) (route string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		h.fail(w, r, &problem{http.StatusMethodNotAllowed, "Nothing can be changed here: only GET and HEAD are answered."})
		return "refused"
	}
	path := h.within(r.URL.EscapedPath())
	switch path {
	case "/healthz":
		h.serveHealthz(w, r)
		return "healthz"
	case "/metrics":
		h.metrics.handler.ServeHTTP(w, r)
		return "metrics"
	}
	if id, ok := strings.CutPrefix(path, "/evidence/"); ok {
		id, err := url.PathUnescape(id)
		if err != nil {
			id = "" // of no document
		}
		h.serveEvidence(w, r, id)
		return "evidence"
	}
	route, c, err := h.find(r, path)
	if p := (*problem)(nil); errors.As(err, &p) && p.status == http.StatusNotFound && path != r.URL.EscapedPath() {
		// A proxy has cut the prefix off, and what is left only begins like it.
		if as, found, err2 := h.find(r, r.URL.EscapedPath()); err2 == nil {
			path, route, c, err = r.URL.EscapedPath(), as, found, nil
		}
	}
	if err == nil {
		err = unfiltered(path, r.URL.RawQuery)
	}
	if err != nil {
		h.fail(w, r, err)
		return route
	}
	c.serve(w, r)
	return route
}

// within is a path without the prefix of the public address, which a proxy may send or
// cut off.
func (h *Handler) within(path string) string {
	rest, ok := strings.CutPrefix(path, h.prefix)
	switch {
	case !ok || rest != "" && rest[0] != '/':
		return path
	case rest == "":
		return "/"
	}
	return rest
}

// find gives what stands at a path, and the name of its route.
func (h *Handler) find(r *http.Request, path string) (route string, c *content, err error) {
	ctx := r.Context()
	kept := func(key, name string, build func() *unit) (*content, error) {
		return h.cache.get(ctx, key, h.cache.unit(key, false, build), name)
	}
	if path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	if rest, ok := strings.CutPrefix(path, "/feeds/"); ok {
		c, err = h.findFeed(r, rest, kept)
		return "feed", c, err
	}
	if id, ok := strings.CutPrefix(path, "/documents/"); ok {
		id, err := url.PathUnescape(id)
		if err != nil {
			return "document", nil, noSuch("There is no document of that address.")
		}
		c, err := answer(ctx, h, h.cache.pages, func(ctx context.Context) (*content, error) { return h.document(ctx, id) })
		return "document", c, err
	}
	if id, ok := strings.CutPrefix(path, "/deals/"); ok {
		d, err := h.deal(ctx, id)
		if err != nil {
			return "deal", nil, err
		}
		c, err := kept("/deals/"+d.ID, "html", func() *unit { return h.dealPage(d) })
		return "deal", c, err
	}
	switch path {
	case "/":
		l, err := h.look(ctx, r.URL.RawQuery)
		if err != nil {
			return "index", nil, err
		}
		if l.search != "" {
			c, err := answer(ctx, h, h.cache.asides, func(ctx context.Context) (*content, error) { return h.search(ctx, l) })
			return "search", c, err
		}
		key := strings.TrimPrefix(h.address(l), h.prefix)
		c, err := h.cache.get(ctx, key, h.cache.unit(key, key != "/", func() *unit { return h.indexPage(l) }), "html")
		return "index", c, err
	case "/sources":
		c, err = kept(path, "html", h.sourcesPage)
		return "sources", c, err
	case "/feeds":
		c, err = kept(path, "html", h.feedsPage)
		return "feeds", c, err
	case "/feeds.opml":
		c, err = kept(path, "opml", h.opml)
		return "feed", c, err
	case "/style.css":
		c, err = kept(path, "css", h.style)
		return "style", c, err
	}
	return "unknown", nil, noSuch("There is no page of that address.")
}

func (h *Handler) findFeed(r *http.Request, rest string, kept func(key, name string, build func() *unit) (*content, error)) (*content, error) {
	dot := strings.LastIndexByte(rest, '.')
	known := func(f feed.Format) bool { return f.Name == rest[dot+1:] }
	if dot < 0 || !slices.ContainsFunc(feed.Formats, known) {
		return nil, noSuch("There is no feed of that address: a feed ends in .atom, .rss or .json.")
	}
	name, format := rest[:dot], rest[dot+1:]
	if feedName, page, ok := strings.Cut(name, "/archive/"); ok {
		return h.findArchive(r.Context(), feedName, page, format)
	}
	if name == "all" {
		q, err := asked(r.URL.RawQuery)
		if err != nil {
			return nil, err
		}
		f, err := h.filter(r.Context(), q)
		if err != nil {
			return nil, err
		}
		return h.query(r.Context(), "/feeds/all", format, f, h.allFeed)
	}
	if name == "health" {
		return kept("/feeds/health", format, h.healthFeed)
	}
	if id, ok := strings.CutPrefix(name, "deals/"); ok {
		d, err := h.deal(r.Context(), id)
		if err != nil {
			return nil, err
		}
		return kept("/feeds/deals/"+d.ID, format, func() *unit { return h.dealFeed(d) })
	}
	if id, ok := strings.CutPrefix(name, "sources/"); ok {
		in, err := h.source(id)
		if err != nil {
			return nil, err
		}
		return kept("/feeds/sources/"+in.Name, format, func() *unit { return h.sourceFeed(in) })
	}
	return nil, noSuch("There is no feed of that address.")
}

// findArchive gives an archive page of a feed. Pages are many and seldom read: few are
// kept. A page that is not full yet does not exist.
func (h *Handler) findArchive(ctx context.Context, name, page, format string) (*content, error) {
	var t told
	switch kind, id, _ := strings.Cut(name, "/"); {
	case name == "all":
		t = h.toldAll()
	case kind == "deals":
		d, err := h.deal(ctx, id)
		if err != nil {
			return nil, err
		}
		t = h.toldDeal(d)
	case kind == "sources":
		in, err := h.source(id)
		if err != nil {
			return nil, err
		}
		t = h.toldSource(in)
	default:
		return nil, noSuch("There is no feed of that address.")
	}
	n, err := strconv.Atoi(page)
	if err != nil || n < 1 || strconv.Itoa(n) != page {
		return nil, noSuch("There is no page of that address.")
	}
	key := t.channel.ArchivePage(n).Address
	if c := h.cache.peek(key, format); c != nil {
		return c, nil // it never changes
	}
	pages, err := answer(ctx, h, h.cache.asides, func(ctx context.Context) (int, error) { return h.pages(ctx, t) })
	if err != nil {
		return nil, err
	}
	if n > pages {
		return nil, noSuch("There is no such page yet: the newest entries are in the feed itself.")
	}
	return h.cache.get(ctx, key, h.cache.unit(key, true, func() *unit { return h.archivePage(t, n) }), format)
}

// answer has f read the store for one request, in one of few places, and gives up where
// the store does not answer; f may go on until its driver does.
func answer[T any](ctx context.Context, h *Handler, places chan struct{}, f func(context.Context) (T, error)) (T, error) {
	var none T
	leave, err := wait(ctx, places)
	if err != nil {
		return none, err
	}
	patience := readTimeout
	if !h.cache.refresh(waitCheck) {
		patience = waitBuild
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	type result struct {
		value T
		err   error
	}
	came := make(chan result, 1)
	go func() {
		defer leave()
		defer cancel()
		v, err := f(ctx)
		came <- result{v, err}
	}()
	select {
	case r := <-came:
		return r.value, r.err
	case <-ctx.Done():
	}
	select {
	case r := <-came: // it ended as the time did
		return r.value, r.err
	default:
		return none, errSlow
	}
}

// query gets what the filter chooses; what has no filter is kept for good.
func (h *Handler) query(ctx context.Context, path, name string, f dealwatch.Filter, build func(dealwatch.Filter) *unit) (*content, error) {
	key := path
	filtered := f != dealwatch.Filter{}
	if filtered {
		key += "?" + h.site.All(f).Query.Encode()
	}
	return h.cache.get(ctx, key, h.cache.unit(key, filtered, func() *unit { return build(f) }), name)
}

// deal is the followed deal of an escaped id. One that was followed and is no
// longer is gone; any other is unknown.
func (h *Handler) deal(ctx context.Context, escaped string) (dealwatch.Deal, error) {
	id, err := url.PathUnescape(escaped)
	if err != nil {
		return dealwatch.Deal{}, noSuch("There is no deal of that id.")
	}
	for _, d := range h.cfg.Deals {
		if d.ID == id {
			return d, nil
		}
	}
	return dealwatch.Deal{}, h.noDeal(ctx, id, noSuch("There is no deal %q in the watchlist.", id))
}

// noDeal says of a deal that is not followed whether it once was; unknown is the answer
// where it was not.
func (h *Handler) noDeal(ctx context.Context, id string, unknown error) error {
	known, err := answer(ctx, h, h.cache.asides, func(ctx context.Context) (bool, error) {
		return h.cfg.Reader.KnowsDeal(ctx, id)
	})
	switch {
	case err != nil:
		return err
	case known:
		return &problem{http.StatusGone, fmt.Sprintf("The deal %q is followed no longer.", line(id))}
	}
	return unknown
}

func (h *Handler) source(escaped string) (dealwatch.Info, error) {
	name, err := url.PathUnescape(escaped)
	if err == nil {
		for _, in := range h.cfg.Sources {
			if in.Name == name {
				return in, nil
			}
		}
	}
	return dealwatch.Info{}, noSuch("There is no source %q.", name)
}

// fail answers with a page that says what is wrong.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := &problem{http.StatusServiceUnavailable, "This cannot be shown at the moment. Try again in a minute."}
	if !errors.As(err, &p) {
		w.Header().Set("Retry-After", "30")
		h.cfg.Log.Error("request failed", "path", r.URL.Path, "err", err)
	}
	body := h.errorPage(p)
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Security-Policy", pagePolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-cache")
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
