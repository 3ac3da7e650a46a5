package extract

import (
	"cmp"
	"context"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// submissionVersions reads the parts of a submission that hold text for a reader.
func submissionVersions(ctx context.Context, body []byte) ([]dealwatch.Version, error) {
	sub, err := ParseSubmission(body)
	if err != nil {
		return nil, err
	}
	var docs []dealwatch.Version
	for _, part := range sub.Parts {
		if part.Body == nil || isData(part) {
			continue
		}
		v, err := partVersion(ctx, part)
		if err != nil {
			if dealwatch.OutcomeOf(err) == dealwatch.Empty {
				continue
			}
			return nil, err
		}
		if sub.Accession != "" {
			v.Key = sub.Accession + "/" + cmp.Or(part.Filename, part.Sequence)
		}
		v.Docket, v.PublishedOn, v.PublishedAt = sub.Docket, sub.FiledOn, sub.AcceptedAt
		if sub.Filers != nil {
			v.Filers = sub.Filers
		}
		v.Title = filingTitle(part.Type, sub.Form, sub.Filers)
		if part.Description != "" && !strings.EqualFold(part.Description, part.Type) {
			v.Title += " · " + part.Description
		}
		docs = append(docs, v)
	}
	return docs, nil
}

// isData reports whether a part is there for programs: XBRL and what EDGAR renders.
func isData(part Part) bool {
	switch part.Type {
	case "GRAPHIC", "ZIP", "EXCEL", "JSON", "XML", "PDF", "COVER", "EX-27", "EX-104":
		return true
	}
	return strings.HasPrefix(part.Type, "EX-101.")
}

// partVersion reads one document of a filing.
func partVersion(ctx context.Context, part Part) (dealwatch.Version, error) {
	var v dealwatch.Version
	v.Source, v.Agency, v.Kind, v.Title = "edgar", "SEC", part.Type, part.Type
	v.Filers = registrants(part.Body)
	text, err := documentText(ctx, "", part.Filename, part.Body)
	v.Text = text
	return v, err
}

// filingTitle says what a document of a filing is and whose: "EX-99.1 to 8-K · Acme".
func filingTitle(kind, form string, filers []dealwatch.Filer) string {
	if form != "" && form != kind {
		kind += " to " + form
	}
	if len(filers) > 0 && filers[0].Name != "" {
		kind += " · " + filers[0].Name
	}
	return kind
}
