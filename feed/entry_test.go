package feed

import (
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// An entry names the deals that the document was flagged for beside its own: in the order
// of the watchlist, as links where they are followed.
func TestOtherDeals(t *testing.T) {
	ev := feedtest.Event("openai-aws", 1)
	ev.Others = []string{"<old>", "google-wiz", "openai-aws", "google-wiz"}
	const others = `<li>Also flagged for: <a href="https://watch.example.org/deals/google-wiz">Google–Wiz</a>, &lt;old&gt;</li>`
	for name, entries := range feedsOf([]dealwatch.Event{ev}) {
		if got := entries[0].HTML; !strings.Contains(got, others) {
			t.Errorf("%s lacks %s:\n%s", name, others, got)
		}
	}
	wiz := ev
	wiz.ID, wiz.Flag.ID, wiz.Flag.DealID = 7, 7, "google-wiz"
	ev.Others, wiz.Others = []string{"google-wiz"}, []string{"openai-aws"}
	if got := feedsOf([]dealwatch.Event{ev, wiz})["all"][0].HTML; strings.Contains(got, "Also flagged") {
		t.Errorf("deals that are told of are named twice:\n%s", got)
	}
}
