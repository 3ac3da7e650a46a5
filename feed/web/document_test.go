package web

import (
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed/internal/feedtest"
)

// inTitle is a match in the title, and the version that has it.
func inTitle() (dealwatch.Event, dealwatch.Document) {
	const title = "OpenAI signs with Amazon Web Services"
	ev := feedtest.Say(feedtest.Event("openai-aws", 1), title)
	ev.Title, ev.Flag.Title, ev.Closeness, ev.Flag.Closeness = title, title, dealwatch.InTitle, dealwatch.InTitle
	for i := range ev.Mentions {
		ev.Mentions[i].Field = dealwatch.Title
	}
	d := dealwatch.Document{ID: ev.Flag.DocumentID, Number: 1}
	d.Title, d.Text, d.ReadAt = title, "It takes effect in May.", ev.HappenedAt
	return ev, d
}

// A hit in the title is marked, before those of the text.
func TestPageShowsTitleMentions(t *testing.T) {
	ev, d := inTitle()
	text := ev.Mentions[0]
	d.Text = "It takes effect in May, OpenAI said."
	text.Field, text.Start = dealwatch.Text, strings.Index(d.Text, text.Hit)
	text.End = text.Start + len(text.Hit)
	ev.Mentions = append(ev.Mentions, text)
	w := newWorld(t, ev)
	w.reader.SetVersions(d.ID, d)
	page := w.get("/documents/" + d.ID).Body.String()
	const want = "3 mentions in version 1, in the title</p>\n<blockquote><p><mark>OpenAI</mark> signs with <mark>Amazon Web Services</mark></p></blockquote>\n" +
		"<blockquote><p>It takes effect in May, <mark>OpenAI</mark> said.</p></blockquote>"
	if !strings.Contains(page, want) || strings.Contains(page, "the others are in SQL") {
		t.Errorf("the page lacks %q, or says that more is hidden:\n%s", want, page)
	}
}

// Mentions that the version does not have in their places are counted, and where they are
// is said; what the event kept of them is shown.
func TestPageTellsOfHiddenMentions(t *testing.T) {
	ev, d := inTitle()
	d.Title = "Another title"
	w := newWorld(t, ev)
	w.reader.SetVersions(d.ID, d)
	page := w.get("/documents/" + d.ID).Body.String()
	for _, want := range []string{"2 mentions in version 1", "What it says there is in SQL and in", "<mark>OpenAI</mark> signs with <mark>Amazon Web Services</mark>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
