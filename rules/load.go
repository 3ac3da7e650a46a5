package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parse reads a watchlist. Its error is Errors: every mistake at once, each with its
// place in file. A book that Parse gives has no mistake left. Where sources are named, a
// rule may ask for no other.
func Parse(file string, r io.Reader, sources ...string) (*Book, error) {
	src, err := io.ReadAll(r)
	if err != nil {
		return nil, Errors{{File: file, Message: "read watchlist: " + err.Error()}}
	}
	l := &loader{file: file, lines: strings.Split(string(src), "\n"), book: &Book{file: file}, known: map[string]*party{},
		aliases: map[aliasKey]*alias{}, terms: map[string]*term{}, sources: sources}
	if root := l.document(src); root != nil {
		l.root(root)
	}
	if len(l.errs) > 0 {
		slices.SortStableFunc(l.errs, func(a, b *Error) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, l.errs
	}
	l.plurals()
	l.book.seal()
	return l.book, nil
}

// loader walks the YAML of a watchlist and collects what is wrong with it.
type loader struct {
	file    string
	lines   []string
	book    *Book
	known   map[string]*party
	aliases map[aliasKey]*alias
	terms   map[string]*term
	sources []string
	errs    Errors
}

func (l *loader) fail(p place, hint, format string, args ...any) {
	l.errs = append(l.errs, &Error{File: l.file, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...), Hint: hint})
}

var yamlLine = regexp.MustCompile(`line (\d+)(?:, column (\d+))?: `)

// countsFromZero is what the YAML parser, unlike its scanner, says with a line counted
// from 0.
var countsFromZero = regexp.MustCompile(`^did not find expected (?:node content|key|'-' indicator|',' or|<document start>)`)

// newerYAML finds the directive of YAML 1.2, which the parser reads and refuses by name.
var newerYAML = regexp.MustCompile(`\A(\x{feff}?(?:[ \t]*(?:#[^\n]*)?\r?\n)*%YAML[ \t]+1\.)2\b`)

// document gives the top of the only document in src.
func (l *loader) document(src []byte) *yaml.Node {
	dec := yaml.NewDecoder(bytes.NewReader(newerYAML.ReplaceAll(src, []byte("${1}1"))))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		l.fail(place{1, 1}, "write parties: and deals:, or run `dealwatch rules init` for a watchlist to edit", "watchlist is empty")
		return nil
	} else if err != nil {
		l.syntax(err)
		return nil
	}
	if err := dec.Decode(&more); err == nil {
		l.fail(at(&more), "join the two; only one is read", "second document in one file")
	} else if !errors.Is(err, io.EOF) {
		l.syntax(err)
	}
	return doc.Content[0]
}

// syntax reports what the YAML reader says, at the place that it names.
func (l *loader) syntax(err error) {
	p, message := place{1, 1}, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		p.line, _ = strconv.Atoi(m[1])
		if m[2] != "" {
			p.column, _ = strconv.Atoi(m[2])
		}
		message = strings.Replace(message, m[0], "", 1)
		if countsFromZero.MatchString(message) {
			p.line++
		}
	}
	p.line = min(max(p.line, 1), len(l.lines))
	if p.column == 1 {
		line := l.lines[p.line-1]
		p.column = len(line) - len(strings.TrimLeft(line, " \t")) + 1
	}
	l.fail(p, "YAML needs the same indent for neighbours, spaces and no tabs, and quotes around text with `: ` or ` #`, or that begins with @ or &", "no valid YAML: %s", message)
}

func (l *loader) root(n *yaml.Node) {
	var parties, deals *yaml.Node
	l.fields(n, "watchlist", map[string]func(*yaml.Node){
		"parties": func(v *yaml.Node) { parties = v },
		"deals":   func(v *yaml.Node) { deals = v },
	})
	if parties != nil {
		l.pairs(parties, "parties", l.party)
	}
	if deals == nil {
		if n.Kind == yaml.MappingNode {
			l.fail(at(n), "add deals: with at least one deal", "no deals")
		}
		return
	}
	if l.list(deals, "deals", l.deal) == 0 {
		l.fail(at(deals), "add a deal: an id, and parties or a rule", "no deals")
	}
	l.sameIDs()
}

