package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/dealwatch/dealwatch/scrapers/extract"
)

var formats = []string{"table", "json", "csv"}

// listing prints rows as they come, in one of the formats. JSON is an array with
// an object a line, its keys in the order of the columns.
type listing struct {
	w       io.Writer
	format  string
	columns []string
	rows    int
	cut     bool // cells are cut to the width of a terminal
	tab     *tabwriter.Writer
	csv     *csv.Writer
	err     error
}

func newListing(w io.Writer, format string, columns ...string) *listing {
	l := &listing{w: w, format: format, columns: distinct(columns), cut: isTerminal(w)}
	switch format {
	case "csv":
		l.csv = csv.NewWriter(w)
		l.err = l.csv.Write(l.columns)
	case "json":
	default:
		l.tab = tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	}
	return l
}

func (l *listing) add(row ...any) error {
	if l.err != nil {
		return l.err
	}
	switch l.format {
	case "csv":
		rec := make([]string, len(row))
		for i, v := range row {
			rec[i] = spreadsheetSafe(plain(v))
		}
		l.err = l.csv.Write(rec)
	case "json":
		lead := ",\n"
		if l.rows == 0 {
			lead = "[\n"
		}
		_, l.err = io.WriteString(l.w, lead+object(l.columns, row))
	default:
		if l.rows == 0 {
			fmt.Fprintln(l.tab, strings.ToUpper(strings.Join(l.columns, "\t")))
		}
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = cell(plain(v), l.cut)
		}
		_, l.err = fmt.Fprintln(l.tab, strings.Join(cells, "\t"))
	}
	l.rows++
	return l.err
}

func (l *listing) close() error {
	if l.err != nil {
		return l.err
	}
	switch l.format {
	case "csv":
		l.csv.Flush()
		return l.csv.Error()
	case "json":
		end := "\n]\n"
		if l.rows == 0 {
			end = "[]\n"
		}
		_, err := io.WriteString(l.w, end)
		return err
	}
	return l.tab.Flush()
}

// distinct numbers columns of one name, so that a JSON object has each key once.
func distinct(columns []string) []string {
	seen := make(map[string]int)
	out := make([]string, len(columns))
	for i, c := range columns {
		seen[c]++
		if out[i] = c; seen[c] > 1 {
			out[i] = fmt.Sprintf("%s_%d", c, seen[c])
		}
	}
	return out
}

// object is one JSON object with its keys in the order of columns.
func object(columns []string, row []any) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, c := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		k, _ := json.Marshal(c)
		v, err := json.Marshal(row[i])
		if err != nil {
			v, _ = json.Marshal(fmt.Sprint(row[i]))
		}
		b.Write(k)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	return b.String()
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case string:
		return v
	case []string:
		return strings.Join(v, "; ")
	}
	return fmt.Sprint(v)
}

// cell makes s fit one line: no control or bidi characters. Cut, it has at most 140
// characters.
func cell(s string, cut bool) string {
	s = extract.Line(s)
	if cut && utf8.RuneCountInString(s) > 140 {
		s = string([]rune(s)[:139]) + "…"
	}
	return s
}

// spreadsheetSafe keeps a cell that begins like a formula from being run as one.
func spreadsheetSafe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) && !number(s) {
		return "'" + s
	}
	return s
}

func number(s string) bool {
	return strings.Trim(s, "0123456789+-.eE") == ""
}
