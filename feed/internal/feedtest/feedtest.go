// Package feedtest makes events and a store of them for the tests of feeds and pages.
package feedtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Day is when event 0 happened.
var Day = time.Date(2026, 3, 2, 9, 30, 0, 123456000, time.UTC)

// Base is the public address in tests; Authority and Year make the ids.
const (
	Base      = "https://watch.example.org"
	Authority = "watch.example.org"
	Year      = 2026
)

// Deals are the watchlist.
var Deals = []dealwatch.Deal{
	{ID: "openai-aws", Name: "OpenAI–AWS compute agreement", Rule: "@openai /p @aws"},
	{ID: "google-wiz", Name: "Google–Wiz", Rule: "@google /p @wiz"},
}

// Parties are those of the first deal.
var Parties = map[string][]dealwatch.Party{"openai-aws": {
	{ID: "openai", Name: "OpenAI", Aliases: []dealwatch.Alias{{Text: "OpenAI", Class: "plain"}, {Text: "OpenAI OpCo", Class: "plain"}}},
	{ID: "aws", Name: "Amazon Web Services", CIK: []int{1018724}, Not: []string{"Amazon River"},
		Aliases: []dealwatch.Alias{{Text: "Amazon Web Services", Class: "plain"}, {Text: "AWS", Class: "acronym"}, {Text: "Amazon", Class: "common"}}},
}}

// Sources are those of the watch.
var Sources = []dealwatch.Info{
	{Name: "ftc-press", Title: "FTC press releases", Agency: "FTC", Home: "https://www.ftc.gov/news-events/news/press-releases", Kinds: []string{"press-release"}, Every: 15 * time.Minute},
	{Name: "edgar", Title: "Company filings", Agency: "SEC", Home: "https://www.sec.gov/edgar", Kinds: []string{"8-K", "10-Q"}, Every: time.Minute, Unseen: []string{"425"},
		Identity: "accession number and file name", Second: "daily index", Hosts: []dealwatch.Host{{Name: "www.sec.gov", Every: 125 * time.Millisecond}}},
}

// Event is a plain first match of document n in the deal, n hours after Day.
func Event(deal string, n int) dealwatch.Event {
	at := Day.Add(time.Duration(n) * time.Hour)
	sentence := "The agency said that OpenAI and Amazon Web Services had signed an agreement."
	doc := fmt.Sprintf("ftc-press/%d", 1000+n)
	ev := dealwatch.Event{
		ID: int64(n + 1), What: dealwatch.Raised, Cause: dealwatch.New, Closeness: dealwatch.InSentence,
		Snippet: sentence, HappenedAt: at, EntryID: "match/" + deal + "/" + doc, Version: 1,
		Title: fmt.Sprintf("Release %d", n),
		Mentions: []dealwatch.Mention{
			{Party: "openai", Alias: "OpenAI", Hit: "OpenAI", Field: dealwatch.Text, Start: 37, End: 43, Sentence: sentence},
			{Party: "aws", Alias: "Amazon Web Services", Hit: "Amazon Web Services", Field: dealwatch.Text, Start: 48, End: 67, Sentence: sentence},
		},
	}
	ev.Flag = dealwatch.Flag{
		ID: ev.ID, DealID: deal, DealName: deal, DocumentID: doc, Source: "ftc-press", Agency: "FTC",
		Kind: "press-release", Title: ev.Title, URL: "https://www.ftc.gov/news/" + doc,
		PublishedOn: "2026-03-01", FlaggedAt: at, Version: 1, Closeness: dealwatch.InSentence,
		Snippet: sentence, Cause: dealwatch.New, State: "active", RuleVersion: "r1",
	}
	return ev
}

// Then is what happened later to the flag of ev, at version v, n hours after Day. What
// shows it is the same, unless Say changes it.
func Then(ev dealwatch.Event, what dealwatch.What, cause dealwatch.Cause, v, n int) dealwatch.Event {
	ev.ID = int64(n + 1)
	ev.Before = dealwatch.Shown{}
	if what != dealwatch.Withdrawn {
		ev.Before = dealwatch.Shown{Snippet: ev.Snippet, Mentions: ev.Mentions}
	}
	ev.What, ev.Cause, ev.Version = what, cause, v
	ev.HappenedAt = Day.Add(time.Duration(n) * time.Hour)
	ev.EntryID = fmt.Sprintf("match/%s/%s/%d", ev.Flag.DealID, ev.Flag.DocumentID, v)
	return ev
}

// Say is ev on another sentence, which holds the same hits.
func Say(ev dealwatch.Event, sentence string) dealwatch.Event {
	ev.Snippet, ev.Flag.Snippet = sentence, sentence
	ev.Mentions = slices.Clone(ev.Mentions)
	for i := range ev.Mentions {
		m := &ev.Mentions[i]
		m.Sentence, m.Start = sentence, strings.Index(sentence, m.Hit)
		m.End = m.Start + len(m.Hit)
	}
	return ev
}

