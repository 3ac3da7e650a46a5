package main

import (
	"context"
	"fmt"
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
