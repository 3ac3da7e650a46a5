package main

import (
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func (a *app) manCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages into a directory",
		Args:    cobra.ExactArgs(1),
		Example: `  dealwatch man /usr/local/share/man/man1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			date := time.Unix(0, 0).UTC() // the same program writes the same pages
			head := &doc.GenManHeader{Title: "DEALWATCH", Section: "1", Source: product(), Date: &date}
			if err := doc.GenManTree(cmd.Root(), head, args[0]); err != nil {
				return usage("name a directory you may write to", "man: %v", err)
			}
			return nil
		},
	}
}