// Events are n plain events, oldest first, of both deals in turn.
func Events(n int) []dealwatch.Event {
	var out []dealwatch.Event
	for i := range n {
		out = append(out, Event(Deals[i%2].ID, i))
	}
	return out
}

// ErrNotFound is the Reader's error for a document that it does not hold.
var ErrNotFound = errors.New("not found")

// Reader is a store in memory.
type Reader struct {
	mu     sync.Mutex
	events []dealwatch.Event
	health []dealwatch.Health
	gaps   []dealwatch.Gap
	err    error

	versions map[string][]dealwatch.Document
	listed   []dealwatch.Listed
	parents  map[string]string
	ended    int
	asked    int // how often events were read in earnest
}

// Add stores events; the last one is the newest.
func (r *Reader) Add(events ...dealwatch.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, events...)
}

// SetHealth replaces what is known of the sources.
func (r *Reader) SetHealth(health []dealwatch.Health, gaps []dealwatch.Gap) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.health, r.gaps = health, gaps
}

// Fail makes every reading fail, until it is called with nil.
func (r *Reader) Fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// Asked is how often more than one event was asked for.
func (r *Reader) Asked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// Events are those that f chooses, newest first.
func (r *Reader) Events(_ context.Context, f dealwatch.Filter) ([]dealwatch.Event, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.Limit != 1 {
		r.asked++
	}
	var out []dealwatch.Event
	for _, ev := range r.events {
		if chosen(f, ev.Flag, ev.Closeness, ev.HappenedAt) && within(f, ev.ID) {
			out = append(out, ev)
		}
	}
	return page(f, out), r.err
}

// Flagged are the flags of the events, newest first, each as its last event has it.
func (r *Reader) Flagged(_ context.Context, f dealwatch.Filter) ([]dealwatch.Flag, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []dealwatch.Flag
	seen := map[int64]bool{}
	for _, ev := range slices.Backward(r.events) {
		flag := ev.Flag
		if !seen[flag.ID] && chosen(f, flag, flag.Closeness, flag.FlaggedAt) && within(f, flag.ID) {
			seen[flag.ID] = true
			out = append(out, flag)
		}
	}
	slices.Reverse(out)
	return page(f, out), r.err
}

func within(f dealwatch.Filter, id int64) bool {
	return id > f.After && (f.Before == 0 || id < f.Before)
}

// page cuts a list, oldest first, as the filter says.
func page[T any](f dealwatch.Filter, all []T) []T {
	if !f.Oldest {
		slices.Reverse(all)
	}
	if f.Limit > 0 {
		all = all[min(f.Skip, len(all)):]
		all = all[:min(f.Limit, len(all))]
	}
	return all
}

func chosen(f dealwatch.Filter, flag dealwatch.Flag, c dealwatch.Closeness, at time.Time) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(f.Deal, flag.DealID) && is(f.Source, flag.Source) && is(f.Kind, flag.Kind) &&
		is(string(f.Closeness), string(c)) && is(f.Document, flag.DocumentID) && !at.Before(f.Since)
}

// Health is what SetHealth set.
func (r *Reader) Health(context.Context) ([]dealwatch.Health, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.health), r.err
}

// Gaps are what SetHealth set.
func (r *Reader) Gaps(_ context.Context, openOnly bool) ([]dealwatch.Gap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []dealwatch.Gap
	for _, g := range r.gaps {
		if !openOnly || g.ClosedAt.IsZero() {
			out = append(out, g)
		}
	}
	return out, r.err
}

// Document is made of the events of that document.
func (r *Reader) Document(_ context.Context, id string) (dealwatch.Document, []dealwatch.Flag, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var d dealwatch.Document
	var flags []dealwatch.Flag
	for _, ev := range r.events {
		if ev.Flag.DocumentID != id {
			continue
		}
		f := ev.Flag
		d = dealwatch.Document{ID: id, Number: ev.Version, FirstSeenAt: f.FlaggedAt}
		d.Source, d.Agency, d.Kind, d.Title, d.URL, d.PublishedOn = f.Source, f.Agency, f.Kind, f.Title, f.URL, f.PublishedOn
		d.ReadAt, d.SHA256, d.Capture = ev.HappenedAt, "00ff", dealwatch.Ref{File: "dealwatch-000001.warc.gz", Offset: 512}
		if !slices.ContainsFunc(flags, func(o dealwatch.Flag) bool { return o.ID == f.ID }) {
			flags = append(flags, f)
		}
	}
	if versions := r.versions[id]; d.ID == "" && len(versions) > 0 { // one without flags
		return versions[0], nil, r.err
	}
	d.ParentID = r.parents[id]
	if d.ID == "" {
		return d, nil, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	return d, flags, r.err
}

// SetVersions replaces the versions of documents, by id and newest first.
func (r *Reader) SetVersions(id string, versions ...dealwatch.Document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.versions == nil {
		r.versions = map[string][]dealwatch.Document{}
	}
	r.versions[id] = versions
}

// SetAttachments replaces what hangs on every document.
func (r *Reader) SetAttachments(listed ...dealwatch.Listed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listed = listed
}

// SetParent says what a flagged document hangs on.
func (r *Reader) SetParent(id, parent string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.parents == nil {
		r.parents = map[string]string{}
	}
	r.parents[id] = parent
}

// Mentions are those of the flag's last event.
func (r *Reader) Mentions(_ context.Context, flags []dealwatch.Flag) (map[int64][]dealwatch.Mention, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[int64][]dealwatch.Mention{}
	for _, f := range flags {
		for _, ev := range r.events {
			if ev.Flag.ID == f.ID && ev.Flag.DocumentID == f.DocumentID {
				out[f.ID] = ev.Mentions
			}
		}
	}
	return out, r.err
}

// Versions are what SetVersions set.
func (r *Reader) Versions(_ context.Context, id string, limit int) ([]dealwatch.Document, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.versions[id][:min(limit, len(r.versions[id]))], r.err
}

// Attachments are what SetAttachments set.
func (r *Reader) Attachments(context.Context, string, string, int) ([]dealwatch.Listed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.listed), r.err
}

