package rules

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Describe writes what was understood of the watchlist: the class of every alias, and
// every deal spelt out as a rule.
func (b *Book) Describe(w io.Writer) error {
	var out bytes.Buffer
	for _, p := range b.parties {
		fmt.Fprintf(&out, "party %s: %s\n", p.id, p.name)
		for _, c := range []Class{Plain, Acronym, Common} {
			var names []string
			for _, a := range p.aliases {
				if a.class == c {
					name := a.text
					if a.inferred && c != Plain {
						name += " (inferred)"
					}
					names = append(names, name)
				}
			}
			describe(&out, string(c), names)
		}
		describe(&out, "masked in", texts(p.masks))
		describe(&out, "not with", texts(p.stops))
		if len(p.ciks) > 0 {
			describe(&out, "files as", strings.Fields(strings.Trim(fmt.Sprint(p.ciks), "[]")))
		}
	}
	for _, d := range b.deals {
		fmt.Fprintf(&out, "deal %s: %s\n", d.id, d.name)
		describe(&out, "rule", []string{d.root.String()})
		if d.shorthand {
			describe(&out, "within", []string{d.within.String()})
		}
		if d.prose {
			describe(&out, "prose", []string{"a word of a deal near, no boilerplate"})
		}
		if n := len(d.flags) + len(d.ignores); n > 0 {
			describe(&out, "examples", []string{fmt.Sprint(n)})
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

func describe(out *bytes.Buffer, what string, values []string) {
	if len(values) > 0 {
		fmt.Fprintf(out, "  %-10s %s\n", what, strings.Join(values, ", "))
	}
}

func texts(terms []*term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.text
	}
	return out
}
