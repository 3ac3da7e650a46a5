package feed

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// shown writes a quote with its hits in brackets.
func shown(q Quote) string {
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

func mention(party, hit, sentence string) dealwatch.Mention {
	return dealwatch.Mention{Party: party, Hit: hit, Alias: hit, Sentence: sentence}
}

func TestQuotes(t *testing.T) {
	const both = "OpenAI buys from AWS."
	tests := []struct {
		name     string
		snippet  string
		mentions []dealwatch.Mention
		want     []string
	}{
		{"one sentence holds both", both, []dealwatch.Mention{mention("o", "OpenAI", both), mention("a", "AWS", both)}, []string{"[OpenAI] buys from [AWS]."}},
		{"the snippet lacks a party", "OpenAI pays.", []dealwatch.Mention{mention("o", "OpenAI", "OpenAI pays."), mention("a", "AWS", "AWS hosts.")}, []string{"[OpenAI] pays.", "[AWS] hosts."}},
		{"a word parted at a line end", "Betelgeuse Mills agreed", []dealwatch.Mention{mention("b", "Betel-\ngeuse Mills", "Betelgeuse Mills agreed")}, []string{"[Betelgeuse Mills] agreed"}},
		{"one of old evidence", "Betel- geuse Mills agreed", []dealwatch.Mention{mention("b", "Betel-\ngeuse Mills", "Betel- geuse Mills agreed")}, []string{"[Betel- geuse Mills] agreed"}},
		{"a hit at a line break", "The Kroger Co. agreed", []dealwatch.Mention{mention("k", "Kroger\nCo.", "The Kroger Co. agreed")}, []string{"The [Kroger Co.] agreed"}},
		{"not inside another word", "OpenAIs and MyOpenAI, then OpenAI.", []dealwatch.Mention{mention("o", "OpenAI", "x")}, []string{"OpenAIs and MyOpenAI, then [OpenAI]."}},
		{"the longer of two hits", "Amazon Web Services", []dealwatch.Mention{mention("a", "Amazon", "x"), mention("a", "Amazon Web Services", "x")}, []string{"[Amazon Web Services]"}},
		{"a hit that begins with no letter", "bought $AMZN today", []dealwatch.Mention{mention("a", "$AMZN", "x")}, []string{"bought [$AMZN] today"}},
		{"no mention", "Only this.", nil, []string{"Only this."}},
		{"nothing at all", "", nil, nil},
		{"at most three", "a b", []dealwatch.Mention{mention("1", "a", "a b"), mention("2", "c", "c"), mention("3", "d", "d"), mention("4", "e", "e")}, []string{"[a] b", "[c]", "[d]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Quotes(dealwatch.Event{Snippet: tt.snippet, Mentions: tt.mentions})
			if len(got) != len(tt.want) {
				t.Fatalf("Quotes gives %d quotes, want %q", len(got), tt.want)
			}
			for i := range got {
				if shown(got[i]) != tt.want[i] {
					t.Errorf("quote %d = %q, want %q", i, shown(got[i]), tt.want[i])
				}
			}
		})
	}
}

// Rule 5.8: a quote is short, holds its hit, and cuts no grapheme.
func TestQuoteWindow(t *testing.T) {
	family := strings.Repeat("👩‍👩‍👧‍👦", 200)
	accents := strings.Repeat("e\u0301\u0323", 400)
	for name, s := range map[string]string{
		"words":                  strings.Repeat("some words ", 500) + "OpenAI " + strings.Repeat("and more ", 500),
		"emoji of many parts":    family + " OpenAI " + family,
		"accents without spaces": accents + " OpenAI " + accents,
		"hit at the end":         strings.Repeat("x ", 5000) + "OpenAI",
		"hit at the start":       "OpenAI " + strings.Repeat("é", 5000),
		"one endless grapheme":   "OpenAI e" + strings.Repeat("\u0301", 1<<20),
		"1 MiB":                  strings.Repeat("y", 1<<19) + " OpenAI " + strings.Repeat("z", 1<<19),
	} {
		t.Run(name, func(t *testing.T) {
			q := Quotes(dealwatch.Event{Snippet: s, Mentions: []dealwatch.Mention{mention("o", "OpenAI", s)}})[0]
			text := q.String()
			if n := uniseg.GraphemeClusterCount(text); n > quoteRunes+4 || len(text) > quoteBytes+10 {
				t.Errorf("the quote has %d graphemes in %d bytes", n, len(text))
			}
			if !strings.Contains(shown(q), "[OpenAI]") {
				t.Errorf("the quote %.100q does not show its hit", shown(q))
			}
			cut := strings.TrimSuffix(strings.TrimPrefix(text, "… "), " …")
			at := strings.Index(s, cut)
			if at < 0 {
				t.Fatalf("the quote %.100q is no part of the passage", cut)
			}
			if !boundary(s, at) || !boundary(s, at+len(cut)) {
				t.Errorf("the quote cuts a grapheme of the passage")
			}
		})
	}
}

// boundary reports whether a grapheme of s begins or ends at byte i. It looks back to
// the last space, which always begins one.
func boundary(s string, i int) bool {
	at := strings.LastIndexByte(s[:i], ' ') + 1
	for at < i {
		cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(s[at:], -1)
		at += len(cluster)
	}
	return at == i
}

func TestClean(t *testing.T) {
	tests := []struct{ name, in, line, text string }{
		{"plain", "a b", "a b", "a b"},
		{"line breaks", " a\n\n\tb\r\n", "a b", " a\n\n\tb\r\n"},
		{"other white space", "a\u00a0\u2003b\u2028c", "a b c", "a\u00a0\u2003b\u2028c"},
		{"control characters", "a\x00\x08\x1b\x7fb", "ab", "ab"},
		{"C1", "a\u0080\u009fb", "ab", "ab"},
		{"next line", "a\u0085b", "a b", "ab"},
		{"noncharacters", "a\ufffe\uffff\U0001fffeb", "ab", "ab"},
		{"broken bytes", "a\xff\xc3b", "a\ufffd\ufffdb", "a\ufffd\ufffdb"},
		{"bidi controls", "a\u202eb\u202cc\u2066d\u2069", "abcd", "abcd"},
		{"bidi marks, which are harmless", "a\u200fb", "a\u200fb", "a\u200fb"},
		{"joined emoji", "👩‍👧", "👩‍👧", "👩‍👧"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Line(tt.in); got != tt.line {
				t.Errorf("Line(%q) = %q, want %q", tt.in, got, tt.line)
			}
			if got := Clean(tt.in); got != tt.text {
				t.Errorf("Clean(%q) = %q, want %q", tt.in, got, tt.text)
			}
		})
	}
}

