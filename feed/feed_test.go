package feed

import (
	"testing"

	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

var site = Site{
	Base: feedtest.Base, Authority: feedtest.Authority, Year: feedtest.Year,
	Deals: feedtest.Deals, Sources: feedtest.Sources,
}

func TestHostileQuick(t *testing.T) {
	for i, es := range [][]Entry{site.DealEntries(feedtest.HostileEvents()), site.DocumentEntries(feedtest.HostileEvents())} {
		out, err := Render(site.Deal(site.Deals[0]), es)
		if err != nil {
			t.Fatal(err)
		}
		for n, b := range out {
			t.Logf("%d %s %d bytes %d entries", i, n, len(b), len(es))
		}
		big := 0
		for _, e := range es {
			big = max(big, len(e.HTML))
		}
		t.Log(big)
	}
}
