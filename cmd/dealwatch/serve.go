package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch/feed"
	"github.com/dealwatch/dealwatch/feed/web"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/store"
)

// serving is one run of the server.
type serving struct {
	*app
	addr, publicURL string
	noScrape        bool
	archive         string
	noArchive       bool
	allowPrivate    bool
}

func (a *app) serveCmd() *cobra.Command {
	s := &serving{app: a}
	cmd := &cobra.Command{
		Use:   "serve [SOURCE...]",
		Short: "Poll on each source's schedule and serve feeds and pages",
		Example: `  dealwatch serve
  dealwatch serve --addr :8080 --public-url https://watch.example.org --contact you@example.org
  dealwatch serve --no-scrape          # only serve what is stored`,
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	f.StringVar(&s.addr, "addr", "127.0.0.1:8080", "address to listen on")
	f.StringVar(&s.publicURL, "public-url", a.env("PUBLIC_URL", ""), "base of all published links (default: the address listened on, or this machine's name where that is of every interface)")
	f.BoolVar(&s.noScrape, "no-scrape", false, "serve only, poll nothing")
	addArchiveFlags(f, &s.archive, &s.noArchive)
	f.BoolVar(&s.allowPrivate, "allow-private", false, "allow requests to private and loopback addresses")
	return cmd
}

func (s *serving) run(ctx context.Context, names []string) error {
	if err := known(names); err != nil {
		return err
	}
	book, err := s.book()
	if err != nil {
		return err
	}
	open := s.openStore
	if s.noScrape {
		open = s.openKept
	}
	st, err := open(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	joined, leave, err := s.join(ctx, st, book)
	if err != nil {
		return err
	}
	defer leave()
	if err := s.adopt(ctx, st, book); err != nil {
		return storeFailure(err)
	}
	ln, err := net.Listen("tcp", s.addr)
	if err != nil {
		return usage("choose another address with --addr", "serve: %v", err)
	}
	base, guessed := published(s.publicURL, ln.Addr().String(), os.Hostname)
	if guessed {
		fmt.Fprintf(s.stderr, "links lead to %s, as --addr names no host: give the address that readers will use with --public-url\n", base)
	}
	files := s.archive
	if s.noArchive {
		files = ""
	}
	list, err := s.newWatched(ctx, st, book, base, files)
	if err != nil {
		_ = ln.Close()
		return err
	}
	list.joined = joined
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	finish := func() { cancel(); wg.Wait() } // the document in hand is finished before store and archive are closed
	defer finish()
	wg.Go(func() { list.watch(ctx) })
	if !s.noScrape {
		arch, err := s.openArchive(ctx, st, s.archive, s.noArchive)
		if err != nil {
			_ = ln.Close()
			return err
		}
		if arch != nil {
			defer func() { finish(); _ = arch.Close() }()
		}
		w := &worker{app: s.app, store: st, joined: joined, book: list.book.Load, progress: newProgress(s.stderr, false), client: s.newClient(st, arch, nil, s.allowPrivate)}
		wg.Go(func() { w.schedule(ctx, names) })
	}
	fmt.Fprintf(s.stderr, "serving %s\nsubscribe to %s/feeds/all.atom; stop with Ctrl-C\n", base, base)
	return serveUntil(ctx, web.NewServer(s.addr, list), ln)
}

// published is the base of all links. It is guessed where it is not given and the address
// listened on, which stands for it, is that of every interface.
func published(given, listened string, hostname func() (string, error)) (base string, guessed bool) {
	if given != "" {
		return strings.TrimRight(given, "/"), false
	}
	host, port, err := net.SplitHostPort(listened)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return "http://" + listened, false
	}
	name, err := hostname()
	if err != nil || name == "" {
		name = "localhost"
	}
	return "http://" + net.JoinHostPort(name, port), true
}

// serveUntil serves until ctx ends, then lets open requests finish, but does not wait for
// clients that are slow to take their answer.
func serveUntil(ctx context.Context, srv *http.Server, ln net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(web.Listen(ln)) }()
	select {
	case err := <-failed:
		return usage("", "serve: %v", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := srv.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close()
	}
	return err
}

// handler shows what r reads from the store; evidence may be nil.
func (a *app) handler(ctx context.Context, r feed.Reader, st *store.Store, book *rules.Book, base string, evidence func(context.Context, io.Writer, string) error) (*web.Handler, error) {
	h, err := web.New(ctx, web.Config{
		Reader: r, Coverage: a.covered(st), Asked: askedToday(st), Base: base, Deals: book.Deals(), Parties: book.Parties(), Sources: scrapers.Infos(),
		Evidence: evidence, NotFound: store.ErrNotFound, Log: a.log, Now: a.now,
	})
	var se *store.Error
	if errors.As(err, &se) {
		return nil, storeFailure(err)
	}
	if err != nil {
		return nil, usage("give the address that readers will use, as in --public-url https://watch.example.org", "%v", err)
	}
	return h, nil
}

func (a *app) feedCmd() *cobra.Command {
	var out, base, archive string
	var noArchive bool
	cmd := &cobra.Command{
		Use:   "feed --out DIR",
		Short: "Write every feed, OPML and the pages as static files",
		Long: `Writes the feeds (all, per deal, per source, health), the OPML file and the pages
into a directory, for any static host. Only files that changed are written. Where the
archive is at hand, each flagged document gets its evidence as a file beside its page.`,
		Args:    cobra.NoArgs,
		Example: `  dealwatch feed --out public --public-url https://watch.example.org`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usage("dealwatch feed --out public --public-url https://...", "feed needs --out DIR")
			}
			if base == "" {
				return usage("give the address that the files will be read at, as in --public-url https://watch.example.org",
					"feed needs --public-url, the base of all links")
			}
			files, err := packsFrom(archive, noArchive, cmd.Flags().Changed("archive"))
			if err != nil {
				return err
			}
			return a.writeFeeds(cmd.Context(), out, base, files)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "directory to write into")
	cmd.Flags().StringVar(&base, "public-url", a.env("PUBLIC_URL", ""), "base of all published links")
	cmd.Flags().StringVar(&archive, "archive", "archive", "directory of the captures, for the evidence")
	cmd.Flags().BoolVar(&noArchive, "no-archive", false, "publish no evidence")
	return cmd
}

// packsFrom is the directory of the captures, "" where there is none to take them from:
// only one that was named must be there.
func packsFrom(dir string, none, named bool) (string, error) {
	if none {
		return "", nil
	}
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return dir, nil
	case named:
		return "", usage("name the directory of the captures, or publish no evidence with --no-archive", "feed: there is no archive at %s", dir)
	}
	return "", nil
}

func (a *app) writeFeeds(ctx context.Context, out, base, files string) error {
	book, err := a.book()
	if err != nil {
		return err
	}
	st, err := a.openKept(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	var evidence func(context.Context, io.Writer, string) error
	if files != "" {
		evidence = func(ctx context.Context, w io.Writer, id string) error {
			return writeEvidence(ctx, st, book.Deals(), files, w, id)
		}
	}
	h, err := a.handler(ctx, st, st, book, base, evidence)
	if err != nil {
		return err
	}
	n, err := h.Write(ctx, out)
	if err != nil {
		return &failure{exitSome, fmt.Errorf("feed: %w", err), "is the directory writable and the disk not full?"}
	}
	if !a.quiet {
		fmt.Fprintf(a.stderr, "wrote %d files that changed into %s\n", n, out)
		if files == "" {
			fmt.Fprintln(a.stderr, "evidence is not among them: no archive of captures was used")
		}
	}
	return nil
}
