package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestQueryRefuses(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		claim(t, s, "ftc-press")
		before := table(t, s, "SELECT source, fence FROM lease")
		for _, q := range []string{
			"", "  -- nothing\n", ";", "/* open",
			"DELETE FROM lease", "INSERT INTO meta VALUES ('a', 'b')", "DROP TABLE lease", "UPDATE lease SET fence = 9",
			"WITH x AS (SELECT 1) DELETE FROM lease",
			"WITH x AS (DELETE FROM lease RETURNING 1) SELECT * FROM x",
			"EXPLAIN ANALYZE DELETE FROM lease",
			"SELECT 1; DELETE FROM lease", "SELECT 1; SELECT 2", "SELECT ';'; DELETE FROM lease", "SELECT 1;;DELETE FROM lease",
			"SELECT 1 INTO stolen", "CREATE TABLE t (a TEXT)", "BEGIN", "COMMIT", "ROLLBACK; DELETE FROM lease",
			"PRAGMA query_only = 0", "ATTACH DATABASE 'x.db' AS x", "VACUUM", "VACUUM INTO 'copy.db'", "REINDEX",
			"SET transaction_read_only = off", "SELECT set_config('transaction_read_only', 'off', false)",
			`SELECT "set_config"('transaction_read_only', 'off', false)`, `SELECT U&"set_\0063onfig"('a', 'b', false)`,
			"SELECT nextval('s')", "SELECT lo_create(0)", "SELECT pg_terminate_backend(1)", "SELECT pg_catalog.pg_read_file('/etc/passwd')",
			"COPY lease TO '/tmp/lease'", "COPY (SELECT 1) TO PROGRAM 'id'", "DO $$ BEGIN DELETE FROM lease; END $$",
			"/* /* */ SELECT 1 -- */\nCOPY lease TO '/tmp/lease'", "SELECT $a$ ; DELETE FROM lease; $a$; DELETE FROM lease",
			"SELECT E'\\'; DELETE FROM lease; --'; DELETE FROM lease", "SELECT 1 FOR UPDATE OF lease", "LOCK TABLE lease", "CALL x()", "EXECUTE x",
			"SELECT 'open", "SELECT nonsense FROM nowhere", "SELECT 1\x00; DELETE FROM lease",
		} {
			err := s.Query(t.Context(), q, func([]string, []any) error { return nil })
			var bad *QueryError
			if !errors.As(err, &bad) {
				t.Errorf("%q gave %v, want a *QueryError", q, err)
			}
		}
		if diff := cmp.Diff(before, table(t, s, "SELECT source, fence FROM lease")); diff != "" {
			t.Errorf("something was written:\n%s", diff)
		}
	})
}

// TestQueryCannotWrite goes round the first fence: the connection itself cannot write.
func TestQueryCannotWrite(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, q := range []string{"DELETE FROM lease", "INSERT INTO meta (name, value) VALUES ('a', 'b')", "CREATE TABLE t (a TEXT)",
			"SELECT set_config('transaction_read_only', 'off', false)"} {
			conn, err := s.query.BeginTxx(t.Context(), snapshot)
			must(t, err)
			if _, err = conn.ExecContext(t.Context(), q); err == nil {
				_, err = conn.ExecContext(t.Context(), "DELETE FROM meta")
			}
			if err == nil {
				t.Errorf("%s went through", q)
			}
			must(t, conn.Rollback())
		}
	})
}

func TestQueryAnswers(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, c := range []struct {
			query string
			want  []any
		}{
			{"SELECT 1, 'a', NULL, 1.5", []any{int64(1), "a", nil, 1.5}},
			{"SELECT SUM(n), COUNT(*), AVG(n) FROM (SELECT 1 AS n UNION ALL SELECT 2) x", []any{int64(3), int64(2), 1.5}},
			{"SELECT 1 = 1, 2 > 3", []any{int64(1), int64(0)}},
			{" -- first a comment; not a statement\n(SELECT 'a;b');", []any{"a;b"}},
			{"WITH x AS (SELECT 'it''s' AS y) SELECT y FROM x ; ", []any{"it's"}},
			{"VALUES (7)", []any{int64(7)}},
		} {
			if strings.HasPrefix(strings.TrimSpace(c.query), "-- first") && s.dialect.name == "sqlite" {
				c.query = strings.NewReplacer("(SELECT", "SELECT", ")", "").Replace(c.query) // brackets are PostgreSQL's
			}
			n := 0
			err := s.Query(t.Context(), c.query, func(_ []string, row []any) error {
				n++
				if diff := cmp.Diff(c.want, row); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.query, diff)
				}
				return nil
			})
			if err != nil || n != 1 {
				t.Errorf("%s: %d rows, %v", c.query, n, err)
			}
		}
		var columns []string
		must(t, s.Query(t.Context(), "SELECT deal_id, name FROM deals", func(c []string, row []any) error {
			if row != nil {
				t.Errorf("row %v of an empty view", row)
			}
			columns = c
			return nil
		}))
		if want := []string{"deal_id", "name"}; !cmp.Equal(columns, want) {
			t.Errorf("columns = %q, want %q", columns, want)
		}
	})
}

func TestQueryEndsWithContext(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		began := time.Now()
		err := s.Query(ctx, "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT COUNT(*) FROM c", func([]string, []any) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a query without end gave %v", err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it ended after %s", took)
		}
	})
}

func FuzzScan(f *testing.F) {
	for _, s := range []string{"SELECT 1", "/* /* */ */ x", "E'\\''", "$a$ ; $a$", "\"a\"\"b\"", "`;`", "--", "/*", "'", "$", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, postgres := range []bool{false, true} {
			words, err := scan(s, postgres)
			if err == nil && strings.Trim(s, "; \t\r\n\v\f") != "" && len(words) == 0 && !strings.ContainsAny(s, "-/'$") {
				t.Errorf("scan(%q) found nothing", s)
			}
		}
	})
}
