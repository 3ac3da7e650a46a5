package fedreg

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

var _ dealwatch.Reconciler = Documents{}

// Second implements [dealwatch.Reconciler]: the table of contents of each day's issue.
// A weekend or federal holiday without an issue has none; a business day without one is
// an error. Of today, and of days to come, one that is missing says nothing.
func (d Documents) Second(ctx context.Context, r dealwatch.Range) iter.Seq[dealwatch.Look] {
	return func(yield func(dealwatch.Look) bool) {
		today := d.now().UTC().Format(time.DateOnly)
		day, err := time.Parse(time.DateOnly, r.Since)
		if err != nil {
			return
		}
		for on := r.Since; on <= r.Until; on = day.Format(time.DateOnly) {
			look := dealwatch.Look{Stream: "second: daily issue", From: on, To: on, Proves: []string{presidential, ftc, antitrust}}
			c, err := d.Client.Get(ctx, api+"issues/"+on+".json")
			switch dealwatch.OutcomeOf(err) {
			case dealwatch.OK:
				look.Items, look.Err = readIssue(c, on)
			case dealwatch.Gone:
				if on >= today {
					return
				}
				if dealwatch.BusinessDay(day) {
					look.Err = &dealwatch.ReadError{Outcome: dealwatch.Gone, URL: c.URL, Status: c.Status, Err: errors.New("a business day without an issue")}
				}
			default:
				look.Err = err
			}
			if !yield(look) || dealwatch.OutcomeOf(look.Err) == dealwatch.Blocked {
				return
			}
			day = day.AddDate(0, 0, 1)
		}
	}
}

// An issue is the table of contents of a day: by agency, by kind, by subject. What the
// President signed stands under an office of his or under a heading of its own.
type issue struct {
	Agencies []struct {
		Name       string `json:"name"`
		Slug       string `json:"slug"`
		Categories []struct {
			Type      string `json:"type"`
			Name      string `json:"name"`
			Documents []struct {
				Subject1 string   `json:"subject_1"`
				Subject2 string   `json:"subject_2"`
				Numbers  []string `json:"document_numbers"`
			} `json:"documents"`
		} `json:"document_categories"`
	} `json:"agencies"`
}

// readIssue gives the documents of an issue that are followed. It knows less of them
// than a search does; what is missing is in the document's own record.
func readIssue(c dealwatch.Capture, on string) ([]dealwatch.Item, error) {
	var of issue
	if err := json.Unmarshal(bytes.TrimPrefix(c.Body, []byte("\ufeff")), &of); err != nil {
		return nil, unparsed(c, "the issue is no JSON as we know it: "+err.Error())
	}
	var items []dealwatch.Item
	rows := 0
	seen := make(map[string]bool)
	for _, a := range of.Agencies {
		for _, cat := range a.Categories {
			kind := strings.ToLower(cat.Type + " " + cat.Name)
			r := record{Agencies: []agency{{Slug: a.Slug, Raw: a.Name}}, Type: strings.TrimSuffix(cmp.Or(cat.Type, cat.Name), "s")}
			if signed(a.Slug, a.Name, kind) {
				r.Type = presidentialType
			}
			for _, doc := range cat.Documents {
				rows += len(doc.Numbers)
				if r.followed() == "" {
					continue
				}
				r.Title = extract.Line(doc.Subject1 + " " + doc.Subject2)
				for _, number := range doc.Numbers {
					r.Number, r.Date = number, on
					if it := r.item(); number != "" && !seen[it.Key] {
						seen[it.Key] = true
						items = append(items, it)
					}
				}
			}
		}
	}
	if rows == 0 {
		return nil, unparsed(c, fmt.Sprintf("the issue of %s names no document", on))
	}
	return items, nil
}

// signed reports whether a heading of an issue stands over presidential documents. The
// offices of the President publish notices too.
func signed(slug, name, kind string) bool {
	for _, word := range []string{"presidential", "executive order", "proclamation", "administrative order"} {
		if strings.Contains(kind, word) {
			return true
		}
	}
	return slug == "presidential-documents" || strings.EqualFold(name, "Presidential Documents")
}
