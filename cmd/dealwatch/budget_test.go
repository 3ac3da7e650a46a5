package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/store"
)

// The page of the sources tells how much of each budget was used today, by all that share it.
func TestSourcesPageBudget(t *testing.T) {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	for range 3 {
		if _, _, err := st.TakeTurn(t.Context(), "sec.gov", 200*time.Millisecond, false); err != nil {
			t.Fatal(err)
		}
	}
	a := newApp(nil, nil, nil)
	a.log = slog.New(slog.DiscardHandler)
	w, err := a.newWatched(t.Context(), st, rules.Default(), "http://127.0.0.1:8080", "")
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/sources", nil))
	want := "<dt>Asked today</dt><dd>sec.gov: 3 requests today (UTC), of 432000 at most</dd>"
	if got := rec.Body.String(); strings.Count(got, want) != 1 {
		t.Errorf("/sources: %d, wants once %q:\n%s", rec.Code, want, got)
	}
}

// A pace at which the pages of a poll take longer than its schedule is told in the list of
// sources, at length and in the log.
func TestPolledLate(t *testing.T) {
	db := filepath.Join(t.TempDir(), "x.db")
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if _, _, err := st.TakeTurn(t.Context(), "www.whitehouse.gov", 5*time.Minute, false); err != nil {
		t.Fatal(err)
	}
	want := "at a request every 5m, its 8 listing pages take 40m, and it should be polled every 15m"
	if out, errs, code := cli(t, "sources", "--db", db); code != exitOK || strings.Count(errs, " is polled late: ") != 1 || !strings.Contains(errs, want) {
		t.Errorf("sources: exit %d\n%s\n%s", code, out, errs)
	}
	if out, _, code := cli(t, "sources", "--long", "--db", db); code != exitOK || strings.Count(out, want) != 1 {
		t.Errorf("sources --long: exit %d\n%s", code, out)
	}
	var log strings.Builder
	a := newApp(nil, nil, nil)
	a.log = slog.New(slog.NewTextHandler(&log, nil))
	w := &worker{app: a, store: st}
	for _, src := range chosen(nil, nil) {
		if err := w.tellLate(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=WARN") || !strings.Contains(got, "source=whitehouse") {
		t.Errorf("the log: %s", got)
	}
}
