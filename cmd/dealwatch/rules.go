package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch/rules"
)

func (a *app) rulesCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Check the watchlist, or write one to start from",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("use rules check, rules init or rules schema", "unknown command %q", args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "check [FILE]",
		Short: "Parse the watchlist and show how it is understood",
		Args:  cobra.MaximumNArgs(1),
		Example: `  dealwatch rules check
  dealwatch rules check watchlist.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				a.watchlist = args[0]
			}
			return a.rulesCheck()
		},
	}, &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write the built-in watchlist to FILE (watchlist.yaml)",
		Args:  cobra.MaximumNArgs(1),
		Example: `  dealwatch rules init
  dealwatch rules init mine.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "watchlist.yaml"
			if len(args) == 1 {
				name = args[0]
			} else if a.watchlist != "" {
				name = a.watchlist
			}
			return a.rulesInit(name)
		},
	}, &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of a watchlist, for editors",
		Long: `Prints the JSON Schema of a watchlist. Editors with a YAML language server complete
and check a watchlist that begins with the line

  # yaml-language-server: $schema=./watchlist.schema.json`,
		Args:    cobra.NoArgs,
		Example: `  dealwatch rules schema > watchlist.schema.json`,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(rules.Schema)
			return err
		},
	})
	return cmd
}

func (a *app) rulesCheck() error {
	book, err := a.book()
	if err != nil {
		return err
	}
	if errs := book.CheckExamples(); len(errs) > 0 {
		return usage("mend the rule or the example", "%v", errs)
	}
	if a.quiet {
		return nil
	}
	if a.format == "table" {
		return book.Describe(a.stdout)
	}
	t := newListing(a.stdout, a.format, "deal_id", "name", "rule", "rule_version")
	for _, d := range book.Deals() {
		if err := t.add(d.ID, d.Name, d.Rule, d.RuleVersion); err != nil {
			return err
		}
	}
	return t.close()
}

// rulesInit never overwrites a file.
func (a *app) rulesInit(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usage("name another file, or edit this one", "%s exists already", name)
	}
	if err != nil {
		return usage("name a file in a directory you may write to", "rules init: %v", err)
	}
	_, err = f.Write(rules.DefaultYAML)
	if err = errors.Join(err, f.Close()); err != nil {
		return usage("is the disk full?", "rules init: %v", err)
	}
	fmt.Fprintf(a.stderr, "wrote %s; edit it, then run `dealwatch rules check`\nfor completion in an editor: dealwatch rules schema > watchlist.schema.json\n", name)
	return nil
}
