package whitehouse

import (
	"context"
	"iter"

	"github.com/dealwatch/dealwatch"
)

var _ dealwatch.Reconciler = Actions{}

// Second implements [dealwatch.Reconciler]: the HTML listing of presidential actions,
// from its top down to the first of the days, however far below the pages of every
// poll that is. The news have no second listing.
func (a Actions) Second(ctx context.Context, r dealwatch.Range) iter.Seq[dealwatch.Look] {
	return func(yield func(dealwatch.Look) bool) {
		look := dealwatch.Look{Stream: "second: HTML listing", From: r.Since, To: r.Until,
			Proves: []string{feedStream, ordersStream, actionsStream}}
		listing := dealwatch.Stream{Name: actionsStream, URL: home + "/presidential-actions/"}
		for items, err := range a.List(ctx, listing, dealwatch.Range{}) {
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
			if older { // a whole page, since the listing is not quite in the order of its dates
				break
			}
		}
		yield(look)
	}
}
