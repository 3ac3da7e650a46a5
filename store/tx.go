package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// tx is a transaction that speaks the store's one SQL: ? for a value, lists written out.
type tx struct {
	*sqlx.Tx
	ctx context.Context
}

func (q *tx) exec(sql string, args ...any) error {
	_, err := q.ExecContext(q.ctx, q.Rebind(sql), args...)
	return err
}

// changed is exec for a statement whose number of rows matters.
func (q *tx) changed(sql string, args ...any) (int64, error) {
	res, err := q.ExecContext(q.ctx, q.Rebind(sql), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (q *tx) get(dst any, sql string, args ...any) error {
	return q.GetContext(q.ctx, dst, q.Rebind(sql), args...)
}

func (q *tx) all(dst any, sql string, args ...any) error {
	return q.SelectContext(q.ctx, dst, q.Rebind(sql), args...)
}

// chunk bounds the rows or keys of one statement, well below the parameter limit of
// either database.
const chunk = 200

// in runs f for chunks of keys with a list of placeholders, such as "?, ?, ?".
func in(keys []any, f func(list string, keys []any) error) error {
	for len(keys) > 0 {
		n := min(len(keys), chunk)
		list := strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
		if err := f(list, keys[:n]); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// insert runs INSERT INTO what VALUES for all rows, many rows a statement.
func (q *tx) insert(what string, rows [][]any, conflict string) error {
	for len(rows) > 0 {
		n := min(len(rows), chunk)
		one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(rows[0])), ", ") + ")"
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		list := strings.TrimSuffix(strings.Repeat(one+", ", n), ", ")
		if err := q.exec("INSERT INTO "+what+" VALUES "+list+" "+conflict, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// tx runs f in one transaction that writes. A deadlock, which the database ends by
// refusing one of two transactions, is tried again.
func (s *Store) tx(ctx context.Context, f func(*tx) error) error {
	for try := 0; ; try++ {
		err := once(ctx, s.write, nil, f)
		if err == nil || try == 3 || !s.dialect.again(err) {
			return err
		}
	}
}

func once(ctx context.Context, db *sqlx.DB, how *sql.TxOptions, f func(*tx) error) error {
	t, err := db.BeginTxx(ctx, how)
	if err != nil {
		return err
	}
	defer t.Rollback()
	if err := f(&tx{t, ctx}); err != nil {
		return err
	}
	return t.Commit()
}

// snapshot is a transaction that cannot write and in which every query sees the same.
var snapshot = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

// reading runs f in a transaction that only reads, and runs it again when the
// connection is lost, for as long as a database takes to start: reading twice is
// harmless. What f fills must be filled afresh in each run.
func (s *Store) reading(ctx context.Context, what string, f func(*tx) error) error {
	give := time.Now().Add(s.retry)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := once(ctx, s.read, snapshot, f)
		if err == nil {
			return nil
		}
		if !s.dialect.lost(err) || time.Now().After(give) {
			return s.wrap(ctx, what, err)
		}
		select {
		case <-ctx.Done():
			return s.wrap(ctx, what, err)
		case <-time.After(wait):
		}
	}
}

// writing runs f in one transaction that writes, and says what failed.
func (s *Store) writing(ctx context.Context, what string, f func(*tx) error) error {
	return s.wrap(ctx, what, s.tx(ctx, f))
}
