package crawl

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

func TestIfChanged(t *testing.T) {
	etag, asked := `"one"`, ""
	s := newSite(t, map[string]http.HandlerFunc{
		"/feed": func(w http.ResponseWriter, r *http.Request) {
			asked = r.Header.Get("If-None-Match") + r.Header.Get("If-Modified-Since")
			w.Header().Set("ETag", etag)
			if r.Header.Get("If-None-Match") == etag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			io.WriteString(w, "content")
		},
		"/moved": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/feed", http.StatusFound) },
		"/long": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", strings.Repeat("x", 5000))
			io.WriteString(w, "x")
		},
	})
	cond := &Condition{URL: s.URL + "/feed"}
	get := func(path string, want dealwatch.Outcome) {
		t.Helper()
		got, err := s.client.Get(IfChanged(t.Context(), cond), s.URL+path)
		if dealwatch.OutcomeOf(err) != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
		if (got.Body == nil) != (err != nil) {
			t.Errorf("%s: %d bytes with %v", path, len(got.Body), err)
		}
	}
	get("/feed", dealwatch.OK)
	if asked != "" || cond.Got.ETag != etag {
		t.Errorf("asked with %q, got %+v", asked, cond.Got)
	}
	cond.Have, cond.Got = Validators{etag, "Tue, 24 Nov 2026 10:00:00 GMT"}, Validators{}
	get("/feed", dealwatch.Unchanged)
	if asked != etag+cond.Have.LastModified || !cond.Got.None() {
		t.Errorf("asked with %q, got %+v", asked, cond.Got)
	}
	get("/moved", dealwatch.OK) // another address, and a page that a redirect led to
	if asked != "" {
		t.Errorf("a page that is not the condition's is asked for with %q", asked)
	}
	etag = `"two"`
	get("/feed", dealwatch.OK)
	if cond.Got.ETag != etag {
		t.Errorf("got %+v of a changed page", cond.Got)
	}
	cond.URL, cond.Have, cond.Got = s.URL+"/long", Validators{}, Validators{}
	get("/long", dealwatch.OK)
	if !cond.Got.None() {
		t.Error("a validator of any length is kept")
	}
	// A replay does not ask, and answers with the page.
	replay := New(Config{Hosts: []dealwatch.Host{{Name: strings.TrimPrefix(s.URL, "http://")}}, Tape: s.kept(t)})
	cond = &Condition{URL: s.URL + "/feed", Have: Validators{ETag: etag}}
	if got, err := replay.Get(IfChanged(t.Context(), cond), s.URL+"/feed"); err != nil || string(got.Body) != "content" {
		t.Errorf("replayed: %q, %v", got.Body, err)
	}
}
