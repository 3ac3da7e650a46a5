package store

import (
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// TestValidators are asked for only while the last poll was complete and a full read
// is not a day old.
func TestValidators(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		const url, tag = "https://example.gov/feed", `W/"a-1"`
		w := claim(t, s, "ftc-press")
		want := func(what, want string) {
			t.Helper()
			etag, _, err := s.Validators(t.Context(), "ftc-press", "news", url)
			must(t, err)
			if etag != want {
				t.Errorf("%s: %q, want %q", what, etag, want)
			}
		}
		must(t, w.Close(t.Context(), poll(0, dealwatch.OK, true, "2026-01-01", "2026-01-02")))
		want("nothing kept", "")
		must(t, s.SetValidators(t.Context(), "ftc-press", "news", url, tag, "Tue, 24 Nov 2026 10:00:00 GMT"))
		want("kept", tag)
		must(t, w.Close(t.Context(), poll(1, dealwatch.Unchanged, true, "", "")))
		want("after an unchanged poll", tag)
		must(t, w.Close(t.Context(), poll(2, dealwatch.OK, false, "2026-01-01", "2026-01-02")))
		want("after an incomplete poll", "")
		must(t, w.Close(t.Context(), poll(3, dealwatch.Unchanged, true, "", "")))
		if gaps, err := s.Gaps(t.Context(), true); err != nil || len(gaps) != 1 {
			t.Errorf("%d open gaps after an unchanged poll (%v), want the one of before", len(gaps), err)
		}
		must(t, w.Close(t.Context(), poll(4, dealwatch.Failed, false, "", "")))
		want("after a failed poll", "")
		must(t, w.Close(t.Context(), poll(5, dealwatch.OK, true, "2026-01-01", "2026-01-02")))
		want("after a complete poll", tag)
		must(t, s.tx(t.Context(), func(q *tx) error {
			return q.exec(`UPDATE validator SET read_at = read_at - ?`, (24 * time.Hour).Microseconds())
		}))
		want("a day later", "")
		if etag, _, err := s.Validators(t.Context(), "ftc-press", "news", url+"2"); err != nil || etag != "" {
			t.Errorf("another address: %q, %v", etag, err)
		}
	})
}
