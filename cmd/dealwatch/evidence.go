package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
	"github.com/dealwatch/dealwatch/store"
)

// evidence is what is known of one document and how it came to be known.
type evidence struct {
	doc      dealwatch.Document
	versions []dealwatch.Document // newest first
	flags    []dealwatch.Flag
	events   []dealwatch.Event
	mentions map[int64][]dealwatch.Mention
	polls    []dealwatch.Poll // of its source, around the readings
	deals    []dealwatch.Deal
	captures map[int]warc.Capture // by the number of the version
}

const (
	packVersions = 1000
	packPolls    = 500
	aroundRead   = time.Hour // polls that ended so long before a reading, or after, are told
)

func gather(ctx context.Context, st *store.Store, deals []dealwatch.Deal, id string) (*evidence, error) {
	e := &evidence{deals: deals}
	var err error
	if e.doc, e.flags, err = st.Document(ctx, id); err != nil {
		return nil, err
	}
	if e.versions, err = st.Versions(ctx, id, packVersions); err != nil {
		return nil, err
	}
	if e.events, err = st.Events(ctx, dealwatch.Filter{Document: id}); err != nil {
		return nil, err
	}
	if e.mentions, err = st.Mentions(ctx, e.flags); err != nil {
		return nil, err
	}
	polls, err := st.PollsBetween(ctx, e.doc.Source, e.doc.FirstSeenAt.Add(-24*time.Hour), e.lastRead().Add(aroundRead))
	for _, p := range polls {
		if len(e.polls) < packPolls && e.near(p) {
			e.polls = append(e.polls, p)
		}
	}
	return e, err
}

// lastRead is the instant of the last reading, or of the first sight where it came later.
func (e *evidence) lastRead() time.Time {
	last := e.doc.FirstSeenAt
	for _, v := range e.versions {
		if v.ReadAt.After(last) {
			last = v.ReadAt
		}
	}
	return last
}

// near reports whether a poll ended around the first sight of the document or a reading.
func (e *evidence) near(p dealwatch.Poll) bool {
	times := []time.Time{e.doc.FirstSeenAt}
	for _, v := range e.versions {
		times = append(times, v.ReadAt)
	}
	for _, t := range times {
		if d := p.EndedAt.Sub(t); d >= -aroundRead && d <= aroundRead {
			return true
		}
	}
	return false
}

// newest is the instant that the pack is dated by, so that equal evidence gives equal
// bytes.
func (e *evidence) newest() time.Time {
	at := e.doc.ReadAt
	for _, ev := range e.events {
		if ev.HappenedAt.After(at) {
			at = ev.HappenedAt
		}
	}
	return at
}

// writeEvidence writes the evidence of a document as one WARC file. Captures are taken
// from the files of dir, where they are those of the versions; nothing is written where
// none is. Its error is then an fs.ErrNotExist.
func writeEvidence(ctx context.Context, st *store.Store, deals []dealwatch.Deal, dir string, w io.Writer, id string) error {
	e, err := gather(ctx, st, deals, id)
	if err != nil {
		return err
	}
	if err := e.find(dir); err != nil {
		return err
	}
	at := e.newest()
	p := warc.NewPack(w, packName(id), at)
	name := func(what string) string { return "urn:dealwatch:" + what + ":" + url.PathEscape(id) }
	p.Resource("urn:dealwatch:readme", "text/plain; charset=utf-8", at, []byte(e.readme()))
	for i := len(e.versions) - 1; i >= 0; i-- {
		v := e.versions[i]
		if c, ok := e.captures[v.Number]; ok {
			if err := p.Capture(c); err != nil {
				return fmt.Errorf("copy the capture of version %d: %w", v.Number, err)
			}
		}
		p.Resource(fmt.Sprintf("%s:version:%d", name("text"), v.Number), "text/plain; charset=utf-8", v.ReadAt, []byte(v.Text))
	}
	p.Metadata(name("matches"), "application/json", at, indented(e.matches()))
	p.Metadata(name("fetch-log"), "application/json", at, indented(e.log()))
	return p.Err()
}

func indented(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // plain values only
	}
	return append(b, '\n')
}

type matchOf struct {
	Deal        string      `json:"deal_id"`
	Name        string      `json:"deal_name"`
	Rule        string      `json:"rule,omitempty"` // where it is still the one that matched
	RuleVersion string      `json:"rule_version"`
	State       string      `json:"state"`
	Closeness   string      `json:"closeness"`
	Version     int         `json:"version"`
	TextSHA256  string      `json:"text_sha256"`
	FlaggedAt   time.Time   `json:"flagged_at"`
	Snippet     string      `json:"snippet"`
	Mentions    []mentionOf `json:"mentions"`
	Events      []eventOf   `json:"events"`
}

