package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// together is how far apart listings of a source may break and still be one incident:
// one run over all of them ends within moments.
const together = 5 * time.Minute

// incidentRow is an open row of incident.
type incidentRow struct {
	Subject  string
	OpenedAt int64 `db:"opened_at"`
}

// incidents opens, keeps up and closes the incidents of the source of p, after a poll
// that is on record as is.
func (q *tx) incidents(p dealwatch.Poll, is streamRow) error {
	open, err := q.openIncidents(p.Source)
	if err != nil {
		return err
	}
	if is.Good == 0 && is.Incident == nil {
		if err := q.breaks(p, is, open); err != nil {
			return err
		}
	}
	if is.Good == 0 || len(open) > 0 {
		if err := q.listings(p); err != nil {
			return err
		}
	}
	if err := q.short(p, nil, open); err != nil {
		return err
	}
	return q.unread(p, open)
}

func (q *tx) openIncidents(source string) (open []incidentRow, err error) {
	err = q.all(&open, `SELECT subject, opened_at FROM incident WHERE source = ? AND closed_at IS NULL ORDER BY opened_at`, source)
	return open, err
}

// breaks makes a listing that has just broken a part of an incident: of one that was
// opened moments ago, or of a new one.
func (q *tx) breaks(p dealwatch.Poll, is streamRow, open []incidentRow) error {
	ended := instantOf(p.EndedAt)
	at := ended
	for _, i := range open {
		if apart := ended - i.OpenedAt; i.Subject == dealwatch.OfListings && max(apart, -apart) <= together.Microseconds() {
			at = i.OpenedAt
		}
	}
	if at == ended {
		if err := q.openIncident(p.Source, dealwatch.OfListings, at, is.OKAt); err != nil {
			return err
		}
	}
	return q.exec(`UPDATE stream SET incident = ? WHERE source = ? AND stream = ?`, at, p.Source, p.Stream)
}

func (q *tx) openIncident(source, subject string, at int64, lastOK *int64) error {
	return q.exec(`
		INSERT INTO incident (source, subject, opened_at, closed_at, outcome, what, opening, listings, last_ok_at, url, status,
			capture_file, capture_offset, wait_until, command, told, told_closed)
		VALUES (?, ?, ?, NULL, '', '', '', '', ?, '', 0, '', 0, 0, '', -1, 0)
		ON CONFLICT (source, subject, opened_at) DO UPDATE SET closed_at = NULL`,
		source, subject, at, lastOK)
}

// listings brings the open incidents of listings up to what p has shown, and closes those
// whose listings are all read well again.
func (q *tx) listings(p dealwatch.Poll) error {
	var bad []struct {
		Stream, Outcome, Err string
		Incident             int64
	}
	err := q.all(&bad, `
		SELECT stream, outcome, err, incident FROM stream
		WHERE source = ? AND incident IS NOT NULL ORDER BY incident, since, stream`, p.Source)
	if err != nil {
		return err
	}
	for len(bad) > 0 {
		first, names := bad[0], []string(nil)
		for len(bad) > 0 && bad[0].Incident == first.Incident {
			names, bad = append(names, bad[0].Stream), bad[1:]
		}
		what := first.Stream + ": " + first.Err
		if first.Err == "" {
			what = first.Stream + ": " + first.Outcome
		}
		err := q.exec(`UPDATE incident SET outcome = ?, what = ?, opening = CASE WHEN opening = '' THEN ? ELSE opening END, listings = ?, command = ?
			WHERE source = ? AND subject = ? AND opened_at = ?`,
			first.Outcome, what, what, strings.Join(names, ", "), remedy(p.Source, dealwatch.Outcome(first.Outcome)),
			p.Source, dealwatch.OfListings, first.Incident)
		if err == nil && first.Stream == p.Stream {
			err = q.evidence(p.Source, dealwatch.OfListings, first.Incident, p.Evidence, p.EndedAt)
		}
		if err != nil {
			return err
		}
	}
	return q.exec(`
		UPDATE incident SET closed_at = ?
		WHERE source = ? AND subject = ? AND closed_at IS NULL
			AND NOT EXISTS (SELECT 1 FROM stream t WHERE t.source = incident.source AND t.incident = incident.opened_at)`,
		instantOf(p.EndedAt), p.Source, dealwatch.OfListings)
}

func (q *tx) evidence(source, subject string, opened int64, e dealwatch.Evidence, at time.Time) error {
	wait := int64(0)
	if e.RetryAfter > 0 {
		wait = instantOf(at.Add(e.RetryAfter))
	}
	return q.exec(`
		UPDATE incident SET url = ?, status = ?, capture_file = ?, capture_offset = ?, wait_until = ?
		WHERE source = ? AND subject = ? AND opened_at = ?`,
		clean(e.URL), e.Status, clean(e.Capture.File), e.Capture.Offset, wait, source, subject, opened)
}

// ourselves opens an incident of a trouble of our own, or closes it after a poll that had
// none. It names no place: whoever runs dealwatch has that from its log.
func (q *tx) ourselves(p dealwatch.Poll) error {
	ended := instantOf(p.EndedAt)
	if !p.Ours {
		if p.Outcome == dealwatch.Interrupted {
			return nil // told to stop, which says nothing
		}
		return q.exec(`UPDATE incident SET closed_at = ? WHERE source = ? AND subject = ? AND closed_at IS NULL`, ended, p.Source, dealwatch.Ourselves)
	}
	open, err := q.openIncidents(p.Source)
	if err != nil || slices.ContainsFunc(open, func(i incidentRow) bool { return i.Subject == dealwatch.Ourselves }) {
		return err
	}
	var lastOK *int64
	if err := q.get(&lastOK, `SELECT MAX(ok_at) FROM stream WHERE source = ?`, p.Source); err != nil {
		return err
	}
	if err := q.openIncident(p.Source, dealwatch.Ourselves, ended, lastOK); err != nil {
		return err
	}
	what := "what comes of it cannot be kept, by a trouble of our own"
	return q.exec(`UPDATE incident SET outcome = ?, what = ?, opening = ?, command = ? WHERE source = ? AND subject = ? AND opened_at = ?`,
		dealwatch.Interrupted, what, what, remedy(p.Source, dealwatch.Failed), p.Source, dealwatch.Ourselves, ended)
}

