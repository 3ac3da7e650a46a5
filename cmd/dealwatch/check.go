package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// checking is one try of the sources.
type checking struct {
	*app
	replay       []string
	archive      string
	noArchive    bool
	allowPrivate bool
	client       *crawl.Client
	tape         *warc.Tape
}

func (a *app) sourcesCheckCmd() *cobra.Command {
	k := &checking{app: a}
	cmd := &cobra.Command{
		Use:   "check [SOURCE...]",
		Short: "Try the sources, and say what has changed in the shape of their pages",
		Long: `Reads the first page of every listing and one document of each source, and compares
them with how they looked when they were last read well: items, fields filled, length
of the text, and the elements that the page is made of. Nothing is matched or listed.

A page that cannot be read, or that has lost a field or most of its items, is a finding
(exit code 1); its shape is not taken over. The first check records the shapes.

With --replay, each source's newest captures in WARC files are compared instead.`,
		Example: `  dealwatch sources check
  dealwatch sources check ftc-press whitehouse
  dealwatch sources check --replay archive/*.warc.gz`,
		RunE: func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&k.replay, "replay", nil, "read WARC files instead of the network; further files may follow")
	addArchiveFlags(f, &k.archive, &k.noArchive)
	f.BoolVar(&k.allowPrivate, "allow-private", false, "allow requests to private and loopback addresses")
	return cmd
}

