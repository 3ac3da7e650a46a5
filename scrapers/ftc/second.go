package ftc

import (
	"context"
	"iter"

	"github.com/dealwatch/dealwatch"
)

var _ dealwatch.Reconciler = Releases{}

// Second implements [dealwatch.Reconciler]: the HTML listing, which shows every release
// that either feed does.
func (s Releases) Second(ctx context.Context, r dealwatch.Range) iter.Seq[dealwatch.Look] {
	return func(yield func(dealwatch.Look) bool) {
		look := dealwatch.Look{Stream: "second: HTML listing", From: r.Since, To: r.Until}
		for _, stream := range s.Streams() {
			look.Proves = append(look.Proves, stream.Name)
		}
		for items, err := range pages(ctx, s.Client, releasesListing, 0, s.listPage) {
			if err != nil {
				look.Items, look.Err = nil, err
				break
			}
			older := true
			for _, it := range items {
				older = older && it.PublishedOn < r.Since
				if it.PublishedOn >= r.Since && it.PublishedOn <= r.Until {
					look.Items = append(look.Items, it)
				}
			}
			if older { // a whole page, since a release may be dated back a little
				break
			}
		}
		yield(look)
	}
}
