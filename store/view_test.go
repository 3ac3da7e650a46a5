package store

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

// promised are the views as users were promised them; it is written out here so that
// no change of a migration or of Views can change the promise unseen.
const promised = `
flagged_items: flag_id deal_id deal_name document_id source agency kind title url published_on published_at flagged_at version closeness snippet cause state rule_version sha256
flag_events: event_id flag_id version what cause closeness snippet happened_at entry_id
mentions: flag_id version party_id alias hit field start_byte end_byte sentence
documents: document_id source key parent_id subject_id agency kind docket title url published_on published_at first_seen_at version read_at text sha256 text_sha256 capture
document_versions: document_id source key parent_id subject_id agency kind docket title url published_on published_at first_seen_at version read_at text sha256 text_sha256 capture
items: source key url title published_on state reason next_try_at first_seen_at
deals: deal_id name rule rule_version flags last_flagged_at
polls: poll_id source stream started_at ended_at listed read raised failed outcome complete covers_from covers_to
gaps: source stream gap_from gap_to opened_at closed_at reason command
reconciliations: source stream looked_at covers_from covers_to outcome second_listed first_listed late lacking
incidents: source subject opened_at closed_at outcome what listings last_ok_at url capture next_try_at command days
source_health: source agency state last_ok_at last_new_at next_poll_at pending open_gaps incident since
`

func TestViewColumns(t *testing.T) {
	documented := "\n"
	for _, v := range Views {
		var names []string
		for _, c := range v.Columns {
			names = append(names, c.Name)
			if c.Doc == "" {
				t.Errorf("%s.%s has no documentation", v.Name, c.Name)
			}
		}
		documented += v.Name + ": " + strings.Join(names, " ") + "\n"
	}
	if diff := cmp.Diff(promised, documented); diff != "" {
		t.Errorf("Views (-promised +documented):\n%s", diff)
	}
	each(t, func(t *testing.T, s *Store) {
		have := "\n"
		for _, v := range Views {
			must(t, s.Query(t.Context(), "SELECT * FROM "+v.Name, func(columns []string, _ []any) error {
				have += v.Name + ": " + strings.Join(columns, " ") + "\n"
				return nil
			}))
		}
		if diff := cmp.Diff(promised, have); diff != "" {
			t.Errorf("columns (-promised +have):\n%s", diff)
		}
	})
}

// TestViewComments shows that the migrations say of each column what Views does.
func TestViewComments(t *testing.T) {
	for _, db := range []string{"sqlite", "postgres"} {
		files, err := fs.Glob(migrations, "migrations/"+db+"/*.sql")
		must(t, err)
		text := ""
		for _, name := range files {
			sql, err := fs.ReadFile(migrations, name)
			must(t, err)
			text += string(sql) + "\n\n"
		}
		for _, v := range Views {
			begin := "-- " + v.Doc + "\nCREATE VIEW " + v.Name + " AS\n"
			at := strings.LastIndex(text, begin) // a later migration makes it anew
			if at < 0 {
				t.Errorf("%s: view %s does not say %q", db, v.Name, v.Doc)
			}
			view := text[max(at, 0):]
			view, _, _ = strings.Cut(view, ";\n\n")
			for _, c := range v.Columns {
				_, rest, ok := strings.Cut(view, "    -- "+c.Doc+"\n")
				if first, _, _ := strings.Cut(rest, "\n    --"); !ok || !strings.Contains(first, " AS "+c.Name) {
					t.Errorf("%s: %s.%s does not say %q", db, v.Name, c.Name, c.Doc)
				}
				said := fmt.Sprintf("COMMENT ON COLUMN %s.%s IS '%s';\n", v.Name, c.Name, strings.ReplaceAll(c.Doc, "'", "''"))
				if db == "postgres" && !strings.Contains(text, said) {
					t.Errorf("there is no %s", said)
				}
			}
		}
	}
}

