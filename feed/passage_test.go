package feed

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// marked is a quote with its hits in brackets.
func marked(q Quote) string {
	var b strings.Builder
	for _, s := range q {
		if s.Hit {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestPassages(t *testing.T) {
	far := strings.Repeat("x ", 300)
	for _, tt := range []struct {
		name, text, query string
		want              []string
	}{
		{"a short text", "The Amazon agreed.", "amazon", []string{"The [Amazon] agreed."}},
		{"near places share one", "Amazon and\nOpenAI agreed", "openai amazon", []string{"[Amazon] and [OpenAI] agreed"}},
		{"a paragraph is not left", "before\n\nAmazon agreed\n\nafter", "amazon", []string{"… [Amazon] agreed …"}},
		{"far places", "Amazon " + far + "Amazon", "amazon", []string{
			"[Amazon] " + strings.TrimSuffix(strings.Repeat("x ", 99), " ") + " …",
			"… " + strings.Repeat("x ", 69) + "[Amazon]"}},
		{"nothing", "nothing", "amazon", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, q := range Passages(tt.text, dealwatch.Places(tt.text, dealwatch.Terms(tt.query), 10), 5) {
				got = append(got, marked(q))
			}
			if strings.Join(got, "|") != strings.Join(tt.want, "|") {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Whatever the text and the places, a passage is clean and not endless.
func TestPassagesOfAnything(t *testing.T) {
	hostile := rapid.SampledFrom([]string{feedtest.Hostile["controls"], feedtest.Hostile["bad UTF-8"], feedtest.Hostile["bidi"],
		feedtest.Hostile["combining"], feedtest.Hostile["space"], strings.Repeat("é", 3000), "a\n\nb", ""})
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(hostile, rapid.String()), 0, 5).Draw(rt, "text"), " ")
		var places [][2]int
		for range rapid.IntRange(0, 20).Draw(rt, "n") {
			places = append(places, [2]int{rapid.IntRange(-1, len(text)+1).Draw(rt, "a"), rapid.IntRange(-1, len(text)+1).Draw(rt, "b")})
		}
		for _, q := range Passages(text, places, 3) {
			s := q.String()
			if Clean(s) != s || !utf8.ValidString(s) || len(s) > 3*quoteBytes {
				rt.Fatalf("a passage of %d bytes: %q", len(s), s)
			}
		}
	})
}
