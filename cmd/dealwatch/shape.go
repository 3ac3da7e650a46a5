package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"math/bits"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/dealwatch/dealwatch"
)

// A shape is how a page looks to its reader, without its content: what shows that a
// site has changed before anything is lost.
type shape struct {
	Items  int            `json:"items"`           // of a listing; 1 for a document
	Filled map[string]int `json:"filled"`          // how many of them have the field
	Kinds  []string       `json:"kinds,omitempty"` // of the items
	Text   int            `json:"text,omitempty"`  // characters of a document's text
	Marks  []string       `json:"marks"`           // elements of the page, the commonest first
}

// shapeOf is the shape of a page that shows these items.
func shapeOf(body []byte, items []dealwatch.Item) shape {
	s := shape{Items: len(items), Filled: make(map[string]int), Marks: marks(body)}
	for _, it := range items {
		for field, has := range map[string]bool{
			"title": it.Title != "", "date": it.PublishedOn != "", "instant": !it.PublishedAt.IsZero(), "kind": it.Kind != "",
			"docket": it.Docket != "", "filers": len(it.Filers) > 0, "content": it.Content != "",
		} {
			if has {
				s.Filled[field]++
			}
		}
		if it.Kind != "" && !slices.Contains(s.Kinds, it.Kind) {
			s.Kinds = append(s.Kinds, it.Kind)
		}
	}
	slices.Sort(s.Kinds)
	return s
}

// maxMarks bounds a fingerprint: the rarer elements of a page come and go with its text.
const maxMarks = 200

var numbers = regexp.MustCompile(`\d+`)

// marks is the structural fingerprint of a page: the elements and classes of HTML, the
// elements of XML with their parents, the keys of JSON; without numbers, which differ
// from page to page.
func marks(body []byte) []string {
	count := make(map[string]int)
	add := func(mark string) { count[numbers.ReplaceAllString(mark, "#")]++ }
	head := bytes.TrimLeft(body[:min(len(body), 512)], "\ufeff \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		var v any
		if json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &v) == nil {
			keys("", v, add)
		}
	case bytes.HasPrefix(head, []byte("<?xml")) && !bytes.Contains(bytes.ToLower(head), []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<rss")):
		elements(body, add)
	default:
		classes(body, add)
	}
	all := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	return all[:min(len(all), maxMarks)]
}

func keys(path string, v any, add func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			add(path + k)
			keys(path+k+".", inner, add)
		}
	case []any:
		for _, inner := range v {
			keys(path, inner, add)
		}
	}
}

func elements(body []byte, add func(string)) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	var open []string
	for {
		t, err := d.RawToken()
		if err != nil {
			return
		}
		switch t := t.(type) {
		case xml.StartElement:
			parent := ""
			if len(open) > 0 {
				parent = open[len(open)-1]
			}
			add(parent + ">" + t.Name.Local)
			open = append(open, t.Name.Local)
		case xml.EndElement:
			open = open[:max(len(open)-1, 0)]
		}
	}
}

func classes(body []byte, add func(string)) {
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			add(t.Data)
			for _, a := range t.Attr {
				if a.Key == "class" {
					for _, c := range strings.Fields(a.Val) {
						add(t.Data + "." + c)
					}
				}
			}
		}
	}
}

// compare says what has changed since a page was last read well, and whether something
// that was there is lost: fields that most items had and fewer than half of them have
// now, or three items in four.
func compare(was, is shape) (changes []string, lost bool) {
	say := func(format string, args ...any) { changes = append(changes, fmt.Sprintf(format, args...)) }
	if is.Items*4 < was.Items {
		lost = true
		say("%d items, where %d were", is.Items, was.Items)
	}
	emptied := was.emptied(is)
	lost = lost || len(emptied) > 0
	changes = append(changes, emptied...)
	for _, field := range slices.Sorted(maps.Keys(is.Filled)) {
		if was.Filled[field] == 0 {
			say("%s is new, in %d of %d items", field, is.Filled[field], is.Items)
		}
	}
	if was.Text > 0 && is.Text > 0 {
		if a, b := bits.Len(uint(was.Text)), bits.Len(uint(is.Text)); b-a >= 4 || a-b >= 4 {
			say("a text of %d characters, where it was %d", is.Text, was.Text)
		}
	}
	if same := alike(was.Marks, is.Marks); same < 80 {
		say("the page's elements are %d%% as before; gone: %s; new: %s", same, few(without(was.Marks, is.Marks)), few(without(is.Marks, was.Marks)))
	}
	return changes, lost
}

// emptied says which fields most items had and fewer than half of them have now.
func (s shape) emptied(is shape) (changes []string) {
	for _, field := range slices.Sorted(maps.Keys(s.Filled)) {
		if s.Filled[field]*5 >= s.Items*4 && is.Filled[field]*2 < is.Items {
			changes = append(changes, fmt.Sprintf("%s in %d of %d items, where it was in %d of %d",
				field, is.Filled[field], is.Items, s.Filled[field], s.Items))
		}
	}
	return changes
}

// alike is how much of all the marks of two pages both have, in percent.
func alike(a, b []string) int {
	both := len(a) - len(without(a, b))
	if all := len(a) + len(b) - both; all > 0 {
		return 100 * both / all
	}
	return 100
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

func few(marks []string) string {
	if len(marks) == 0 {
		return "none"
	}
	s := strings.Join(marks[:min(len(marks), 4)], ", ")
	if n := len(marks) - 4; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// filled says which fields how many of the items have.
func (s shape) filled() string {
	var parts []string
	for _, field := range []string{"title", "date", "instant", "kind", "docket", "filers", "content"} {
		if n := s.Filled[field]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", field, n))
		}
	}
	return strings.Join(parts, ", ")
}
