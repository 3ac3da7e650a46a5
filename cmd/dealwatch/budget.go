package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/store"
)

// budgets are the rates of the hosts by name, as the store keeps them for all processes.
type budgets map[string]store.Budget

func readBudgets(ctx context.Context, st *store.Store) (budgets, error) {
	rows, err := st.Budgets(ctx)
	if err != nil {
		return nil, err
	}
	all := budgets{}
	for _, b := range rows {
		all[b.Name] = b
	}
	return all, nil
}

// of gives the budgets that a source draws on, each once.
func (bs budgets) of(i dealwatch.Info) []store.Budget {
	var mine []store.Budget
	seen := map[string]bool{}
	for _, h := range i.Hosts {
		name := h.Budget
		if name == "" {
			name = h.Name
		}
		if b, ok := bs[name]; ok && !seen[name] {
			mine = append(mine, b)
		}
		seen[name] = true
	}
	return mine
}

// use sums up what a source's hosts were asked today, by all sources that share them,
// and names the one that is closed for longest.
func (bs budgets) use(i dealwatch.Info) (today int, closed store.Budget) {
	for _, b := range bs.of(i) {
		today += b.Today
		if b.ClosedUntil.After(closed.ClosedUntil) {
			closed = b
		}
	}
	return today, closed
}

// closing says in a line whether a budget is closed, until when and why.
func closing(b store.Budget) string {
	switch {
	case !b.ClosedUntil.IsZero():
		return fmt.Sprintf("closed until %s UTC: %s", b.ClosedUntil.UTC().Format("2006-01-02 15:04"), b.Why)
	case b.Probing:
		return "the next request tries whether a refusal has ended: " + b.Why
	}
	return ""
}

// late says that a source cannot be polled as often as it should be at the pace of its
// hosts; "" where it can, as far as is known: that pace is what the last request kept.
func (bs budgets) late(src dealwatch.Source) string {
	info := src.Info()
	var took, every time.Duration
	pages := 0
	for _, s := range src.Streams() {
		u, err := url.Parse(s.URL)
		if err != nil {
			continue
		}
		for _, h := range info.Hosts {
			if h.Name == u.Host {
				pace := bs[cmp.Or(h.Budget, h.Name)].Every
				pages += max(1, s.Window)
				took += time.Duration(max(1, s.Window)) * pace
				every = max(every, pace)
			}
		}
	}
	if took <= info.Every {
		return ""
	}
	return fmt.Sprintf("at a request every %s, its %d listing pages take %s, and it should be polled every %s: it is polled as often as that pace allows",
		short(every), pages, short(took), short(info.Every))
}

func budgetLine(b store.Budget) string {
	s := fmt.Sprintf("%s: %d requests today (UTC), of %d at most", b.Name, b.Today, int(24*time.Hour/max(b.Every, time.Millisecond)))
	if c := closing(b); c != "" {
		s += "; " + c
	}
	return s
}

// askedToday tells what the hosts of a source were asked today, a line a budget.
func askedToday(st *store.Store) func(context.Context, dealwatch.Info) ([]string, error) {
	return func(ctx context.Context, in dealwatch.Info) ([]string, error) {
		bs, err := readBudgets(ctx, st)
		if err != nil {
			return nil, err
		}
		var lines []string
		for _, b := range bs.of(in) {
			lines = append(lines, budgetLine(b))
		}
		return lines, nil
	}
}

// closedWhy is why a budget is closed; "" where it is open.
func closedWhy(b store.Budget) string {
	if b.ClosedUntil.IsZero() {
		return ""
	}
	return b.Why
}
