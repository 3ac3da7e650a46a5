package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
)

func TestRecordVersions(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		a := item("1")
		title := version(a, "first", day0.Add(5*hour))
		title.Title = "Another title"
		dated := title
		dated.PublishedOn, dated.ReadAt = "2026-03-02", day0.Add(6*hour)
		other := version(a, "as the feed has it", day0.Add(9*hour))
		other.Channel = "feed"
		w.note("news", day0, true, a)
		for _, step := range []struct {
			name    string
			v       dealwatch.Version
			outcome dealwatch.Outcome
			number  int
		}{
			{"first reading", version(a, "first", day0), dealwatch.OK, 1},
			{"the same again", version(a, "first", day0.Add(hour)), dealwatch.Unchanged, 1},
			{"another text", version(a, "second", day0.Add(2*hour)), dealwatch.OK, 2},
			{"older than the last reading", version(a, "zeroth", day0.Add(hour)), dealwatch.Unchanged, 2},
			{"a text of the same moment that is known", version(a, "first", day0.Add(2*hour)), dealwatch.Unchanged, 2},
			{"a text of the same moment that is new, as a better parser gives", version(a, "second, better", day0.Add(2*hour)), dealwatch.OK, 3},
			{"back to the first text", version(a, "first", day0.Add(3*hour)), dealwatch.OK, 4},
			{"another title", title, dealwatch.OK, 5},
			{"another date", dated, dealwatch.OK, 6},
			{"another channel", other, dealwatch.Unchanged, 6},
			{"an unchanged reading counts as the last one", withText(dated, "late", day0.Add(5*hour)), dealwatch.Unchanged, 6},
		} {
			if rec := w.record(step.v, reach("", step.v.ReadAt)); rec.Outcome != step.outcome || rec.Version != step.number {
				t.Errorf("%s: %s, version %d, want %s, version %d", step.name, rec.Outcome, rec.Version, step.outcome, step.number)
			}
		}
		got := table(t, s, "SELECT version, title, published_on, text FROM document_versions ORDER BY version")
		want := []string{
			`[]interface {}{1, "Title 1", "2026-03-01", "first"}`,
			`[]interface {}{2, "Title 1", "2026-03-01", "second"}`,
			`[]interface {}{3, "Title 1", "2026-03-01", "second, better"}`,
			`[]interface {}{4, "Title 1", "2026-03-01", "first"}`,
			`[]interface {}{5, "Another title", "2026-03-01", "first"}`,
			`[]interface {}{6, "Another title", "2026-03-02", "first"}`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("document_versions (-want +got):\n%s", diff)
		}
		if n := len(table(t, s, "SELECT text FROM body")); n != 3 {
			t.Errorf("%d texts are kept, want 3: equal text is kept once", n)
		}
	})
}

func withText(v dealwatch.Version, text string, at time.Time) dealwatch.Version {
	v.Text, v.ReadAt = text, at
	return v
}

func TestRecordAttachments(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		v := version(item("1"), "see the complaint", day0)
		v.Found = []dealwatch.Item{
			{Source: "ftc-press", Key: "https://www.ftc.gov/a.pdf", URL: "https://www.ftc.gov/a.pdf", Kind: "complaint"},
			{Key: "b", URL: "https://www.ftc.gov/b.pdf"},
		}
		w.record(v, reach(dealwatch.New, day0))
		if got, want := w.due(day0), []string{"b", "https://www.ftc.gov/a.pdf"}; !cmp.Equal(got, want) {
			t.Errorf("due = %q, want the attachments %q", got, want)
		}
		a := dealwatch.Item{Source: "ftc-press", Key: "b", URL: "https://www.ftc.gov/b.pdf", ParentKey: "1"}
		w.record(version(a, "complaint", day0), reach(dealwatch.New, day0))
		got := table(t, s, "SELECT document_id, parent_id FROM documents ORDER BY document_id")
		want := []string{`[]interface {}{"ftc-press/1", interface {}(nil)}`, `[]interface {}{"ftc-press/b", "ftc-press/1"}`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("documents (-want +got):\n%s", diff)
		}
		if rec := w.record(v, reach(dealwatch.New, day0)); rec.Outcome != dealwatch.Unchanged {
			t.Errorf("the same reading again is %s", rec.Outcome)
		}
		if got := w.due(day0); len(got) != 1 {
			t.Errorf("due = %q: an attachment that was read is due again", got)
		}
	})
}

