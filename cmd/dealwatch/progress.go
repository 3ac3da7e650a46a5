package main

import (
	"io"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/dealwatch/dealwatch"
)

// progress draws a bar a source on a terminal, and nothing elsewhere.
type progress struct {
	mu   sync.Mutex
	p    *mpb.Progress
	bars map[string]*mpb.Bar
}

func newProgress(w io.Writer, draw bool) *progress {
	pr := &progress{bars: make(map[string]*mpb.Bar)}
	if draw {
		pr.p = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40))
	}
	return pr
}

func (pr *progress) tell(r dealwatch.Report) {
	pr.set(r.Source, r.Done, r.Done+r.Left)
}

// set moves the bar of that name.
func (pr *progress) set(name string, done, total int) {
	if pr.p == nil {
		return
	}
	pr.mu.Lock()
	defer pr.mu.Unlock()
	bar := pr.bars[name]
	if bar == nil {
		bar = pr.p.AddBar(0,
			mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR), decor.CountersNoUnit("%d / %d", decor.WCSyncSpace)),
			mpb.BarRemoveOnComplete())
		pr.bars[name] = bar
	}
	bar.SetTotal(int64(total), false)
	bar.SetCurrent(int64(done))
}

// stop takes the bars away.
func (pr *progress) stop() {
	if pr.p == nil {
		return
	}
	pr.mu.Lock()
	for _, b := range pr.bars {
		b.Abort(true)
	}
	pr.mu.Unlock()
	pr.p.Wait()
}
