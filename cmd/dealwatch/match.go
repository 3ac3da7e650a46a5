package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/rules"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// matcher greps files for deals.
type matcher struct {
	*app
	book    *rules.Book
	ciks    []int
	explain bool
}

func (a *app) matchCmd() *cobra.Command {
	m := &matcher{app: a}
	cmd := &cobra.Command{
		Use:   "match FILE...",
		Short: "Grep for deals in files: HTML, XML, feeds, JSON, PDF, text, EDGAR submissions",
		Long: `Matches files against the watchlist and prints deal, closeness and sentence. Files
may be HTML, XML, feeds (an entry is a document), JSON, PDF, text, Markdown or EDGAR
submissions, each also gzipped; - is standard input. In JSON and CSV the field document
says which document of a file of several a match is in.

Exit code 0: something matched, 1: nothing did, 2: a mistake.`,
		Example: `  dealwatch match filing.htm
  dealwatch match --format json *.pdf | jq .deal_id
  curl -s https://example.org/page | dealwatch match -
  dealwatch match --cik 1018724 --explain amzn-10k.htm`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("dealwatch match FILE..., or - for standard input", "no file to match")
			}
			for _, cik := range m.ciks {
				if cik <= 0 {
					return usage("give the SEC's number of the company, such as 1018724", "--cik %d is no number of a filer", cik)
				}
			}
			return m.run(cmd.Context(), args)
		},
	}
	cmd.Flags().IntSliceVar(&m.ciks, "cik", nil, "who filed the document, where the file does not say (CIK)")
	cmd.Flags().BoolVar(&m.explain, "explain", false, "show what hit, what was missing and what was refused")
	return cmd
}

// found is what one file gave.
type found struct {
	out  string
	hits int
	err  error
}

// run matches the files on all cores and prints them in the order given.
func (m *matcher) run(ctx context.Context, files []string) error {
	var err error
	if m.book, err = m.app.book(); err != nil {
		return err
	}
	results := make([]chan found, len(files))
	for i := range results {
		results[i] = make(chan found, 1)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		wg.Go(func() {
			for i := range next {
				results[i] <- m.file(ctx, files[i])
			}
		})
	}
	go func() {
		for i := range files {
			next <- i
		}
		close(next)
	}()
	if m.format == "csv" {
		fmt.Fprintln(m.stdout, "file,deal_id,closeness,aliases,sentence,document")
	}
	hits, failed := 0, 0
	for i := range files {
		var r found
		select {
		case r = <-results[i]:
		case <-ctx.Done(): // nothing is half written, so there is nothing to finish
			return &failure{exitUsage, errors.New("interrupted"), ""}
		}
		hits += r.hits
		if _, err := io.WriteString(m.stdout, r.out); err != nil {
			return usage("", "%v", err)
		}
		if r.err != nil {
			failed++
			fmt.Fprintf(m.stderr, "dealwatch: match %s: %v\n", files[i], r.err)
		}
	}
	wg.Wait()
	switch {
	case failed > 0:
		return quietly(exitUsage)
	case hits == 0:
		return quietly(1)
	}
	return nil
}

func (m *matcher) file(ctx context.Context, name string) found {
	body, err := m.read(name)
	if err != nil {
		return found{err: err}
	}
	docs, err := extract.File(ctx, name, body)
	if err != nil {
		return found{err: err}
	}
	var r found
	var b strings.Builder
	for _, v := range docs {
		part := ""
		if len(docs) > 1 {
			part = v.Key
		}
		for _, cik := range m.ciks {
			v.Filers = append(v.Filers, dealwatch.Filer{CIK: cik})
		}
		matches := m.book.Match(v)
		r.hits += len(matches)
		for _, match := range matches {
			m.print(&b, name, part, match)
		}
		if m.explain {
			fmt.Fprintf(&b, "%s: %s\n", name, v.Title)
			printExplanations(&b, isTerminal(m.stdout), m.book.Explain(v))
		}
	}
	r.out = b.String()
	return r
}

func (m *matcher) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(m.stdin)
	}
	return os.ReadFile(name)
}

// print writes one match: a line in each format. part is the key of the document in a
// file of several.
func (m *matcher) print(b *strings.Builder, name, part string, match dealwatch.Match) {
	aliases := aliasesOf(match)
	switch m.format {
	case "json":
		line, _ := json.Marshal(struct {
			File      string   `json:"file"`
			DealID    string   `json:"deal_id"`
			Closeness string   `json:"closeness"`
			Aliases   []string `json:"aliases"`
			Sentence  string   `json:"sentence"`
			Document  string   `json:"document,omitempty"`
		}{name, match.DealID, string(match.Closeness), aliases, match.Snippet, part})
		b.Write(line)
		b.WriteByte('\n')
	case "csv":
		w := csv.NewWriter(b)
		_ = w.Write([]string{name, match.DealID, string(match.Closeness), strings.Join(aliases, "; "), match.Snippet, part})
		w.Flush()
	default:
		fmt.Fprintf(b, "%s: %s [%s] %s\n", name, match.DealID, match.Closeness, match.Snippet)
	}
}

// aliasesOf lists the aliases that hit, each once, in order.
func aliasesOf(match dealwatch.Match) []string {
	seen := make(map[string]bool)
	var aliases []string
	for _, mn := range match.Mentions {
		if !seen[mn.Alias] {
			seen[mn.Alias] = true
			aliases = append(aliases, mn.Alias)
		}
	}
	return aliases
}
