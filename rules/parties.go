package rules

import (
	"slices"

	"github.com/dealwatch/dealwatch"
)

// Parties are those of each deal, by its id: of the shorthand, or named in the rule.
func (b *Book) Parties() map[string][]dealwatch.Party {
	out := make(map[string][]dealwatch.Party, len(b.deals))
	for _, d := range b.deals {
		for _, p := range d.parties {
			shown := dealwatch.Party{ID: p.id, Name: p.name, CIK: slices.Clone(p.ciks), Not: append(texts(p.masks), texts(p.stops)...)}
			for _, a := range p.aliases {
				shown.Aliases = append(shown.Aliases, dealwatch.Alias{Text: a.text, Class: string(a.class)})
			}
			out[d.id] = append(out[d.id], shown)
		}
	}
	return out
}
