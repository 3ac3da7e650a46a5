package web

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

const (
	dealFlags  = 20
	dealEvents = 30 // of the timeline
)

type dealView struct {
	ID, Name, Rule, RuleVersion string
	Parties                     []partyView
	Trend                       *trend
	Timeline                    []momentView
	Earlier                     bool // the timeline does not go back to the beginning
	Flags                       []row
	Older                       string // address of a page with older flags; "" for none
	Coverage                    []sourceDays
	Feeds                       []link
	SQL                         string
}

type partyView struct {
	Name    string
	Aliases []classView
	CIK     string
	Not     string
}

// classView are the aliases of one class, and what the class means.
type classView struct{ Class, Meaning, Names string }

var classes = []struct{ name, meaning string }{
	{"plain", "whole words"},
	{"acronym", "exact case"},
	{"common", "only with another party or a company cue in the sentence"},
}

// momentView is an event as the timeline tells it.
type momentView struct {
	At                  time.Time
	What, Title, Page   string
	Agency, Kind, Where string
}

func (h *Handler) dealPage(d dealwatch.Deal) *unit {
	f := dealwatch.Filter{Deal: d.ID}
	return &unit{filter: f, lasts: coveredFor, build: func(ctx context.Context) (map[string]*content, error) {
		rows, older, _, err := h.page(ctx, f, dealFlags)
		if err != nil {
			return nil, err
		}
		weeks, err := h.cfg.Reader.Weeks(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		events, err := h.cfg.Reader.Events(ctx, dealwatch.Filter{Deal: d.ID, Limit: dealEvents + 1})
		if err != nil {
			return nil, err
		}
		coverage, err := h.recentDays(ctx)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Under = true
		}
		feeds := subscribe(h.site.Deal(d))
		v := dealView{
			ID: line(d.ID), Name: line(cmp.Or(d.Name, d.ID)), Rule: feed.Short(d.Rule, 2000), RuleVersion: line(d.RuleVersion),
			Parties: parties(h.cfg.Parties[d.ID]), Trend: h.trend(weeks),
			Feeds: feeds, SQL: sqlOf(line(d.ID)), Earlier: len(events) > dealEvents, Coverage: coverage,
		}
		switch {
		case h.static:
			n := olderPages(len(h.listed(d.ID)), dealFlags)
			v.Older = h.olderAddress(d.ID, n, n)
		case older > 0:
			v.Older = h.address(look{Filter: at(f, 0, older)})
		}
		for _, ev := range events[:min(len(events), dealEvents)] {
			v.Timeline = append(v.Timeline, momentView{
				At: ev.HappenedAt, What: moment(ev.What), Title: line(cmp.Or(ev.Title, ev.Flag.Title, ev.Flag.DocumentID)),
				Page: h.path(h.site.DocumentURL(ev.Flag.DocumentID)), Agency: line(ev.Flag.Agency), Kind: line(ev.Flag.Kind),
				Where: feed.Closeness(ev.Closeness),
			})
		}
		return fit(rowMost, rowLeast, func(room int) (map[string]*content, error) {
			v.Flags = fitRows(rows, room)
			return h.html("deal", shell{Title: v.Name, Here: "within", Feeds: feeds, Page: v})
		})
	}}
}

// moment says in a word or two what happened to a match.
func moment(w dealwatch.What) string {
	switch w {
	case dealwatch.Closer:
		return "closer"
	case dealwatch.Changed:
		return "changed"
	case dealwatch.Withdrawn:
		return "withdrawn"
	case dealwatch.Returned:
		return "back again"
	}
	return "found"
}

func parties(ps []dealwatch.Party) []partyView {
	var out []partyView
	for _, p := range ps {
		v := partyView{Name: line(cmp.Or(p.Name, p.ID)), Not: feed.Short(strings.Join(p.Not, ", "), 1000)}
		if len(p.CIK) > 0 {
			v.CIK = line(strings.Trim(fmt.Sprint(p.CIK), "[]"))
		}
		for _, c := range classes {
			var names []string
			for _, a := range p.Aliases {
				if a.Class == c.name {
					names = append(names, a.Text)
				}
			}
			if len(names) > 0 {
				v.Aliases = append(v.Aliases, classView{c.name, c.meaning, feed.Short(strings.Join(names, ", "), 1000)})
			}
		}
		out = append(out, v)
	}
	return out
}
