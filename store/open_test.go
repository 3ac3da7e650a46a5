package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

func TestSmoke(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	smoke(t, s)
}

func smoke(t *testing.T, s *Store) {
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.SetSources(ctx, []dealwatch.Info{{Name: "ftc-press", Agency: "FTC", Every: time.Hour, Young: 48 * time.Hour}}))
	must(s.SetDeals(ctx, []dealwatch.Deal{{ID: "d", Name: "D", Rule: "a AND b", RuleVersion: "1"}}))
	l, err := s.Claim(ctx, "ftc-press")
	must(err)
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	it := dealwatch.Item{Source: "ftc-press", Key: "1", URL: "https://x/1", Title: "T", Kind: "press-release", Agency: "FTC", PublishedOn: "2026-01-01", Filers: []dealwatch.Filer{{CIK: 3, Name: "n"}}, Extra: []string{"https://x/2"}}
	n, err := l.Note(ctx, "main", []dealwatch.Item{it}, at, true)
	must(err)
	t.Log(n)
	due, err := l.Due(ctx, at)
	must(err)
	t.Logf("%+v", due)
	v := dealwatch.Version{Item: it, Text: "a b\x00", Channel: "page", ReadAt: at, SHA256: "ff"}
	m := dealwatch.Match{DealID: "d", DealName: "D", RuleVersion: "1", Closeness: dealwatch.InSentence, Snippet: "a b", Mentions: []dealwatch.Mention{{Alias: "a", Hit: "a", Field: "text", End: 1, Sentence: "a b"}}}
	how := dealwatch.Reach{Cause: dealwatch.New, At: at, Deals: []dealwatch.Deal{{ID: "d"}}}
	rec, err := l.Record(ctx, v, []dealwatch.Match{m}, how)
	must(err)
	t.Logf("%+v", rec)
	must(l.Close(ctx, dealwatch.Poll{Stream: "main", StartedAt: at, EndedAt: at, Listed: 1, Outcome: dealwatch.OK, CoversFrom: "2026-01-01", CoversTo: "2026-01-01"}))
	must(l.Release(ctx))
	for _, v := range Views {
		must(s.Query(ctx, "SELECT * FROM "+v.Name, func(c []string, row []any) error {
			t.Log(v.Name, row)
			return nil
		}))
	}
	ev, err := s.Events(ctx, dealwatch.Filter{})
	must(err)
	t.Logf("%+v", ev)
	h, err := s.Health(ctx)
	must(err)
	t.Logf("%+v", h)
	t.Log(s.Document(ctx, "ftc-press/1"))
}
