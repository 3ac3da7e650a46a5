package web

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// hung is a store whose driver does not come back, whatever the context says, until it
// is let go.
type hung struct {
	feed.Reader
	gate chan struct{}
}

func (h hung) Events(ctx context.Context, f dealwatch.Filter) ([]dealwatch.Event, error) {
	<-h.gate
	return h.Reader.Events(ctx, f)
}

func (h hung) CountEvents(ctx context.Context, f dealwatch.Filter) (int, error) {
	<-h.gate
	return h.Reader.CountEvents(ctx, f)
}

func (h hung) KnowsDeal(ctx context.Context, id string) (bool, error) {
	<-h.gate
	return h.Reader.KnowsDeal(ctx, id)
}

func (h hung) Runs(ctx context.Context) (dealwatch.Runs, error) {
	<-h.gate
	return h.Reader.Runs(ctx)
}

func (h hung) Flagged(ctx context.Context, f dealwatch.Filter) ([]dealwatch.Flag, error) {
	<-h.gate
	return h.Reader.Flagged(ctx, f)
}

func (h hung) Document(ctx context.Context, id string) (dealwatch.Document, []dealwatch.Flag, error) {
	<-h.gate
	return h.Reader.Document(ctx, id)
}

// Rule 6.7: what is in memory is served while the store hangs, the machines are told,
// and all else is refused. That no request hangs with it is what this test ends by.
func TestStoreHangs(t *testing.T) {
	w := newWorld(t, feedtest.Events(feed.PageEvents+4)...)
	paths := []string{"/feeds/all.atom", "/", "/feeds/deals/openai-aws.atom", "/deals/openai-aws", "/sources", "/feeds/all/archive/1.atom", "/feeds/all.json?deal=openai-aws"}
	good := map[string]string{}
	for _, p := range paths {
		got := w.get(p)
		if got.Code != 200 {
			t.Fatalf("%s: %d", p, got.Code)
		}
		good[p] = got.Body.String()
	}
	gate := make(chan struct{})
	w.cfg.Reader = hung{w.reader, gate}
	w.wait(time.Hour)
	for _, p := range paths {
		if got := w.get(p); got.Code != 200 || got.Body.String() != good[p] {
			t.Errorf("%s: %d, want the bytes from memory", p, got.Code)
		}
	}
	if got := w.get("/healthz"); got.Code != 503 || !strings.Contains(got.Body.String(), "store") {
		t.Errorf("/healthz: %d %s", got.Code, got.Body)
	}
	if got := w.get("/metrics").Body.String(); !strings.Contains(got, "dealwatch_store_up 0\n") {
		t.Error("/metrics takes the store to be there")
	}
	for _, p := range []string{"/feeds/deals/google-wiz.atom", "/deals/unknown", "/documents/ftc-press/1001", "/feeds/all/archive/2.atom"} {
		if got := w.get(p); got.Code != 503 || got.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d, want 503", p, got.Code)
		}
	}
	close(gate)
	w.wait(time.Minute)
	if !w.cache.refresh(time.Minute) { // the question that hung
		t.Error("the store is not taken to be back")
	}
	w.wait(time.Minute)
	if got := w.get("/metrics").Body.String(); !strings.Contains(got, "dealwatch_store_up 1\n") {
		t.Error("/metrics takes the store to be away")
	}
}

// When the store is back, nobody has to ask for what had failed: standing feeds are made
// again, and queries are forgotten.
func TestStoreBack(t *testing.T) {
	w := newWorld(t, feedtest.Events(4)...)
	w.get("/feeds.opml") // the store has answered
	w.reader.Fail(errors.New(`dial postgres://watch@db.internal:5432: connection refused`))
	for _, p := range []string{"/feeds/all.atom", "/feeds/all.atom?deal=openai-aws", "/?deal=openai-aws"} {
		if got := w.get(p); got.Code != 503 {
			t.Fatalf("%s: %d", p, got.Code)
		}
	}
	w.reader.Fail(nil)
	if got := w.get("/sources").Body.String(); !strings.Contains(got, "feeds could not be made") || strings.Contains(got, "db.internal") {
		t.Errorf("/sources tells nothing, or too much: %s", got)
	}
	w.wait(time.Minute)
	w.get("/healthz")
	<-w.cache.make("/feeds/all", w.cache.units["/feeds/all"])
	if got := w.get("/healthz"); got.Code != 200 {
		t.Errorf("/healthz: %d %s", got.Code, got.Body)
	}
	if got := w.get("/sources").Body.String(); strings.Contains(got, "feeds could not be made") {
		t.Error("/sources still tells")
	}
}

// A store that hangs holds no request for evidence, and no more of them than there are places.
func TestEvidenceHangs(t *testing.T) {
	w := newWorld(t, feedtest.Events(4)...)
	w.get("/")
	gate := make(chan struct{})
	var begun atomic.Int32
	w.cfg.Evidence = func(_ context.Context, to io.Writer, _ string) error {
		begun.Add(1)
		<-gate
		_, err := io.WriteString(to, "the file")
		return err
	}
	w.cfg.Reader = hung{w.reader, gate}
	w.wait(time.Hour)
	var all sync.WaitGroup
	for range 3 * maxAsides {
		all.Go(func() {
			if got := w.get("/evidence/ftc-press/1001"); got.Code != 503 || got.Header().Get("Retry-After") == "" || !strings.Contains(got.Body.String(), "Try again") {
				t.Errorf("%d %s, want an error that says to try again", got.Code, got.Body)
			}
		})
	}
	all.Wait() // by which this test ends, though nothing has come
	if n := begun.Load(); n > maxAsides {
		t.Errorf("%d files were begun at a time, want at most %d", n, maxAsides)
	}
	close(gate)
	for range 50 { // each takes a place when it is given back
		w.wait(time.Minute)
		if w.cache.refresh(time.Minute) {
			break
		}
	}
	if got := w.get("/evidence/ftc-press/1001"); got.Code != 200 || got.Body.String() != "the file" {
		t.Errorf("when the store is back: %d %s", got.Code, got.Body)
	}
}
