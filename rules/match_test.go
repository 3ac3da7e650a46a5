package rules

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch"
)

func parse(t *testing.T, yaml string) *Book {
	t.Helper()
	b, err := Parse("test.yaml", strings.NewReader(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func doc(title, text string) dealwatch.Version {
	return dealwatch.Version{Item: dealwatch.Item{Title: title}, Text: text}
}

func TestDefaultMatches(t *testing.T) {
	cases := []struct {
		name    string
		v       dealwatch.Version
		deal    string
		closely dealwatch.Closeness
	}{
		{"both in the title", doc("OpenAI–AWS: a review", "Nothing else."), "openai-aws", dealwatch.InTitle},
		{"both in a sentence", doc("", "OpenAI signed an agreement with Amazon Web Services."), "openai-aws", dealwatch.InSentence},
		{"possessive and line break", doc("", "OpenAI’s agreement with Amazon Web\nServices grew."), "openai-aws", dealwatch.InSentence},
		{"full width and soft hyphen", doc("", "Ｏpen\u00adAI made an agreement with ＡＷＳ."), "openai-aws", dealwatch.InSentence},
		{"two sentences of a paragraph", doc("", "OpenAI signed an agreement. It will use AWS for years."), "openai-aws", dealwatch.InParagraph},
		{"two paragraphs", doc("", "OpenAI signed an agreement.\n\nIt will use AWS for years."), "openai-aws", ""},
		{"small letters are no name", doc("", "We expanded our open AI software; AWS sells it by agreement."), "openai-aws", ""},
		{"inside another word", doc("", "Amazon invests in philanthropic agreements."), "amazon-anthropic", ""},
		{"a cut word", doc("", "Amazon signed an agreement with An-\nthropic."), "amazon-anthropic", dealwatch.InSentence},
		{"common name with a party", doc("", "Meta bought a stake in Scale AI."), "meta-scale-ai", dealwatch.InSentence},
		{"a host name", doc("", "OpenAI signed an agreement, see AWS.amazon.example."), "openai-aws", ""},
		{"another AWS", doc("", "OpenAI and the AWS agreement.\n\nThe American Welding Society met."), "openai-aws", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got dealwatch.Closeness
			for _, m := range Default().Match(c.v) {
				if m.DealID == c.deal {
					got = m.Closeness
				}
				checkMatch(t, c.v, m)
			}
			if got != c.closely {
				t.Errorf("closeness of %s = %q, want %q", c.deal, got, c.closely)
			}
		})
	}
}

func checkMatch(t *testing.T, v dealwatch.Version, m dealwatch.Match) {
	t.Helper()
	if len(m.Mentions) == 0 {
		t.Errorf("%s has no mentions", m.DealID)
	}
	for _, x := range m.Mentions {
		field := v.Text
		switch x.Field {
		case dealwatch.Title:
			field = v.Title
		case dealwatch.Text:
		default:
			continue
		}
		if field[x.Start:x.End] != x.Hit {
			t.Errorf("mention %+v: field has %q there", x, field[x.Start:x.End])
		}
	}
	if n := utf8.RuneCountInString(m.Snippet); n == 0 || n > snippetSize {
		t.Errorf("snippet has %d characters: %q", n, m.Snippet)
	}
	if m.Closeness.Rank() == 0 || m.RuleVersion == "" {
		t.Errorf("incomplete match: %+v", m)
	}
}

func TestFilerSpeaks(t *testing.T) {
	v := doc("", "In 2025 we entered into an agreement with OpenAI.")
	v.Filers = []dealwatch.Filer{{CIK: 1018724}}
	got := Default().Match(v)
	if len(got) != 1 || got[0].DealID != "openai-aws" || got[0].Closeness != dealwatch.ByFiler {
		t.Fatalf("Match = %+v, want openai-aws by filer", got)
	}
	if m := got[0].Mentions[0]; m.Party != "aws" || m.Alias != filerName || m.Hit != "we" {
		t.Errorf("first mention = %+v, want the filer's we", m)
	}
	v.Filers[0].CIK = 42
	if got := Default().Match(v); len(got) > 0 {
		t.Errorf("another filer's we gives %+v", got)
	}
}

func TestEvalWatchlist(t *testing.T) {
	f, err := os.Open(corpusFile(t, "eval-watchlist.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := Parse("eval-watchlist.yaml", f)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Deals()) != 47 {
		t.Errorf("%d deals, want 47", len(b.Deals()))
	}
}

// corpusFile names a file of the shared corpus, and skips the test where there is none.
func corpusFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("DEALWATCH_CORPUS")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("DEALWATCH_CORPUS is not set")
		}
		t.Skip("DEALWATCH_CORPUS is not set")
	}
	return dir + "/" + name
}
