package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
)

// Store is an open database. Its methods may be called from several goroutines.
type Store struct {
	dialect dialect
	name    string   // of the database, for people; without a password
	write   *sqlx.DB // on SQLite a single connection, so that writers queue here
	read    *sqlx.DB
	query   *sqlx.DB // for the user's own SQL; cannot write
	lease   time.Duration
	retry   time.Duration // how long a read is tried again on a lost connection
}

// Open opens the database that dsn names, a SQLite file or a postgres:// address, and
// brings its tables up to date. It fails with an *Error when the database cannot be
// reached, written, or is not a store of dealwatch.
func Open(ctx context.Context, dsn string) (*Store, error) {
	for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		s, err := openOnce(ctx, dsn)
		// SQLite does not wait for others that create or close a file at this moment.
		if !isBusy(err) || time.Now().After(until) || ctx.Err() != nil {
			return s, err
		}
	}
}

func openOnce(ctx context.Context, dsn string) (*Store, error) {
	s := &Store{lease: 30 * time.Second, retry: 10 * time.Second}
	var err error
	if isPostgres(dsn) {
		s.dialect = postgres
		err = s.openPostgres(dsn)
	} else {
		s.dialect = sqlite
		err = s.openSQLite(ctx, dsn)
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err == nil {
		err = s.christen(ctx)
	}
	if err == nil {
		err = s.indexOld(ctx)
	}
	if err != nil {
		_ = s.Close()
		return nil, s.wrap(ctx, "open", err)
	}
	return s, nil
}

// Close closes all connections. Leases that are still held expire by themselves.
func (s *Store) Close() error {
	var first error
	for _, db := range []*sqlx.DB{s.query, s.read, s.write} {
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// christen gives a new store the authority and year of its entry ids. The authority is
// random, so that two people's stores never give one id to two entries.
func (s *Store) christen(ctx context.Context) error {
	return s.tx(ctx, func(q *tx) error {
		id := make([]byte, 6)
		if _, err := rand.Read(id); err != nil {
			return err
		}
		const insert = `INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING`
		if err := q.exec(insert, "authority", hex.EncodeToString(id)+".dealwatch.invalid"); err != nil {
			return err
		}
		return q.exec(insert, "year", strconv.Itoa(time.Now().UTC().Year()))
	})
}

// Authority gives the tagging authority and year of this store's entry ids. They are
// made once, when the store is, and never change.
func (s *Store) Authority(ctx context.Context) (authority string, year int, err error) {
	var row struct{ Authority, Year string }
	err = s.reading(ctx, "read the authority", func(q *tx) error {
		return q.get(&row, `
			SELECT a.value AS authority, y.value AS year
			FROM meta a, meta y WHERE a.name = 'authority' AND y.name = 'year'`)
	})
	if err != nil {
		return "", 0, err
	}
	if year, err = strconv.Atoi(row.Year); err != nil {
		return "", 0, fmt.Errorf("read the authority: year %q is no number", row.Year)
	}
	return row.Authority, year, nil
}
