package extract

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/dealwatch/dealwatch"
)

// markdownVersion reads a Markdown file and its front matter.
func markdownVersion(body []byte) dealwatch.Version {
	var v dealwatch.Version
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	if rest, ok := bytes.CutPrefix(body, []byte("---\n")); ok {
		if head, after, ok := bytes.Cut(rest, []byte("\n---\n")); ok {
			fields := make(map[string]any)
			if yaml.Unmarshal(head, &fields) == nil {
				body = after
				describe(&v, func(key string) string {
					if t, ok := fields[key].(time.Time); ok {
						return t.Format(time.DateOnly)
					}
					if fields[key] == nil {
						return ""
					}
					return fmt.Sprint(fields[key])
				})
			}
		}
	}
	text := string(body)
	for _, r := range markdownRules {
		text = r.re.ReplaceAllString(text, r.by)
	}
	if v.Title == "" {
		if m := heading.FindSubmatch(body); m != nil {
			v.Title = string(m[1])
		}
	}
	v.Text = markdownText(text)
	return v
}

// markdownText joins the lines of each paragraph; list items and rows of tables stay
// lines, and so does one that ends in two blanks.
func markdownText(s string) string {
	w := newWriter(len(s))
	hard := false
	for l := range strings.Lines(s) {
		l = strings.TrimRight(l, "\n")
		words := strings.TrimSpace(l)
		switch {
		case words == "":
			w.part(paragraph)
			continue
		case strings.HasPrefix(words, "|"):
			w.row(barCells(words))
			continue
		case hard || startsItem(words):
			w.part(line)
		default:
			w.part(w.wrap(words))
		}
		w.text(words)
		hard = strings.HasSuffix(l, "  ")
	}
	return w.String()
}

var heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *#*$`)

// markdownRules take marks off, in this order.
var markdownRules = []struct {
	re *regexp.Regexp
	by string
}{
	{regexp.MustCompile(`(?s)<!--.*?-->`), ""},
	{regexp.MustCompile(`(?i)<br ?/?>`), "\n\n"},
	{regexp.MustCompile(`</?[a-zA-Z][^<>]*>`), "\u2060"}, // shows nothing, but a tag begins no list item
	{heading, "\n$1\n\n"},
	{regexp.MustCompile(`!\[[^\]]*\]\([^)\s]*\)`), ""},
	{regexp.MustCompile(`\[([^\]]*)\]\([^)\s]*(?: "[^"]*")?\)`), "$1"},
	{regexp.MustCompile(`(?m)^ {0,3}> ?`), ""},
	{regexp.MustCompile(`\*\*|__`), ""},
	{regexp.MustCompile("(^|[\\s(\"“])[*_`]([^*_`\n][^*_`]*)[*_`]"), "$1$2"},
	{regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`), "$1"},
	{regexp.MustCompile(`(?m)^ *[-*_]( *[-*_]){2,} *$`), ""},
}

// textVersion reads a text file, and the head that some converters put on one: lines
// of "Key: value", and a line of marks below.
func textVersion(body []byte) dealwatch.Version {
	var v dealwatch.Version
	fields := make(map[string]string)
	rest := body
	for range 20 {
		text, after, ok := bytes.Cut(rest, []byte("\n"))
		if !ok {
			break
		}
		rest = after
		text = bytes.TrimSpace(text)
		if len(text) >= 10 && len(bytes.Trim(text, "=-")) == 0 && len(fields) > 1 {
			body = rest
			describe(&v, func(key string) string { return fields[key] })
			break
		}
		key, value, ok := strings.Cut(string(text), ": ")
		if !ok || len(key) > 30 {
			break
		}
		fields[strings.ReplaceAll(strings.ToLower(key), " ", "_")] = value
	}
	v.Text = Plain(body)
	return v
}

// describe fills in what a file's head says of the document.
func describe(v *dealwatch.Version, field func(key string) string) {
	first := func(keys ...string) string {
		for _, key := range keys {
			if s := Line(field(key)); s != "" {
				return s
			}
		}
		return ""
	}
	v.Title = first("title", "headline")
	if s := first("source_url", "url", "link", "canonical"); address.MatchString(s) {
		v.URL = s
	}
	v.PublishedOn = date(first("date", "published", "published_time", "filing_date"))
	if cik := number(first("cik")); cik != 0 {
		v.Filers = []dealwatch.Filer{{CIK: cik, Name: first("company"), Role: "Filer"}}
		v.Kind, _, _ = strings.Cut(first("filing_type", "form"), " ")
		v.Source, v.Agency = "edgar", "SEC"
	}
}

// date gives a stated date as YYYY-MM-DD, or "".
func date(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 10 {
		if _, err := time.Parse(time.DateOnly, s[:10]); err == nil {
			return s[:10]
		}
	}
	for _, layout := range []string{"January 2, 2006", "Monday, January 2, 2006", "2 January 2006", "01/02/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}
