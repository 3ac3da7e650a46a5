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
