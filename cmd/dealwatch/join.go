package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/store"
)

// joinPatience is how long a worker waits for others to take over the watchlist that
// it holds: servers read a changed file within seconds.
const joinPatience = 3 * time.Second

// join puts the process on record as a worker of st with its watchlist. Where another
// works there with another watchlist, the error names both. leave must be called.
func (a *app) join(ctx context.Context, st *store.Store, book *rules.Book) (w *store.Worker, leave func(), err error) {
	name := a.watchlistName()
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		name = "the built-in list"
	}
	var other *store.WatchlistError
	for give := time.Now().Add(joinPatience); ; pause(ctx, joinPatience/20) {
		w, err = st.Join(ctx, name, book.Version())
		if !errors.As(err, &other) || time.Now().After(give) || ctx.Err() != nil {
			break
		}
	}
	switch {
	case err == nil:
		return w, func() { _ = w.Leave(context.WithoutCancel(ctx)) }, nil // a row that stays runs out
	case errors.As(err, &other):
		return nil, nil, usage("stop that process first, give both the same --watchlist, or work on another --db", "%v", err)
	}
	return nil, nil, storeFailure(err)
}
