package rules

import (
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The begin of a sentence counts from its first letter or digit, whatever opens it.
func firstLetter(s string, i int) int {
	start, _ := nextToken(s, i)
	return start
}

func TestSentences(t *testing.T) {
	src, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(strings.TrimSpace(string(src)), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		n++
		parts := strings.Split(strings.ReplaceAll(line, `\n`, "\n"), "|")
		text := strings.Join(parts, "")
		want, at := map[int]bool{}, 0
		for _, p := range parts {
			want[firstLetter(text, at)] = true
			at += len(p)
		}
		p := &passage{s: text}
		for start, end := nextToken(text, 0); start < len(text); start, end = nextToken(text, end) {
			begins := firstLetter(text, p.sentence(start).start) == start
			if begins != want[start] {
				t.Errorf("%q: a sentence begins at %q = %v, want %v", line, text[start:], begins, want[start])
				break
			}
		}
	}
	if n < 300 {
		t.Errorf("%d cases, want 300 or more", n)
	}
}

func TestParagraphs(t *testing.T) {
	for text, want := range map[string]int{
		"one": 1, "one\ntwo": 1, "one\n\ntwo": 2, "one\n \t\ntwo": 2, "one\n\n\n\ntwo\n\nthree\n\n": 3, "": 1, "\n\none": 2,
	} {
		if got := len(paragraphs(text)); got != want {
			t.Errorf("paragraphs(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestCountedWords(t *testing.T) {
	for text, want := range map[string]int{
		"AT&T": 1, "Yahoo!": 1, "C3.ai": 1, "U.S.": 1, "10-K": 1, "M.11043": 1, "1:24-cv-01234": 1, "OpenAI's": 1, "OpenAI’s": 1,
		"$38 billion": 2, "5%": 1, "§ 7": 2, "AT & T": 3, "the U.S. v. Google": 4, "Hart-Scott-Rodino": 3, "OpenAI–AWS": 2,
		"1,000,000 shares": 2, "8-K/A": 1, "買収": 2, "": 0, " ... ": 0,
	} {
		if got := len(countedWords(text)); got != want {
			t.Errorf("words of %q = %d, want %d", text, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	cases := []struct {
		alias, text string
		want        string // what is found, "" for nothing
	}{
		{"OpenAI", "the OpenAI-led group", "OpenAI"},
		{"OpenAI", "OPENAI", "OPENAI"},
		{"OpenAI", "Openai", "Openai"},
		{"OpenAI", "openai", ""},
		{"OpenAI", "xOpenAI", ""},
		{"OpenAI", "OpenAI_Global", "OpenAI"},
		{"OpenAI", "Open\u00adAI", "Open\u00adAI"},
		{"OpenAI", "Open\u200bAI", ""},
		{"OpenAI", "OpenAI", "OpenAI"},
		{"Open AI", "open AI software", ""},
		{"Open AI", "Open\nAI", "Open\nAI"},
		{"Open AI", "Open\n\nAI", ""},
		{"Scale AI", "giant-scale AI", ""},
		{"Scale AI", "Scale\u00a0AI’s", "Scale\u00a0AI"},
		{"Amazon.com", "Amazon.com, Inc.", "Amazon.com"},
		{"Amazon.com", "Amazon. Com", ""},
		{"Wiz, Inc.", "Wiz Inc. agreed", "Wiz Inc"},
		{"Wiz Inc.", "Wiz, Inc. agreed", "Wiz, Inc"},
		{"Amazon Web Services", "Amazon, Web, Services", ""},
		{"AT&T", "AT & T", "AT & T"},
		{"AT & T", "AT&T's", "AT&T"},
		{"AT&T", "ATT", ""},
		{"U.S. Steel", "U. S. Steel", "U. S. Steel"},
		{"U.S. Steel", "US Steel", ""},
		{"Coca-Cola", "Coca‑Cola", "Coca‑Cola"},
		{"Coca-Cola", "Coca Cola", "Coca Cola"},
		{"Macy's", "Macy’s", "Macy’s"},
		{"C3.ai", "C3.ai", "C3.ai"},
		{"Finastra", "ﬁnastra", ""},
		{"Finastra", "FINASTRA", "FINASTRA"},
		{"Nestle", "Nestlé", "Nestlé"},
		{"Nestlé", "Nestle", ""},
		{"Nestlé", "Nestle\u0301", "Nestle\u0301"},
		{"Amazon", "Ama-\nzon", "Ama-\nzon"},
		{"Sherwin-Williams", "Sherwin-\nWilliams", "Sherwin-\nWilliams"},
		{"Johnson & Johnson", "Johnson &\nJohnson", "Johnson &\nJohnson"},
		{"Warner Bros. Discovery", "Warner Bros Discovery", "Warner Bros Discovery"},
		{"阿里巴巴", "收购阿里巴巴集团", "阿里巴巴"},
	}
	for _, c := range cases {
		t.Run(c.alias+" in "+c.text, func(t *testing.T) {
			got := ""
			newIndex([]*term{newTerm(c.alias, nameCase, false, false, false)}).scan(c.text, func(_ *term, start, end int) {
				got = c.text[start:end]
			})
			if got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// A text is cut alike whatever is asked for first, and however much.
func TestPiecesAgree(t *testing.T) {
	gaps := []string{" ", ". ", "\n", "\n\n", " \n\t\n ", "\r\n", "\n\n\n", " lower\n", "• "}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(0, 30).Draw(t, "words") {
			b.WriteString(rapid.SampledFrom([]string{"Alpha", "beta", "a line that is longer than forty bytes and more", "Inc"}).Draw(t, "word"))
			b.WriteString(rapid.SampledFrom(gaps).Draw(t, "gap"))
		}
		s := b.String()
		paras := extents(nil, paragraphs(s), len(s))
		var cut pieces
		for _, run := range extents(nil, runs(s), len(s)) {
			cut = extents(cut, sentences(s, run), run.end)
		}
		p := &passage{s: s}
		for range rapid.IntRange(0, 20).Draw(t, "questions") {
			if s == "" {
				break
			}
			i := rapid.IntRange(0, len(s)-1).Draw(t, "place")
			if want, _ := pieces(paras).holding(i); p.paragraph(i) != want {
				t.Fatalf("%q: paragraph at %d is %v, want %v", s, i, p.paragraph(i), want)
			}
			if want, _ := cut.holding(i); p.sentence(i) != want {
				t.Fatalf("%q: sentence at %d is %v, want %v", s, i, p.sentence(i), want)
			}
		}
	})
}

// Words between two places are counted alike from near and from afar.
func TestApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &passage{s: drawText(t, "text", 40)}
		var tokens []extent
		for start, end := nextToken(p.s, 0); start < len(p.s); start, end = nextToken(p.s, end) {
			tokens = append(tokens, extent{start, end})
		}
		for range 5 {
			if len(tokens) < 2 {
				break
			}
			i := rapid.IntRange(0, len(tokens)-2).Draw(t, "left")
			j := rapid.IntRange(i+1, len(tokens)-1).Draw(t, "right")
			limit := rapid.IntRange(1, 30).Draw(t, "limit")
			want := min(p.wordsBefore(tokens[j].start)-p.wordsBefore(tokens[i].end), limit)
			if got := p.apart(tokens[i], tokens[j], limit); got != want {
				t.Fatalf("%q: %d words between %v and %v, want %d", p.s, got, tokens[i], tokens[j], want)
			}
		}
	})
}
