package store

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// States of a flag.
const (
	active    = "active"
	withdrawn = "withdrawn"
)

// flagRow is a flag as far as a further matching must know it.
type flagRow struct {
	ID        int64  `db:"flag_id"`
	DealID    string `db:"deal_id"`
	DealName  string `db:"deal_name"`
	Version   int
	Closeness dealwatch.Closeness
	Closest   int
	Snippet   string
	State     string
	Evidence  string
}

// step is what one deal's matching does to its flag: match is nil for a withdrawal,
// what is "" where the evidence is the same.
type step struct {
	flag  *flagRow
	match *dealwatch.Match
	deal  string
	what  dealwatch.What
}

// flag carries the matches of a version over to the flags of its document, and puts on
// record what happened to them. Only flags of the deals in how.Deals, and of those that
// matched, are touched.
func (q *tx) flag(document string, version int, matches []dealwatch.Match, how dealwatch.Reach) (raised, events int, err error) {
	rows, err := q.flagsOf(document)
	if err != nil {
		return 0, 0, err
	}
	steps := plan(rows, matches, how.Deals)
	flags := 0
	for _, s := range steps {
		if s.what == dealwatch.Raised {
			flags++
		}
		if s.what == dealwatch.Raised || s.what == dealwatch.Returned {
			raised++
		}
		if s.what != "" {
			events++
		}
	}
	// The ids come last: until the transaction ends, every other one that wants some waits.
	var last struct {
		FlagID  int64 `db:"flag_id"`
		EventID int64 `db:"event_id"`
		Run     int64
		RunOpen int `db:"run_open"`
	}
	if events > 0 {
		err = q.get(&last, `
			UPDATE sequence SET flag_id = flag_id + ?, event_id = event_id + ? WHERE id = 1
			RETURNING flag_id, event_id, run, run_open`, flags, events)
		if err != nil {
			return 0, 0, err
		}
		if !how.Run.IsZero() && (last.RunOpen == 0 || last.Run != instantOf(how.Run)) {
			return 0, 0, fmt.Errorf("the run of the watchlist was ended by another worker: %w", ErrLeaseLost)
		}
	}
	nextFlag, nextEvent := last.FlagID-int64(flags), last.EventID-int64(events)
	for _, s := range steps {
		evidence := version
		switch {
		case s.what == dealwatch.Raised:
			nextFlag++
			s.flag = &flagRow{ID: nextFlag}
			err = q.raise(s, document, version, how)
		case s.match == nil:
			evidence = s.flag.Version
			err = q.exec(`UPDATE flag SET state = 'withdrawn' WHERE flag_id = ?`, s.flag.ID)
		default:
			err = q.renew(s, version)
		}
		if err == nil && s.match != nil {
			err = q.mention(s, version)
		}
		if err == nil && s.what != "" {
			nextEvent++
			err = q.event(nextEvent, s, document, version, evidence, how)
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return raised, events, nil
}

func (q *tx) flagsOf(document string) (rows []*flagRow, err error) {
	return rows, q.all(&rows, `SELECT flag_id, deal_id, deal_name, version, closeness, closest, snippet, state, evidence FROM flag WHERE document_id = ?`, document)
}

// Foreseen is what a matching would do to a flag of a document.
type Foreseen struct {
	DealID    string
	What      dealwatch.What      // "" where the flag stays as it is
	Closeness dealwatch.Closeness // of the match or, where the flag would be withdrawn, of the flag
	Snippet   string
}

// Foresee gives what Record would do to the flags of a document where matches are all that
// is found in it for the deals. It changes nothing.
func (s *Store) Foresee(ctx context.Context, document string, matches []dealwatch.Match, deals []dealwatch.Deal) (out []Foreseen, err error) {
	err = s.reading(ctx, "read the flags of "+document, func(q *tx) error {
		rows, err := q.flagsOf(document)
		out = nil
		for _, s := range plan(rows, matches, deals) {
			f := Foreseen{DealID: s.deal, What: s.what}
			if s.match != nil {
				f.Closeness, f.Snippet = s.match.Closeness, s.match.Snippet
			} else {
				f.Closeness, f.Snippet = s.flag.Closeness, s.flag.Snippet
			}
			out = append(out, f)
		}
		return err
	})
	return out, err
}

// plan says what the matches do to the flags that are there, in the order of the deals.
func plan(flags []*flagRow, matches []dealwatch.Match, deals []dealwatch.Deal) []step {
	have := make(map[string]*flagRow, len(flags))
	for _, f := range flags {
		have[f.DealID] = f
	}
	found := make(map[string]*dealwatch.Match, len(matches))
	var order []string
	for _, d := range deals {
		order = append(order, d.ID)
	}
	for i := range matches {
		found[matches[i].DealID] = &matches[i]
		order = append(order, matches[i].DealID)
	}
	var steps []step
	done := make(map[string]bool, len(order))
	for _, deal := range order {
		f, m := have[deal], found[deal]
		if done[deal] || f == nil && m == nil || m == nil && f.State == withdrawn {
			continue
		}
		done[deal] = true
		s := step{flag: f, match: m, deal: deal}
		switch {
		case f == nil:
			s.what = dealwatch.Raised
		case m == nil:
			s.what = dealwatch.Withdrawn
		case f.State == withdrawn:
			s.what = dealwatch.Returned
		case m.Closeness.Rank() > f.Closest:
			s.what = dealwatch.Closer
		case evidenceOf(*m) != f.Evidence:
			s.what = dealwatch.Changed
		}
		steps = append(steps, s)
	}
	return steps
}

// evidenceOf is the digest of what shows a match: closeness, hits and sentences, but
// not where they stand, so that an edit elsewhere is no change of the flag.
func evidenceOf(m dealwatch.Match) string {
	seen := make(map[string]bool, len(m.Mentions))
	var hits []string
	for _, h := range m.Mentions {
		hit := strings.Join([]string{h.Party, string(h.Field), clean(h.Hit), clean(h.Sentence)}, "\x00")
		if !seen[hit] {
			seen[hit] = true
			hits = append(hits, hit)
		}
	}
	sort.Strings(hits)
	return digest(append(hits, string(m.Closeness))...)
}

func (q *tx) raise(s step, document string, version int, how dealwatch.Reach) error {
	m := s.match
	return q.exec(`
		INSERT INTO flag (flag_id, deal_id, deal_name, document_id, flagged_at, version, closeness, closest,
			snippet, cause, state, rule_version, evidence)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)`,
		s.flag.ID, clean(m.DealID), clean(m.DealName), document, instantOf(how.At), version, m.Closeness, m.Closeness.Rank(),
		clean(m.Snippet), causeOf(how), clean(m.RuleVersion), evidenceOf(*m))
}

func (q *tx) renew(s step, version int) error {
	m := s.match
	return q.exec(`
		UPDATE flag SET deal_name = ?, version = ?, closeness = ?, closest = ?, snippet = ?, state = 'active',
			rule_version = ?, evidence = ?
		WHERE flag_id = ?`,
		clean(m.DealName), version, m.Closeness, max(s.flag.Closest, m.Closeness.Rank()), clean(m.Snippet),
		clean(m.RuleVersion), evidenceOf(*m), s.flag.ID)
}

func causeOf(how dealwatch.Reach) dealwatch.Cause {
	if how.Cause == "" {
		return dealwatch.New
	}
	return how.Cause
}

func (q *tx) event(id int64, s step, document string, version, evidence int, how dealwatch.Reach) error {
	closeness, snippet := s.flag.Closeness, s.flag.Snippet
	if s.match != nil {
		closeness, snippet = s.match.Closeness, clean(s.match.Snippet)
	}
	entry, err := q.entry(s, document, version)
	if err != nil {
		return err
	}
	run, told := int64(0), instantOf(how.At)
	if !how.Run.IsZero() {
		run, told = instantOf(how.Run), 0
	}
	return q.exec(`
		INSERT INTO event (event_id, flag_id, version, evidence, what, cause, closeness, snippet, happened_at, entry_id,
			run, told_at, deal_name)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, s.flag.ID, version, evidence, s.what, causeOf(how), closeness, snippet, instantOf(how.At), entry,
		run, told, clean(nameOf(s, how)))
}

// nameOf is the deal's name at present.
func nameOf(s step, how dealwatch.Reach) string {
	if s.match != nil {
		return s.match.DealName
	}
	for _, d := range how.Deals {
		if d.ID == s.deal && d.Name != "" {
			return d.Name
		}
	}
	return s.flag.DealName
}

// entry is the id of the event's feed entry: match/DEAL/DOCUMENT for the first event of
// a flag and with /VERSION for a later one. Where one version brings several, the
// further ones get -2, -3 and so on.
func (q *tx) entry(s step, document string, version int) (string, error) {
	first := "match/" + clean(s.deal) + "/" + document
	if s.what != dealwatch.Raised {
		first += fmt.Sprintf("/%d", version)
	}
	for n := 1; ; n++ {
		id := first
		if n > 1 {
			id = fmt.Sprintf("%s-%d", first, n)
		}
		var taken int
		if err := q.get(&taken, `SELECT COUNT(*) FROM event WHERE entry_id = ?`, id); err != nil || taken == 0 {
			return id, err
		}
	}
}

// flagColumns select a flag as it is now, from flag f, document d and version v.
const flagColumns = `f.flag_id, f.deal_id, f.deal_name, f.document_id, d.source, v.agency, v.kind, v.title, v.url,
	v.published_on, v.published_at, f.flagged_at, f.version AS flag_version, f.closeness AS flag_closeness,
	f.snippet AS flag_snippet, f.cause AS flag_cause, f.state, f.rule_version, v.sha256`

const flagJoin = `JOIN document d ON d.document_id = f.document_id
	JOIN version v ON v.document_id = f.document_id AND v.version = f.version`

// eventJoin is flagJoin with the version in which event e happened.
const eventJoin = `JOIN document d ON d.document_id = f.document_id
	JOIN version v ON v.document_id = f.document_id AND v.version = e.version`

// shownFlag is what flagColumns select.
type shownFlag struct {
	FlagID      int64  `db:"flag_id"`
	DealID      string `db:"deal_id"`
	DealName    string `db:"deal_name"`
	DocumentID  string `db:"document_id"`
	Source      string
	Agency      string
	Kind        string
	Title       string
	URL         string
	PublishedOn string `db:"published_on"`
	PublishedAt *int64 `db:"published_at"`
	FlaggedAt   int64  `db:"flagged_at"`
	Version     int    `db:"flag_version"`
	Closeness   string `db:"flag_closeness"`
	Snippet     string `db:"flag_snippet"`
	Cause       string `db:"flag_cause"`
	State       string
	RuleVersion string `db:"rule_version"`
	SHA256      string
}

func (r *shownFlag) flag() dealwatch.Flag {
	return dealwatch.Flag{
		ID: r.FlagID, DealID: r.DealID, DealName: r.DealName, DocumentID: r.DocumentID, Source: r.Source, Agency: r.Agency,
		Kind: r.Kind, Title: r.Title, URL: r.URL, PublishedOn: r.PublishedOn, PublishedAt: timeOf(r.PublishedAt),
		FlaggedAt: timeOf(&r.FlaggedAt), Version: r.Version, Closeness: dealwatch.Closeness(r.Closeness), Snippet: r.Snippet,
		Cause: dealwatch.Cause(r.Cause), State: r.State, RuleVersion: r.RuleVersion, SHA256: r.SHA256,
	}
}

// Flagged gives the flags that f chooses as they are now, withdrawn ones too, newest first.
func (s *Store) Flagged(ctx context.Context, f dealwatch.Filter) ([]dealwatch.Flag, error) {
	w := where(f, "f.flagged_at", "f.flag_id", "f.closeness")
	var flags []dealwatch.Flag
	err := s.reading(ctx, "list flags", func(q *tx) error {
		var rows []shownFlag
		err := q.all(&rows, `SELECT `+flagColumns+` FROM flag f `+flagJoin+w.sql+w.order, w.args...)
		flags = nil
		for _, r := range rows {
			flags = append(flags, r.flag())
		}
		return err
	})
	return flags, err
}

// filter is a Filter in SQL.
type filter struct {
	sql, order string
	args       []any
}

func where(f dealwatch.Filter, at, id, closeness string) filter {
	var w filter
	add := func(cond string, arg any) {
		word := " AND "
		if w.sql == "" {
			word = " WHERE "
		}
		w.sql += word + cond
		w.args = append(w.args, arg)
	}
	if f.Deal != "" {
		add("f.deal_id = ?", clean(f.Deal))
	}
	if f.Source != "" {
		add("d.source = ?", clean(f.Source))
	}
	if f.Kind != "" {
		add("v.kind = ?", clean(f.Kind))
	}
	if f.Document != "" {
		add("f.document_id = ?", clean(f.Document))
	}
	if f.Closeness != "" {
		add(closeness+" = ?", clean(string(f.Closeness)))
	}
	if !f.Since.IsZero() {
		add(at+" >= ?", instantOf(f.Since))
	}
	if f.After > 0 {
		add(id+" > ?", f.After)
	}
	if f.Before > 0 {
		add(id+" < ?", f.Before)
	}
	w.order = " ORDER BY " + id
	if !f.Oldest {
		w.order += " DESC"
	}
	if f.Limit > 0 {
		w.order += fmt.Sprintf(" LIMIT %d OFFSET %d", f.Limit, f.Skip)
	}
	return w
}
