package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// shapeless is what a reading gives whose page has another shape than the one we know.
const shapeless = `(reason LIKE 'unparsed%' OR reason LIKE 'empty%' OR reason LIKE 'moved%')`

const (
	fewDocuments = 3        // attachments that tell that it is not these alone
	recently     = 3 * day  // how far they are looked back for
	lately       = 14 * day // and pages of the source's own
)

// refused is what a reading gives that the site refused; a rule of robots.txt is a refusal
// of that page alone, and has no status.
const refused = `reason LIKE 'blocked (HTTP %'`

// unreadRow is a document that could not be read.
type unreadRow struct {
	Key, URL, Reason string
	File             string `db:"failed_file"`
	Offset           int64  `db:"failed_offset"`
}

// lost gives the documents of the source's own that were found lately and are not there,
// and of how many that were tried, where those are too many to have been withdrawn: of
// the last days, or of the last weeks where a source publishes seldom.
func (q *tx) lost(source string, ended int64) (lost []unreadRow, of int, err error) {
	for _, span := range []time.Duration{recently, lately} {
		since := ended - span.Microseconds()
		lost = nil
		err := q.all(&lost, `
			SELECT key, url, reason, failed_file, failed_offset FROM item
			WHERE source = ? AND state IN ('pending', 'gone') AND first_seen_at >= ? AND parent_key = '' AND reason LIKE 'gone%'
			ORDER BY first_seen_at, key`, source, since)
		if err != nil {
			return nil, 0, err
		}
		if len(lost) < fewDocuments {
			continue
		}
		err = q.get(&of, `SELECT COUNT(*) FROM item WHERE source = ? AND first_seen_at >= ? AND parent_key = ''
			AND (state <> 'pending' OR tries > 0 OR gone_at IS NOT NULL)`, source, since)
		if err != nil || 2*len(lost) >= of {
			return lost, of, err
		}
	}
	return nil, 0, nil
}

// unread opens an incident of the documents of a source that cannot be read, or closes
// it. A page that the site refused is one, for it refuses all others after it. A page of
// the source's own that has lost its shape is one, and so is one that could not be had for
// days; for two weeks, since a page that nobody will ever mend is no news
// then: it is still listed as pending, and tried. An attachment may be a picture or a
// scan without text: those are one where most of the newest fail. So are pages of the
// source's own that its listings show and the site knows nothing of: one alone was withdrawn.
func (q *tx) unread(p dealwatch.Poll, open []incidentRow) error {
	at := int64(0)
	for _, i := range open {
		if i.Subject == dealwatch.OfDocuments {
			at = i.OpenedAt
		}
	}
	ended := instantOf(p.EndedAt)
	lost, of, err := q.lost(p.Source, ended)
	if err != nil || at == 0 && p.Failed == 0 && len(lost) == 0 {
		return err
	}
	since := ended - recently.Microseconds()
	var failing []unreadRow
	err = q.all(&failing, `
		SELECT key, url, reason, failed_file, failed_offset FROM item
		WHERE source = ? AND state = 'pending' AND tries > 0 AND first_seen_at >= ?
			AND (`+refused+` OR parent_key = '' AND (`+shapeless+` OR first_seen_at < ? AND (reason LIKE 'error%' OR reason LIKE 'truncated%')))
		ORDER BY first_seen_at, key`, p.Source, ended-lately.Microseconds(), since)
	if err != nil {
		return err
	}
	if len(failing) == 0 {
		var all int
		err := q.get(&all, `SELECT COUNT(*) FROM item WHERE source = ? AND first_seen_at >= ? AND parent_key <> '' AND state <> 'gone'
			AND (state = 'read' OR tries > 0)`, p.Source, since)
		if err != nil {
			return err
		}
		err = q.all(&failing, `
			SELECT key, url, reason, failed_file, failed_offset FROM item
			WHERE source = ? AND state = 'pending' AND tries > 0 AND first_seen_at >= ? AND parent_key <> '' AND `+shapeless+`
			ORDER BY first_seen_at, key`, p.Source, since)
		if err != nil {
			return err
		}
		if len(failing) < fewDocuments || 2*len(failing) <= all {
			failing = nil
		}
	}
	isLost := len(failing) == 0
	if isLost {
		failing = lost
	}
	if len(failing) == 0 {
		if at == 0 {
			return nil
		}
		return q.exec(`UPDATE incident SET closed_at = ? WHERE source = ? AND subject = ? AND opened_at = ?`,
			ended, p.Source, dealwatch.OfDocuments, at)
	}
	if at == 0 {
		at = ended
		var lastOK *int64
		if err := q.get(&lastOK, `SELECT MAX(last_read_at) FROM document WHERE source = ?`, p.Source); err != nil {
			return err
		}
		if err := q.openIncident(p.Source, dealwatch.OfDocuments, at, lastOK); err != nil {
			return err
		}
	}
	first := failing[0]
	outcome, _, _ := strings.Cut(first.Reason, ":")
	outcome, _, _ = strings.Cut(outcome, " ")
	what := "a document cannot be read: "
	if n := len(failing); isLost {
		what = fmt.Sprintf("%d of %d documents that were listed lately are not there, the first is ", n, of)
	} else if n > 1 {
		what = fmt.Sprintf("%d documents cannot be read, the first is ", n)
	}
	what += first.Key + ": " + first.Reason
	err = q.exec(`UPDATE incident SET outcome = ?, what = ?, opening = CASE WHEN opening = '' THEN ? ELSE opening END, command = ?
		WHERE source = ? AND subject = ? AND opened_at = ?`,
		outcome, what, what, remedy(p.Source, dealwatch.Outcome(outcome)), p.Source, dealwatch.OfDocuments, at)
	if err != nil {
		return err
	}
	return q.evidence(p.Source, dealwatch.OfDocuments, at, dealwatch.Evidence{URL: first.URL, Capture: dealwatch.Ref{File: first.File, Offset: first.Offset}}, p.EndedAt)
}
