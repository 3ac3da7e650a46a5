package rules_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/dealwatch/dealwatch/rules"
)

var updateSchema = flag.Bool("update", false, "write watchlist.schema.json anew")

// The types below are a watchlist as an editor should know it.

type watchlistShape struct {
	Parties partiesShape `json:"parties,omitempty" jsonschema:"description=Companies by a short id of your own that deals refer to"`
	Deals   []dealShape  `json:"deals" jsonschema:"minItems=1,description=What to follow"`
}

type partyShape struct {
	Name    wordsShape   `json:"name" jsonschema:"description=The name it is best known by; an alias too"`
	CIK     ciksShape    `json:"cik,omitempty"`
	Aliases []aliasShape `json:"aliases,omitempty" jsonschema:"description=Further names"`
	Not     []wordsShape `json:"not,omitempty" jsonschema:"description=Phrases that look like a name but are none"`
}

type dealShape struct {
	ID      idShape     `json:"id" jsonschema:"description=Short name in small letters and hyphens; its feed is named after it"`
	Name    textShape   `json:"name,omitempty" jsonschema:"description=Shown to people; the parties' names where left out"`
	Parties []idShape   `json:"parties,omitempty" jsonschema:"minItems=2,uniqueItems=true,description=All of these near each other"`
	Within  withinShape `json:"within,omitempty"`
	Rule    textShape   `json:"rule,omitempty" jsonschema:"description=A query in terms and connectors; see rules/README.md"`
	Prose   bool        `json:"prose,omitempty" jsonschema:"description=Read the rule like a pair of parties: with deal words and without boilerplate"`
	Flags   []textShape `json:"flags,omitempty" jsonschema:"description=Example sentences that must be flagged"`
	Ignores []textShape `json:"ignores,omitempty" jsonschema:"description=Example sentences that must not be"`
}

// JSONSchemaExtend says that a deal is parties or a rule.
func (dealShape) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = []*jsonschema.Schema{
		{Required: []string{"parties"}, Not: &jsonschema.Schema{Required: []string{"prose"}}},
		{Required: []string{"rule"}, Not: &jsonschema.Schema{Required: []string{"within"}}},
	}
}

type partiesShape map[string]partyShape

// JSONSchemaExtend says what an id of a party is.
func (partiesShape) JSONSchemaExtend(s *jsonschema.Schema) { s.PropertyNames = idText() }

func idText() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: "^[a-z0-9]+(?:[-_][a-z0-9]+)*$", MaxLength: ptr(uint64(100))}
}

type idShape struct{}

func (idShape) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{idText(), {Type: "integer", Minimum: "0", Maximum: "999999999999999"}}}
}

// textLike is text that a pattern is to fit; what YAML reads as a number or a truth is text too.
func textLike(pattern string) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: pattern}, {Type: "number"}, {Type: "boolean"}}}
}

type textShape struct{}

func (textShape) JSONSchema() *jsonschema.Schema { return textLike(`[^\s\v\x85\p{Z}]`) }

// wordsShape is text with a word in it.
type wordsShape struct{}

func (wordsShape) JSONSchema() *jsonschema.Schema { return textLike(wordPattern) }

const wordPattern = `[\p{L}\p{N}&§$%]`

type ciksShape struct{}

func (ciksShape) JSONSchema() *jsonschema.Schema {
	one := &jsonschema.Schema{OneOf: []*jsonschema.Schema{
		{Type: "integer", Minimum: "1", Maximum: "9999999999"},
		{Type: "string", Pattern: `^(?:[Cc][Ii][Kk])?0*[1-9][0-9]{0,9}$`},
	}}
	return &jsonschema.Schema{
		Description: "Number under which it files with the SEC; in its filings we and the Company count as the party",
		AnyOf:       []*jsonschema.Schema{one, {Type: "array", Items: one}},
	}
}

type aliasShape struct{}

