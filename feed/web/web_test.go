package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

var _ = dealwatch.Filter{}

func newHandler(t testing.TB, r *feedtest.Reader) *Handler {
	t.Helper()
	h, err := New(t.Context(), Config{Reader: r, Base: feedtest.Base, Deals: feedtest.Deals, Sources: feedtest.Sources, NotFound: feedtest.ErrNotFound})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSmoke(t *testing.T) {
	r := &feedtest.Reader{}
	r.Add(feedtest.Events(5)...)
	h := newHandler(t, r)
	for _, p := range []string{"/", "/feeds", "/sources", "/deals/openai-aws", "/documents/ftc-press/1001", "/feeds/all.atom", "/feeds/all.json?deal=google-wiz", "/nope", "/healthz", "/style.css", "/feeds.opml", "/?deal=x"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, p, nil))
		t.Logf("%s %d %v\n%s", p, w.Code, w.Header(), w.Body.String())
	}
}