// Weeks count first events.
func (r *Reader) Weeks(_ context.Context, deal string) ([]dealwatch.WeekCount, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []dealwatch.WeekCount
	for _, ev := range r.events {
		if ev.Flag.DealID != deal || ev.What != dealwatch.Raised {
			continue
		}
		at := ev.Flag.FlaggedAt.UTC().Truncate(24 * time.Hour)
		week := at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
		i := slices.IndexFunc(out, func(c dealwatch.WeekCount) bool { return c.Source == ev.Flag.Source && c.Week.Equal(week) })
		if i < 0 {
			out = append(out, dealwatch.WeekCount{Source: ev.Flag.Source, Week: week})
			i = len(out) - 1
		}
		out[i].Flags++
	}
	slices.SortStableFunc(out, func(a, b dealwatch.WeekCount) int { return a.Week.Compare(b.Week) })
	return out, r.err
}

// CountEvents counts what Events gives.
func (r *Reader) CountEvents(ctx context.Context, f dealwatch.Filter) (int, error) {
	f.Limit, f.Skip = 0, 0
	events, err := r.Events(ctx, f)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked--
	return len(events), err
}

// Search looks through the versions that SetVersions set.
func (r *Reader) Search(_ context.Context, terms [][]string, f dealwatch.Filter) ([]dealwatch.Hit, int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []dealwatch.Hit
	for i, id := range slices.Sorted(maps.Keys(r.versions)) {
		d := r.versions[id][0]
		if dealwatch.Places(d.Title+"\n"+d.Text, terms, 1) != nil && (f.Source == "" || f.Source == d.Source) && (f.Before == 0 || int64(i+1) < f.Before) {
			out = append(out, dealwatch.Hit{Document: d, Seq: int64(i + 1)})
		}
	}
	slices.Reverse(out)
	if len(out) > f.Limit {
		return out[:f.Limit], out[f.Limit-1].Seq, r.err
	}
	return out, 0, r.err
}

// Authority is that of the test ids.
func (r *Reader) Authority(context.Context) (string, int, error) { return Authority, Year, nil }

// Run makes the events what one run of a changed watchlist brought, which ended with the
// last of them.
func Run(events ...dealwatch.Event) []dealwatch.Event {
	deals := map[string]int{}
	for _, ev := range events {
		deals[ev.Flag.DealID]++
	}
	out := slices.Clone(events)
	for i := range out {
		ev := &out[i]
		ev.Cause, ev.Run, ev.ToldAt = dealwatch.Rematch, events[0].HappenedAt, events[len(events)-1].HappenedAt
		if deals[ev.Flag.DealID] > 1 {
			ev.Summary = "rematch/" + ev.Flag.DealID + "/" + ev.Run.UTC().Format("20060102T150405.000000Z")
		}
	}
	return out
}

// SetEvents replaces all events.
func (r *Reader) SetEvents(events ...dealwatch.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = slices.Clone(events)
}

// SetEnded says how many runs have ended.
func (r *Reader) SetEnded(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = n
}

// Runs are those of the events, as far as they have not ended, and what SetEnded set.
func (r *Reader) Runs(context.Context) (dealwatch.Runs, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	runs := dealwatch.Runs{Ended: r.ended}
	for _, ev := range r.events {
		if ev.Open() && (runs.Open == 0 || ev.ID < runs.Open) {
			runs.Open = ev.ID
		}
	}
	return runs, r.err
}

// Dropped is a deal that was once followed, and never flagged anything.
const Dropped = "dropped"

// KnowsDeal knows those of the watchlist, of the events, and Dropped.
func (r *Reader) KnowsDeal(_ context.Context, id string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := id == Dropped || slices.ContainsFunc(Deals, func(d dealwatch.Deal) bool { return d.ID == id }) ||
		slices.ContainsFunc(r.events, func(ev dealwatch.Event) bool { return ev.Flag.DealID == id })
	return known, r.err
}