// remedy is the command that tries a source, or shows what is wrong with it.
func remedy(source string, o dealwatch.Outcome) string {
	if o == dealwatch.Failed || o == dealwatch.Truncated {
		return "dealwatch scrape " + source
	}
	return "dealwatch sources check " + source
}

// Incidents gives the incidents of a source, or of all for source "", newest first: the
// open ones, and so many of the others.
func (s *Store) Incidents(ctx context.Context, source string, closed int) ([]dealwatch.Incident, error) {
	var all []dealwatch.Incident
	err := s.reading(ctx, "list incidents", func(q *tx) (err error) {
		all, err = q.incidentsOf(s.dialect.now, source, closed)
		return err
	})
	return all, err
}

func (q *tx) incidentsOf(now, source string, closed int) ([]dealwatch.Incident, error) {
	var rows, over []shownIncident
	from := `SELECT ` + shownColumns(now) + ` FROM incident i WHERE (i.source = ? OR ? = '') AND i.closed_at IS `
	err := q.all(&rows, from+`NULL`, clean(source), clean(source))
	if err == nil && closed > 0 {
		err = q.all(&over, from+`NOT NULL ORDER BY i.opened_at DESC, i.source, i.subject LIMIT ?`, clean(source), clean(source), closed)
	}
	var all []dealwatch.Incident
	for _, r := range append(rows, over...) {
		all = append(all, r.incident())
	}
	slices.SortFunc(all, func(a, b dealwatch.Incident) int {
		return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Subject, b.Subject))
	})
	return all, err
}

type shownIncident struct {
	incidentRow
	Source, Outcome, What, Opening, Listings, URL, Command string
	ClosedAt                                               *int64 `db:"closed_at"`
	LastOKAt                                               *int64 `db:"last_ok_at"`
	Status                                                 int
	CaptureFile                                            string `db:"capture_file"`
	CaptureOffset                                          int64  `db:"capture_offset"`
	WaitUntil                                              int64  `db:"wait_until"`
	Due                                                    *int64
	Now                                                    int64
}

func shownColumns(now string) string {
	return `i.source, i.subject, i.opened_at, i.closed_at, i.outcome, i.what, i.opening, i.listings, i.last_ok_at, i.url, i.status,
		i.capture_file, i.capture_offset, i.wait_until, i.command, ` + now + ` AS now,
		(SELECT n.next_at FROM next_poll n WHERE n.source = i.source) AS due`
}

const day = 24 * time.Hour

func (r shownIncident) incident() dealwatch.Incident {
	i := dealwatch.Incident{
		Source: r.Source, Subject: r.Subject, OpenedAt: timeOf(&r.OpenedAt), ClosedAt: timeOf(r.ClosedAt),
		Outcome: dealwatch.Outcome(r.Outcome), What: r.What, Opening: r.Opening, LastOKAt: timeOf(r.LastOKAt), Command: r.Command,
		Evidence: dealwatch.Evidence{URL: r.URL, Status: r.Status, Capture: dealwatch.Ref{File: r.CaptureFile, Offset: r.CaptureOffset}},
	}
	if r.Listings != "" {
		i.Listings = strings.Split(r.Listings, ", ")
	}
	until := r.Now
	if r.ClosedAt != nil {
		until = *r.ClosedAt
	} else {
		next := r.WaitUntil
		if r.Due != nil {
			next = max(next, *r.Due)
		}
		i.NextTryAt = timeOf(&next)
	}
	i.Days = int(max(0, until-r.OpenedAt) / day.Microseconds())
	return i
}

// Untold takes the incidents of a source, or of all for source "", of which the logs are
// to tell now: each once when it is opened, once a day while it is open and once when it
// is closed, by one of all the processes that share the store. Each is as it now is.
func (s *Store) Untold(ctx context.Context, source string) ([]dealwatch.Incident, error) {
	var all []dealwatch.Incident
	err := s.writing(ctx, "take what is to be told of incidents", func(q *tx) error {
		now := s.dialect.now
		var rows []shownIncident
		err := q.all(&rows, `
			SELECT `+shownColumns(now)+` FROM incident i
			WHERE (i.source = ? OR ? = '') AND (i.closed_at IS NULL AND i.told < (`+now+` - i.opened_at) / ? OR i.told < 0
				OR i.closed_at IS NOT NULL AND i.told_closed = 0)
			ORDER BY i.opened_at, i.source, i.subject`, clean(source), clean(source), day.Microseconds())
		all = nil
		for _, r := range rows {
			if err != nil {
				return err
			}
			var n int64
			i := r.incident()
			// Of two processes that look at once, the one that changes the row tells it.
			n, err = q.changed(`
				UPDATE incident SET told = ?, told_closed = ?
				WHERE source = ? AND subject = ? AND opened_at = ? AND (told < ? OR told_closed < ?)`,
				i.Days, bit(r.ClosedAt != nil), r.Source, r.Subject, r.OpenedAt, i.Days, bit(r.ClosedAt != nil))
			if n > 0 {
				all = append(all, i)
			}
		}
		return err
	})
	return all, err
}
