package whitehouse

import (
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

func TestSecond(t *testing.T) {
	top := home + "/presidential-actions/"
	cases := []struct {
		name, since, further string
		want                 string
		outcome              dealwatch.Outcome
	}{
		{"down to a page that is older", "2026-06-21", "actions-2.html", "post-40012 post-40010", dealwatch.OK},
		{"to the last page", "2026-06-19", "actions-2.html", "post-40012 post-40010 post-40007", dealwatch.OK},
		{"a page that has lost its shape", "2026-06-21", "no-item.html", "", dealwatch.Unparsed},
	}
	for _, c := range cases {
		pages := map[string]string{top: page(t, "actions.html"), top + "page/2/": page(t, c.further)}
		n := 0
		for look := range (Actions{Client: served(t, pages)}).Second(t.Context(), dealwatch.Range{Since: c.since, Until: "2026-06-22"}) {
			n++
			var keys []string
			for _, it := range look.Items {
				keys = append(keys, it.Key)
			}
			if got := strings.Join(keys, " "); got != c.want || dealwatch.OutcomeOf(look.Err) != c.outcome {
				t.Errorf("%s: %q, %v; want %q, %s", c.name, got, look.Err, c.want, c.outcome)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d looks, want one", c.name, n)
		}
	}
}
