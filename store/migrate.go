package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	sqlite3 "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the tables up to date. Migrations of two processes at once fail
// without a lock, so one is taken whenever there is something to do.
func (s *Store) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations/"+s.dialect.name)
	if err != nil {
		return err
	}
	var options []goose.ProviderOption
	if s.dialect.name == "postgres" {
		var schema string
		if err := s.write.GetContext(ctx, &schema, "SELECT COALESCE(current_schema(), '')"); err != nil {
			return err
		}
		if schema == "" {
			return &hinted{"the schema of search_path does not exist", "create it first (CREATE SCHEMA)", nil}
		}
		locker, err := lock.NewPostgresSessionLocker(
			lock.WithLockID(int64(applicationID)<<32|int64(crc32.ChecksumIEEE([]byte(schema)))),
			lock.WithLockTimeout(1, 60))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(s.dialect.goose, s.write.DB, dir, options...)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	if done, err := s.migrated(ctx, newest); done || err != nil {
		return err
	}
	if s.dialect.name == "sqlite" {
		unlock, err := lockFile(ctx, s.name+".migrating")
		if err != nil {
			return err
		}
		defer unlock()
		if done, err := s.migrated(ctx, newest); done || err != nil {
			return err
		}
	}
	_, err = p.Up(ctx)
	return err
}

// migrated reports whether the tables are those of version newest. Tables that are
// newer still are an error: this program does not know what they mean.
func (s *Store) migrated(ctx context.Context, newest int64) (bool, error) {
	var have int64
	err := s.write.GetContext(ctx, &have, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version")
	switch {
	case err != nil && s.dialect.lost(err):
		return false, err
	case err != nil:
		return false, nil // there is no such table yet; if it is something else, Up says it
	case have > newest:
		return false, &hinted{fmt.Sprintf("its tables are of version %d and this program knows %d", have, newest), "use a newer dealwatch", nil}
	}
	return have == newest, nil
}

// lockFile waits for the lock that path stands for. SQLite itself is used for it: an
// empty database locked exclusively frees itself when its process ends, on every system.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	for {
		db, err := openFile(path, url.Values{"_pragma": {"busy_timeout(60000)"}, "_txlock": {"exclusive"}})
		if err != nil {
			return nil, err
		}
		t, err := db.BeginTxx(ctx, nil)
		if err == nil {
			return func() {
				// Whoever waits finds nothing left to do, or takes a new lock.
				_ = os.Remove(path)
				t.Rollback()
				_ = db.Close()
			}, nil
		}
		_ = db.Close()
		// The holder may remove the file while this one waits: then it is made anew.
		var e *sqlite3.Error
		if !errors.As(err, &e) || e.Code() != lib.SQLITE_IOERR_FSTAT || ctx.Err() != nil {
			return nil, err
		}
	}
}
