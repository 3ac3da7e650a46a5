package rules

import (
	"os"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

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
		{"a sentence among others", doc("", "OpenAI grew. It signed a contract. OpenAI and AWS signed an agreement. AWS grew."), "openai-aws", dealwatch.InSentence},
		{"two paragraphs", doc("", "OpenAI signed an agreement.\n\nIt will use AWS for years."), "openai-aws", ""},
		{"small letters are no name", doc("", "We expanded our open AI software; AWS sells it by agreement."), "openai-aws", ""},
		{"inside another word", doc("", "Amazon invests in philanthropic agreements."), "amazon-anthropic", ""},
		{"a cut word", doc("", "Amazon signed an agreement with An-\nthropic."), "amazon-anthropic", dealwatch.InSentence},
		{"common name with a party", doc("", "Meta bought a stake in Scale AI."), "meta-scale-ai", dealwatch.InSentence},
		{"a host name", doc("", "OpenAI signed an agreement, see AWS.amazon.example."), "openai-aws", ""},
		{"no word of a deal", doc("", "OpenAI met AWS."), "openai-aws", ""},
		{"a list of competitors", doc("", "Our competitors include OpenAI and AWS, both of which own capacity."), "openai-aws", ""},
		{"a list of customers", doc("", "We announced agreements with OpenAI, Uber, Amazon Web Services, Nokia and the U.S. Army."), "openai-aws", ""},
		{"forward-looking statements", doc("", "These forward-looking statements concern the agreement of OpenAI and AWS."), "openai-aws", ""},
		{"a sentence beside a list", doc("", "Our competitors are many. OpenAI signed an agreement with AWS."), "openai-aws", dealwatch.InSentence},
		{"an exhibit", doc("", "10.1 Agreement, dated as of May 5, 2026, of OpenAI and AWS"), "openai-aws", ""},
		{"a short form of its own", doc("", "Amazon Web Services, Inc. (“Web”) grew.\n\nOpenAI signed an agreement with Web."), "openai-aws", dealwatch.InSentence},
		{"an acronym spelled out as another", doc("", "Advanced Web Systems (AWS) grew. OpenAI signed an agreement with AWS."), "openai-aws", ""},
		{"masked name, another beside it", doc("", "OpenAI signed an agreement on the Amazon River. Amazon approved."), "openai-aws", ""},
		{"common name with a company cue", doc("", "Amazon, Inc. agreed. OpenAI did too."), "openai-aws", dealwatch.InParagraph},
		{"common name alone", doc("", "Amazon agreed. OpenAI did too."), "openai-aws", ""},
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

func TestWhoSpeaks(t *testing.T) {
	amazon := dealwatch.Filer{CIK: 1018724}
	cases := []struct {
		name   string
		text   string
		filers []dealwatch.Filer
		want   bool
	}{
		{"the Company", "The Company invested in OpenAI.", []dealwatch.Filer{amazon}, true},
		{"the Registrant", "An agreement of the Registrant with OpenAI", []dealwatch.Filer{amazon}, true},
		{"any company", "The company invested in OpenAI.\n\nAnd the Company did not.", []dealwatch.Filer{amazon}, false},
		{"the company where no other is meant", "In 2025, the company invested in OpenAI.", []dealwatch.Filer{amazon}, true},
		{"the United States", "The US sued OpenAI.", []dealwatch.Filer{amazon}, false},
		{"somebody else in quotes", "“We will buy more capacity”, said the head of OpenAI, “and own it.”", []dealwatch.Filer{amazon}, false},
		{"the subject of another's filing", "We agreed to buy OpenAI.", []dealwatch.Filer{{CIK: 1018724, Role: "Subject Company"}, {CIK: 7, Role: "Filed by"}}, false},
		{"its own subject", "We agreed to buy OpenAI.", []dealwatch.Filer{{CIK: 1018724, Role: "Subject"}}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := doc("", c.text)
			v.Filers = c.filers
			if got := len(Default().Match(v)) > 0; got != c.want {
				t.Errorf("match = %v, want %v", got, c.want)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	const text = "OpenAI signed an agreement. Then, after a while, came AWS.\n\nAnd more."
	for _, c := range []struct {
		within string
		text   string
		want   dealwatch.Closeness
	}{
		{"sentence", text, ""},
		{"paragraph", text, dealwatch.InParagraph},
		{"document", text, dealwatch.InParagraph},
		{"document", "OpenAI signed an agreement.\n\nAWS too.", dealwatch.InDocument},
		{"9", text, dealwatch.InParagraph},
		{"8", text, ""},
		{"3", "OpenAI's agreement with AWS", dealwatch.InSentence},
	} {
		b := parse(t, testParties+"    parties: [openai, aws]\n    within: "+c.within+"\n")
		var got dealwatch.Closeness
		for _, m := range b.Match(doc("", c.text)) {
			got = m.Closeness
		}
		if got != c.want {
			t.Errorf("within %s, %q: closeness %q, want %q", c.within, c.text, got, c.want)
		}
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("and so on with more words ", 40)
	cases := []struct{ name, text, has string }{
		{"a long sentence", long + "OpenAI signed an agreement with AWS " + long, "OpenAI signed an agreement with AWS"},
		{"hits far apart", "OpenAI signed an agreement " + long + "with AWS.", "… "},
		{"two sentences", "OpenAI signed  an\nagreement. It uses AWS.", "OpenAI signed an agreement. It uses AWS."},
		{"family of emoji", strings.Repeat("👨‍👩‍👧‍👦", 200) + " OpenAI signed an agreement with AWS " + strings.Repeat("👨‍👩‍👧‍👦", 200), "OpenAI"},
		{"accents on their own", strings.Repeat("e\u0301", 400) + " OpenAI signed an agreement with AWS", "OpenAI"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := doc("", c.text)
			got := Default().Match(v)
			if len(got) != 1 {
				t.Fatalf("%d matches, want 1", len(got))
			}
			checkMatch(t, v, got[0])
			s := got[0].Snippet
			if !strings.Contains(s, c.has) {
				t.Errorf("snippet %q lacks %q", s, c.has)
			}
			for _, part := range strings.Split(s, "…") {
				if r, _ := utf8.DecodeRuneInString(part); unicode.IsMark(r) || r == '\u200d' || strings.HasSuffix(part, "\u200d") {
					t.Errorf("snippet is cut inside a character: %q", s)
				}
			}
		})
	}
}

func TestMentions(t *testing.T) {
	v := doc("OpenAI and Amazon", "OpenAI signed an agreement\nwith AWS. Nothing here.\n\nOpenAI again.\n\nAmazon and OpenAI, an agreement.")
	got := Default().Match(v)
	if len(got) != 1 {
		t.Fatalf("%d matches, want 1", len(got))
	}
	want := []dealwatch.Mention{
		{Party: "openai", Alias: "OpenAI", Hit: "OpenAI", Field: "title", Start: 0, End: 6, Sentence: "OpenAI and Amazon"},
		{Party: "aws", Alias: "Amazon", Hit: "Amazon", Field: "title", Start: 11, End: 17, Sentence: "OpenAI and Amazon"},
		{Party: "openai", Alias: "OpenAI", Hit: "OpenAI", Field: "text", Start: 0, End: 6, Sentence: "OpenAI signed an agreement"},
		{Party: "aws", Alias: "AWS", Hit: "AWS", Field: "text", Start: 32, End: 35, Sentence: "with AWS."},
		{Party: "aws", Alias: "Amazon", Hit: "Amazon", Field: "text", Start: 67, End: 73, Sentence: "Amazon and OpenAI, an agreement."},
		{Party: "openai", Alias: "OpenAI", Hit: "OpenAI", Field: "text", Start: 78, End: 84, Sentence: "Amazon and OpenAI, an agreement."},
	}
	if diff := cmp.Diff(want, got[0].Mentions); diff != "" {
		t.Errorf("mentions (-want +got):\n%s", diff)
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

// A book serves many goroutines at once, each with the same answer.
func TestManyGoroutines(t *testing.T) {
	b := parse(t, string(DefaultYAML))
	v := doc("OpenAI–AWS", strings.Repeat("OpenAI signed an agreement with Amazon, Inc. ﬁ é 買\n\nWe met Wiz and Google. ", 50))
	want := b.Match(v)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if diff := cmp.Diff(want, b.Match(v)); diff != "" {
				t.Errorf("another answer (-first +now):\n%s", diff)
			}
			b.Explain(v)
		})
	}
	group.Wait()
}

// A name that a line end parts reads as one, where it is shown; its offsets are those of the text.
func TestPartedNames(t *testing.T) {
	b := parse(t, "parties:\n  a: {name: Betelgeuse}\n  b: {name: Sherwin-Williams}\ndeals:\n  - {id: d, parties: [a, b]}\n")
	v := doc("", "Lately Betel-\ngeuse agreed on a long-\nterm bid for Sherwin-Williams.")
	const want = "Lately Betelgeuse agreed on a long- term bid for Sherwin-Williams."
	m := b.Match(v)
	if len(m) != 1 || m[0].Snippet != want || len(m[0].Mentions) != 2 {
		t.Fatalf("matches %+v, want the snippet %q", m, want)
	}
	explained := b.Explain(v)[0].Found
	for _, x := range append(m[0].Mentions, explained...) {
		if x.Sentence != want || v.Text[x.Start:x.End] != x.Hit {
			t.Errorf("mention %+v of %q, want the sentence %q", x, v.Text[x.Start:x.End], want)
		}
	}
}
