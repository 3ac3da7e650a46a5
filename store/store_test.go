package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store/storetest"
)

// day0 is when the tests' world begins.
var day0 = time.Date(2026, 3, 2, 9, 30, 0, 123456000, time.UTC)

const hour = time.Hour

// each runs a test on both databases.
func each(t *testing.T, f func(t *testing.T, s *Store)) {
	t.Helper()
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) { f(t, open(t, dsn(t, db))) })
	}
}

func dsn(t *testing.T, db string) string {
	t.Helper()
	if db == "postgres" {
		return storetest.Postgres(t)
	}
	return filepath.Join(t.TempDir(), "dealwatch.db")
}

func open(t *testing.T, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// worker is a lease whose failures end the test.
type worker struct {
	*Lease
	t *testing.T
}

func claim(t *testing.T, s *Store, source string) *worker {
	t.Helper()
	must(t, s.SetSources(t.Context(), []dealwatch.Info{{Name: source, Title: source, Agency: "FTC", Every: hour, Young: 48 * hour}}))
	l, err := s.Claim(t.Context(), source)
	must(t, err)
	t.Cleanup(func() { must(t, l.Release(context.Background())) })
	return &worker{l, t}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *worker) note(stream string, at time.Time, whole bool, items ...dealwatch.Item) int {
	w.t.Helper()
	n, err := w.Note(w.t.Context(), stream, items, at, whole)
	must(w.t, err)
	return n
}

func (w *worker) due(at time.Time) []string {
	w.t.Helper()
	items, err := w.Due(w.t.Context(), at)
	must(w.t, err)
	keys := []string{}
	for _, it := range items {
		keys = append(keys, it.Key)
	}
	return keys
}

func (w *worker) record(v dealwatch.Version, how dealwatch.Reach, matches ...dealwatch.Match) dealwatch.Recorded {
	w.t.Helper()
	rec, err := w.Record(w.t.Context(), v, matches, how)
	must(w.t, err)
	return rec
}

// item is an item of source ftc-press.
func item(key string) dealwatch.Item {
	return dealwatch.Item{
		Source: "ftc-press", Key: key, URL: "https://www.ftc.gov/node/" + key, Title: "Title " + key, Kind: "press-release",
		Agency: "FTC", PublishedOn: "2026-03-01",
	}
}

// version is a reading of it.
func version(it dealwatch.Item, text string, at time.Time) dealwatch.Version {
	return dealwatch.Version{Item: it, Text: text, Channel: "page", ReadAt: at, SHA256: textDigest("<p>" + text),
		Capture: dealwatch.Ref{File: "dealwatch-000001.warc.gz", Offset: 42}}
}

// match is a match of deal on hits in sentence.
func match(deal string, c dealwatch.Closeness, sentence string, offset int) dealwatch.Match {
	return dealwatch.Match{
		DealID: deal, DealName: "Deal " + deal, RuleVersion: "r1", Closeness: c, Snippet: sentence,
		Mentions: []dealwatch.Mention{
			{Party: "openai", Alias: "OpenAI", Hit: "OpenAI", Field: dealwatch.Text, Start: offset, End: offset + 6, Sentence: sentence},
			{Alias: "merger", Hit: "merger", Field: dealwatch.Text, Start: offset + 10, End: offset + 16, Sentence: sentence},
		},
	}
}

func reach(cause dealwatch.Cause, at time.Time, deals ...string) dealwatch.Reach {
	how := dealwatch.Reach{Cause: cause, At: at}
	for _, d := range deals {
		how.Deals = append(how.Deals, dealwatch.Deal{ID: d, Name: "Deal " + d, RuleVersion: "r1"})
	}
	return how
}

// table gives the rows of a query, a line each.
func table(t *testing.T, s *Store, query string) []string {
	t.Helper()
	rows := []string{}
	err := s.Query(t.Context(), query, func(_ []string, row []any) error {
		if row != nil {
			rows = append(rows, fmt.Sprintf("%#v", row))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return rows
}

// wipe empties a store for the next case of a table: a new one for each takes long.
func wipe(t *testing.T, s *Store) {
	t.Helper()
	must(t, s.tx(t.Context(), func(q *tx) error {
		for _, name := range []string{"source", "lease", "item", "address", "listing", "body", "document", "version", "deal", "flag",
			"event", "mention", "poll", "stream", "gap", "reconciliation", "shape", "late"} {
			if err := q.exec("DELETE FROM " + name); err != nil {
				return err
			}
		}
		return nil
	}))
}
