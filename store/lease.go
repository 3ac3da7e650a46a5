package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Lease is the right to poll one source. While it is held it is renewed in the
// background; it ends by itself soon after its process does. What a worker brings
// after it lost the lease is refused with ErrLeaseLost.
type Lease struct {
	store  *Store
	source string
	fence  int64
	young  time.Duration
	stop   context.CancelFunc
	done   sync.WaitGroup
}

var _ dealwatch.Ledger = (*Lease)(nil)

// Claim takes the lease of source. Where another worker holds it, Claim waits for as
// long as a dead worker's lease lasts, and then fails with a *HeldError that names the
// holder. The lease of a process that died on this machine is taken over at once.
func (s *Store) Claim(ctx context.Context, source string) (*Lease, error) {
	patience := time.Now().Add(s.lease + s.lease/10)
	for {
		l, err := s.claim(ctx, source)
		var held *HeldError
		if err == nil || !errors.As(err, &held) || time.Now().After(patience) {
			return l, s.wrap(ctx, "claim "+source, err)
		}
		select {
		case <-ctx.Done():
			return nil, held
		case <-time.After(min(250*time.Millisecond, s.lease/10)):
		}
	}
}

// claim takes the lease where it is free. It waits for no other transaction: a row that
// another one has locked is passed over, and is as good as held.
func (s *Store) claim(ctx context.Context, source string) (*Lease, error) {
	l := &Lease{store: s, source: source}
	if err := s.leasable(ctx, source); err != nil {
		return nil, err
	}
	err := s.tx(ctx, func(q *tx) error {
		row, err := q.lease(s.dialect, source, s.dialect.skip)
		if err != nil {
			return err
		}
		if row == nil {
			if row, err = q.lease(s.dialect, source, ""); row == nil {
				return cmp.Or(err, sql.ErrNoRows)
			}
			return row.held(source)
		}
		if row.Until > row.Now && !dead(row.Place) {
			return row.held(source)
		}
		err = q.get(&l.fence, `UPDATE lease SET owner = ?, place = ?, until = `+s.dialect.now+` + ?, fence = fence + 1 WHERE source = ? RETURNING fence`,
			owner(), place(), s.lease.Microseconds(), source)
		if err != nil {
			return err
		}
		var young []int64
		if err := q.all(&young, `SELECT young FROM source WHERE source = ?`, source); err != nil {
			return err
		}
		for _, y := range young {
			l.young = time.Duration(y) * time.Microsecond
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	beat, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.done.Go(func() { l.renew(beat) })
	return l, nil
}

// leasable sees to a row of lease. It is made in a statement of its own, once for each
// source, so that nobody else's wait for it lasts.
func (s *Store) leasable(ctx context.Context, source string) error {
	var n int
	err := s.read.GetContext(ctx, &n, s.read.Rebind(`SELECT COUNT(*) FROM lease WHERE source = ?`), source)
	if err != nil || n > 0 {
		return err
	}
	return s.tx(ctx, func(q *tx) error {
		return q.exec(`INSERT INTO lease (source, owner, place, until, fence) VALUES (?, '', '', 0, 0) ON CONFLICT DO NOTHING`, source)
	})
}

// leaseRow is a row of lease, as the database's clock stands.
type leaseRow struct {
	Owner, Place string
	Until, Now   int64
}

// held is the error of a lease that is not free.
func (r *leaseRow) held(source string) error {
	return &HeldError{Source: source, Owner: cmp.Or(r.Owner, "another worker"), Until: timeOf(&r.Until)}
}

// lease is the row of a source, nil where how passes it over.
func (q *tx) lease(d dialect, source, how string) (*leaseRow, error) {
	var rows []leaseRow
	err := q.all(&rows, `SELECT owner, place, until, `+d.now+` AS now FROM lease WHERE source = ?`+how, source)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// renew keeps the lease until ctx ends. A failure is not the end of it: while nobody
// else has claimed the source, the lease is still good.
func (l *Lease) renew(ctx context.Context) {
	tick := time.NewTicker(l.store.lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := l.store.tx(ctx, l.guard); errors.Is(err, ErrLeaseLost) {
				return
			}
		}
	}
}

// guard renews the lease in a transaction, and with it keeps every other worker of the
// source waiting until that transaction ends.
func (l *Lease) guard(q *tx) error {
	n, err := q.changed(`UPDATE lease SET until = `+l.store.dialect.now+` + ? WHERE source = ? AND fence = ?`,
		l.store.lease.Microseconds(), l.source, l.fence)
	if err == nil && n == 0 {
		err = fmt.Errorf("%s: %w", l.source, ErrLeaseLost)
	}
	return err
}

// Release gives the source back. The lease must not be used afterwards.
func (l *Lease) Release(ctx context.Context) error {
	l.stop()
	l.done.Wait()
	return l.store.writing(ctx, "release "+l.source, func(q *tx) error {
		return q.exec(`UPDATE lease SET until = 0 WHERE source = ? AND fence = ?`, l.source, l.fence)
	})
}

// writing runs f in one transaction that commits only while the lease is held.
func (l *Lease) writing(ctx context.Context, what string, f func(*tx) error) error {
	return l.store.writing(ctx, what, func(q *tx) error {
		if err := l.guard(q); err != nil {
			return err
		}
		return f(q)
	})
}

// owner names this process for people.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("process %d on %s", os.Getpid(), clean(host))
}

// place names this process for other processes of the machine: kernel, process
// namespace, number and start. It is "" where the system does not tell.
func place() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s %s %d %s", strings.TrimSpace(string(boot)), space, os.Getpid(), started(os.Getpid()))
}

// dead reports whether the process that place names is known to have ended. A process
// elsewhere may be alive; its lease runs out if it is not.
func dead(there string) bool {
	a, b := strings.Fields(there), strings.Fields(place())
	if len(a) != 4 || len(b) != 4 || a[0] != b[0] || a[1] != b[1] {
		return false
	}
	var pid int
	if _, err := fmt.Sscan(a[2], &pid); err != nil {
		return false
	}
	return started(pid) != a[3]
}

// started is when a process started, in ticks since the machine did; "-" for none.
func started(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "-"
	}
	// The name in brackets may hold anything; the start is the 20th field after it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" {
		return "-"
	}
	return fields[19]
}