func (aliasShape) JSONSchema() *jsonschema.Schema {
	fields := jsonschema.NewProperties()
	fields.Set("text", textLike(wordPattern))
	fields.Set("class", &jsonschema.Schema{Type: "string", Enum: []any{"plain", "acronym", "common"},
		Description: "plain: whole words; acronym: exact case; common: an everyday word, which needs company"})
	s := textLike(wordPattern)
	s.AnyOf = append(s.AnyOf, &jsonschema.Schema{
		Type: "object", Properties: fields, Required: []string{"text"}, AdditionalProperties: jsonschema.FalseSchema,
	})
	return s
}

type withinShape struct{}

func (withinShape) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Description: "How near the parties must stand: sentence, paragraph (the default), document, or a number of words",
		AnyOf: []*jsonschema.Schema{
			{Enum: []any{"sentence", "paragraph", "document"}},
			{Type: "integer", Minimum: "1", Maximum: "255"},
			{Type: "string", Pattern: `^\+?0*(?:[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])$`},
			{Type: "string", Pattern: "^(?:" + anyCase("sentence") + "|" + anyCase("paragraph") + "|" + anyCase("document") + ")$"},
		},
	}
}

// anyCase is a pattern of a word without regard to case, for which JSON Schema has no sign.
func anyCase(word string) string {
	var b strings.Builder
	for _, c := range word {
		fmt.Fprintf(&b, "[%c%c]", unicode.ToUpper(c), c)
	}
	return b.String()
}

func ptr[T any](v T) *T { return &v }

