package extract

import (
	"bytes"
	"regexp"

	"github.com/dealwatch/dealwatch"
)

// XML gives the text of an XML document, such as those of the Federal Register. An
// element is a paragraph unless it is known to stand in a line; page markers and
// pictures are left out. As pretty-printed XML has lost or gained blanks round its
// elements, there is one round each of them, and none before a full stop or the like.
func XML(body []byte) (string, error) {
	body = withoutDeclarations(body)
	p := page{scan: scanner{src: string(body), xml: true}, w: *newWriter(len(body) / 2), roles: xmlRole}
	p.w.tight = true
	p.read()
	text := p.w.String()
	if text == "" {
		return "", readError(dealwatch.Empty, "", "the XML has no text")
	}
	return text, nil
}

// frXML are the roots of the Federal Register's documents, which have no declaration.
var frXML = map[string]bool{
	"presdocu": true, "rule": true, "prorule": true, "notice": true, "correct": true, "uniflow": true, "fedreg": true, "frdoc": true,
}

// xmlRole is the role of an XML element: that of HTML where HTML has it.
func xmlRole(name []byte) role {
	if i := bytes.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	switch string(name) {
	case "e", "inline", "ref", "xref", "a", "b", "i", "u", "em", "strong", "span", "foreign", "target", "date", "num", "frdoc", "filed":
		return spaced
	case "su", "sup":
		return raised
	case "sub":
		return inline
	case "prtpage", "gph", "gid", "graphic", "img", "ftref", "meta", "processedby", "bilcod", "billingcode":
		return dropped
	case "row":
		return row
	case "ent", "ched", "entry":
		return cell
	case "gpotable":
		return table
	case "boxhd":
		return rows
	}
	if r := roleOf(name); r != inline && r != dropped && r != vacuous && r != pre {
		return r
	}
	return prose
}

// documentStart finds the documents of an issue of the Federal Register in both of
// its dialects; a document of its own is one.
var documentStart = regexp.MustCompile(`<(RULE|PRORULE|NOTICE|PRESDOCU|component)[ >]`)

// xmlDocuments parts an issue into its documents, and gives any other XML whole.
func xmlDocuments(body []byte) [][]byte {
	var docs [][]byte
	rest := body
	for {
		m := documentStart.FindSubmatchIndex(rest)
		if m == nil {
			break
		}
		end := bytes.Index(rest[m[0]:], []byte("</"+string(rest[m[2]:m[3]])+">"))
		if end < 0 {
			break
		}
		docs = append(docs, rest[m[0]:m[0]+end])
		rest = rest[m[0]+end:]
	}
	if docs == nil {
		return [][]byte{body}
	}
	return docs
}

var xmlTitles = []*regexp.Regexp{
	regexp.MustCompile(`(?s)<SUBJECT>(.*?)</SUBJECT>`),
	regexp.MustCompile(`(?s)<subject[ >][^>]*>?(.*?)</subject>`),
	regexp.MustCompile(`(?s)<HD SOURCE="HED">(.*?)</HD>`),
	regexp.MustCompile(`(?s)<(?:dc:)?title>(.*?)</(?:dc:)?title>`),
}

func xmlTitle(body []byte) string {
	for _, re := range xmlTitles {
		if m := re.FindSubmatch(body); m != nil {
			if text, err := XML(m[1]); err == nil {
				return Line(text)
			}
		}
	}
	return ""
}