type mentionOf struct {
	Party    string `json:"party_id,omitempty"`
	Alias    string `json:"alias"`
	Hit      string `json:"hit"`
	Field    string `json:"field"`
	Start    int    `json:"start_byte"`
	End      int    `json:"end_byte"`
	Sentence string `json:"sentence"`
}

type eventOf struct {
	What       string    `json:"what"`
	Cause      string    `json:"cause"`
	Version    int       `json:"version"`
	Closeness  string    `json:"closeness"`
	HappenedAt time.Time `json:"happened_at"`
	EntryID    string    `json:"entry_id"`
}

func (e *evidence) matches() []matchOf {
	out := []matchOf{}
	for _, f := range e.flags {
		m := matchOf{
			Deal: f.DealID, Name: f.DealName, RuleVersion: f.RuleVersion, State: f.State, Closeness: string(f.Closeness),
			Version: f.Version, FlaggedAt: f.FlaggedAt, Snippet: f.Snippet, Mentions: []mentionOf{}, Events: []eventOf{},
		}
		for _, v := range e.versions {
			if v.Number == f.Version {
				m.TextSHA256 = warc.SHA256([]byte(v.Text))
			}
		}
		for _, d := range e.deals {
			if d.ID == f.DealID && d.RuleVersion == f.RuleVersion {
				m.Rule = d.Rule
			}
		}
		for _, x := range e.mentions[f.ID] {
			m.Mentions = append(m.Mentions, mentionOf{x.Party, x.Alias, x.Hit, string(x.Field), x.Start, x.End, x.Sentence})
		}
		for _, ev := range e.events {
			if ev.Flag.ID == f.ID {
				m.Events = append(m.Events, eventOf{string(ev.What), string(ev.Cause), ev.Version, string(ev.Closeness), ev.HappenedAt, ev.EntryID})
			}
		}
		out = append(out, m)
	}
	return out
}

type logOf struct {
	Document string    `json:"document_id"`
	Title    string    `json:"title"`
	Agency   string    `json:"agency"`
	Kind     string    `json:"kind"`
	Dated    string    `json:"published_on,omitempty"`
	Seen     time.Time `json:"first_seen_at"`
	Channel  string    `json:"channel"`
	Readings []readOf  `json:"readings"`
	Polls    []pollOf  `json:"polls"`
}

type readOf struct {
	Version    int       `json:"version"`
	URL        string    `json:"url"`
	ReadAt     time.Time `json:"read_at"`
	SHA256     string    `json:"sha256"`
	TextSHA256 string    `json:"text_sha256"`
	Capture    string    `json:"capture,omitempty"`
}

