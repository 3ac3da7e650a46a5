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

// A match that ended long ago keeps its mentions, and the change that ended it.
func TestPageShowsLongEndedMatch(t *testing.T) {
	first := feedtest.Event("openai-aws", 1)
	first.Flag.State = "withdrawn"
	gone := feedtest.Then(first, dealwatch.Withdrawn, dealwatch.Revised, 3, 3)
	const newest = 20
	again := feedtest.Event("google-wiz", 4)
	again.Flag.DocumentID, again.Version, again.Flag.Version = first.Flag.DocumentID, newest, newest
	w := newWorld(t, first, gone, again)
	var versions []dealwatch.Document
	for n := newest; n > 0; n-- {
		d := dealwatch.Document{ID: first.Flag.DocumentID, Number: n}
		d.Text = "The notice says that the agreement was signed."
		if n < 3 {
			d.Text = "Opening words.\n\n" + first.Snippet
		}
		versions = append(versions, d)
	}
	w.reader.SetVersions(first.Flag.DocumentID, versions...)
	page := w.get("/documents/" + first.Flag.DocumentID).Body.String()
	for _, want := range []string{
		"2 mentions in version 1, in one sentence</p>\n<blockquote><p>… The agency said that <mark>OpenAI</mark>",
		"<h3>Version 13</h3>", "<h3>Version 3</h3>", "<del>", "Earlier versions that are not here are in SQL.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "<h3>Version 12</h3>") {
		t.Error("the page shows versions that are neither new nor ended a match")
	}
}

// A new title or date is shown beside the one that it replaced.
func TestPageShowsOldTitleAndDate(t *testing.T) {
	ev, one := inTitle()
	one.PublishedOn = "2026-03-01"
	two := one
	two.Number, two.Title, two.PublishedOn = 2, "OpenAI & others sign", ""
	w := newWorld(t, ev)
	w.reader.SetVersions(one.ID, two, one)
	page := w.get("/documents/" + one.ID).Body.String()
	for _, want := range []string{
		"<p>Title: <del>OpenAI signs with Amazon Web Services</del> <ins>OpenAI &amp; others sign</ins></p>",
		"<p>Date: <del>2026-03-01</del> <ins>none</ins></p>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
