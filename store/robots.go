package store

import (
	"context"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Robots gives what is kept of the robots.txt of a host; of one that was never asked
// for it, nothing but the name. Ages are by the clock of the database.
func (s *Store) Robots(ctx context.Context, host string) (dealwatch.Robots, error) {
	all, err := s.robots(ctx, `WHERE host = ?`, clean(host))
	if len(all) == 0 {
		return dealwatch.Robots{Host: host}, err
	}
	return all[0], err
}

// AllRobots gives what is kept of every host, by name.
func (s *Store) AllRobots(ctx context.Context) ([]dealwatch.Robots, error) {
	return s.robots(ctx, `ORDER BY host`)
}

func (s *Store) robots(ctx context.Context, which string, args ...any) ([]dealwatch.Robots, error) {
	var all []dealwatch.Robots
	err := s.reading(ctx, "read robots.txt", func(q *tx) error {
		var rows []struct {
			Host, Body, Err string
			Status          int
			ReadAt          int64 `db:"read_at"`
			FailedAt        int64 `db:"failed_at"`
			Now             int64
		}
		err := q.all(&rows, `SELECT host, status, body, read_at, failed_at, err, `+s.dialect.now+` AS now FROM robots `+which, args...)
		all = nil
		for _, r := range rows {
			f := dealwatch.Robots{Host: r.Host, Status: r.Status, Body: r.Body, Err: r.Err}
			ago := func(at int64) time.Duration {
				if at == 0 {
					return 0
				}
				return max(0, time.Duration(r.Now-at)*time.Microsecond)
			}
			f.Age, f.Failed = ago(r.ReadAt), ago(r.FailedAt)
			all = append(all, f)
		}
		return err
	})
	return all, err
}

// SetRobots keeps what a try to read a robots.txt gave, now: an answer, or, where r.Err
// says so, none. The answer before stays then.
func (s *Store) SetRobots(ctx context.Context, r dealwatch.Robots) error {
	return s.writing(ctx, "keep the robots.txt of "+r.Host, func(q *tx) error {
		if r.Err != "" {
			return q.exec(`
				INSERT INTO robots (host, status, body, read_at, failed_at, err) VALUES (?, 0, '', 0, `+s.dialect.now+`, ?)
				ON CONFLICT (host) DO UPDATE SET failed_at = excluded.failed_at, err = excluded.err`, clean(r.Host), clean(r.Err))
		}
		return q.exec(`
			INSERT INTO robots (host, status, body, read_at, failed_at, err) VALUES (?, ?, ?, `+s.dialect.now+`, 0, '')
			ON CONFLICT (host) DO UPDATE SET status = excluded.status, body = excluded.body, read_at = excluded.read_at,
				failed_at = 0, err = ''`, clean(r.Host), r.Status, clean(r.Body))
	})
}