type pollOf struct {
	Stream    string    `json:"stream"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
	Outcome   string    `json:"outcome"`
	Complete  bool      `json:"complete"`
	Listed    int       `json:"listed"`
	Read      int       `json:"read"`
	Failed    int       `json:"failed"`
	Err       string    `json:"error,omitempty"`
}

func (e *evidence) log() logOf {
	l := logOf{
		Document: e.doc.ID, Title: e.doc.Title, Agency: e.doc.Agency, Kind: e.doc.Kind, Dated: e.doc.PublishedOn,
		Seen: e.doc.FirstSeenAt, Channel: e.doc.Channel, Readings: []readOf{}, Polls: []pollOf{},
	}
	for _, v := range e.versions {
		r := readOf{Version: v.Number, URL: v.URL, ReadAt: v.ReadAt, SHA256: v.SHA256, TextSHA256: warc.SHA256([]byte(v.Text))}
		if !v.Capture.Zero() {
			r.Capture = fmt.Sprintf("%s:%d", v.Capture.File, v.Capture.Offset)
		}
		l.Readings = append(l.Readings, r)
	}
	for _, p := range e.polls {
		l.Polls = append(l.Polls, pollOf{p.Stream, p.StartedAt, p.EndedAt, string(p.Outcome), p.Complete, p.Listed, p.Read, p.Failed, p.Err})
	}
	return l
}

// readme says in plain words what the file holds, and what it proves and what not.
func (e *evidence) readme() string {
	var b strings.Builder
	fmt.Fprintf(&b, `Evidence of a document, gathered by dealwatch

Document  %s
Title     %s
Agency    %s
Address   %s
Versions  %d, of which %d with the captured bytes

What is in this file

It is a WARC 1.1 file, which any web archive tool opens. Each record carries the SHA-256
digest of its block, and a capture that of its payload too.

- response and request records: what the server sent, byte for byte after transfer
  decoding, and what was asked. They are copies of the records of the archive.
- urn:dealwatch:text:...:version:N: the text of each version as it was read out of the
  capture. Offsets of the matches are bytes in this text, or in the title.
- urn:dealwatch:matches:...: each deal that was flagged, with its rule version, every
  mention with its place, and all that happened to the flag.
- urn:dealwatch:fetch-log:...: when the document was first seen and read, by which channel,
  and the polls of its source around these times.

What it proves

- That these bytes, this text and these matches belong together: the digests name one
  another, and anyone can check them and find each mention at its place in the text.
- What the program that wrote it recorded: the time of each reading by the clock of its
  machine, and the address that was asked.

What it does not prove

- That the agency published these bytes. Nobody signed them; whoever holds the archive
  could have changed capture and digests together. Compare with the agency's own page, with
  another archive, or with a copy of the archive's digests that was kept elsewhere.
- That the times are right. They are those of the machine that read.
- That the document is complete: pictures, scripts and whatever the page loads besides are
  not captured, and scanned pages have no text.
- That there was nothing else. Whether a source was read without a gap is told by
  "dealwatch coverage", not here.
`, oneLine(e.doc.ID), oneLine(e.doc.Title), oneLine(e.doc.Agency), oneLine(e.doc.URL), len(e.versions), len(e.captures))
	b.WriteString(e.lacking())
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// packName is a file name for the evidence of a document.
func packName(id string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '.':
			return r
		}
		return '-'
	}, id)
	return "evidence-" + strings.Trim(name[:min(len(name), 100)], ".-") + ".warc.gz"
}

func (a *app) exportCmd() *cobra.Command {
	var id, out, dir string
	cmd := &cobra.Command{
		Use:   "export --item DOCUMENT_ID",
		Short: "Write one document's evidence as a WARC file",
		Long: `Writes what is known of one document into one WARC file: the captures as they lie in the
archive, the text of each version, the matches with their places and rule versions, how and
when it was read, and a README that says in plain words what this proves and what not.`,
		Example: `  dealwatch archive export --item ftc-press/900001
  dealwatch archive export --item edgar/0001018724-26-000004/amzn-20251231.htm --out amazon.warc.gz`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if id == "" {
				return usage(`dealwatch sql "SELECT document_id, title FROM flagged_items" lists them`, "archive export needs --item DOCUMENT_ID")
			}
			if out == "" {
				out = packName(id)
			}
			return a.export(cmd.Context(), id, out, dir)
		},
	}
	f := cmd.Flags()
	f.StringVar(&id, "item", "", "document_id of the document: source/key")
	f.StringVar(&out, "out", "", "file to write, - for stdout (default a name made of the id)")
	f.StringVar(&dir, "archive", "archive", "directory that holds the WARC files")
	return cmd
}

func (a *app) export(ctx context.Context, id, out, dir string) error {
	book, err := a.book()
	if err != nil {
		return err
	}
	st, err := a.openKept(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	if out == "-" {
		return exportFailure(id, writeEvidence(ctx, st, book.Deals(), dir, a.stdout, id))
	}
	f, err := os.CreateTemp(filepath.Dir(out), ".dealwatch-*")
	if err != nil {
		return &failure{exitSome, fmt.Errorf("archive export: %w", err), "name a file in a writable directory with --out"}
	}
	defer func() { _ = os.Remove(f.Name()) }() // nothing is left of it where the rename succeeded
	err = writeEvidence(ctx, st, book.Deals(), dir, f, id)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), out)
	}
	if err != nil {
		return exportFailure(id, err)
	}
	if !a.quiet {
		fmt.Fprintln(a.stdout, out)
	}
	return nil
}

func exportFailure(id string, err error) error {
	var se *store.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		return usage(`dealwatch sql "SELECT document_id, title FROM documents" lists them`, "archive export: there is no document %q on record", id)
	case errors.As(err, &se):
		return storeFailure(err)
	case errors.Is(err, os.ErrNotExist):
		return &failure{exitSome, fmt.Errorf("archive export: %w", err), "name the directory of the captures with --archive: the one that was in use when they were read"}
	}
	return &failure{exitSome, fmt.Errorf("archive export: %w", err), "`dealwatch archive verify` checks every capture"}
}
