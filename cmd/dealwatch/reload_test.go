package main

import (
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch/store"
)

// TestReload changes the watchlist under a running server: a good file is taken over
// and matched against what is stored, a broken one changes nothing but health.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	if err := writeWARCs(dir); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "watchlist.yaml")
	write := func(deals string, at time.Time) {
		t.Helper()
		text := "parties:\n  openai: {name: OpenAI}\n  aws: {name: Amazon Web Services}\ndeals:\n" + deals
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(list, at, at); err != nil { // a clock of coarse ticks hides quick changes
			t.Fatal(err)
		}
	}
	const one, two = "  - {id: one, parties: [openai, aws]}\n", "  - {id: two, parties: [openai, aws], within: sentence}\n"
	write(one, day(1))
	db := filepath.Join(dir, "x.db")
	if _, errs, code := cli(t, "scrape", "--no-archive", "--db", db, "--watchlist", list, "--replay", dir+"/dealwatch-000001.warc.gz"); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	a := newApp(nil, io.Discard, io.Discard)
	a.watchlist = list
	book, err := a.book()
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.newWatched(t.Context(), st, book, "http://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) (int, string) {
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec.Code, rec.Body.String()
	}
	if code, _ := get("/feeds/deals/two.atom"); code != 404 {
		t.Errorf("a deal that is not yet followed: %d, want 404", code)
	}

	write("  - {id: two, partys: [openai, aws]}\n", day(2))
	w.reload(t.Context())
	if code, _ := get("/feeds/deals/one.atom"); code != 200 {
		t.Errorf("the rules of before a broken file: %d, want 200", code)
	}
	if _, body := get("/feeds/health.atom"); !strings.Contains(body, "unknown key") {
		t.Error("the health feed does not tell what is wrong with the watchlist")
	}

	write(one+two, day(3))
	w.reload(t.Context())
	if code, body := get("/feeds/deals/two.atom"); code != 200 || !strings.Contains(body, ":rematch/two/") {
		t.Errorf("the deal that was added: %d, and its feed does not sum up what is stored:\n%.500s", code, body)
	}
	if f := w.fault.Load(); f != nil {
		t.Errorf("a good file is still said to be broken: %s", f.what)
	}
}

// TestWatchlistGone takes away the watchlist that nobody named: a server goes on with the
// rules of before, and not with the built-in ones.
func TestWatchlistGone(t *testing.T) {
	t.Chdir(t.TempDir())
	const list = "watchlist.yaml"
	if err := os.WriteFile(list, []byte("deals:\n  - {id: one, rule: merger}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), "x.db")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	a := newApp(nil, io.Discard, io.Discard)
	book, err := a.book()
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.newWatched(t.Context(), st, book, "http://127.0.0.1:1", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(list); err != nil {
		t.Fatal(err)
	}
	w.reload(t.Context())
	if f := w.fault.Load(); f == nil || !strings.Contains(f.what, "watchlist.yaml is gone") {
		t.Errorf("the fault is %v", f)
	}
	if now := w.book.Load(); now != book {
		t.Errorf("the rules are those of %d deals", len(now.Deals()))
	}
}
