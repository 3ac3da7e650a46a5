package crawl

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPhrases finds in texts made of the words themselves, whole, cut and in any case,
// what a search for one after the other finds.
func TestPhrases(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // no secret
	for range 2000 {
		var b strings.Builder
		for range chance.IntN(40) {
			s := known.all[chance.IntN(len(known.all))]
			switch chance.IntN(3) {
			case 0:
				s = strings.ToUpper(s)
			case 1:
				s = s[:chance.IntN(len(s))]
			}
			b.WriteString(s + strings.Repeat("<", chance.IntN(3)))
		}
		page := []byte(b.String())
		got := known.in(page)
		for _, s := range known.all {
			if want := bytes.Contains(bytes.ToLower(page), []byte(s)); got[s] != want {
				t.Fatalf("%q in %q: %v, want %v", s, page, got[s], want)
			}
		}
	}
	if got := known.in(nil); got != nil {
		t.Errorf("in nothing: %v", got)
	}
}

func TestHasTag(t *testing.T) {
	for page, want := range map[string]bool{
		"<p>text</p></BODY></HTML>\n": true, "<p>text</p></body >": true, "<p>text</p>": false, "": false, "/html": false, "<": false, "</htm": false,
	} {
		if got := hasTag([]byte(page), "/html", "/body"); got != want {
			t.Errorf("%q: %v, want %v", page, got, want)
		}
	}
}
