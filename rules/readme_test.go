package rules

import (
	"os"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

// Every example of the README comes out as it says.
func TestReadme(t *testing.T) {
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, block := range strings.Split(string(src), "```rule\n")[1:] {
		body, _, ok := strings.Cut(block, "```")
		if !ok {
			t.Fatal("block is never closed")
		}
		lines := strings.Split(strings.TrimSpace(body), "\n")
		b, err := ruleBook(lines[0])
		if err != nil {
			t.Error(err)
			continue
		}
		for _, line := range lines[1:] {
			n++
			v := dealwatch.Version{Item: dealwatch.Item{Source: "edgar", Kind: "8-K", Agency: "SEC", Docket: "001-22513", PublishedOn: "2026-02-27"}, Text: line[2:]}
			if title, text, ok := strings.Cut(line[2:], " | "); ok {
				v.Title, v.Text = title, text
			}
			if got, want := len(b.Match(v)) > 0, line[0] == '+'; got != want {
				t.Errorf("%s\n%s\nmatch = %v", lines[0], line, got)
			}
		}
	}
	if n < 50 {
		t.Errorf("%d examples, want 50 or more", n)
	}
}

// The watchlist of the README is one, and its examples come out.
func TestReadmeWatchlist(t *testing.T) {
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, block := range strings.Split(string(src), "```yaml\n")[1:] {
		body, _, _ := strings.Cut(block, "```")
		all += body
	}
	b := parse(t, strings.Replace(all, "parties:\n", "parties:\n  openai: {name: OpenAI}\n", 1))
	if errs := b.CheckExamples(); len(errs) > 0 || len(b.Deals()) != 2 {
		t.Errorf("%d deals, mistakes %v", len(b.Deals()), errs)
	}
}

// Every function of the language has a section in the README.
func TestReadmeNamesFunctions(t *testing.T) {
	src, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range functions() {
		if !strings.Contains(string(src), name+"(") && !strings.Contains(string(src), "`"+name+"`") {
			t.Errorf("README does not name %s(...)", name)
		}
	}
}
