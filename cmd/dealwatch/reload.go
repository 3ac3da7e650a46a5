package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/web"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/store"
)

// watched is the watchlist of a running server. A changed file is taken over as a
// whole or not at all; while it is broken the rules of before stay in force, and the
// health of the sources says so.
type watched struct {
	*app
	*store.Store
	base   string
	files  string        // directory of the captures; "" where they are not shown
	joined *store.Worker // this process among the workers; nil for one that only shows
	book   atomic.Pointer[rules.Book]
	shown  atomic.Pointer[web.Handler]
	fault  atomic.Pointer[fault]
	seen   filed // the file as it was last tried
}

// fault is what is wrong with the watchlist file.
type fault struct {
	what  string
	since time.Time
}

// filed tells one state of a file from another.
type filed struct {
	modified time.Time
	size     int64
}

func stateOf(name string) filed {
	info, err := os.Stat(name)
	if err != nil {
		return filed{}
	}
	return filed{info.ModTime(), info.Size()}
}

// newWatched shows what st holds under book, and the captures in files as evidence.
func (a *app) newWatched(ctx context.Context, st *store.Store, book *rules.Book, base, files string) (*watched, error) {
	w := &watched{app: a, Store: st, base: base, files: files, seen: stateOf(a.watchlistName())}
	w.book.Store(book)
	return w, w.show(ctx)
}

// show makes the pages of the present watchlist.
func (w *watched) show(ctx context.Context) error {
	book := w.book.Load()
	var evidence func(context.Context, io.Writer, string) error
	if w.files != "" {
		evidence = func(ctx context.Context, out io.Writer, id string) error {
			return writeEvidence(ctx, w.Store, book.Deals(), w.files, out, id)
		}
	}
	h, err := w.handler(ctx, w, w.Store, book, w.base, evidence)
	if err == nil {
		w.shown.Store(h)
	}
	return err
}

// ServeHTTP serves with the watchlist that is in force.
func (w *watched) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.shown.Load().ServeHTTP(rw, r) }

// Health adds a row for the watchlist while it is broken.
func (w *watched) Health(ctx context.Context) ([]dealwatch.Health, error) {
	rows, err := w.Store.Health(ctx)
	if f := w.fault.Load(); f != nil && err == nil {
		rows = append(rows, dealwatch.Health{Source: "watchlist", State: "failing", Since: f.since, Incident: f.what})
	}
	return rows, err
}

// watch looks at the file every few seconds until ctx ends.
func (w *watched) watch(ctx context.Context) {
	for pause(ctx, 2*time.Second); ctx.Err() == nil; pause(ctx, 2*time.Second) {
		w.reload(ctx)
	}
}

// reload takes over the watchlist if its file has changed.
func (w *watched) reload(ctx context.Context) {
	is := stateOf(w.watchlistName())
	if is == w.seen {
		return
	}
	book, err := w.app.book()
	if err == nil && is == (filed{}) {
		err = usage("put it back, or start again for the built-in list", "watchlist: %s is gone", w.watchlistName())
	}
	if err != nil {
		w.seen = is
		w.broken(err)
		return
	}
	w.book.Store(book) // polls that begin from here on match by it; the rest is matched again
	if err := w.adopt(ctx, w.Store, book); err != nil {
		w.broken(fmt.Errorf("the changed watchlist is not yet matched against what is stored: %w", err))
		return // tried again
	}
	if w.joined != nil {
		if err := w.joined.Change(ctx, book.Version()); err != nil {
			w.broken(err)
			return
		}
	}
	if err := w.show(ctx); err != nil {
		w.broken(err)
		return
	}
	w.seen = is
	w.fault.Store(nil)
	w.log.Info("watchlist taken over", "path", w.watchlistName(), "rule", len(book.Deals()))
}

func (w *watched) broken(err error) {
	since := w.now()
	if f := w.fault.Load(); f != nil {
		if f.what == err.Error() {
			return
		}
		since = f.since
	}
	w.fault.Store(&fault{what: err.Error(), since: since})
	w.log.Error("watchlist kept as it was", "path", w.watchlistName(), "err", err)
}
