package store

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch"
)

const (
	maxWord  = 100       // bytes; a longer word is no word
	maxWords = 900 << 10 // bytes of distinct words of a document; PostgreSQL takes 1 MiB
	looks    = 200       // documents that a search compares with a passage at most
)

// Search gives the documents that hold all terms, the one first read last coming first,
// and of these at most f.Limit with a Seq below f.Before. A term of several words is a
// passage, and a word with a star stands for all that begin so. The filter narrows the choice to documents of a source or kind, and to those
// that have an active flag of a deal, closeness or time. The position from which an
// older page begins is next, 0 when there is none.
func (s *Store) Search(ctx context.Context, terms [][]string, f dealwatch.Filter) (hits []dealwatch.Hit, next int64, err error) {
	words := distinct(terms)
	if len(words) == 0 {
		return nil, 0, nil
	}
	limit := max(f.Limit, 1)
	err = s.reading(ctx, "search", func(q *tx) error {
		hits, next = nil, 0
		before, looked := f.Before, 0
		for {
			var rows []struct {
				ID      int64
				Flagged int
				versionRow
			}
			sql, args := s.searchSQL(words, f, before)
			if err := q.all(&rows, sql, args...); err != nil {
				return err
			}
			for _, r := range rows {
				if len(hits) == limit || looked == looks {
					next = before
					return nil
				}
				before = r.ID
				looked++
				// The index tells which documents hold the words, not where.
				if dealwatch.Places(r.Title+"\n"+r.Text, terms, 1) != nil {
					hits = append(hits, dealwatch.Hit{Document: r.document(), Flagged: r.Flagged > 0, Seq: r.ID})
				}
			}
			if len(rows) < searchPage {
				return nil
			}
		}
	})
	return hits, next, err
}

const searchPage = 25

func (s *Store) searchSQL(words []string, f dealwatch.Filter, before int64) (string, []any) {
	w := s.dialect.words
	sql := `
		SELECT s.id, (SELECT COUNT(*) FROM flag f WHERE f.document_id = d.document_id AND f.state = 'active') AS flagged, ` +
		versionColumns + latest + ` JOIN searched s ON s.document_id = d.document_id WHERE ` + w.find
	args := []any{w.query(words)}
	add := func(cond string, arg ...any) {
		sql += " AND " + cond
		args = append(args, arg...)
	}
	if before > 0 {
		add("s.id < ?", before)
	}
	if f.Source != "" {
		add("d.source = ?", clean(f.Source))
	}
	if f.Kind != "" {
		add("v.kind = ?", clean(f.Kind))
	}
	if f.Deal != "" || f.Closeness != "" || !f.Since.IsZero() {
		var since int64
		if !f.Since.IsZero() {
			since = instantOf(f.Since)
		}
		add(`EXISTS (SELECT 1 FROM flag f WHERE f.document_id = d.document_id AND f.state = 'active'
			AND (f.deal_id = ? OR ? = '') AND (f.closeness = ? OR ? = '') AND f.flagged_at >= ?)`,
			clean(f.Deal), clean(f.Deal), clean(string(f.Closeness)), clean(string(f.Closeness)), since)
	}
	args = append(args, searchPage)
	return sql + " ORDER BY s.id DESC LIMIT ?", args
}

// distinct gives the words of all terms, each once. A word that is too long is in no
// document.
func distinct(terms [][]string) []string {
	var out []string
	seen := map[string]bool{}
	for _, term := range terms {
		for _, w := range term {
			if w = storable(w); !seen[w] && len(out) < 50 {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}

// storable cuts a word to what is indexed of it.
func storable(w string) string {
	if root, ok := strings.CutSuffix(w, "*"); ok {
		return storable(root) + "*"
	}
	for len(w) > maxWord {
		_, n := utf8.DecodeLastRuneInString(w)
		w = w[:len(w)-n]
	}
	return w
}

// index puts the words of a document's latest version in the place of those before.
func (q *tx) index(w wordsSQL, id, title, text string) error {
	var found []int64
	if err := q.all(&found, `SELECT id FROM searched WHERE document_id = ?`, id); err != nil {
		return err
	}
	if len(found) == 0 {
		err := q.all(&found, `INSERT INTO searched (document_id) VALUES (?) RETURNING id`, id)
		if err != nil {
			return err
		}
	} else if err := q.exec(w.drop, found[0]); err != nil {
		return err
	}
	return q.exec(w.add, found[0], wordsOf(title, text))
}

// wordsOf are the distinct words of a document, parted by spaces.
func wordsOf(parts ...string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, part := range parts {
		for w := range dealwatch.Words(part) {
			if w = storable(w); seen[w] {
				continue
			}
			if b.Len()+len(w) > maxWords {
				return b.String()
			}
			seen[w] = true
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w)
		}
	}
	return b.String()
}

// indexOld indexes what a store held before it had a full-text search. It is done once,
// in small transactions, and goes on where it was stopped.
func (s *Store) indexOld(ctx context.Context) error {
	for {
		done := false
		err := s.tx(ctx, func(q *tx) error {
			var n int
			if err := q.get(&n, `SELECT COUNT(*) FROM meta WHERE name = 'indexed'`); err != nil || n > 0 {
				done = true
				return err
			}
			var rows []versionRow
			err := q.all(&rows, latestVersions+`
				LEFT JOIN searched s ON s.document_id = d.document_id
				WHERE s.id IS NULL ORDER BY d.first_seen_at, d.document_id LIMIT 50`)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := q.index(s.dialect.words, r.DocumentID, r.Title, r.Text); err != nil {
					return err
				}
			}
			if len(rows) == 0 {
				return q.exec(`INSERT INTO meta (name, value) VALUES ('indexed', '1') ON CONFLICT DO NOTHING`)
			}
			return nil
		})
		if err != nil || done {
			return err
		}
	}
}
