package extract

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/dealwatch/dealwatch"
)

// pageVersion reads a page from disk: a filing with all it has, any other page
// without what frames its text.
func pageVersion(body []byte) dealwatch.Version {
	var v dealwatch.Version
	v.Filers = registrants(body)
	if v.Filers != nil {
		v.Source, v.Agency, v.Kind = "edgar", "SEC", fact(body, "dei:DocumentType")
		v.Title = filingTitle(v.Kind, "", v.Filers)
		v.Text = pageText(body, roleOf)
		return v
	}
	v.Title, v.URL = pageTitle(body[:min(len(body), titleWithin)])
	if v.Text = pageText(body, bodyRole); v.Text == "" {
		v.Text = pageText(body, roleOf)
	}
	return v
}

// titleWithin is how far into a page its title stands at most.
const titleWithin = 2 << 20

// pageTitle gives a page's title (og:title, else title, else the first h1), and its
// address, where it names one.
func pageTitle(body []byte) (title, url string) {
	z := html.NewTokenizer(bytes.NewReader(body))
	var og, plain, h1 string
	for og == "" || url == "" {
		token := z.Next()
		if token == html.ErrorToken {
			break
		}
		if token != html.StartTagToken && token != html.SelfClosingTagToken {
			continue
		}
		switch name, more := z.TagName(); string(name) {
		case "meta", "link":
			key, value := "", ""
			for more {
				var k, val []byte
				k, val, more = z.TagAttr()
				switch string(k) {
				case "property", "name", "rel":
					key = string(val)
				case "content", "href":
					value = string(val)
				}
			}
			switch {
			case key == "og:title":
				og = Line(value)
			case key == "og:url" || key == "canonical" && strings.HasPrefix(value, "http") && url == "":
				url = Line(value)
			}
		case "title":
			if z.Next() == html.TextToken && plain == "" {
				plain = Line(string(z.Text()))
			}
		case "h1":
			h1 = Line(inner(z, "h1"))
		}
		if h1 != "" {
			break // the head is read
		}
	}
	for _, title := range []string{og, plain, h1} {
		if title != "" {
			return title, url
		}
	}
	return "", url
}

// inner is the text up to the end of the element that z has just begun.
func inner(z *html.Tokenizer, name string) string {
	var b strings.Builder
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.EndTagToken:
			if tag, _ := z.TagName(); string(tag) == name {
				return b.String()
			}
			b.WriteByte(' ')
		}
	}
}

// registrants are the filers that an inline XBRL document names in its hidden facts;
// nil for any other page.
func registrants(body []byte) []dealwatch.Filer {
	if !bytes.Contains(body, []byte("dei:EntityCentralIndexKey")) {
		return nil
	}
	var filers []dealwatch.Filer
	seen := make(map[int]bool)
	for _, m := range centralIndexKey.FindAllSubmatch(body, -1) {
		if cik, _ := strconv.Atoi(string(m[1])); cik != 0 && !seen[cik] {
			seen[cik] = true
			filers = append(filers, dealwatch.Filer{CIK: cik, Role: "Filer"})
		}
	}
	if len(filers) == 1 {
		filers[0].Name = fact(body, "dei:EntityRegistrantName")
	}
	return filers
}

var centralIndexKey = regexp.MustCompile(`"dei:EntityCentralIndexKey"[^>]*>(?:\s|<[^>]*>)*(\d{1,10})\b`)

// fact is the value of the first inline XBRL fact of the name.
func fact(body []byte, name string) string {
	i := bytes.Index(body, []byte(`name="`+name+`"`))
	if i < 0 {
		return ""
	}
	_, rest, _ := bytes.Cut(body[i:min(len(body), i+2000)], []byte(">"))
	rest, _, _ = bytes.Cut(rest, []byte("</ix:"))
	return Line(pageText(rest, roleOf))
}
