package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

func TestEvidence(t *testing.T) {
	reader := &feedtest.Reader{}
	reader.Add(feedtest.Events(3)...)
	h, err := New(t.Context(), Config{
		Reader: reader, Base: feedtest.Base, Deals: feedtest.Deals, Sources: feedtest.Sources, NotFound: feedtest.ErrNotFound,
		Evidence: func(_ context.Context, w io.Writer, id string) error {
			switch id {
			case "ftc-press/1001":
				_, err := io.WriteString(w, "the file")
				return err
			case "ftc-press/1002":
				return os.ErrNotExist
			case "ftc-press/1000":
				_, _ = io.WriteString(w, "half")
				return errors.New("broken")
			}
			return feedtest.ErrNotFound
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	get := func(method, path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(method, path, nil))
		return rec
	}
	if page := get(http.MethodGet, "/documents/ftc-press/1001").Body.String(); !strings.Contains(page, `href="/evidence/ftc-press/1001"`) {
		t.Errorf("the page does not lead to the evidence:\n%s", page)
	}
	got := get(http.MethodGet, "/evidence/ftc-press/1001")
	if got.Code != 200 || got.Body.String() != "the file" || got.Header().Get("Content-Length") != "8" ||
		got.Header().Get("Content-Disposition") != `attachment; filename="evidence-ftc-press-1001.warc.gz"` {
		t.Errorf("%d %v %q", got.Code, got.Header(), got.Body)
	}
	if head := get(http.MethodHead, "/evidence/ftc-press/1001"); head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != "8" {
		t.Errorf("HEAD: %d %v", head.Code, head.Header())
	}
	for path, want := range map[string]int{
		"/evidence/ftc-press/1002": 404, "/evidence/ftc-press/9": 404, "/evidence/%zz": 404, "/evidence/": 404, "/evidence/ftc-press/1000": 503,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path, r.URL.RawPath = path, path
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != want || strings.Contains(rec.Body.String(), "half") || rec.Header().Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %q, want %d", path, rec.Code, rec.Body, want)
		}
	}
}
