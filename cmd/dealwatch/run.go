package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Exit codes, a contract with scripts.
const (
	exitOK    = 0
	exitSome  = 1 // some source failed or is incomplete; the rest is stored
	exitUsage = 2 // a mistake in usage or watchlist
	exitStore = 3 // the store cannot be reached or written
)

// failure is an error with its exit code and, for people, the next step.
type failure struct {
	code int
	err  error
	hint string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func usage(hint, format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...), hint}
}

// run is the whole program. Results go to stdout, everything else to stderr.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := newApp(stdin, stdout, stderr)
	a.machine = time.Now
	root := a.rootCmd()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	return report(stderr, err)
}

// report prints err as one line and a hint, and gives its exit code.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return exitOK
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{code: exitUsage, err: err, hint: "see dealwatch --help"}
	}
	if msg := strings.TrimSpace(f.err.Error()); msg != "" {
		fmt.Fprintln(stderr, "dealwatch:", msg)
	}
	if f.hint != "" {
		fmt.Fprintln(stderr, "hint:", f.hint)
	}
	return f.code
}

// quietly is a failure whose lines are already printed.
func quietly(code int) error { return &failure{code: code, err: errors.New("")} }

func (a *app) rootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:   "dealwatch",
		Short: "Watch agencies' publications for followed deals",
		Long: `dealwatch reads what the FTC, the Antitrust Division, the White House, the Federal
Register and the SEC publish, flags the documents that mention a deal you follow,
and gives you the flags as feeds and SQL.`,
		Example: `  dealwatch scrape                     # poll every source once
  dealwatch flagged --deal openai-aws  # what mentions that deal
  dealwatch serve                      # poll on schedule, serve feeds on 127.0.0.1:8080
  dealwatch sql "SELECT deal_id, count(*) FROM flagged_items GROUP BY deal_id"`,
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.setUp(cmd)
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&a.db, "db", a.env("DB", "dealwatch.db"), "SQLite file, or postgres:// address")
	f.StringVar(&a.watchlist, "watchlist", a.env("WATCHLIST", ""), "watchlist file (default watchlist.yaml, or the built-in list)")
	f.StringVar(&a.contact, "contact", a.env("CONTACT", ""), "e-mail address that sites such as the SEC require")
	f.BoolVar(&a.quiet, "quiet", false, "print nothing when nothing is new")
	f.StringVar(&a.logFormat, "log-format", "text", "text or json")
	f.StringVar(&a.format, "format", "table", "table, json or csv")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("see "+cmd.CommandPath()+" --help", "%v", err)
	})
	root.AddCommand(a.scrapeCmd(), a.serveCmd(), a.reconcileCmd(), a.matchCmd(), a.flaggedCmd(), a.sqlCmd(), a.feedCmd(),
		a.rulesCmd(), a.rematchCmd(), a.sourcesCmd(), a.coverageCmd(), a.archiveCmd(), a.manCmd())
	return root
}
