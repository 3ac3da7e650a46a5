//go:build unix

// Package storetest starts a real PostgreSQL for tests, from the binaries that are
// installed, and gives each test a schema of its own.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"testing"

	_ "github.com/lib/pq" // the driver that the store uses
)

// Env names the variable that holds the address of a PostgreSQL to be used instead of
// one that is started, such as postgres://user@host/database.
const Env = "DEALWATCH_TEST_POSTGRES"

var shared = sync.OnceValues(start)

// Postgres gives the address of an empty schema, which is dropped when the test ends. The
// server behind it is started once a process, or named by DEALWATCH_TEST_POSTGRES. Where
// PostgreSQL is not installed the test is skipped, and fails if CI is "true".
func Postgres(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv(Env); dsn != "" {
		return schema(t, dsn)
	}
	s, err := shared()
	if err != nil {
		missing(t, err)
	}
	return schema(t, s.dsn)
}

func missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skipf("%v (install PostgreSQL or set %s)", err, Env)
}

// schema makes an empty schema at dsn and gives the address of it.
func schema(t testing.TB, dsn string) string {
	t.Helper()
	name := "t_" + random()
	run := func(statement string) {
		db, err := sql.Open("postgres", dsn)
		if err == nil {
			defer func() { _ = db.Close() }()
			_, err = db.ExecContext(context.Background(), statement)
		}
		if err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	run("CREATE SCHEMA " + name)
	t.Cleanup(func() { run("DROP SCHEMA IF EXISTS " + name + " CASCADE") })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatalf("%s: %v", Env, err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func random() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Server is a PostgreSQL that a test may stop and start.
type Server struct {
	bin, dir, dsn string
	who           *syscall.SysProcAttr
	alive         io.Closer // once this is closed, or this process ends, all is cleared up
}

// Start starts a server of its own for a test, which ends with it.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start()
	if err != nil {
		missing(t, err)
	}
	t.Cleanup(func() { _ = s.alive.Close() })
	return s
}

// Schema gives the address of an empty schema of the server. The server must be up
// when the test ends.
func (s *Server) Schema(t testing.TB) string {
	t.Helper()
	return schema(t, s.dsn)
}

// Stop stops the server at once, as a crash would: every connection is lost.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if err := s.ctl("stop", "-m", "immediate"); err != nil {
		t.Fatal(err)
	}
}

// Start starts the server again.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	if err := s.up(); err != nil {
		t.Fatal(err)
	}
}

func start() (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "dealwatch-pg")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, who: &syscall.SysProcAttr{Setsid: true}}
	if os.Getuid() == 0 {
		if err := s.drop(); err != nil {
			return nil, err
		}
	}
	// A shell outlives this process, however that ends, and clears up after it: its
	// standard input closes then.
	watch := exec.Command("/bin/sh", "-c", `read -r none; "$0/pg_ctl" stop -D "$1/data" -m immediate; rm -rf "$1"`, bin, dir)
	watch.SysProcAttr = s.who
	watch.Dir = "/"
	if s.alive, err = watch.StdinPipe(); err != nil {
		return nil, err
	}
	if err := watch.Start(); err != nil {
		return nil, err
	}
	err = s.run("initdb", "-D", s.dir+"/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if err != nil {
		return nil, err
	}
	s.dsn = "postgres://postgres@/postgres?sslmode=disable&host=" + url.QueryEscape(dir)
	return s, s.up()
}

// drop makes the server run as user postgres: it refuses to run as root.
func (s *Server) drop() error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	s.who.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, uid, gid)
}

func (s *Server) up() error {
	return s.ctl("start", "-w", "-t", "60", "-l", s.dir+"/log", "-o", fmt.Sprintf("-k %s -c listen_addresses='' -c fsync=off -c max_connections=50", s.dir))
}

func (s *Server) ctl(args ...string) error {
	return s.run("pg_ctl", append([]string{"-D", s.dir + "/data"}, args...)...)
}

func (s *Server) run(name string, args ...string) error {
	out, err := os.CreateTemp("", "dealwatch-pg-out")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(out.Name()) }()
	defer func() { _ = out.Close() }()
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.SysProcAttr = s.who
	cmd.Dir = "/"
	// A file, since the server would keep a pipe open that we waited on.
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return nil
}

// binaries is the folder of the newest installed PostgreSQL.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	more, _ := filepath.Glob("/usr/local/opt/postgresql*/bin/initdb")
	brew, _ := filepath.Glob("/opt/homebrew/opt/postgresql*/bin/initdb")
	found = append(append(found, more...), brew...)
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	if len(found) == 0 {
		return "", fmt.Errorf("PostgreSQL is missing: there is no initdb in PATH or /usr/lib/postgresql/*/bin")
	}
	sort.Slice(found, func(i, j int) bool {
		return len(found[i]) < len(found[j]) || len(found[i]) == len(found[j]) && found[i] < found[j]
	})
	return filepath.Dir(found[len(found)-1]), nil
}
