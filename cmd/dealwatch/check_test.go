package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

const actionsURL = "https://www.whitehouse.gov/presidential-actions/"

// actionsPage is the White House's listing with so many orders.
func actionsPage(orders int) string {
	var b strings.Builder
	for n := range orders {
		fmt.Fprintf(&b, `<li class="wp-block-post post-%d post type-post category-presidential-actions"><div class="wp-block-group">
<h2 class="wp-block-post-title"><a href="%s2026/03/order-%d/">Order %d</a></h2>
<div class="taxonomy-category"><a href="/presidential-actions/executive-orders/" rel="tag">Executive Orders</a></div>
<div class="wp-block-post-date"><time datetime="2026-03-%02dT12:00:00-05:00">March</time></div></div></li>`, 70000+n, actionsURL, n, n, 20-n)
	}
	return `<!DOCTYPE html><html><head><title>Presidential Actions</title></head><body><main><ul class="wp-block-post-template">` + b.String() + `</ul></main></body></html>`
}

// TestSourcesCheck records the shape of a listing, then changes the page: what loses
// a field or most of its rows is a finding, and is not taken for the new shape.
func TestSourcesCheck(t *testing.T) {
	db := filepath.Join(t.TempDir(), "shapes.db")
	whole := actionsPage(10)
	cases := []struct {
		name string
		page string
		code int
		want string // in the line of the listing
	}{
		{"the first time", whole, 0, `ok +10 +title 10, date 10, instant 10, kind 10 .*first look: recorded`},
		{"the same", whole, 0, `as on `},
		{"titles without dates", strings.ReplaceAll(whole, "<time datetime=", "<time data-was="), 1, `date in 0 of 10 items, where it was in 10 of 10; instant in 0 of 10`},
		{"still without", strings.ReplaceAll(whole, "<time datetime=", "<time data-was="), 1, `date in 0 of 10 items`},
		{"two rows of ten", actionsPage(2), 1, `2 items, where 10 were`},
		{"another template", strings.ReplaceAll(whole, "wp-block-post-template", "cards"), 1, `unparsed .*shows no item`},
		{"a refusal", `<html><head><title>Access Denied</title></head><body></body></html>`, 1, `blocked`},
		{"other furniture", strings.NewReplacer(`class="wp-block-group"`, `class="card"`, `class="taxonomy-category"`, `class="tags"`, "wp-block-post-date", "when").Replace(whole), 0,
			`the page's elements are \d+% as before; gone: .*div.taxonomy-category.*; new: .*div.card`},
		{"that is the new shape", strings.NewReplacer(`class="wp-block-group"`, `class="card"`, `class="taxonomy-category"`, `class="tags"`, "wp-block-post-date", "when").Replace(whole), 0, `as on `},
	}
	for _, c := range cases {
		dir := t.TempDir()
		if err := writeExchanges(dir, []warc.Exchange{answer(actionsURL, day(4), 200, "text/html; charset=utf-8", c.page)}); err != nil {
			t.Fatal(err)
		}
		out, errs, code := cli(t, "sources", "check", "whitehouse", "--db", db, "--replay", filepath.Join(dir, "dealwatch-000001.warc.gz"))
		if code != c.code || !matches(t, c.want, out) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", c.name, code, c.code, c.want, out, errs)
		}
	}
}

func TestCompare(t *testing.T) {
	page := func(items int, filled map[string]int, marks ...string) shape {
		return shape{Items: items, Filled: filled, Marks: marks}
	}
	full := page(20, map[string]int{"title": 20, "date": 20, "docket": 5}, "a", "b", "c", "d", "e")
	cases := []struct {
		name    string
		is      shape
		changes []string
		lost    bool
	}{
		{"fewer items", page(10, map[string]int{"title": 10, "date": 10}, "a", "b", "c", "d", "e"), nil, false},
		{"a field that was rare is gone", page(20, map[string]int{"title": 20, "date": 20}, "a", "b", "c", "d", "e"), nil, false},
		{"half of the dates", page(20, map[string]int{"title": 20, "date": 9, "docket": 5}, "a", "b", "c", "d", "e"),
			[]string{"date in 9 of 20 items, where it was in 20 of 20"}, true},
		{"a new field", page(20, map[string]int{"title": 20, "date": 20, "kind": 20}, "a", "b", "c", "d", "e"), []string{"kind is new, in 20 of 20 items"}, false},
		{"none left", page(0, nil, "a", "b", "c", "d", "e"), []string{"0 items, where 20 were"}, true},
		{"other elements", page(20, full.Filled, "a", "b", "x"), []string{"the page's elements are 33% as before; gone: c, d, e; new: x"}, false},
	}
	for _, c := range cases {
		changes, lost := compare(full, c.is)
		if diff := cmp.Diff(c.changes, changes); diff != "" || lost != c.lost {
			t.Errorf("%s: lost %v (-want +got):\n%s", c.name, lost, diff)
		}
	}
	if changes, lost := compare(shape{Items: 1, Text: 9000}, shape{Items: 1, Text: 300}); len(changes) != 1 || lost {
		t.Errorf("a far shorter text: %q, %v", changes, lost)
	}
}

func TestMarks(t *testing.T) {
	for body, want := range map[string]string{
		`<html><body class="page-12"><p class="a b">x</p><p>y</p></body></html>`:           "p body body.page-# html p.a p.b",
		`<?xml version="1.0"?><rss><channel><item><title>1</title></item></channel></rss>`: ">rss channel>item item>title rss>channel",
		`{"results":[{"number":1},{"number":2}],"count":2}`:                                "results.number count results",
		"": "",
	} {
		if got := strings.Join(marks([]byte(body)), " "); got != want {
			t.Errorf("marks(%q) = %q, want %q", body, got, want)
		}
	}
	if s := shapeOf(nil, []dealwatch.Item{{Title: "t", Kind: "b"}, {Kind: "a", PublishedOn: "2026-03-01"}}); s.filled() != "title 1, date 1, kind 2" {
		t.Errorf("filled: %q", s.filled())
	}
}

func matches(t *testing.T, pattern, s string) bool {
	t.Helper()
	ok, err := regexp.MatchString(pattern, s)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}
