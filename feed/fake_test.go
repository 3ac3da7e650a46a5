package feed

import (
	"fmt"
	"time"

	"github.com/dealwatch/dealwatch"
)

var day = time.Date(2026, 3, 2, 9, 30, 0, 123456000, time.UTC)

var site = Site{
	Base: "https://watch.example.org", Authority: "watch.example.org", Year: 2026,
	Deals: []dealwatch.Deal{
		{ID: "openai-aws", Name: "OpenAI–AWS compute agreement", Rule: "@openai /p @aws"},
		{ID: "google-wiz", Name: "Google–Wiz", Rule: "@google /p @wiz"},
	},
	Sources: []dealwatch.Info{
		{Name: "ftc-press", Title: "FTC press releases", Agency: "FTC", Home: "https://www.ftc.gov/news-events/news/press-releases", Kinds: []string{"press-release"}},
		{Name: "edgar", Title: "Company filings", Agency: "SEC", Home: "https://www.sec.gov/edgar", Kinds: []string{"8-K", "10-Q"}},
	},
}

// event is a plain first match of document n in the deal, n hours after day.
func event(deal string, n int) dealwatch.Event {
	at := day.Add(time.Duration(n) * time.Hour)
	sentence := "The agency said that OpenAI and Amazon Web Services had signed an agreement."
	doc := fmt.Sprintf("ftc-press/%d", 1000+n)
	return dealwatch.Event{
		ID: int64(n + 1), What: dealwatch.Raised, Cause: dealwatch.New, Closeness: dealwatch.InSentence,
		Snippet: sentence, HappenedAt: at, EntryID: "match/" + deal + "/" + doc, Version: 1,
		Title: fmt.Sprintf("Release %d", n),
		Flag: dealwatch.Flag{
			ID: int64(n + 1), DealID: deal, DealName: deal, DocumentID: doc, Source: "ftc-press", Agency: "FTC",
			Kind: "press-release", Title: fmt.Sprintf("Release %d", n), URL: "https://www.ftc.gov/news/" + doc,
			PublishedOn: "2026-03-01", FlaggedAt: at, Version: 1, Closeness: dealwatch.InSentence,
			Snippet: sentence, Cause: dealwatch.New, State: "active", RuleVersion: "r1",
		},
		Mentions: []dealwatch.Mention{
			{Party: "openai", Alias: "OpenAI", Hit: "OpenAI", Field: dealwatch.Text, Start: 21, End: 27, Sentence: sentence},
			{Party: "aws", Alias: "Amazon Web Services", Hit: "Amazon Web Services", Field: dealwatch.Text, Start: 32, End: 51, Sentence: sentence},
		},
	}
}
