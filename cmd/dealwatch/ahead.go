package main

import (
	"context"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// ahead goes ahead of a replay on the other cores: it decodes the captures that come
// next, lets the sources recognise them, and reads and matches their documents. All
// this follows from the captures alone, so it does not matter when it is done. The
// replay takes what was foreseen in order, and does all that asks the store.
type ahead struct {
	entries []warc.Entry
	begun   []*foreseen // in order; the first is the one that the replay works on
	next    int         // the entry to begin
	bytes   int64       // of the captures begun
	work    chan *foreseen
	workers sync.WaitGroup
}

// The captures that are in memory at once are bounded in number and in bytes. A longer
// one is there alone.
const (
	mostAhead  = 8
	bytesAhead = 8 << 20
)

// foreseen is what follows from a capture, whatever the store holds.
type foreseen struct {
	warc.Entry
	done     chan struct{} // closed when the rest is known
	exchange warc.Exchange
	err      error // of the tape
	capture  dealwatch.Capture
	refusal  error
	sights   []sighted
	readings []reading
}

// sighted is what a source recognised.
type sighted struct {
	src   *replayed
	sight dealwatch.Sight
}

// reading is what reading and matching an item gives at the time of its capture.
type reading struct {
	item    dealwatch.Item
	version dealwatch.Version
	err     error
	matches []dealwatch.Match
}

// reader reads with a tape of its own, which stands where its capture was made.
type reader struct {
	tape *warc.Tape
	srcs map[string]dealwatch.Source
}

// goAhead starts a worker a core: where the replay waits for what is foreseen, its own
// core has one too.
func (r *replay) goAhead(ctx context.Context, entries []warc.Entry) *ahead {
	ctx = context.WithoutCancel(ctx)
	a := &ahead{entries: entries, work: make(chan *foreseen, mostAhead)}
	for range runtime.GOMAXPROCS(0) {
		rd := &reader{tape: r.tape.Twin(), srcs: map[string]dealwatch.Source{}}
		c := r.newClient(r.store, nil, rd.tape, false)
		for _, src := range r.srcs {
			rd.srcs[src.name] = chosen(c, []string{src.name})[0]
		}
		a.workers.Go(func() {
			for f := range a.work {
				r.foresee(ctx, rd, f)
				close(f.done)
			}
		})
	}
	return a
}

// take gives what is foreseen of the next entry, and goes on ahead of it. What it gave
// before is let go.
func (a *ahead) take() *foreseen {
	if len(a.begun) > 0 {
		a.bytes -= a.begun[0].Length
		a.begun = slices.Delete(a.begun, 0, 1)
	}
	for a.next < len(a.entries) && len(a.begun) < mostAhead {
		e := a.entries[a.next]
		if len(a.begun) > 0 && a.bytes+e.Length > bytesAhead {
			break
		}
		f := &foreseen{Entry: e, done: make(chan struct{})}
		a.work <- f
		a.begun, a.bytes, a.next = append(a.begun, f), a.bytes+e.Length, a.next+1
	}
	<-a.begun[0].done
	return a.begun[0]
}

// stop ends the work ahead. What no worker has taken up is dropped.
func (a *ahead) stop() {
	close(a.work)
	for range a.work {
	}
	a.workers.Wait()
}

// foresee finds out what follows from a capture.
func (r *replay) foresee(ctx context.Context, rd *reader, f *foreseen) {
	if f.exchange, f.err = r.tape.Load(f.Entry); f.err != nil {
		return
	}
	f.capture, f.refusal = r.client.Recorded(f.exchange, f.Ref())
	if _, ok := redirect(f.exchange); ok {
		return
	}
	rd.tape.Seek(f.At)
	for _, src := range r.srcs {
		sight, ok := src.Recognise(f.capture)
		if !ok {
			continue
		}
		f.sights = append(f.sights, sighted{src, sight})
		if f.refusal != nil || r.archive != nil { // what is read into an archive is kept in order
			continue
		}
		for _, it := range sight.Documents {
			if it.Key != "" {
				f.readings = append(f.readings, r.readAhead(ctx, rd, it))
			}
		}
	}
	if len(f.sights) > 0 || f.refusal != nil || r.archive != nil {
		return
	}
	// An attachment is known by its address alone, to the store. What it cannot tell yet
	// is read in its turn.
	items, _ := r.store.ItemsAt(ctx, f.URL)
	for _, it := range items {
		if rd.srcs[it.Source] != nil {
			f.readings = append(f.readings, r.readAhead(ctx, rd, it))
		}
	}
}

// readAhead reads and matches an item. Nothing of it is kept in an archive.
func (r *replay) readAhead(ctx context.Context, rd *reader, it dealwatch.Item) reading {
	got := reading{item: it}
	got.version, got.err = rd.srcs[it.Source].Read(ctx, it)
	if got.err == nil && !got.version.Index {
		got.matches = r.match(got.version)
	}
	return got
}

// known gives the reading of an item where it was foreseen. Listings may have said
// more of the item than its capture does; then it is another reading.
func (f *foreseen) known(it dealwatch.Item) *reading {
	for i := range f.readings {
		if reflect.DeepEqual(f.readings[i].item, it) {
			return &f.readings[i]
		}
	}
	return nil
}

// foresight is a source that has read already what was foreseen.
type foresight struct {
	dealwatch.Source
	r *replay
}

func (s foresight) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	r := s.r
	r.given = nil
	if r.hand != nil && r.hand.At.Equal(r.moment) {
		r.given = r.hand.known(it)
	}
	if r.given != nil {
		return r.given.version, r.given.err
	}
	return s.Source.Read(ctx, it)
}

// matches gives those of the version that was read last.
func (r *replay) matches(v dealwatch.Version) []dealwatch.Match {
	if r.given != nil {
		return r.given.matches
	}
	return r.match(v)
}
