package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/scrapertest/mutate"
)

// fewPages are the pages of a kind on which each target is renamed and taken out, the
// smallest first. On the first it is renamed at one place, too. With DEALWATCH_TORTURE
// all is done on every page.
const fewPages = 3

// manyAlike is how many pages of a kind that hold nothing new are looked at, one after
// the other.
const manyAlike = 50

// bigPage is one on which targets are only renamed, but for torture.
const bigPage = 1 << 20

// A count is a row of the table of mutations.
type count struct {
	targets                map[string]int // pages that each stood on
	pages, mutations       int
	alike                  int // pages one after the other that had nothing to add
	lost, noticed          int // of mutations: a row or a field that must be there is lost
	optional, told, silent int // of the rest: something else is lost of most items, of fewer
}

func (c *count) add(o count) {
	c.mutations += o.mutations
	c.lost, c.noticed = c.lost+o.lost, c.noticed+o.noticed
	c.optional, c.told, c.silent = c.optional+o.optional, c.told+o.told, c.silent+o.silent
}

// TestMutations changes every page that some source reads, the captured ones and those
// of the testdata: each thing that the source's code looks for is renamed in turn, on
// the whole page and at one place of it, and taken out. The page is then polled or read
// as ever. Whatever loses a row, a title, a date, an address, a text or a link to a
// further document must be said to have; and so must what most rows had and few have now.
func TestMutations(t *testing.T) {
	slow(t)
	t.Parallel()
	pages := slices.Concat(capturedPages(t), writtenPages(t))
	slices.SortStableFunc(pages, func(a, b capturedPage) int { return cmp.Compare(len(a.exchange.Body), len(b.exchange.Body)) })
	words := map[string]mutate.Words{}
	for _, src := range scrapers.All(nil) {
		pkg := strings.TrimPrefix(reflect.TypeOf(src).PkgPath(), "github.com/dealwatch/dealwatch/")
		words[src.Info().Name] = mutate.WordsOf(t, filepath.Join("../..", pkg))
	}
	table := map[string]*count{}
	var mu sync.Mutex // guards table
	work := make(chan *trial)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for tr := range work {
				tr.readUnchanged(t)
				got := tr.run(t)
				mu.Lock()
				table[tr.page.kind()].add(got)
				mu.Unlock()
			}
		})
	}
	for _, p := range pages {
		mu.Lock()
		row := table[p.kind()]
		if row == nil {
			row = &count{targets: map[string]int{}}
			table[p.kind()] = row
		}
		mu.Unlock()
		if row.alike > manyAlike && !torture() {
			continue
		}
		tr := &trial{page: p, places: map[string]bool{}}
		tr.page.further = furtherOf(pages, p)
		for _, x := range words[p.source].Targets(p.exchange.Body, p.mediaType()) {
			if row.targets[x.Name]++; row.targets[x.Name] <= fewPages || torture() {
				tr.targets = append(tr.targets, x)
			}
			if row.targets[x.Name] == 1 || torture() {
				tr.places[x.Name] = true
			}
		}
		row.alike++
		if len(tr.targets) > 0 {
			row.pages++
			row.alike = 0
			work <- tr
		}
	}
	close(work)
	workers.Wait()
	logMutations(t, table)
}

// slow skips a test that takes minutes under the race detector and starts no goroutine
// that another test does not.
func slow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long; it runs without -short")
	}
}

func torture() bool { return os.Getenv("DEALWATCH_TORTURE") != "" }

func logMutations(t *testing.T, table map[string]*count) {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "source and page\ttargets\tpages\tmutations\tlost\tnoticed\toptional, of most\ttold\t\n")
	var all count
	for _, kind := range slices.Sorted(maps.Keys(table)) {
		c := table[kind]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", kind, len(c.targets), c.pages, c.mutations, c.lost, c.noticed, c.optional, c.told)
		all.add(*c)
		all.pages += c.pages
		if c.mutations == 0 {
			t.Errorf("%s: nothing was mutated", kind)
		}
	}
	fmt.Fprintf(w, "all\t\t%d\t%d\t%d\t%d\t%d\t%d\t\n", all.pages, all.mutations, all.lost, all.noticed, all.optional, all.told)
	_ = w.Flush() // into memory
	t.Logf("\n%s%d mutations lost an optional field of single items", b.String(), all.silent)
	if all.lost == 0 || all.optional == 0 {
		t.Error("nothing was ever lost: the mutations do not reach the readers")
	}
}