func TestRecordIndex(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		v := dealwatch.Version{Item: item("filing"), Index: true, ReadAt: day0, Found: []dealwatch.Item{item("exhibit")}}
		if rec := w.record(v, reach(dealwatch.New, day0)); rec != (dealwatch.Recorded{Outcome: dealwatch.OK}) {
			t.Errorf("first reading of an index: %+v", rec)
		}
		if rec := w.record(v, reach(dealwatch.New, day0)); rec != (dealwatch.Recorded{Outcome: dealwatch.Unchanged}) {
			t.Errorf("second reading of an index: %+v", rec)
		}
		if got := w.due(day0); !cmp.Equal(got, []string{"exhibit"}) {
			t.Errorf("due = %q, want the exhibit", got)
		}
		if n := len(table(t, s, "SELECT document_id FROM documents")); n != 0 {
			t.Errorf("the index became %d documents", n)
		}
		items, err := w.Due(t.Context(), day0)
		must(t, err)
		if items[0].ParentKey != "" {
			t.Errorf("the exhibit hangs on %q, which is no document", items[0].ParentKey)
		}
	})
}

func TestRecordCleansText(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		it := item("k\x00\xff")
		it.Title = "a\x00b"
		v := version(it, "x\x00\xffOpenAI\xc3", day0)
		m := match("d", dealwatch.InSentence, "s\x00\xff", 3)
		w.note("news", day0, true, it)
		w.record(v, reach(dealwatch.New, day0, "d"), m)
		must(t, w.Postpone(t.Context(), it, day0, &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: errorText("bad \x00\xff")}))
		got := table(t, s, `SELECT d.key, d.title, d.text, m.start_byte, m.hit, m.sentence FROM documents d, mentions m WHERE m.alias = 'OpenAI'`)
		want := []string{`[]interface {}{"k ?", "a b", "x ?OpenAI?", 3, "OpenAI", "s ?"}`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

type errorText string

func (e errorText) Error() string { return string(e) }

func TestRecordLongDocument(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		v := version(item("1"), strings.Repeat("OpenAI and a merger.\n", 50000), day0)
		m := match("d", dealwatch.InSentence, "OpenAI and a merger.", 0)
		for len(m.Mentions) < 3000 {
			m.Mentions = append(m.Mentions, m.Mentions[0])
		}
		w.record(v, reach(dealwatch.New, day0, "d"), m)
		if got := table(t, s, "SELECT COUNT(*) FROM mentions"); got[0] != "[]interface {}{3000}" {
			t.Errorf("mentions: %s, want all 3000", got)
		}
	})
}

func TestDocument(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		it := item("1")
		it.Filers = []dealwatch.Filer{{CIK: 1018724, Name: "AMAZON COM INC", Role: "Filer"}}
		it.PublishedAt = day0.Add(-hour).Truncate(time.Second)
		it.Docket, it.ParentKey, it.Subject = "C-4567", "0", "eo-1"
		v := version(it, "text", day0)
		w.note("news", day0.Add(-hour), true, it)
		w.record(v, reach(dealwatch.New, day0, "d"), match("d", dealwatch.InSentence, "s", 0))
		doc, flags, err := s.Document(t.Context(), "ftc-press/1")
		must(t, err)
		want := dealwatch.Document{Version: v, ID: "ftc-press/1", Number: 1, FirstSeenAt: day0.Add(-hour), ParentID: "ftc-press/0"}
		if diff := cmp.Diff(want, doc); diff != "" {
			t.Errorf("Document (-want +got):\n%s", diff)
		}
		if len(flags) != 1 || flags[0].DealID != "d" {
			t.Errorf("flags = %+v", flags)
		}
		if _, _, err := s.Document(t.Context(), "ftc-press/2"); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown document: %v, want ErrNotFound", err)
		}
		n := 0
		must(t, s.Documents(t.Context(), "ftc-press", func(d dealwatch.Document) error {
			n++
			if diff := cmp.Diff(want, d); diff != "" {
				t.Errorf("Documents (-want +got):\n%s", diff)
			}
			return nil
		}))
		if n != 1 {
			t.Errorf("Documents gave %d", n)
		}
	})
}

// The last file of the archive is the one with the highest number, whatever else the
// store names.
func TestLastCaptureFile(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		w := claim(t, s, "ftc-press")
		for i, c := range []struct{ file, want string }{
			{"", ""},
			{"somebody-elses.warc.gz", ""},
			{"dealwatch-000009.warc.gz", "dealwatch-000009.warc.gz"},
			{"dealwatch-000002.warc.gz", "dealwatch-000009.warc.gz"},
			{"dealwatch-000010.warc.gz", "dealwatch-000010.warc.gz"},
			{"zz.warc.gz", "dealwatch-000010.warc.gz"},
		} {
			v := version(item(string(rune('a'+i))), "text "+c.file, day0)
			v.Capture.File = c.file
			w.note("news", day0, true, v.Item)
			w.record(v, reach(dealwatch.New, day0))
			got, err := s.LastCaptureFile(t.Context())
			must(t, err)
			if got != c.want {
				t.Errorf("after %q: %q, want %q", c.file, got, c.want)
			}
		}
	})
}