func TestSchemaIsGenerated(t *testing.T) {
	r := jsonschema.Reflector{DoNotReference: true, ExpandedStruct: true}
	s := r.Reflect(watchlistShape{})
	s.ID = "https://github.com/dealwatch/dealwatch/rules/watchlist.schema.json"
	s.Title = "dealwatch watchlist"
	want, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *updateSchema {
		if err := os.WriteFile("watchlist.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(rules.Schema)); diff != "" {
		t.Errorf("watchlist.schema.json is not that of the types; -update writes it anew (-types +file):\n%s", diff)
	}
}

// TestSchemaAgreesWithParse holds schema and loader to the same files: what the
// loader takes the schema takes, and a mistake of shape is one for both.
func TestSchemaAgreesWithParse(t *testing.T) {
	schema, err := validator.UnmarshalJSON(bytes.NewReader(rules.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("watchlist.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("watchlist.json")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"default.yaml": string(rules.DefaultYAML)}
	if dir := os.Getenv("DEALWATCH_CORPUS"); dir != "" {
		b, err := os.ReadFile(filepath.Join(dir, "eval-watchlist.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		files["eval-watchlist.yaml"] = string(b)
	}
	const ab = "parties:\n  a: {name: Aa Corp}\n  b: {name: Bb Corp}\n"
	for name, deal := range map[string]string{
		"parties":           "{id: x, parties: [a, b]}",
		"a rule":            `{id: x, rule: '"aa corp" /s @b', prose: true}`,
		"words":             "{id: x, parties: [a, b], within: 20, flags: [Aa Corp will acquire Bb Corp.]}",
		"no id":             "{parties: [a, b]}",
		"an id in capitals": "{id: X Y, parties: [a, b]}",
		"neither":           "{id: x}",
		"both":              "{id: x, parties: [a, b], rule: '@a /s @b'}",
		"an unknown key":    "{id: x, partys: [a, b]}",
		"a strange within":  "{id: x, parties: [a, b], within: page}",
		"within of a rule":  "{id: x, rule: '@a /s @b', within: sentence}",
		"prose of parties":  "{id: x, parties: [a, b], prose: true}",
		"parties as text":   "{id: x, parties: a and b}",
	} {
		files[name] = ab + "deals:\n  - " + deal + "\n"
	}
	for name, party := range map[string]string{
		"cik as text":          `{name: Aa Corp, cik: ["0001018724", 5]}`,
		"an alias with class":  "{name: Aa Corp, aliases: [Aaa, {text: AAA, class: acronym}]}",
		"a cik that is none":   "{name: Aa Corp, cik: amazon}",
		"a class that is none": "{name: Aa Corp, aliases: [{text: AAA, class: short}]}",
		"no name":              "{aliases: [Aaa]}",
		"a stray key":          "{name: Aa Corp, ticker: AA}",
	} {
		files[name] = "parties:\n  a: " + party + "\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n"
	}
	for key, format := range map[string]string{
		"name of a party": "parties:\n  a: {name: %s}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"cik":             "parties:\n  a: {name: Aa Corp, cik: %s}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"one of the ciks": "parties:\n  a: {name: Aa Corp, cik: [%s]}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"alias":           "parties:\n  a: {name: Aa Corp, aliases: [%s]}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"aliases":         "parties:\n  a: {name: Aa Corp, aliases: %s}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"text of alias":   "parties:\n  a: {name: Aa Corp, aliases: [{text: %s}]}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"class of alias":  "parties:\n  a: {name: Aa Corp, aliases: [{text: Bbb, class: %s}]}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"not":             "parties:\n  a: {name: Aa Corp, not: [%s]}\n  b: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [a, b]}\n",
		"id of a party":   "parties:\n  %[1]s: {name: Aa Corp}\n  bb: {name: Bb Corp}\ndeals:\n  - {id: x, parties: [%[1]s, bb]}\n",
		"id of a deal":    ab + "deals:\n  - {id: %s, parties: [a, b]}\n",
		"name of a deal":  ab + "deals:\n  - {id: x, name: %s, parties: [a, b]}\n",
		"within":          ab + "deals:\n  - {id: x, parties: [a, b], within: %s}\n",
		"rule":            ab + "deals:\n  - {id: x, rule: %s}\n",
		"prose":           ab + "deals:\n  - {id: x, rule: aa /s bb, prose: %s}\n",
		"flags":           ab + "deals:\n  - {id: x, rule: aa /s bb, flags: [%s]}\n",
		"deal":            ab + "deals:\n  - %s\n",
	} {
		for _, v := range []string{
			`merger`, `3`, `1.0`, `1.5`, `0`, `-5`, `+5`, `007`, `30`, `255`, `256`, `1e2`, `0x1f`, `1_000`, `12345678901`, `1234567890123456789`,
			`true`, `True`, `yes`, `null`, `~`, `""`, `" "`, `"\u00a0"`, `"..."`, `"!?"`, `"&"`, `"é"`, `"買収"`, `" x "`, `"30"`, `"+30"`, `"0300"`, `"true"`, `"3.0"`,
			`Paragraph`, `SENTENCE`, `" document "`, `2024-01-01`, `cik5`, `"0001018724"`, `" 5 "`, `common`, `Common`, `{}`, `[]`, `{text: Cc Corp}`, `[x]`,
		} {
			if key == "id of a party" && strings.ContainsAny(v, "{[") || key == "rule" && strings.ContainsAny(v, "!.&+-") {
				continue // no key of JSON, and mistakes in a rule, which the schema does not know
			}
			files[key+" "+v] = fmt.Sprintf(format, v)
		}
	}
	good, bad := 0, 0
	for name, text := range files {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		asJSON, err := json.Marshal(valueOf(t, doc.Content[0]))
		if err != nil {
			t.Fatal(err)
		}
		instance, err := validator.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		_, parseErr := rules.Parse(name, bytes.NewReader([]byte(text)))
		schemaErr := compiled.Validate(instance)
		if (parseErr == nil) != (schemaErr == nil) {
			t.Errorf("%s: Parse says %v, the schema says %v", name, parseErr, schemaErr)
		}
		if parseErr == nil {
			good++
		} else {
			bad++
		}
	}
	if good < 5 || bad < 10 {
		t.Errorf("%d good and %d bad files were tried, want 5 and 10 or more", good, bad)
	}
}

// valueOf is what an editor sees of n: its keys are text.
func valueOf(t *testing.T, n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = valueOf(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, v := range n.Content {
			list = append(list, valueOf(t, v))
		}
		return list
	}
	if n.Tag == "!!timestamp" { // which is none in YAML 1.2
		return n.Value
	}
	var v any
	if err := n.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
