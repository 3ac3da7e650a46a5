package main

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// replay takes the captures of a tape along the path, in the order in which they
// were made.
type replay struct {
	*worker
	tape    *warc.Tape
	archive *warc.Archive // nil keeps nothing
	srcs    []*replayed
	moment  time.Time
	unkeyed []stray
	moved   map[string]string // where a recorded redirect led, to the address that was asked for
	match   func(dealwatch.Version) []dealwatch.Match
	hand    *foreseen // the capture that is taken
	given   *reading  // the foreseen one that was read last; nil where the last was not foreseen
	counts  struct{ captures, listings, documents, redirects, strangers int }
	refused map[dealwatch.Outcome]int
}

// replayed is one source in a replay.
type replayed struct {
	dealwatch.Source
	name   string
	lease  *store.Lease
	poller *dealwatch.Poller
	open   map[string]*series        // stream to the listing whose pages are coming in
	last   map[string]dealwatch.Poll // stream to its last poll
	line   line
	// unwanted and repeated count what listings showed that is no item; see Sight.
	unwanted, repeated int
}

// stray is a document page that does not say which document it is; a listing that
// is captured later may.
type stray struct {
	src  *replayed
	item dealwatch.Item
	at   time.Time
}

// replay reads every capture up to asOf (all of them when it is zero). Its error is
// the store's or the tape's.
func (w *worker) replay(ctx context.Context, tape *warc.Tape, arch *warc.Archive, asOf time.Time, names []string) (summary, error) {
	r := &replay{worker: w, tape: tape, archive: arch, match: w.book().Match, refused: make(map[dealwatch.Outcome]int), moved: make(map[string]string)}
	for _, src := range chosen(w.client, names) {
		lease, err := w.store.Claim(ctx, src.Info().Name)
		if err != nil {
			return summary{}, err
		}
		defer func() { _ = lease.Release(context.WithoutCancel(ctx)) }() // a lease that is not released expires
		s := &replayed{Source: src, name: src.Info().Name, lease: lease, open: make(map[string]*series), last: make(map[string]dealwatch.Poll)}
		s.line = line{source: s.name, outcome: dealwatch.OK}
		s.poller = w.poller(lease)
		s.poller.Moment = func() time.Time { return r.moment }
		s.poller.Match = r.matches
		r.srcs = append(r.srcs, s)
	}
	entries := tape.Entries()
	if !asOf.IsZero() {
		entries = slices.DeleteFunc(slices.Clone(entries), func(e warc.Entry) bool { return e.At.After(asOf) })
	}
	a := r.goAhead(ctx, entries)
	defer a.stop()
	for i := range entries {
		if ctx.Err() != nil {
			break
		}
		r.progress.set("replay", i, len(entries))
		if err := r.take(ctx, a.take()); err != nil {
			return r.summary(ctx), err
		}
	}
	if err := r.finish(context.WithoutCancel(ctx)); err != nil {
		return r.summary(ctx), err
	}
	return r.summary(ctx), nil
}

// take shows one capture to every source.
func (r *replay) take(ctx context.Context, f *foreseen) error {
	if err := r.closeSeries(ctx, f.At); err != nil {
		return err
	}
	r.moment = f.At
	r.tape.Seek(f.At)
	if f.err != nil {
		return f.err
	}
	r.hand = f
	defer func() { r.hand = nil }()
	c := f.capture
	r.counts.captures++
	if to, ok := redirect(f.exchange); ok { // the page itself is another capture
		r.counts.redirects++
		if asked, ok := r.moved[f.URL]; ok {
			r.moved[to] = asked
		} else {
			r.moved[to] = f.URL
		}
		return nil
	}
	for _, s := range f.sights {
		var err error
		if s.sight.Stream != "" && f.refusal == nil && r.archive != nil { // a document's page is kept when it is read
			if c.Ref, err = r.archive.Keep(f.exchange); err != nil {
				return err
			}
		}
		if c.Ref != f.capture.Ref {
			s.sight, _ = s.src.Recognise(c) // with the place that its items name
		}
		if f.refusal != nil { // a source sees no body of it, and knows less
			s.sight.Err = f.refusal
		}
		if err := r.see(ctx, s.src, c, s.sight); err != nil {
			return err
		}
	}
	switch {
	case len(f.sights) > 0:
		return nil
	case f.refusal != nil:
		r.refused[dealwatch.OutcomeOf(f.refusal)]++
		return nil
	}
	return r.attachment(ctx, c)
}

// see takes what a source recognised in a capture.
func (r *replay) see(ctx context.Context, src *replayed, c dealwatch.Capture, sight dealwatch.Sight) error {
	if sight.Stream != "" {
		r.counts.listings++
		src.unwanted += sight.Unwanted
		src.repeated += sight.Repeated
		if sight.Err != nil {
			r.refused[dealwatch.OutcomeOf(sight.Err)]++
		}
		return r.page(ctx, src, c, sight)
	}
	r.counts.documents++
	for _, it := range sight.Documents {
		if it.Key == "" {
			at, err := r.keyed(ctx, src, &it)
			if err != nil {
				return err
			}
			if !at {
				r.unkeyed = append(r.unkeyed, stray{src, it, c.At})
				continue
			}
		}
		if err := r.document(ctx, src, it, sight.Err); err != nil {
			return err
		}
	}
	if len(sight.Documents) == 0 && sight.Err != nil {
		r.refuse(src, sight.Err)
	}
	return nil
}

