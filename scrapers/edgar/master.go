package edgar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

const (
	masterHeading = "CIK|Company Name|Form Type|Date Filed|File Name"
	masterUpTo    = "Last Data Received:"
)

// A master is what an index says of the filings that were asked for.
type master struct {
	upTo    string // last date that it knows of, "" where it does not say
	rows    int    // all of them
	filings []filing
}

// parseMaster reads an index, of a day or a quarter, in the order of companies: a row a
// filer, so that a filing may have several. It goes line by line and keeps only the
// filings whose form and date are wanted: a quarter has 300,000 rows and more.
func parseMaster(r io.Reader, wanted func(form, on string) bool) (master, error) {
	var m master
	at := make(map[string]int)
	lines := bufio.NewScanner(r)
	for headed := false; lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch {
		case !headed:
			headed = line == masterHeading
			if said, ok := strings.CutPrefix(line, masterUpTo); ok {
				m.upTo = dateOf(strings.TrimSpace(said), "January 2, 2006", "Jan 2, 2006")
			}
			continue
		case line == "" || strings.Trim(line, "-") == "":
			continue
		}
		m.rows++
		cells := strings.Split(line, "|")
		if len(cells) != 5 {
			return master{}, fmt.Errorf("row %q of the index has %d fields, not 5", extract.Line(line), len(cells))
		}
		cik, err := strconv.Atoi(cells[0])
		on := dateOf(cells[3], "20060102", time.DateOnly)
		accession := accessions.FindString(cells[4])
		if err != nil || on == "" || accession == "" || cells[2] == "" {
			return master{}, fmt.Errorf("row %q of the index lacks its CIK, form, date or accession number", extract.Line(line))
		}
		form := extract.Line(cells[2])
		if !wanted(form, on) {
			continue
		}
		i, ok := at[accession]
		if !ok {
			i = len(m.filings)
			at[strings.Clone(accession)] = i
			m.filings = append(m.filings, filing{accession: strings.Clone(accession), form: strings.Clone(form), filedOn: on})
		}
		m.filings[i].add(dealwatch.Filer{CIK: cik, Name: strings.Clone(cells[1])})
	}
	switch err := lines.Err(); {
	case err != nil:
		return master{}, err
	case m.rows == 0:
		return master{}, errors.New("no index: its heading is missing, or it has no row")
	}
	return m, nil
}

// dateOf is a date as YYYY-MM-DD, "" for one in none of the layouts.
func dateOf(s string, layouts ...string) string {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

func (m master) items() []dealwatch.Item {
	items := make([]dealwatch.Item, len(m.filings))
	for i, f := range m.filings {
		items[i] = f.item(0)
	}
	return items
}