// fields hands each value of a mapping to the reader of its key, and reports unknown
// and doubled keys.
func (l *loader) fields(n *yaml.Node, what string, read map[string]func(*yaml.Node)) map[string]*yaml.Node {
	seen := map[string]*yaml.Node{}
	l.pairs(n, what, func(k, v *yaml.Node) {
		f, ok := read[k.Value]
		if !ok {
			keys := make([]string, 0, len(read))
			for key := range read {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			l.fail(at(k), didYouMean(k.Value, keys), "unknown key %q in %s", k.Value, what)
			return
		}
		seen[k.Value] = v
		f(v)
	})
	return seen
}

// pairs calls each for the keys of a mapping, then for those that << merges into it. A
// key given twice is reported and its second value left out.
func (l *loader) pairs(n *yaml.Node, what string, each func(k, v *yaml.Node)) {
	n = deref(n)
	if n.Kind != yaml.MappingNode {
		l.fail(at(n), "write `key: value` lines under it", "%s must be a mapping, not %s", what, kindOf(n))
		return
	}
	seen := map[string]*yaml.Node{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Tag == "!!merge" {
			merged = append(merged, v)
			continue
		}
		if first := seen[k.Value]; first != nil {
			l.fail(at(k), fmt.Sprintf("the first is in line %d; join or rename them", first.Line), "%q stands twice in %s", k.Value, what)
			continue
		}
		seen[k.Value] = k
		each(k, deref(v))
	}
	l.merge(merged, what, seen, map[*yaml.Node]bool{n: true}, each)
}

// merge calls each for the keys of mappings that are not in seen. A mapping that is in
// done has nothing to add.
func (l *loader) merge(mappings []*yaml.Node, what string, seen map[string]*yaml.Node, done map[*yaml.Node]bool, each func(k, v *yaml.Node)) {
	for _, n := range mappings {
		n = deref(n)
		if done[n] {
			continue
		}
		done[n] = true
		switch n.Kind {
		case yaml.SequenceNode:
			l.merge(n.Content, what, seen, done, each)
		case yaml.MappingNode:
			var more []*yaml.Node
			for i := 0; i+1 < len(n.Content); i += 2 {
				k, v := n.Content[i], n.Content[i+1]
				if k.Tag == "!!merge" {
					more = append(more, v)
				} else if seen[k.Value] == nil {
					seen[k.Value] = k
					each(k, deref(v))
				}
			}
			l.merge(more, what, seen, done, each)
		default:
			l.fail(at(n), "write <<: *name, where a mapping above has &name", "<< in %s takes a mapping, not %s", what, kindOf(n))
		}
	}
}

// list calls each for the entries of a list, and gives their number.
func (l *loader) list(n *yaml.Node, what string, each func(*yaml.Node)) int {
	if n.Kind != yaml.SequenceNode {
		l.fail(at(n), "write it as [a, b] or as lines that begin with a dash", "%s must be a list, not %s", what, kindOf(n))
		return -1
	}
	for _, v := range n.Content {
		each(deref(v))
	}
	return len(n.Content)
}

// text gives the value of a scalar that is not empty.
func (l *loader) text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		l.fail(at(n), "write the text itself, in quotes if need be", "%s must be text, not %s", what, kindOf(n))
		return "", false
	}
	if strings.TrimSpace(n.Value) == "" {
		l.fail(at(n), "write it or leave the key out", "%s is empty", what)
		return "", false
	}
	return strings.TrimSpace(n.Value), true
}

// whole gives the value of a whole number, however YAML lets it be written.
func whole(n *yaml.Node) (int, bool) {
	if n.Kind != yaml.ScalarNode {
		return 0, false
	}
	if i, err := strconv.Atoi(n.Value); err == nil {
		return i, true
	}
	var f float64
	if n.Tag != "!!int" && n.Tag != "!!float" || n.Decode(&f) != nil || f != math.Trunc(f) || math.Abs(f) > mostNumber {
		return 0, false
	}
	return int(f), true
}

const mostNumber = 999_999_999_999_999 // every whole number up to it is a number of JSON

func deref(n *yaml.Node) *yaml.Node {
	for range 10 {
		if n.Kind != yaml.AliasNode {
			break
		}
		n = n.Alias
	}
	return n
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return "nothing"
		}
		return "a text"
	}
	return "an alias"
}