// attachment reads a capture that no source recognises as the item whose address it
// has.
func (r *replay) attachment(ctx context.Context, c dealwatch.Capture) error {
	items, err := r.store.ItemsAt(ctx, c.URL)
	if asked, ok := r.moved[c.URL]; ok && err == nil && len(items) == 0 {
		items, err = r.store.ItemsAt(ctx, asked)
	}
	if err != nil {
		return err
	}
	n := 0
	for _, it := range items {
		for _, src := range r.srcs {
			if src.name == it.Source {
				n++
				if _, err := r.read(ctx, src, it); err != nil {
					return err
				}
			}
		}
	}
	if n == 0 {
		r.counts.strangers++
	} else {
		r.counts.documents++
	}
	return nil
}

// keyed gives a document that does not say its own key that of the item which a
// listing showed at its address.
func (r *replay) keyed(ctx context.Context, src *replayed, it *dealwatch.Item) (bool, error) {
	items, err := r.store.ItemsAt(ctx, it.URL)
	if err != nil {
		return false, err
	}
	for _, known := range items {
		if known.Source == src.name {
			*it = known
			return true, nil
		}
	}
	return false, nil
}

// document notes a document of its own accord and reads it, or postpones it where
// its capture is a refusal.
func (r *replay) document(ctx context.Context, src *replayed, it dealwatch.Item, refusal error) error {
	if _, err := src.lease.Note(ctx, "", []dealwatch.Item{it}, r.moment, false); err != nil {
		return err
	}
	if refusal != nil {
		r.refuse(src, refusal)
		return src.lease.Postpone(ctx, it, r.moment, refusal)
	}
	it, err := r.known(ctx, src, it)
	if err != nil {
		return err
	}
	_, err = r.read(ctx, src, it)
	return err
}

// known adds to a document's item what listings said of it.
func (r *replay) known(ctx context.Context, src *replayed, it dealwatch.Item) (dealwatch.Item, error) {
	items, err := r.store.ItemsAt(ctx, it.URL)
	if err != nil {
		return it, err
	}
	for _, k := range items {
		if k.Source == src.name && k.Key == it.Key {
			if k.URL != it.URL {
				k.Extra = append(k.Extra, k.URL)
				k.URL = it.URL
			}
			return k, nil
		}
	}
	return it, nil
}

// read reads one item, then the attachments it found that are captured by now.
func (r *replay) read(ctx context.Context, src *replayed, it dealwatch.Item) (dealwatch.Recorded, error) {
	spy := &finder{Source: foresight{src.Source, r}}
	rec, err := src.poller.Read(ctx, spy, it)
	var re *dealwatch.ReadError
	switch {
	case errors.As(err, &re):
		r.refuse(src, re)
		return rec, nil
	case err != nil:
		return rec, err
	}
	src.line.raised += rec.Raised
	if rec.Outcome == dealwatch.OK {
		src.line.read++
	}
	for _, at := range spy.found {
		if !r.captured(at) {
			continue
		}
		more, err := r.read(ctx, src, at)
		if err != nil {
			return rec, err
		}
		rec.Raised += more.Raised
	}
	return rec, nil
}

// refuse counts a document that could not be read. One that is gone, or whose page
// the files do not hold, is no failure of the source.
func (r *replay) refuse(src *replayed, err error) {
	o := dealwatch.OutcomeOf(err)
	r.refused[o]++
	if o != dealwatch.Gone && o != dealwatch.Absent {
		src.line.failed++
		if src.line.remark == "" {
			src.line.remark = remark(err.Error())
		}
	}
}

// finder remembers the attachments of a reading.
type finder struct {
	dealwatch.Source
	found []dealwatch.Item
}

func (f *finder) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	v, err := f.Source.Read(ctx, it)
	f.found = v.Found
	return v, err
}

func (r *replay) captured(it dealwatch.Item) bool {
	return slices.ContainsFunc(append([]string{it.URL}, it.Extra...), func(u string) bool {
		_, ok := r.tape.Lookup(u)
		return ok
	})
}

// finish closes what is open, keys by address the documents that no listing
// showed, and says of everything still pending why it is.
func (r *replay) finish(ctx context.Context) error {
	if err := r.closeSeries(ctx, r.moment.Add(seriesGap)); err != nil {
		return err
	}
	slices.SortStableFunc(r.unkeyed, func(a, b stray) int { return a.at.Compare(b.at) })
	for _, st := range r.unkeyed {
		r.moment = st.at
		r.tape.Seek(st.at)
		if at, err := r.keyed(ctx, st.src, &st.item); err != nil {
			return err
		} else if !at {
			st.item.Key = "path:" + pathOf(st.item.URL)
		}
		if err := r.document(ctx, st.src, st.item, nil); err != nil {
			return err
		}
	}
	for _, src := range r.srcs {
		due, err := src.lease.Due(ctx, time.Time{})
		if err != nil {
			return err
		}
		for _, it := range due {
			if it.Content != "" || r.captured(it) {
				continue
			}
			why := &dealwatch.ReadError{Outcome: dealwatch.Absent, URL: it.URL, Err: errors.New("the replayed files hold no capture of this page")}
			if err := src.lease.Postpone(ctx, it, r.moment, why); err != nil {
				return err
			}
		}
	}
	return nil
}

// redirect gives the address that a recorded redirect leads to.
func redirect(ex warc.Exchange) (to string, ok bool) {
	if ex.Status < 300 || ex.Status > 399 || ex.Header.Get("Location") == "" {
		return "", false
	}
	from, err := url.Parse(ex.URL)
	if err != nil {
		return "", false
	}
	u, err := from.Parse(ex.Header.Get("Location"))
	if err != nil {
		return "", false
	}
	return u.String(), true
}

func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return u.Path
}
