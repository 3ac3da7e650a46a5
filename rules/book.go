// Package rules reads a watchlist and finds its deals in documents.
//
// A watchlist names parties, their aliases, and deals: either parties that must stand
// near each other, or a rule in lawyers' terms and connectors. Parse reads one and
// reports every mistake at once; Match says which deals a document meets and shows
// the passages. Package rules knows text: no site, no database, no clock.
package rules

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/dealwatch/dealwatch"
)

// engine is part of every rule version. It changes when the same watchlist could flag
// otherwise than before.
const engine = "5"

// Book is a watchlist that was read without a mistake. It is immutable, and its
// methods may be called from many goroutines.
type Book struct {
	file    string
	parties []*party
	deals   []*deal
	terms   []*term
	index   *index
	version string
	loose   []int         // deals without a need: those with field limits alone
	byTerm  [][]int       // deals filed under a term
	byCIK   map[int][]int // deals filed under a filer
	spare   sync.Pool     // of *facts
}

// party is a company of a deal.
type party struct {
	id, name string
	ciks     []int
	aliases  []*alias
	masks    []*term // phrases that hide the aliases inside them
	stops    []*term // phrases that stop acronyms and common names
}

// alias is a name that a party goes by.
type alias struct {
	*term
	class    Class
	inferred bool
}

// deal is what a user follows.
type deal struct {
	id, name  string
	parties   []*party // of the shorthand, or named in the rule
	within    within
	rule      string // as written; "" for the shorthand
	root      node
	prose     bool
	flags     []example
	ignores   []example
	version   string
	place     place
	shorthand bool
	needs     []need
}

// example is a sentence that must or must not be flagged.
type example struct {
	text  string
	place place
}

// within is how near the parties of a deal must be.
type within struct {
	unit  unit
	words int // 0 for a unit
}

func (w within) String() string {
	if w.words > 0 {
		return fmt.Sprintf("%d words", w.words)
	}
	return [...]string{"document", "paragraph", "sentence"}[w.unit]
}

// DefaultYAML is the watchlist that works when a user has none.
//
//go:embed default.yaml
var DefaultYAML []byte

var defaultBook = sync.OnceValue(func() *Book {
	b, err := Parse("default.yaml", bytes.NewReader(DefaultYAML))
	if err != nil {
		panic(err) // a test reads the same bytes
	}
	return b
})

// Default is the book of DefaultYAML.
func Default() *Book { return defaultBook() }

// Deals are the deals of the watchlist in the order of the file.
func (b *Book) Deals() []dealwatch.Deal {
	out := make([]dealwatch.Deal, len(b.deals))
	for i, d := range b.deals {
		out[i] = d.public()
	}
	return out
}

func (d *deal) public() dealwatch.Deal {
	return dealwatch.Deal{ID: d.id, Name: d.name, Rule: d.root.String(), RuleVersion: d.version}
}

// Version changes whenever anything that a deal of the watchlist flags could change.
func (b *Book) Version() string { return b.version }

// seal files the deals, and builds the index and the versions.
func (b *Book) seal() {
	for _, d := range b.deals {
		d.version = d.fingerprint()
		d.needs = needs(d.root)
	}
	b.fileDeals()
	b.index = newIndex(b.terms)
	all := make([]string, len(b.deals))
	for i, d := range b.deals {
		all[i] = d.id + " " + d.version
	}
	b.version = digest(all...)
}

// fingerprint is a hash of all that decides what the deal flags.
func (d *deal) fingerprint() string {
	parts := []string{engine, d.root.String(), fmt.Sprint(d.prose)}
	for _, p := range d.parties {
		parts = append(parts, p.id, fmt.Sprint(p.ciks))
		for _, a := range p.aliases {
			parts = append(parts, string(a.class), a.text)
		}
		for _, t := range append(append([]*term{}, p.masks...), p.stops...) {
			parts = append(parts, "not", t.text)
		}
	}
	return digest(parts...)
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:6])
}
