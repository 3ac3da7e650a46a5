package ftc

import (
	"fmt"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

// A notice is what an early-termination notice says.
type notice struct {
	date, number, acquiring, acquired, status string
	entities                                  []string
	on                                        string // date as YYYY-MM-DD
}

// noticeIn reads a notice from the markup that a feed or a listing carries.
func noticeIn(markup string) (notice, bool) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(markup))
	if err != nil {
		return notice{}, false
	}
	n := noticeOf(doc.Selection)
	return n, n.complete()
}

// noticeOf reads a notice from its fields, known by their class or, where the markup
// has none, by their labels.
func noticeOf(s *goquery.Selection) notice {
	one := func(name string) string { return strings.Join(field(s, name), "; ") }
	n := notice{
		date:      one("field-date"),
		number:    one("field-unique-identifier"),
		acquiring: one("field-acquiring-party"),
		acquired:  one("field-acquired-party"),
		status:    one("field-granting-status"),
		entities:  field(s, "field-other-entities"),
		on:        dateIn(s),
	}
	if !n.complete() {
		n.label(s)
	}
	if n.on == "" {
		if t, err := time.Parse("January 2, 2006", n.date); err == nil {
			n.on = t.Format(time.DateOnly)
		}
	}
	return n
}

// label reads the fields by the words above or before them.
func (n *notice) label(s *goquery.Selection) {
	values := make(map[string][]string)
	label := ""
	for line := range strings.SplitSeq(extract.Selection(s), "\n") {
		for _, l := range []string{"Date", "Transaction Number", "Acquiring Party", "Acquired Party", "Granting Status", "Acquired Entities"} {
			if rest, ok := strings.CutPrefix(line, l); ok && (rest == "" || rest[0] == ':' || rest[0] == ' ') {
				label, line = l, rest
				break
			}
		}
		if line = strings.Trim(line, ": "); line != "" && label != "" {
			values[label] = append(values[label], line)
		}
	}
	one := func(label string) string { return strings.Join(values[label], "; ") }
	n.date, n.number, n.status = one("Date"), one("Transaction Number"), one("Granting Status")
	n.acquiring, n.acquired, n.entities = one("Acquiring Party"), one("Acquired Party"), values["Acquired Entities"]
}

// complete reports whether the notice names both sides of its transaction.
func (n notice) complete() bool {
	return n.acquiring != "" && n.acquired != ""
}

// text is the notice as a person reads it: one paragraph, a line a field.
func (n notice) text() string {
	var b strings.Builder
	for _, f := range []struct{ label, value string }{
		{"Date", n.date},
		{"Transaction Number", n.number},
		{"Acquiring Party", n.acquiring},
		{"Acquired Party", n.acquired},
		{"Granting Status", n.status},
		{"Acquired Entities", strings.Join(n.entities, "; ")},
	} {
		if f.value != "" {
			fmt.Fprintf(&b, "%s: %s\n", f.label, f.value)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// describe puts the notice's date into it, and a title where the listing shows none.
func (n notice) describe(it dealwatch.Item) dealwatch.Item {
	if n.on != "" {
		it.PublishedOn = n.on
	}
	if it.Title == "" {
		it.Title = fmt.Sprintf("%s: %s; %s", it.Key, n.acquiring, n.acquired)
	}
	return it
}
