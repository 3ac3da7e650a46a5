package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// QueryError says what is wrong with a query that a user wrote.
type QueryError struct{ Err error }

func (e *QueryError) Error() string { return "query: " + e.Err.Error() }
func (e *QueryError) Unwrap() error { return e.Err }

// Query runs one statement that reads, and calls each for every row. Values are nil,
// int64, float64 or string, the same on both databases; times are as in the views. A
// statement that could write, or that is not the only one, is refused with a
// *QueryError, as is one that the database does not understand. A query without rows
// still calls each once, with columns and a nil row.
func (s *Store) Query(ctx context.Context, query string, each func(columns []string, row []any) error) error {
	if err := s.allow(query); err != nil {
		return &QueryError{err}
	}
	conn, err := s.query.Connx(ctx)
	if err != nil {
		return s.wrap(ctx, "query", err)
	}
	defer func() { _ = conn.Close() }()
	t, err := conn.BeginTxx(ctx, snapshot)
	if err != nil {
		return s.wrap(ctx, "query", err)
	}
	defer t.Rollback() // what a function may have set in the session goes with it
	fail := func(err error) error {
		if ctx.Err() != nil || s.dialect.lost(err) {
			return s.wrap(ctx, "query", err)
		}
		return &QueryError{err}
	}
	// A prepared statement is a single one: PostgreSQL refuses several here.
	stmt, err := t.PreparexContext(ctx, query)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = stmt.Close() }()
	rows, err := stmt.QueryxContext(ctx)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = rows.Close() }()
	return walk(rows, fail, each)
}

func walk(rows *sqlx.Rows, fail func(error) error, each func([]string, []any) error) error {
	columns, err := rows.Columns()
	if err != nil {
		return fail(err)
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return fail(err)
	}
	none := true
	for rows.Next() {
		row, err := rows.SliceScan()
		if err != nil {
			return fail(err)
		}
		for i := range row {
			row[i] = plain(row[i], types[i].DatabaseTypeName())
		}
		none = false
		if err := each(columns, row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fail(err)
	}
	if none {
		return each(columns, nil)
	}
	return nil
}

// plain makes the drivers' values alike.
func plain(v any, kind string) any {
	switch v := v.(type) {
	case []byte:
		if kind == "NUMERIC" {
			return number(string(v))
		}
		return clean(string(v))
	case bool:
		return int64(bit(v))
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.000000Z")
	case string:
		return clean(v)
	}
	return v
}

// number is a PostgreSQL NUMERIC, such as the SUM of integers, as SQLite would give it.
func number(s string) any {
	var i int64
	if n, err := fmt.Sscanf(s+" ", "%d ", &i); n == 1 && err == nil && !strings.ContainsAny(s, ".eE") {
		return i
	}
	var f float64
	if _, err := fmt.Sscan(s, &f); err != nil {
		return s
	}
	return f
}

// allow refuses what is not a single statement that reads. It is the first of two
// fences: the connection (SQLite) or the transaction (PostgreSQL) cannot write either.
func (s *Store) allow(query string) error {
	words, err := scan(query, s.dialect.name == "postgres")
	if err != nil {
		return err
	}
	first := ""
	for _, w := range words {
		if w != "(" {
			first = w
			break
		}
	}
	if first == "" {
		return fmt.Errorf("there is no statement: write SELECT ... FROM flagged_items")
	}
	if !slices.Contains([]string{"select", "with", "values", "explain"}, first) {
		return fmt.Errorf("%s is refused: only reading is allowed, so begin with SELECT, WITH, VALUES or EXPLAIN", strings.ToUpper(first))
	}
	for i, w := range words {
		if w == ";" && i < len(words)-1 {
			return fmt.Errorf("a second statement after ; is refused: run one at a time")
		}
		if i+1 < len(words) && w == "u" && words[i+1] == "&" {
			return fmt.Errorf("a name written as U& is refused: write it plainly")
		}
		if i+1 < len(words) && words[i+1] == "(" && acts(w) {
			return fmt.Errorf("%s() is refused: it does more than read", w)
		}
	}
	return nil
}

// acts reports whether a function of PostgreSQL acts on files, sessions, the server or
// large objects, which a transaction that only reads does not prevent.
func acts(function string) bool {
	for _, prefix := range []string{"lo_", "pg_read_", "pg_ls_", "pg_stat_reset", "pg_advisory", "pg_try_advisory", "pg_logical", "pg_replication", "pg_create", "pg_drop", "pg_file_", "dblink"} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"set_config", "setval", "nextval", "loread", "lowrite", "pg_terminate_backend", "pg_cancel_backend",
		"pg_reload_conf", "pg_rotate_logfile", "pg_switch_wal", "pg_promote", "pg_notify", "pg_sleep", "pg_export_snapshot",
		"pg_stat_file", "load_extension", "writefile", "query_to_xml", "database_to_xml"}, function)
}
