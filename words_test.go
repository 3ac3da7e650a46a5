package dealwatch

import (
	"fmt"
	"testing"
)

func TestTerms(t *testing.T) {
	for query, want := range map[string]string{
		"OpenAI":                        "[[openai]]",
		`"Second Request" Amazon`:       "[[second request] [amazon]]",
		"“second request”":              "[[second request]]",
		`"open quote`:                   "[[open quote]]",
		"AT&T, U.S. 8-K":                "[[at] [t] [u] [s] [8] [k]]",
		`"" ' * ( OR NEAR/3 col:x -`:    "[[or] [near] [3] [col] [x]]",
		"Ünïcode ﬁ 漢字":                  "[[ünïcode] [ﬁ] [漢字]]",
		"\x00\xff":                      "[]",
		`acqui* "merg* agree*" x* * **`: "[[acqui*] [merg* agree*] [x]]",
		"Ün* 漢字* a *b":                  "[[ün*] [漢字*] [a] [b]]",
	} {
		if got := fmt.Sprint(Terms(query)); got != want {
			t.Errorf("Terms(%q) = %s, want %s", query, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, tt := range []struct {
		name, text, query string
		want              string
	}{
		{"a word", "Amazon and amazon.com", "amazon", "[[0 6] [11 17]]"},
		{"a part of a word", "Amazonas", "amazon", "[]"},
		{"a phrase over a line break", "a Second\nRequest, b", `"second request"`, "[[2 16]]"},
		{"one of two is missing", "second", "second request", "[]"},
		{"words out of order are no phrase", "request second", `"second request"`, "[]"},
		{"words that begin so", "He acquires. An ACQUISITION", "acqui*", "[[3 11] [16 27]]"},
		{"a phrase of such words", "the merging agreements", `"merg* agree*"`, "[[4 22]]"},
		{"the root by itself", "a merger", "merger*", "[[2 8]]"},
		{"at most so many", "x x x x x", "x", "[[0 1] [2 3] [4 5]]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fmt.Sprint(Places(tt.text, Terms(tt.query), 3)); got != tt.want {
				t.Errorf("Places(%q, %q) = %s, want %s", tt.text, tt.query, got, tt.want)
			}
		})
	}
}
