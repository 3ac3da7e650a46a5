package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/store"
	"github.com/dealwatch/dealwatch/store/storetest"
)

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	_ = z.Close()
	return b.String()
}

// TestSunday compares EDGAR's index of the quarter on Sundays: a filing that the daily
// index had left out is read and delivered as late, once; what was filed before the watch
// began is none of it; an index that cannot be read is tried again the next night.
func TestSunday(t *testing.T) {
	const head = "Last Data Received:    March 6, 2026\n\nCIK|Company Name|Form Type|Date Filed|File Name\n-----\n"
	const packed = "/Archives/edgar/full-index/2026/QTR1/master.gz"
	net := &sec{files: map[string]string{}}
	for d := 3; d < 14; d++ {
		net.files[fmt.Sprintf("/Archives/edgar/daily-index/2026/QTR1/master.202603%02d.idx", d)] = head + "2900009|COMPANY|4|20260303|edgar/data/2900009/0002900009-26-000999.txt\n"
	}
	for path, file := range map[string]string{"0002900001-26-000011-index.htm": "8-K-index.html", "lark-20260302.htm": "8-K.htm",
		"lark-ex101.htm": "8-K-ex101.htm", "lark-ex991.htm": "8-K-ex991.htm", "lark-ex992.pdf": "letter.pdf"} {
		b, err := os.ReadFile(filepath.Join("../../scrapers/edgar/testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		net.files["/Archives/edgar/data/2900001/000290000126000011/"+path] = string(b)
	}
	eachStore(t, func(t *testing.T, dsn string, st *store.Store) {
		net.forms = nil
		delete(net.files, packed)
		book, err := rules.Parse("watchlist.yaml", strings.NewReader("parties:\n  lark: {name: Larkspur Cloud}\n  tern: {name: Tern Robotics}\n"+
			"deals:\n  - {id: lark-tern, name: Lark and Tern, parties: [lark, tern]}\n"))
		if err != nil {
			t.Fatal(err)
		}
		hosts := scrapers.Hosts()
		for i := range hosts {
			hosts[i].Every = time.Nanosecond
		}
		now := time.Date(2026, 3, 3, 18, 0, 0, 0, time.UTC)
		a := newApp(nil, io.Discard, io.Discard)
		a.now = func() time.Time { return now }
		a.contact = "test@example.org"
		w := &worker{app: a, store: st, book: func() *rules.Book { return book }, progress: newProgress(io.Discard, false), client: crawl.New(crawl.Config{
			Hosts: hosts, Product: "dealwatch/test", Contact: a.contact, Log: slog.New(slog.DiscardHandler), Now: a.now, Base: net,
		})}
		if err := a.adopt(t.Context(), st, book); err != nil {
			t.Fatal(err)
		}
		if sum := w.pollAll(t.Context(), dealwatch.Range{}, []string{"edgar"}); sum.store != nil {
			t.Fatal(sum.store)
		}
		edgar := reconcilers(w.client, []string{"edgar"})[0]
		tonight := func(at time.Time) {
			t.Helper()
			now = at
			for range 2 { // the second time nothing is due
				if err := w.tonight(t.Context(), edgar); err != nil {
					t.Fatal(err)
				}
			}
		}
		quarters := func(when string, want ...string) {
			t.Helper()
			got := rows(t, dsn, `SELECT covers_from || ' ' || covers_to || ' ' || outcome || ' ' || second_listed || ' ' || first_listed || ' ' || late || ' ' || lacking
				FROM reconciliations WHERE stream = 'second: quarterly index' ORDER BY looked_at`)
			for i := range got {
				got[i] = strings.Trim(got[i], `"`)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: from, to, outcome, second, first, late, lacking (-want +got):\n%s", when, diff)
			}
		}
		sunday := time.Date(2026, 3, 8, 8, 0, 0, 0, time.UTC)
		tonight(sunday.AddDate(0, 0, -1))
		quarters("on Saturday")
		tonight(sunday)
		const failed = "2026-03-04 2026-03-06 gone 0 0 0 0"
		quarters("there is none", failed)
		gaps, err := st.Gaps(t.Context(), true)
		if err != nil || len(gaps) != 1 || gaps[0].Command != "dealwatch reconcile edgar --quarter 2026-Q1" {
			t.Errorf("gaps %+v (%v), want the one that a look at the quarter fills", gaps, err)
		}
		net.files[packed] = zipped(head + "2900001|LARKSPUR CLOUD|8-K|2026-03-05|edgar/data/2900001/0002900001-26-000011.txt\n" +
			"2900001|LARKSPUR CLOUD|8-K|2026-01-05|edgar/data/2900001/0002900001-26-000001.txt\n" + // before the watch
			"2900004|TERN ROBOTICS|4|2026-03-05|edgar/data/2900004/0002999999-26-000777.txt\n")
		tonight(sunday.AddDate(0, 0, 1))
		read := "2026-03-04 2026-03-06 ok 1 0 1 0"
		quarters("the next night", failed, read)
		if gaps, err := st.Gaps(t.Context(), true); err != nil || len(gaps) != 0 {
			t.Errorf("gaps %+v (%v), want none left", gaps, err)
		}
		events, err := st.Events(t.Context(), dealwatch.Filter{})
		if err != nil || len(events) != 2 || events[0].Cause != dealwatch.Late || events[1].Cause != dealwatch.Late {
			t.Errorf("events %+v (%v), want a filing and its exhibit, late", events, err)
		}
		tonight(sunday.AddDate(0, 0, 2))
		quarters("the night after", failed, read)
		tonight(sunday.AddDate(0, 0, 7))
		quarters("a week later", failed, read, "2026-03-04 2026-03-06 ok 1 0 0 0")
	})
}

// eachStore runs a test on both databases.
func eachStore(t *testing.T, f func(t *testing.T, dsn string, st *store.Store)) {
	t.Helper()
	for _, db := range []string{"sqlite", "postgres"} {
		t.Run(db, func(t *testing.T) {
			dsn := filepath.Join(t.TempDir(), "x.db")
			if db == "postgres" {
				dsn = storetest.Postgres(t)
			}
			st, err := store.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = st.Close() })
			f(t, dsn, st)
		})
	}
}

// TestQuarterFlag shows which quarters can be asked for.
func TestQuarterFlag(t *testing.T) {
	a := newApp(nil, io.Discard, io.Discard)
	a.now = func() time.Time { return time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC) }
	for _, tt := range []struct{ quarter, since, source, want string }{
		{quarter: "now", want: "2026-10-01 2026-11-25"},
		{quarter: "2026-Q1", source: "edgar", want: "2026-01-01 2026-03-31"},
		{quarter: "2024-Q4", want: "2024-10-01 2024-12-31"},
		{quarter: "2027-Q1", want: "quarter 2027-Q1 has not begun"},
		{quarter: "2026-Q5", want: `"2026-Q5" is no quarter`},
		{quarter: "2026", want: `"2026" is no quarter`},
		{quarter: "2026-Q1x", want: `"2026-Q1x" is no quarter`},
		{quarter: "now", since: "2026-01-01", want: "--quarter does not go with --since and --until"},
		{quarter: "now", source: "ftc-press", want: "ftc-press has no index of a quarter"},
	} {
		r := &reconciling{app: a, quarter: tt.quarter}
		var names []string
		if tt.source != "" {
			names = []string{tt.source}
		}
		days, err := r.quarterDays(dealwatch.Range{Since: tt.since}, names)
		got := days.Since + " " + days.Until
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("--quarter %s --since %q %s: %q, want %q", tt.quarter, tt.since, tt.source, got, tt.want)
		}
	}
}
