package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// applicationID marks a SQLite file as ours: "dwch".
const applicationID = 0x64776368

// readers is how many connections read a SQLite file beside the one that writes.
const readers = 4

func (s *Store) openSQLite(ctx context.Context, path string) error {
	s.name = path
	if err := lookAt(path); err != nil {
		return err
	}
	open := func(mode string, connections int, pragmas ...string) (*sqlx.DB, error) {
		v := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_pragma": append([]string{fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds())}, pragmas...)}
		if mode == "ro" {
			v.Set("_txlock", "deferred")
		}
		db, err := openFile(path, v)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db, nil
	}
	var err error
	if s.write, err = open("rwc", 1, "journal_mode(WAL)", "synchronous(NORMAL)"); err != nil {
		return err
	}
	if err := s.write.PingContext(ctx); err != nil {
		return err
	}
	if err := s.tx(ctx, mark); err != nil {
		return err
	}
	if s.read, err = open("ro", readers); err != nil {
		return err
	}
	s.query, err = open("ro", readers, "query_only(1)")
	return err
}

// mark makes a new file ours, and refuses one that is somebody else's.
func mark(q *tx) error {
	var id, tables int
	if err := q.get(&id, "PRAGMA application_id"); err != nil {
		return err
	}
	if err := q.get(&tables, "SELECT COUNT(*) FROM sqlite_master"); err != nil {
		return err
	}
	switch {
	case id == applicationID:
		return nil
	case id != 0 || tables > 0:
		return &hinted{"the file is a database of another program", "choose another file with --db", nil}
	}
	return q.exec(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
}

// patience is how long a SQLite file that others use is waited for.
const patience = 10 * time.Second

// openFile opens a SQLite file, whose name may hold any character.
func openFile(path string, options url.Values) (*sqlx.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	slashed := "/" + strings.TrimPrefix(filepath.ToSlash(abs), "/")
	return sqlx.Open("sqlite", (&url.URL{Scheme: "file", Path: slashed, RawQuery: options.Encode()}).String())
}

// lookAt finds what is wrong with path before SQLite says it less clearly.
func lookAt(path string) error {
	if strings.Contains(path, "://") {
		return &hinted{"no database is reached that way", "give a file name or a postgres:// address with --db", nil}
	}
	dir, err := os.Stat(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return &hinted{"directory " + filepath.Dir(path) + " does not exist", "create it or choose another file with --db", err}
	}
	if err != nil {
		return err
	}
	if !dir.IsDir() {
		return &hinted{filepath.Dir(path) + " is no directory", "choose another file with --db", nil}
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return &hinted{"it is a directory", "give the name of a file with --db", nil}
	}
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if n > 0 && !bytes.Equal(head[:n], []byte("SQLite format 3\x00")) {
		return &hinted{"the file is no SQLite database", "choose another file with --db", err}
	}
	return nil
}

func (s *Store) openPostgres(dsn string) error {
	u, err := url.Parse(dsn)
	if err != nil {
		return &hinted{"the address does not parse", "write it as postgres://user:password@host/database", nil}
	}
	s.name = u.Redacted()
	q := u.Query()
	for name, value := range map[string]string{"sslmode": "prefer", "connect_timeout": "10", "application_name": "dealwatch"} {
		if !q.Has(name) {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()
	db, err := sqlx.Open("postgres", u.String())
	if err != nil {
		return &hinted{"the address is not understood: " + strings.ReplaceAll(err.Error(), dsn, s.name), "write it as postgres://user:password@host/database", nil}
	}
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(4)
	s.write, s.read, s.query = db, db, db
	return nil
}
