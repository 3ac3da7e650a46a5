package store

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	sqlite3 "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// dialect is all that differs between the two databases once they are open.
type dialect struct {
	name    string // of the folder of migrations
	goose   goose.Dialect
	now     string // the database's clock, in microseconds
	skip    string // takes the rows of a query, but passes over those that another transaction holds
	words   wordsSQL
	again   func(error) bool
	lost    func(error) bool
	explain func(error) error
}

// wordsSQL is the full-text search of a database: which documents hold a set of words.
type wordsSQL struct {
	add, drop string
	find      string // a condition on table searched
	query     func(words []string) string
}

// searched joins words to what a database looks for: each in quotation marks, and one with
// a star followed by what the database has for it.
func searched(words []string, quote, star, and string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(and)
		}
		root, prefix := strings.CutSuffix(w, "*")
		b.WriteString(quote + root)
		if prefix {
			b.WriteString(star)
		} else {
			b.WriteString(quote)
		}
	}
	return b.String()
}

func init() { sqlx.BindDriver("sqlite", sqlx.QUESTION) }

var sqlite = dialect{
	name:  "sqlite",
	goose: goose.DialectSQLite3,
	now:   "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
	skip:  "", // one transaction writes at a time
	words: wordsSQL{
		add:  "INSERT INTO words (rowid, word) VALUES (?, ?)",
		drop: "DELETE FROM words WHERE rowid = ?",
		find: "s.id IN (SELECT rowid FROM words WHERE words MATCH ?)",
		// Each is a string of FTS5, in which nothing but a quotation mark has a meaning.
		query: func(words []string) string { return searched(words, `"`, `" *`, ` AND `) },
	},
	again:   func(error) bool { return false },
	lost:    func(error) bool { return false },
	explain: explainSQLite,
}

var postgres = dialect{
	name:  "postgres",
	goose: goose.DialectPostgres,
	now:   "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)",
	skip:  " FOR UPDATE SKIP LOCKED",
	words: wordsSQL{
		add:   "INSERT INTO words (id, words) VALUES (?, array_to_tsvector(string_to_array(?, ' ')))",
		drop:  "DELETE FROM words WHERE id = ?",
		find:  "s.id IN (SELECT id FROM words WHERE words @@ CAST(? AS tsquery))",
		query: func(words []string) string { return searched(words, `'`, `':*`, ` & `) },
	},
	again:   func(err error) bool { return pqClass(err, "40") },
	lost:    lostPostgres,
	explain: explainPostgres,
}

func explainSQLite(err error) error {
	var e *sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return &hinted{"the disk is full", "free some space and run the command again; nothing that was stored is lost", err}
	case lib.SQLITE_READONLY:
		return &hinted{"the file or its directory is read-only", "make both writable or choose another file with --db", err}
	case lib.SQLITE_CANTOPEN:
		return &hinted{"the file cannot be created or opened", "make its directory writable or choose another file with --db", err}
	case lib.SQLITE_IOERR:
		return &hinted{"the disk cannot be read or written (" + e.Error() + ")", "check the disk and its free space", err}
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return &hinted{"another program keeps the file locked", "end that program and try again", err}
	case lib.SQLITE_NOTADB:
		return &hinted{"the file is no SQLite database", "choose another file with --db", err}
	case lib.SQLITE_CORRUPT:
		return &hinted{"the file is damaged", "restore a copy, or replay the archive into a new file", err}
	}
	return err
}

// isBusy reports whether SQLite refused because others use the file.
func isBusy(err error) bool {
	var e *sqlite3.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_BUSY
}

// pqClass reports whether PostgreSQL refused with a code that begins with one of the classes.
func pqClass(err error, classes ...string) bool {
	var e *pq.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range classes {
		if strings.HasPrefix(string(e.Code), c) {
			return true
		}
	}
	return false
}

// lostPostgres reports whether the connection is gone or the server is not up.
func lostPostgres(err error) bool {
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &network) || pqClass(err, "08", "57P")
}

func explainPostgres(err error) error {
	var e *pq.Error
	switch {
	case pqClass(err, "28"):
		errors.As(err, &e)
		return &hinted{"PostgreSQL refuses the login: " + e.Message, "check user and password in --db", err}
	case pqClass(err, "3D"):
		errors.As(err, &e)
		return &hinted{e.Message, "create the database first (createdb) or correct its name in --db", err}
	case pqClass(err, "53"):
		errors.As(err, &e)
		return &hinted{"PostgreSQL has run out of something: " + e.Message, "free it and run the command again; nothing that was stored is lost", err}
	case pqClass(err, "42501"):
		errors.As(err, &e)
		return &hinted{e.Message, "grant this user the right to create tables in the schema", err}
	case strings.HasPrefix(err.Error(), "pq: wrong value for "):
		return &hinted{"the address is not understood: " + strings.TrimPrefix(err.Error(), "pq: "), "correct the options after ? in --db", err}
	case lostPostgres(err):
		return &hinted{"PostgreSQL does not answer (" + err.Error() + ")", "start it or correct --db; what was not stored is still pending", err}
	}
	return err
}
