// Package mutate changes captured pages as a site may change them: it takes from them,
// one after the other, all that a source's readers look for. Whatever they then lose
// without a word is a hole in them.
package mutate

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// A Target is something of a page that a reader may look for: a tag, class, id,
// attribute or label of HTML, an element or attribute of XML, a key of JSON, a label or
// tag of a submission.
type Target struct {
	Name   string
	places []place
}

// A place is one of its occurrences.
type place struct {
	names []int // where its names begin, that of the end tag among them
	whole span  // of the element, where it may be taken out
}

type span struct{ from, to int }

// A Mutant is a page that has lost a target.
type Mutant struct {
	How  string
	Body []byte
}

// How a mutant has lost a target: everywhere, or together with what stood in it.
const (
	Renamed  = "renamed"
	TakenOut = "taken out"
)

// Mutants gives the page anew for each way in which the target can be lost: renamed
// everywhere, at its first and at its last place only, and taken out.
func (x Target) Mutants(body []byte) []Mutant {
	all := []Mutant{{Renamed, renamed(body, x.places)}}
	if n := len(x.places); n > 1 {
		all = append(all, Mutant{"first renamed", renamed(body, x.places[:1])}, Mutant{"last renamed", renamed(body, x.places[n-1:])})
	}
	if out := without(body, x.places); out != nil {
		all = append(all, Mutant{TakenOut, out})
	}
	return all
}

// renamed puts an x before every name.
func renamed(body []byte, places []place) []byte {
	var at []int
	for _, p := range places {
		at = append(at, p.names...)
	}
	slices.Sort(at)
	out := make([]byte, 0, len(body)+len(at))
	from := 0
	for _, i := range slices.Compact(at) {
		out = append(append(out, body[from:i]...), 'x')
		from = i
	}
	return append(out, body[from:]...)
}

// without takes the elements out, and gives nil where none may be.
func without(body []byte, places []place) []byte {
	var out []byte
	from := 0
	for _, p := range places {
		if p.whole.to > p.whole.from && p.whole.from >= from {
			out = append(out, body[from:p.whole.from]...)
			from = p.whole.to
		}
	}
	if from == 0 {
		return nil
	}
	return append(out, body[from:]...)
}

// Words are the string literals of a source's code: whatever its readers look for in a
// page is among them. Taken from the code itself, none can be forgotten.
type Words map[string]bool

var inLiteral = regexp.MustCompile(`[A-Za-z][A-Za-z0-9]*(?:[-_:][A-Za-z0-9]*)*`)

// ofFeeds are the names that the libraries look for which read feeds.
const ofFeeds = "rss channel item title link description guid pubDate category content:encoded encoded dc:creator"

// WordsOf reads the code in a folder.
func WordsOf(t testing.TB, dir string) Words {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no code in %s (%v)", dir, err)
	}
	all := Words{}
	for _, w := range strings.Fields(ofFeeds) {
		all[w] = true
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			all[s] = true
			for _, w := range inLiteral.FindAllString(s, -1) {
				all[w] = true
			}
			return true
		})
	}
	return all
}

// has reports whether the readers look for a name, or for what it begins with: for
// "post-70012" by "post-".
func (w Words) has(name string) bool { return w[name] || w[stem(name)] }

// stem is what a name begins with: "post-" of "post-70012", "category-" of
// "category-fact-sheets".
func stem(name string) string {
	if s := strings.TrimRightFunc(name, unicode.IsDigit); s != name && strings.HasSuffix(s, "-") {
		return s
	}
	if i := strings.IndexByte(name, '-'); i > 0 {
		return name[:i+1]
	}
	return name
}

// Targets gives what the readers look for in a page, by the page's form.
func (w Words) Targets(body []byte, mediaType string) []Target {
	head := bytes.ToLower(bytes.TrimLeft(body[:min(len(body), 1024)], "\ufeff \t\r\n"))
	begins := func(with ...string) bool {
		return slices.ContainsFunc(with, func(s string) bool { return bytes.HasPrefix(head, []byte(s)) })
	}
	switch {
	case begins("%pdf-"):
		return nil
	case begins("{", "["):
		return w.inJSON(body)
	case begins("<sec-document", "<sec-header", "<ims-document", "<document>", "-----begin privacy"):
		return inSubmission(body)
	case strings.HasPrefix(mediaType, "text/html"), bytes.Contains(head, []byte("<html")), bytes.Contains(head, []byte("<!doctype html")), !begins("<"):
		return w.inHTML(body)
	}
	return w.inXML(body)
}

// A collection gathers the places of targets, in the order of the page.
type collection struct {
	names []string
	all   map[string][]place
}

func (c *collection) add(name string, p place) {
	if c.all == nil {
		c.all = map[string][]place{}
	}
	if c.all[name] == nil {
		c.names = append(c.names, name)
	}
	c.all[name] = append(c.all[name], p)
}

func (c *collection) targets() []Target {
	var all []Target
	for _, n := range c.names {
		all = append(all, Target{n, c.all[n]})
	}
	return all
}

var jsonKey = regexp.MustCompile(`"([A-Za-z_]\w*)"\s*:`)

func (w Words) inJSON(body []byte) []Target {
	var c collection
	for _, m := range jsonKey.FindAllSubmatchIndex(body, -1) {
		if name := string(body[m[2]:m[3]]); w[name] {
			c.add(strconv.Quote(name), place{names: []int{m[2]}})
		}
	}
	return c.targets()
}

var headerName = regexp.MustCompile(`(?m)^\t*([A-Z][A-Z /-]+):|^<([A-Z][A-Z-]+)>`)

// inSubmission gives the labels and tags of a submission's headers, whoever reads them.
func inSubmission(body []byte) []Target {
	var c collection
	inText := false
	for _, m := range headerName.FindAllSubmatchIndex(body, -1) {
		from, to := max(m[2], m[4]), max(m[3], m[5])
		name := string(body[from:to])
		switch {
		case name == "TEXT":
			inText = true
		case name == "DOCUMENT":
			inText = false
		case inText:
			continue
		}
		p := place{names: []int{from}}
		if m[4] > 0 {
			if end := bytes.Index(body[to:], []byte("</"+name+">")); end >= 0 {
				p.names = append(p.names, to+end+len("</"))
			}
			name = "<" + name + ">"
		}
		c.add(name, p)
	}
	return c.targets()
}
