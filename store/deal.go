package store

import (
	"context"

	"github.com/dealwatch/dealwatch"
)

// SetDeals makes deals the watchlist on record, in their order. A deal that is no
// longer among them keeps its flags.
func (s *Store) SetDeals(ctx context.Context, deals []dealwatch.Deal) error {
	return s.writing(ctx, "store the watchlist", func(q *tx) error {
		if err := q.exec(`UPDATE deal SET place = 0 WHERE place > 0`); err != nil {
			return err
		}
		for i, d := range deals {
			err := q.exec(`
				INSERT INTO deal (deal_id, name, rule, rule_version, place) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (deal_id) DO UPDATE SET name = excluded.name, rule = excluded.rule,
					rule_version = excluded.rule_version, place = excluded.place`,
				clean(d.ID), clean(d.Name), clean(d.Rule), clean(d.RuleVersion), i+1)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Deals gives the watchlist on record, in its order.
func (s *Store) Deals(ctx context.Context) ([]dealwatch.Deal, error) {
	var deals []dealwatch.Deal
	err := s.reading(ctx, "list deals", func(q *tx) error {
		var rows []struct {
			DealID      string `db:"deal_id"`
			Name, Rule  string
			RuleVersion string `db:"rule_version"`
		}
		err := q.all(&rows, `SELECT deal_id, name, rule, rule_version FROM deal WHERE place > 0 ORDER BY place`)
		deals = nil
		for _, r := range rows {
			deals = append(deals, dealwatch.Deal{ID: r.DealID, Name: r.Name, Rule: r.Rule, RuleVersion: r.RuleVersion})
		}
		return err
	})
	return deals, err
}

// KnowsDeal reports whether a deal is in the watchlist on record or ever was, or has flags.
func (s *Store) KnowsDeal(ctx context.Context, id string) (bool, error) {
	known := 0
	err := s.reading(ctx, "look for the deal "+id, func(q *tx) error {
		return q.get(&known, `SELECT CASE WHEN EXISTS (SELECT 1 FROM deal WHERE deal_id = ?)
			OR EXISTS (SELECT 1 FROM flag WHERE deal_id = ?) THEN 1 ELSE 0 END AS known`, clean(id), clean(id))
	})
	return known == 1, err
}