// Rule 5.5.
func TestLink(t *testing.T) {
	for _, bad := range feedtest.HostileLinks {
		if got := Link(bad); got != "" {
			t.Errorf("Link(%q) = %q, want none", bad, got)
		}
	}
	for in, want := range map[string]string{
		"https://www.ftc.gov/news?id=1&b=2#top": "https://www.ftc.gov/news?id=1&b=2#top",
		"\tHTTPS://www.ftc.gov/a b\n":           "https://www.ftc.gov/a%20b",
		"http://example.org/é":                  "http://example.org/%C3%A9",
		"https://example.org/\"><script>":       "https://example.org/%22%3E%3Cscript%3E",
	} {
		if got := Link(in); got != want {
			t.Errorf("Link(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range feedtest.Hostile {
		f.Add(s[:min(len(s), 1000)])
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{Line(s), Clean(s), Short(s, 10)} {
			if strings.IndexFunc(got, illegal) >= 0 || !strings.Contains(got+" ", strings.ToValidUTF8(got, "")) {
				t.Errorf("%q comes out as %q", s, got)
			}
		}
		if got := Line(s); Line(got) != got {
			t.Errorf("Line is not done with %q in one go: %q, then %q", s, got, Line(got))
		}
		if u := Link(s); u != "" && Link(u) != u {
			t.Errorf("Link(%q) = %q, and then %q", s, u, Link(u))
		}
	})
}