func (k *checking) run(ctx context.Context, args []string) error {
	if len(k.replay) > 0 {
		args = replayFiles(args, &k.replay)
		var err error
		if k.tape, err = warc.OpenTape(k.replay...); err != nil {
			return usage("check the file with `dealwatch archive verify FILE`, or leave it out", "replay: %v", err)
		}
	}
	if err := known(args); err != nil {
		return err
	}
	st, err := k.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.SetSources(ctx, scrapers.Infos()); err != nil {
		return storeFailure(err)
	}
	arch, err := k.openArchive(ctx, st, k.archive, k.noArchive || k.tape != nil)
	if err != nil {
		return err
	}
	if arch != nil {
		defer arch.Close()
	}
	k.client = k.newClient(st, arch, k.tape, k.allowPrivate)
	t := newListing(k.stdout, k.format, "source", "page", "outcome", "items", "filled", "text", "changes")
	found := false
	for _, src := range chosen(k.client, args) {
		if src.Info().Contact && k.contact == "" && k.tape == nil {
			fmt.Fprintln(k.stderr, src.Info().Name, "needs a contact address: add --contact you@example.org")
			continue
		}
		for _, p := range k.pages(ctx, src) {
			if errors.Is(p.err, dealwatch.ErrOurs) {
				return storeFailure(p.err)
			}
			said, bad, err := judgeShape(ctx, st, src.Info().Name, p, k.now())
			if err != nil {
				return storeFailure(err)
			}
			found = found || bad
			if err := t.add(src.Info().Name, p.name, string(dealwatch.OutcomeOf(p.err)), p.shape.Items, p.shape.filled(), p.shape.Text, said); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	if err := t.close(); err != nil {
		return err
	}
	if found || ctx.Err() != nil {
		return quietly(exitSome)
	}
	return nil
}

// A tried page is a listing's first page or a document, as it looks now.
type triedPage struct {
	name  string
	shape shape
	err   error // why it could not be read
}

// document names the page of a document, among those of listings.
const document = "(document)"

// pages tries every listing and one document of a source.
func (k *checking) pages(ctx context.Context, src dealwatch.Source) []triedPage {
	if k.tape != nil {
		return k.captured(ctx, src)
	}
	var all []triedPage
	var one []dealwatch.Item
	for _, s := range src.Streams() {
		c, err := k.client.Get(ctx, s.URL)
		p, items := listed(src, s, c, err)
		all = append(all, p)
		one = append(one, items...)
		if dealwatch.OutcomeOf(p.err) == dealwatch.Blocked || ctx.Err() != nil {
			return all
		}
	}
	if len(one) > 0 {
		all = append(all, read(ctx, src, one[0]))
	}
	return all
}

// listed is a listing's page as its source reads it.
func listed(src dealwatch.Source, s dealwatch.Stream, c dealwatch.Capture, err error) (triedPage, []dealwatch.Item) {
	p := triedPage{name: s.Name, err: err}
	if err != nil {
		return p, nil
	}
	sight, ok := src.Recognise(c)
	switch {
	case !ok:
		p.err = &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: c.URL, Err: errors.New("the source does not recognise its own listing")}
	case sight.Err != nil:
		p.err = sight.Err
	case len(sight.Items) == 0 && !s.Quiet:
		p.err = &dealwatch.ReadError{Outcome: dealwatch.Empty, URL: c.URL, Err: errors.New("the listing shows nothing")}
	}
	if p.err == nil {
		p.shape = shapeOf(c.Body, sight.Items)
	}
	return p, sight.Items
}

// read is a document as its source reads it; the first one of a page that only lists
// documents. Its marks are the channels by which its text can be had.
func read(ctx context.Context, src dealwatch.Source, it dealwatch.Item) triedPage {
	v, err := src.Read(ctx, it)
	if err == nil && v.Index && len(v.Found) > 0 {
		v, err = src.Read(ctx, v.Found[0])
	}
	p := triedPage{name: document, err: err}
	if err == nil {
		p.shape = shapeOf(nil, []dealwatch.Item{v.Item})
		p.shape.Text, p.shape.Marks = utf8.RuneCountInString(v.Text), []string{v.Channel}
	}
	return p
}

// captured tries the newest capture of each listing, of its first page if there is
// one, and of a document.
func (k *checking) captured(ctx context.Context, src dealwatch.Source) []triedPage {
	newest := make(map[string]triedPage)
	number := make(map[string]int)
	var one dealwatch.Item
	var at time.Time
	for _, e := range k.tape.Entries() {
		k.tape.Seek(e.At)
		ex, err := k.tape.Load(e)
		if err != nil || ctx.Err() != nil {
			continue // opening the tape has checked it
		}
		c, refusal := k.client.Recorded(ex, e.Ref())
		sight, ok := src.Recognise(c)
		n, again := number[sight.Stream]
		switch {
		case !ok:
		case sight.Stream != "" && (!again || sight.Page <= n):
			s := streamOf(src, sight.Stream)
			s.Quiet = s.Quiet || s.URL == "" // of a listing that is not polled, nothing is expected
			newest[sight.Stream], _ = listed(src, s, c, refusal)
			number[sight.Stream] = sight.Page
		case sight.Stream != "":
		case refusal == nil && sight.Err != nil:
			newest[document] = triedPage{name: document, err: sight.Err}
		case refusal == nil && len(sight.Documents) > 0:
			delete(newest, document)
			one, at = sight.Documents[0], e.At
		}
	}
	if _, failed := newest[document]; !failed && !at.IsZero() {
		k.tape.Seek(at)
		newest[document] = read(ctx, src, one)
	}
	all := slices.Collect(maps.Values(newest))
	slices.SortFunc(all, func(a, b triedPage) int { return strings.Compare(b.name, a.name) }) // the document last
	return all
}

// judgeShape compares a page with how it last looked, and takes its shape over where
// nothing is lost.
func judgeShape(ctx context.Context, st *store.Store, source string, p triedPage, now time.Time) (said string, finding bool, err error) {
	if p.err != nil {
		// A document of an archive may lack its page; that says nothing of the site.
		return remark(p.err.Error()), dealwatch.OutcomeOf(p.err) != dealwatch.Absent, nil
	}
	if p.shape.Items == 0 { // a quiet listing teaches nothing
		return "lists nothing, which it may", false, nil
	}
	before, at, err := st.Shape(ctx, source, p.name)
	if err != nil {
		return "", false, err
	}
	said = "first look: recorded"
	if before != "" {
		var was shape
		if err := json.Unmarshal([]byte(before), &was); err != nil {
			return "", false, fmt.Errorf("read the shape of %s/%s: %w", source, p.name, err)
		}
		changes, lost := compare(was, p.shape)
		said = "as on " + at.Format("2006-01-02")
		if len(changes) > 0 {
			said = strings.Join(changes, "; ")
		}
		if lost {
			return said, true, nil
		}
	}
	is, err := json.Marshal(p.shape)
	if err != nil {
		return "", false, err
	}
	return said, false, st.SetShape(ctx, source, p.name, string(is), now)
}
