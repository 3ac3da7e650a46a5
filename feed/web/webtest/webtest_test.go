package webtest

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// The tests of the pages prove something only because this finds what is wrong, and a
// script runs where it may.
func TestFindsWhatIsWrong(t *testing.T) {
	var asked atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sentinel" {
			asked.Store(true)
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<html><body><img src="x.png"><p style="color:#ccc;background:#fff">faint</p><input><script>fetch("/sentinel")</script></body></html>`))
	}))
	defer srv.Close()
	b := Open(t)
	b.Go(srv.URL)
	if got := b.Axe(); len(got) < 4 {
		t.Errorf("axe finds %q; want the picture, the contrast, the field and the language", got)
	}
	for range 100 {
		if asked.Load() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("a script did not run, though nothing forbids it")
}
