package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Worker is a process at work on the store with its watchlist. It is on record until
// it leaves, or soon after its process has ended.
type Worker struct {
	store *Store
	mu    sync.Mutex
	list  string
	hash  string
	apart time.Time // since when another one holds another watchlist
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// WatchlistError says that another worker of the store holds another watchlist: each
// would withdraw what the other one flags.
type WatchlistError struct {
	Mine, Theirs string // names of the watchlists
	Owner        string // of the other one
}

func (e *WatchlistError) Error() string {
	return fmt.Sprintf("%s is not the watchlist of %s, which works on the same store with %s", e.Mine, e.Owner, e.Theirs)
}

// Join puts this process on record with its watchlist: the name is for people, the
// version changes with what the watchlist says. It fails with a *WatchlistError while
// another process is at work with another version.
func (s *Store) Join(ctx context.Context, watchlist, version string) (*Worker, error) {
	w := &Worker{store: s, list: clean(watchlist), hash: version}
	err := s.writing(ctx, "join the workers", func(q *tx) error {
		// One at a time: two that join at once must see each other.
		if err := q.exec(`UPDATE meta SET value = value WHERE name = 'authority'`); err != nil {
			return err
		}
		if err := q.exec(`DELETE FROM worker WHERE until <= ` + s.dialect.now); err != nil {
			return err
		}
		if other, err := w.other(q); other != nil || err != nil {
			if err == nil {
				err = other
			}
			return err
		}
		return w.write(q)
	})
	if err != nil {
		return nil, err
	}
	beat, stop := context.WithCancel(context.WithoutCancel(ctx))
	w.stop = stop
	w.done.Go(func() {
		tick := time.NewTicker(s.lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-beat.Done():
				return
			case <-tick.C:
				_ = s.tx(beat, w.write) // the next beat comes before the row has run out
			}
		}
	})
	return w, nil
}

// other finds a worker that is alive and holds another watchlist.
func (w *Worker) other(q *tx) (*WatchlistError, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var others []struct{ Owner, Place, Watchlist string }
	err := q.all(&others, `SELECT owner, place, watchlist FROM worker WHERE version <> ? AND until > `+w.store.dialect.now+` ORDER BY owner`, w.hash)
	for _, o := range others {
		if !dead(o.Place) {
			return &WatchlistError{Mine: w.list, Theirs: o.Watchlist, Owner: o.Owner}, nil
		}
	}
	return nil, err
}

// Agree fails with a *WatchlistError once another worker has held another watchlist for
// longer than one that reads the same file takes to follow a change.
func (w *Worker) Agree(ctx context.Context) error {
	var other *WatchlistError
	err := w.store.reading(ctx, "look at the other workers", func(q *tx) (err error) {
		other, err = w.other(q)
		return err
	})
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case other == nil:
		w.apart = time.Time{}
	case w.apart.IsZero():
		w.apart = time.Now()
	case time.Since(w.apart) > w.store.lease:
		return other
	}
	return nil
}

func (w *Worker) write(q *tx) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return q.exec(`
		INSERT INTO worker (owner, place, watchlist, version, until) VALUES (?, ?, ?, ?, `+w.store.dialect.now+` + ?)
		ON CONFLICT (owner, place) DO UPDATE SET watchlist = excluded.watchlist, version = excluded.version, until = excluded.until`,
		owner(), place(), w.list, w.hash, w.store.lease.Microseconds())
}

// Change says that the watchlist of this process has changed. Others that read the
// same file take the change over too, a moment sooner or later, so it is no conflict.
func (w *Worker) Change(ctx context.Context, version string) error {
	w.mu.Lock()
	w.hash = version
	w.mu.Unlock()
	return w.store.writing(ctx, "change the watchlist", w.write)
}

// Leave takes this process off the record.
func (w *Worker) Leave(ctx context.Context) error {
	w.stop()
	w.done.Wait()
	return w.store.writing(ctx, "leave the workers", func(q *tx) error {
		return q.exec(`DELETE FROM worker WHERE owner = ? AND place = ?`, owner(), place())
	})
}