// TestSameAnswers runs one story on both databases and compares every row of every view.
func TestSameAnswers(t *testing.T) {
	answers := make(map[string]map[string][]string)
	each(t, func(t *testing.T, s *Store) {
		must(t, s.SetDeals(t.Context(), []dealwatch.Deal{{ID: "d", Name: "Deal – d", Rule: "a /p b", RuleVersion: "r1"}, {ID: "e", Name: "E", Rule: "é", RuleVersion: "r1"}}))
		w := claim(t, s, "ftc-press")
		odd := item("É/ü 1")
		odd.Title = "“Quotes”, ﬁ, 漢字, '; DROP TABLE flag; --"
		odd.PublishedAt = time.Date(2026, 3, 1, 23, 59, 59, 999999000, time.UTC)
		old := item("old")
		old.PublishedAt = time.Date(1935, 1, 2, 3, 4, 5, 600000000, time.UTC)
		old.PublishedOn = ""
		w.note("news", day0, true, item("1"), odd, old, item("Z"), item("a"))
		w.note("news", day0.Add(hour), false, item("2"))
		for i, text := range []string{"a", "b", "a"} {
			at := day0.AddDate(0, 0, i)
			var m []dealwatch.Match
			if i != 1 {
				m = append(m, match("e", dealwatch.ByFiler, "é", 3), match("d", dealwatch.InTitle, "s", 0))
			}
			v := version(odd, text, at)
			v.Found = []dealwatch.Item{{Source: "ftc-press", Key: "f" + text, URL: "https://example.gov/" + text}}
			w.record(v, reach(dealwatch.New, at, "d", "e"), m...)
		}
		w.record(version(old, "old", day0), reach(dealwatch.Backfill, day0, "d", "e"), match("d", dealwatch.InParagraph, "s", 0))
		must(t, w.Postpone(t.Context(), item("2"), day0, &dealwatch.ReadError{Outcome: dealwatch.Absent}))
		must(t, w.Postpone(t.Context(), item("Z"), day0, &dealwatch.ReadError{Outcome: dealwatch.Failed, Status: 503}))
		must(t, w.Close(t.Context(), poll(0, dealwatch.OK, true, "2026-02-20", "2026-03-01")))
		must(t, w.Close(t.Context(), poll(1, dealwatch.Failed, false, "", "")))
		_, err := w.Reconciled(t.Context(), dealwatch.Look{Stream: "second: index", From: "2026-02-20", To: "2026-03-01", Proves: []string{"news"}},
			poll(1, dealwatch.OK, true, "", ""))
		must(t, err)
		answers[s.dialect.name] = make(map[string][]string)
		for _, v := range Views {
			rows := table(t, s, "SELECT * FROM "+v.Name)
			slices.Sort(rows)
			answers[s.dialect.name][v.Name] = rows
		}
		if s.dialect.name == "sqlite" {
			for _, v := range Views {
				if len(answers["sqlite"][v.Name]) == 0 {
					t.Errorf("the story leaves %s empty", v.Name)
				}
			}
		}
	})
	if len(answers) == 2 {
		if diff := cmp.Diff(answers["sqlite"], answers["postgres"]); diff != "" {
			t.Errorf("(-sqlite +postgres):\n%s", diff)
		}
	}
}

// TestViewIndices shows that common questions are answered by an index, not by reading all.
func TestViewIndices(t *testing.T) {
	s := open(t, dsn(t, "sqlite"))
	for query, index := range map[string]string{
		"SELECT * FROM flagged_items WHERE deal_id = 'd' AND flagged_at >= '2026-03-01'": "flag_deal_flagged (deal_id=? AND <expr>>?)",
		"SELECT * FROM flagged_items WHERE flagged_at >= '2026-03-01'":                   "flag_flagged (<expr>>?)",
		"SELECT * FROM flagged_items ORDER BY flagged_at DESC LIMIT 50":                  "SCAN f USING INDEX flag_flagged",
		"SELECT * FROM flag_events WHERE happened_at >= '2026-03-01'":                    "event_happened (<expr>>?)",
		"SELECT * FROM documents WHERE document_id = 'a/b'":                              "(document_id=?)",
		"SELECT * FROM document_versions WHERE document_id = 'a/b'":                      "(document_id=?)",
		"SELECT * FROM mentions WHERE flag_id = 1":                                       "(flag_id=?)",
		"SELECT * FROM items WHERE source = 'a' AND state = 'pending'":                   "item_state (source=? AND state=?)",
		"SELECT * FROM polls WHERE source = 'a'":                                         "poll_source (source=?)",
	} {
		plan := strings.Join(table(t, s, "EXPLAIN QUERY PLAN "+query), "\n")
		if !strings.Contains(plan, index) {
			t.Errorf("%s: plan has no %s:\n%s", query, index, plan)
		}
	}
}

func TestViewIndicesPostgres(t *testing.T) {
	s := open(t, dsn(t, "postgres"))
	for query, index := range map[string]string{
		"SELECT * FROM flagged_items WHERE deal_id = 'd' AND flagged_at >= '2026-03-01'": "flag_deal_flagged",
		"SELECT * FROM flag_events WHERE happened_at >= '2026-03-01'":                    "event_happened",
		"SELECT * FROM polls WHERE started_at >= '2026-03-01'":                           "poll_started",
	} {
		var plan []string
		must(t, s.tx(t.Context(), func(q *tx) error {
			if err := q.exec("SET LOCAL enable_seqscan = off"); err != nil { // the tables are empty
				return err
			}
			return q.all(&plan, "EXPLAIN "+query)
		}))
		if !strings.Contains(strings.Join(plan, "\n"), index) {
			t.Errorf("%s: plan has no %s:\n%s", query, index, strings.Join(plan, "\n"))
		}
	}
}