// A trial is one page, as it is read unchanged, and what is to be mutated on it.
type trial struct {
	page    capturedPage
	targets []mutate.Target
	places  map[string]bool // targets that are renamed at one place, too
	was     glimpse
}

// readUnchanged reads the page as it is. Of a listing nothing may be said then.
func (tr *trial) readUnchanged(t *testing.T) {
	p := &tr.page
	tr.was = p.read(t, p.exchange.Body, nil)
	if p.sight.Stream == "" {
		return // a page of several that make a document is not enough to read it
	}
	if tr.was.said != "" { // a listing that is replayed, and not polled
		p.replayed = true
		tr.was = p.read(t, p.exchange.Body, nil)
	}
	if tr.was.said != "" {
		t.Errorf("%s, unchanged: %s", p.exchange.URL, tr.was.said)
	}
}

func (tr *trial) run(t *testing.T) (c count) {
	known := slices.Collect(maps.Values(tr.was.items))
	for _, x := range tr.targets {
		for _, m := range x.Mutants(tr.page.exchange.Body) {
			if m.How != mutate.Renamed && (len(m.Body) > bigPage && !torture() || m.How != mutate.TakenOut && !tr.places[x.Name]) {
				continue
			}
			if x.Name == "<SUBAGY>" && m.How == mutate.TakenOut {
				continue // with its name goes all that tells one part of an agency from another
			}
			c.mutations++
			is := tr.page.read(t, m.Body, known)
			noticed := is.said != "" && is.said != tr.was.said
			lost, optional, most := losses(tr.was, is, m.How == mutate.TakenOut)
			switch {
			case len(lost) > 0:
				c.lost++
				if noticed {
					c.noticed++
				} else {
					t.Errorf("%s %s: with %s %s, %s is lost without a word", tr.page.kind(), tr.page.exchange.URL, x.Name, m.How, strings.Join(lost, ", "))
				}
			case most:
				c.optional++
				if noticed {
					c.told++
				} else {
					t.Errorf("%s %s: with %s %s, most items lose %s without a word", tr.page.kind(), tr.page.exchange.URL, x.Name, m.How, strings.Join(optional, ", "))
				}
			case len(optional) > 0 && !noticed:
				c.silent++
			}
		}
	}
	return c
}

// TestMutationsSeeLosses shows that the test of mutations can fail: a row that is cut
// out of a listing whole, which no reader can notice, is a loss that nobody told of.
func TestMutationsSeeLosses(t *testing.T) {
	p := capturedPage{source: "ftc-press", sight: dealwatch.Sight{Stream: "competition"},
		exchange: answer(competitionFeed, day(4), 200, "application/rss+xml", feedOf(
			entryOf("900002", "Agency Moves a Page", release2, "Tue, 03 Mar 2026"), entryOf("900001", "Agency Looks at the Cloud", release1, "Mon, 02 Mar 2026")))}
	p.exchange.Header.Del("Content-Length")
	was := p.read(t, p.exchange.Body, nil)
	if was.said != "" || len(was.items) != 2 {
		t.Fatalf("unchanged: %d items, %s", len(was.items), was.said)
	}
	cut := p.read(t, []byte(feedOf(entryOf("900002", "Agency Moves a Page", release2, "Tue, 03 Mar 2026"))), nil)
	if lost, _, _ := losses(was, cut, false); cut.said != "" || !slices.Equal(lost, []string{"row"}) {
		t.Errorf("a row cut out: lost %q, said %q; want the row, and nothing", lost, cut.said)
	}
	unnamed := p.read(t, []byte(feedOf(entryOf("900002", "Agency Moves a Page", release2, "Tue, 03 Mar 2026"), entryOf("900001", "", release1, "Mon, 02 Mar 2026"))), nil)
	if lost, _, _ := losses(was, unnamed, false); unnamed.said == "" || len(lost) == 0 {
		t.Errorf("a row without a title: lost %q, said %q", lost, unnamed.said)
	}
}
