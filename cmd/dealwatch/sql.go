package main

import (
	"github.com/spf13/cobra"
)

func (a *app) sqlCmd() *cobra.Command {
	return &cobra.Command{
		Use:   `sql "SELECT ..."`,
		Short: "Run one read-only query on the store",
		Long: `Runs one read-only query and prints its rows. The views and their columns are
documented in the README; they are the same on SQLite and PostgreSQL.`,
		Args: cobra.ExactArgs(1),
		Example: `  dealwatch sql "SELECT deal_id, count(*) AS flags FROM flagged_items GROUP BY deal_id"
  dealwatch sql --format csv "SELECT * FROM source_health" > health.csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := a.openKept(cmd.Context())
			if err != nil {
				return err
			}
			defer st.Close()
			var t *listing
			err = st.Query(cmd.Context(), args[0], func(columns []string, row []any) error {
				if t == nil {
					t = newListing(a.stdout, a.format, columns...)
				}
				if row == nil {
					return nil
				}
				return t.add(row...)
			})
			if err != nil {
				return usage("one SELECT is allowed; the README documents the views", "sql: %v", err)
			}
			if t == nil {
				return nil
			}
			return t.close()
		},
	}
}
