package rules_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/dealwatch/dealwatch/rules"
)

var updateSchema = flag.Bool("update", false, "write watchlist.schema.json anew")

// The types below are a watchlist as an editor should know it.

type watchlistShape struct {
	Parties map[string]partyShape `json:"parties,omitempty" jsonschema:"description=Companies by a short id of your own that deals refer to"`
	Deals   []dealShape           `json:"deals" jsonschema:"minItems=1,description=What to follow"`
}

type partyShape struct {
	Name    string       `json:"name" jsonschema:"minLength=1,description=The name it is best known by; an alias too"`
	CIK     ciksShape    `json:"cik,omitempty"`
	Aliases []aliasShape `json:"aliases,omitempty" jsonschema:"description=Further names"`
	Not     []string     `json:"not,omitempty" jsonschema:"description=Phrases that look like a name but are none"`
}

type dealShape struct {
	ID      string      `json:"id" jsonschema:"pattern=^[a-z0-9]+(?:[-_][a-z0-9]+)*$,maxLength=100,description=Short name in small letters and hyphens; its feed is named after it"`
	Name    string      `json:"name,omitempty" jsonschema:"description=Shown to people; the parties' names where left out"`
	Parties []string    `json:"parties,omitempty" jsonschema:"minItems=2,uniqueItems=true,description=All of these near each other"`
	Within  withinShape `json:"within,omitempty"`
	Rule    string      `json:"rule,omitempty" jsonschema:"minLength=1,description=A query in terms and connectors; see rules/README.md"`
	Prose   bool        `json:"prose,omitempty" jsonschema:"description=Read the rule like a pair of parties: with deal words and without boilerplate"`
	Flags   []string    `json:"flags,omitempty" jsonschema:"description=Example sentences that must be flagged"`
	Ignores []string    `json:"ignores,omitempty" jsonschema:"description=Example sentences that must not be"`
}

// JSONSchemaExtend says that a deal is parties or a rule.
func (dealShape) JSONSchemaExtend(s *jsonschema.Schema) {
	s.OneOf = []*jsonschema.Schema{
		{Required: []string{"parties"}, Not: &jsonschema.Schema{Required: []string{"prose"}}},
		{Required: []string{"rule"}, Not: &jsonschema.Schema{Required: []string{"within"}}},
	}
}

type ciksShape struct{}

func (ciksShape) JSONSchema() *jsonschema.Schema {
	one := &jsonschema.Schema{OneOf: []*jsonschema.Schema{
		{Type: "integer", Minimum: "1", Maximum: "9999999999"},
		{Type: "string", Pattern: `^(?:CIK)?0*[1-9][0-9]{0,9}$`},
	}}
	return &jsonschema.Schema{
		Description: "Number under which it files with the SEC; in its filings we and the Company count as the party",
		AnyOf:       []*jsonschema.Schema{one, {Type: "array", Items: one}},
	}
}

type aliasShape struct{}

func (aliasShape) JSONSchema() *jsonschema.Schema {
	fields := jsonschema.NewProperties()
	fields.Set("text", &jsonschema.Schema{Type: "string", MinLength: ptr(uint64(1))})
	fields.Set("class", &jsonschema.Schema{Type: "string", Enum: []any{"plain", "acronym", "common"},
		Description: "plain: whole words; acronym: exact case; common: an everyday word, which needs company"})
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{Type: "string", MinLength: ptr(uint64(1))},
		{Type: "number"},
		{Type: "object", Properties: fields, Required: []string{"text"}, AdditionalProperties: jsonschema.FalseSchema},
	}}
}

type withinShape struct{}

func (withinShape) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Description: "How near the parties must stand: sentence, paragraph (the default), document, or a number of words",
		AnyOf: []*jsonschema.Schema{
			{Enum: []any{"sentence", "paragraph", "document"}},
			{Type: "integer", Minimum: "1", Maximum: "255"},
		},
	}
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
	good, bad := 0, 0
	for name, text := range files {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		asJSON, err := json.Marshal(value)
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
