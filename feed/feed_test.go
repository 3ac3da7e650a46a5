package feed

import (
	"os"
	"testing"

	"github.com/dealwatch/dealwatch"
)

func TestSmoke(t *testing.T) {
	evs := []dealwatch.Event{event("openai-aws", 1), event("openai-aws", 2)}
	out, err := Render(site.Deal(site.Deals[0]), site.DealEntries(evs))
	if err != nil {
		t.Fatal(err)
	}
	for n, b := range out {
		t.Logf("%s\n%s", n, b)
	}
	site.WriteOPML(os.Stdout)
}
