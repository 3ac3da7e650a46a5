package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/mail"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// app holds what every command shares: where to read and write, and the global
// flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	now            func() time.Time
	machine        func() time.Time // the machine's clock, which the store's replaces; nil where now is what a test says
	clock          *store.Clock     // what replaces it; nil before the store is opened
	log            *slog.Logger
	crawling       func(*crawl.Config) // how a test wants to crawl; nil elsewhere

	db, watchlist, contact string
	quiet                  bool
	logFormat, format      string
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now, log: slog.New(slog.DiscardHandler)}
}

// env is the value of DEALWATCH_NAME, or def where that is unset or empty.
func (a *app) env(name, def string) string {
	if v := os.Getenv("DEALWATCH_" + name); v != "" {
		return v
	}
	return def
}

// setUp checks the global flags and makes the logger. On a terminal only warnings
// are logged, since progress is drawn there.
func (a *app) setUp(cmd *cobra.Command) error {
	level := slog.LevelInfo
	if a.quiet || a.onTerminal() {
		level = slog.LevelWarn
	}
	opts := &slog.HandlerOptions{Level: level}
	switch a.logFormat {
	case "text":
		a.log = slog.New(slog.NewTextHandler(a.stderr, opts))
	case "json":
		a.log = slog.New(slog.NewJSONHandler(a.stderr, opts))
	default:
		return usage("use --log-format text or json", "unknown log format %q", a.logFormat)
	}
	if !slices.Contains(formats, a.format) {
		return usage("use --format table, json or csv", "unknown format %q", a.format)
	}
	if a.contact != "" {
		if ad, err := mail.ParseAddress(a.contact); err != nil || ad.Name != "" {
			return usage("give a plain address, as in --contact you@example.org", "contact %q is no e-mail address", a.contact)
		}
	}
	return nil
}

func (a *app) onTerminal() bool { return isTerminal(a.stderr) }

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// openStore opens the database, and from then on goes by its clock: several machines
// that share it see one time.
func (a *app) openStore(ctx context.Context) (*store.Store, error) {
	st, err := store.Open(ctx, a.db)
	if err != nil {
		return nil, storeFailure(err)
	}
	if a.machine != nil {
		if a.clock, err = st.Clock(ctx, a.machine); err != nil {
			_ = st.Close()
			return nil, storeFailure(err)
		}
		a.now = a.clock.Now
	}
	return st, nil
}

// setClock compares the machine's clock with the store's anew. It may fail for a while
// as the store may: the difference of before holds until then.
func (a *app) setClock(ctx context.Context) {
	if a.clock == nil {
		return
	}
	if err := a.clock.Set(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("clock not compared", "err", err)
	}
}

// openKept opens a database that must be there already: for a command that only
// reads, an empty answer from a mistyped name would look like good news.
func (a *app) openKept(ctx context.Context) (*store.Store, error) {
	if !strings.Contains(a.db, "://") {
		if _, err := os.Stat(a.db); errors.Is(err, fs.ErrNotExist) {
			return nil, &failure{exitStore, fmt.Errorf("no database %s", a.db), "`dealwatch scrape` makes it; --db (DEALWATCH_DB) names another"}
		}
	}
	return a.openStore(ctx)
}

// storeFailure is a trouble of our own: of the archive, or else of the store.
func storeFailure(err error) error {
	var keep *warc.KeepError
	if errors.As(err, &keep) {
		return &failure{code: exitStore, err: keep, hint: keep.Hint()}
	}
	return &failure{code: exitStore, err: err, hint: "check --db (DEALWATCH_DB): a writable file, or postgres://user@host/name?sslmode=..."}
}

// book loads the watchlist: the file that was named, else watchlist.yaml if there
// is one, else the built-in list.
func (a *app) book() (*rules.Book, error) {
	name := a.watchlistName()
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) && a.watchlist == "" {
		return rules.Default(), nil
	}
	if err != nil {
		return nil, usage("`dealwatch rules init` writes a watchlist to start from", "watchlist: %v", err)
	}
	defer f.Close()
	var sources []string
	for _, info := range scrapers.Infos() {
		sources = append(sources, info.Name)
	}
	b, err := rules.Parse(name, f, sources...)
	if err != nil {
		return nil, usage("mend the lines named above; `dealwatch rules check` shows them again", "%v", err)
	}
	return b, nil
}

func (a *app) watchlistName() string {
	if a.watchlist != "" {
		return a.watchlist
	}
	return "watchlist.yaml"
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "devel"
	}
	return info.Main.Version
}

// product is how the program names itself to a site.
func product() string { return fmt.Sprintf("dealwatch/%s", version()) }
