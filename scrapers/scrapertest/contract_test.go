package scrapertest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
)

// ear hears what a test would complain of.
type ear struct {
	testing.TB
	heard []string
}

func (e *ear) Errorf(format string, args ...any) {
	e.heard = append(e.heard, fmt.Sprintf(format, args...))
}

func TestContractIsEnforced(t *testing.T) {
	item := func(change func(*dealwatch.Item)) dealwatch.Item {
		it := dealwatch.Item{
			Source: "gazette", Key: "1", URL: gazetteHost + "/notice/1", Title: "A notice", Kind: "notice",
			Agency: "Gazette", PublishedOn: "2026-01-02",
		}
		if change != nil {
			change(&it)
		}
		return it
	}
	version := func(change func(*dealwatch.Version)) dealwatch.Version {
		v := dealwatch.Version{
			Item: item(nil), Text: "One.\n\nTwo.", Channel: "page", ReadAt: firstPage,
			SHA256: strings.Repeat("0a", 32), Capture: dealwatch.Ref{File: "x.warc.gz"},
		}
		if change != nil {
			change(&v)
		}
		return v
	}
	type I = *dealwatch.Item
	type V = *dealwatch.Version
	items := func(change func(I)) func(*run) {
		return func(r *run) { r.items("page", []dealwatch.Item{item(change)}) }
	}
	reads := func(change func(V)) func(*run) { return func(r *run) { r.version(item(nil), version(change)) } }
	for _, test := range []struct {
		name string
		do   func(*run)
		want string // "" for no complaint
	}{
		{"a sound item", items(nil), ""},
		{"another source", items(func(it I) { it.Source = "other" }), "Source"},
		{"no key", items(func(it I) { it.Key = "" }), "one word"},
		{"a key of two words", items(func(it I) { it.Key = "1 2" }), "one word"},
		{"a relative address", items(func(it I) { it.URL = "/notice/1" }), "absolute"},
		{"a script", items(func(it I) { it.URL = "javascript:alert(1)" }), "absolute"},
		{"a foreign host", items(func(it I) { it.URL = "https://www.example.org/" }), "declare"},
		{"a title of two lines", items(func(it I) { it.Title = "A\nnotice" }), "not clean"},
		{"a direction character", items(func(it I) { it.Title = "A \u202eeciton" }), "not clean"},
		{"an unknown kind", items(func(it I) { it.Kind = "rumour" }), "Kind"},
		{"no date", items(func(it I) { it.PublishedOn = "" }), ""},
		{"a date that is none", items(func(it I) { it.PublishedOn = "2026-02-30" }), "no date"},
		{"an instant without a date", items(func(it I) { it.PublishedOn = ""; it.PublishedAt = firstPage }), "PublishedAt"},
		{"an instant in another zone", items(func(it I) { it.PublishedAt = firstPage.In(time.FixedZone("EST", -5*3600)) }), "PublishedAt"},
		{"content from nowhere", items(func(it I) { it.Content = "<p>" }), "Content"},
		{"a filer without a number", items(func(it I) { it.Filers = []dealwatch.Filer{{Name: "Acme"}} }), "filer"},
		{"one key twice", func(r *run) { r.items("page", []dealwatch.Item{item(nil), item(nil)}) }, "twice"},
		{"an address with two keys", func(r *run) {
			r.item("first", item(nil))
			r.item("second", item(func(it I) { it.Key = "2" }))
		}, "before"},
		{"a sound version", reads(nil), ""},
		{"another document", reads(func(v V) { v.Key = "2"; v.URL += "2" }), "gives"},
		{"no text", reads(func(v V) { v.Text = "" }), "no text"},
		{"no text in an index", reads(func(v V) { v.Text = ""; v.Index = true }), ""},
		{"a tab in the text", reads(func(v V) { v.Text = "a\tb" }), "not clean"},
		{"too many lines", reads(func(v V) { v.Text = "a\n\n\nb" }), "not clean"},
		{"no digest", reads(func(v V) { v.SHA256 = "" }), "missing"},
		{"no time", reads(func(v V) { v.ReadAt = time.Time{} }), "missing"},
		{"an attachment of another", reads(func(v V) {
			v.Found = []dealwatch.Item{item(func(it I) { it.Key = "1/annex"; it.URL += "/annex"; it.ParentKey = "7" })}
		}), "parent"},
	} {
		e := &ear{TB: t}
		test.do(&run{t: e, info: gazette{}.Info(), keys: map[string]string{}})
		heard := strings.Join(e.heard, "\n")
		if (test.want == "") != (heard == "") || !strings.Contains(heard, test.want) {
			t.Errorf("%s: heard %q, want %q", test.name, heard, test.want)
		}
	}
}
