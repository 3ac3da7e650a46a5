package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store/storetest"
)

func TestOpenAgain(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			name := dsn(t, db)
			s := open(t, name)
			authority, year, err := s.Authority(t.Context())
			must(t, err)
			if authority == "" || year < 2026 {
				t.Errorf("Authority = %q, %d", authority, year)
			}
			claim(t, s, "ftc-press").note("news", day0, true, item("1"))
			again, at, err := open(t, name).Authority(t.Context())
			must(t, err)
			if again != authority || at != year {
				t.Errorf("Authority = %q, %d the second time, want %q, %d", again, at, authority, year)
			}
			if n := len(table(t, open(t, name), "SELECT key FROM items")); n != 1 {
				t.Errorf("%d items the second time", n)
			}
		})
	}
}

func TestOpenOddName(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a b.db", "100%.db", "what?mode=ro.db", "#1.db", "é'\".db"} {
		path := filepath.Join(dir, name)
		s := open(t, path)
		claim(t, s, "ftc-press").note("news", day0, true, item("1"))
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%q is not where it was asked for: %v", name, err)
		}
	}
}

func TestOpenAtOnce(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			name := dsn(t, db)
			var all sync.WaitGroup
			for range 6 {
				all.Go(func() {
					s, err := Open(t.Context(), name)
					if err != nil {
						t.Error(err)
						return
					}
					if err := s.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if left, _ := filepath.Glob(name + ".*"); db == "sqlite" && len(left) > 0 {
				t.Errorf("%q are left behind", left)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "watchlist.yaml")
	must(t, os.WriteFile(text, []byte("deals:\n  - id: a\n    name: long enough to be read\n"), 0o644))
	other := filepath.Join(dir, "other.db")
	db, err := sql.Open("sqlite", other)
	must(t, err)
	_, err = db.Exec("CREATE TABLE theirs (a TEXT)")
	must(t, err)
	must(t, db.Close())
	newer := filepath.Join(dir, "newer.db")
	s := open(t, newer)
	must(t, s.tx(t.Context(), func(q *tx) error {
		return q.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	}))
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	address := closed.Addr().String()
	must(t, closed.Close())
	for _, c := range []struct {
		name, dsn string
		want      []string
	}{
		{"directory missing", filepath.Join(dir, "none", "a.db"), []string{"does not exist", "create it"}},
		{"a directory", dir, []string{"it is a directory"}},
		{"a file for a directory", filepath.Join(text, "a.db"), []string{"watchlist.yaml is no directory"}},
		{"not a database", text, []string{"no SQLite database", "--db"}},
		{"another program's database", other, []string{"another program", "--db"}},
		{"tables of a newer program", newer, []string{"version 9999", "use a newer dealwatch"}},
		{"nothing can be created there", "/proc/dealwatch.db", []string{"cannot be created", "--db"}},
		{"an unknown scheme", "mysql://host/db", []string{"no database is reached that way", "postgres://"}},
		{"nobody answers", "postgres://me:secret@" + address + "/db?sslmode=disable", []string{"PostgreSQL does not answer", "me:xxxxx@", "start it"}},
		{"a bad port", "postgres://me:secret@host:port/db", []string{"does not parse", "postgres://"}},
		{"a bad option", "postgres://me:secret@" + address + "/db?sslmode=perhaps", []string{"is not understood", "sslmode", "--db"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(t.Context(), c.dsn)
			if err == nil {
				s.Close()
				t.Fatal("it opened")
			}
			var known *Error
			if !errors.As(err, &known) {
				t.Errorf("%T is no *Error", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q has the password or more than a line", err)
			}
		})
	}
}

func TestOpenPostgresErrors(t *testing.T) {
	good := storetest.Postgres(t)
	for _, c := range []struct{ name, from, to, want string }{
		{"no such database", "/postgres?", "/none?", "create the database first"},
		{"no such schema", "search_path=t_", "search_path=u_", "does not exist"},
	} {
		if s, err := Open(t.Context(), strings.Replace(good, c.from, c.to, 1)); err == nil {
			s.Close()
			t.Errorf("%s: it opened", c.name)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %q does not say %q", c.name, err, c.want)
		}
	}
}

func TestOpenReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	must(t, open(t, path).Close())
	must(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	if os.WriteFile(filepath.Join(dir, "probe"), nil, 0o644) == nil {
		t.Skip("this user may write everywhere")
	}
	s, err := Open(t.Context(), path)
	if err == nil {
		s.Close()
		t.Fatal("it opened")
	}
	if !strings.Contains(err.Error(), "writable") {
		t.Errorf("error %q does not say what to do", err)
	}
}

// TestFullDisk shows that a full disk is said plainly and that nothing is half there.
func TestFullDisk(t *testing.T) {
	s := open(t, dsn(t, "sqlite"))
	w := claim(t, s, "ftc-press")
	w.record(version(item("1"), "first", day0), reach(dealwatch.New, day0))
	var pages int
	must(t, s.write.Get(&pages, "PRAGMA page_count"))
	_, err := s.write.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+10))
	must(t, err)
	_, err = w.Record(t.Context(), version(item("2"), strings.Repeat("long ", 100_000), day0), nil, reach(dealwatch.New, day0))
	var known *Error
	if !errors.As(err, &known) || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatalf("a full disk gave %v", err)
	}
	if got := table(t, s, "SELECT document_id FROM documents"); len(got) != 1 {
		t.Errorf("documents: %s, want only the first", got)
	}
	if got := table(t, s, "SELECT key FROM items"); len(got) != 1 {
		t.Errorf("items: %s, want only the first", got)
	}
	_, err = s.write.Exec("PRAGMA max_page_count = 1000000")
	must(t, err)
	w.record(version(item("2"), "there is room again", day0), reach(dealwatch.New, day0))
}

// TestServerRestart stops PostgreSQL under a store in use and starts it again.
func TestServerRestart(t *testing.T) {
	server := storetest.Start(t)
	s := open(t, server.Schema(t))
	w := claim(t, s, "ftc-press")
	w.record(version(item("1"), "a", day0), reach(dealwatch.New, day0, "d"), match("d", dealwatch.InTitle, "s", 0))

	server.Stop(t)
	s.retry = 0
	var known *Error
	for name, err := range map[string]error{
		"Record": second(w.Record(t.Context(), version(item("2"), "b", day0), nil, reach(dealwatch.New, day0))),
		"Due":    second(w.Due(t.Context(), day0)),
		"Query":  s.Query(t.Context(), "SELECT 1", func([]string, []any) error { return nil }),
	} {
		if !errors.As(err, &known) || !strings.Contains(err.Error(), "does not answer") || !strings.Contains(err.Error(), "start it") {
			t.Errorf("%s without a server: %v", name, err)
		}
	}

	s.retry = time.Minute
	var reader sync.WaitGroup
	reader.Go(func() { // asked while the server is down, answered when it is back
		flags, err := s.Flagged(context.Background(), dealwatch.Filter{})
		if err != nil || len(flags) != 1 {
			t.Errorf("flags after the restart: %v, %v", flags, err)
		}
	})
	server.Start(t)
	reader.Wait()
	if rec := w.record(version(item("2"), "b", day0), reach(dealwatch.New, day0)); rec.Version != 1 {
		t.Errorf("recording after the restart: %+v", rec)
	}
	if got := table(t, s, "SELECT document_id FROM documents ORDER BY document_id"); len(got) != 2 {
		t.Errorf("documents after the restart: %s", got)
	}

	server.Stop(t) // connections that lie in the pool are dead now
	server.Start(t)
	for range 10 {
		if _, err := s.Flagged(t.Context(), dealwatch.Filter{}); err != nil {
			t.Errorf("reading over a dead connection: %v", err)
		}
	}
}
