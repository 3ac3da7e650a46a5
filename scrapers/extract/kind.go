package extract

import (
	"bytes"
	"mime"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// A kind is what a file is, as far as reading it goes.
type kind string

const (
	unknown    kind = ""
	pdfFile    kind = "PDF"
	htmlPage   kind = "HTML"
	xmlFile    kind = "XML"
	feedFile   kind = "feed"
	jsonFile   kind = "JSON"
	markdown   kind = "Markdown"
	submission kind = "EDGAR submission"
	textFile   kind = "text"
)

// kindOf tells what body is: by its bytes where they show it, else by the media type
// and the name it came with.
func kindOf(contentType, name string, body []byte) kind {
	head := body[:min(len(body), 4096)]
	if i := bytes.Index(head[:min(len(head), 1024)], []byte("%PDF-")); i == 0 || i > 0 && head[0] != '<' {
		return pdfFile
	}
	if isBinary(head) {
		return unknown
	}
	media, _, _ := mime.ParseMediaType(contentType)
	ext := strings.ToLower(path.Ext(name))
	if media == "application/pdf" || ext == ".pdf" {
		return unknown // it says that it is a PDF, and is none
	}
	if bytes.HasPrefix(head, []byte("-----BEGIN PRIVACY-ENHANCED MESSAGE-----")) {
		return submission
	}
	switch root := rootElement(body); {
	case root == "" && !doctyped(body), root == "page", root == "s", root == "caption", root == "table" && bytes.Contains(head, []byte("<S>")):
	case root == "sec-document" || root == "sec-header" || root == "submission" && bytes.Contains(head, []byte("<ACCESSION-NUMBER>")):
		return submission
	case root == "rss" || root == "feed" || root == "rdf:rdf":
		return feedFile
	case root == "html" || root == "!doctype" || ext == ".htm" || ext == ".html" || ext == ".xhtml" || media == "text/html":
		return htmlPage
	case bytes.HasPrefix(head, []byte("<?xml")) || doctyped(body) || ext == ".xml" || strings.HasSuffix(media, "xml") || frXML[root]:
		return xmlFile
	case ext == ".txt" && media == "":
	case roleOf([]byte(root)) != inline || root == "font" || root == "b" || root == "a" || root == "span" || root == "head":
		return htmlPage
	}
	switch {
	case bytes.HasPrefix(head, []byte("{")) || bytes.HasPrefix(head, []byte("[{")) || ext == ".json" || ext == ".jsonl" || media == "application/json":
		return jsonFile
	case ext == ".htm" || ext == ".html" || media == "text/html":
		return htmlPage
	case ext == ".md" || ext == ".markdown" || bytes.HasPrefix(head, []byte("---\n")) && bytes.Contains(head, []byte("\n---\n")):
		return markdown
	}
	return textFile
}

// rootElement is the name of a document's first element in lower case, "!doctype" for
// that of HTML, and "" where the document does not begin with one.
func rootElement(body []byte) string {
	at, n := prolog(body)
	if beginsWith(body[at:], "<!DOCTYPE html") {
		return "!doctype"
	}
	for n > 0 {
		var more int
		at += n
		more, n = prolog(body[at:])
		at += more
	}
	if at == len(body) || body[at] != '<' {
		return ""
	}
	name := body[at+1 : min(len(body), at+64)]
	if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
		return strings.ToLower(string(name[:i]))
	}
	return ""
}

// prolog skips what may stand before a document's first element. It stops at a
// declaration such as DOCTYPE, and gives where it begins and its length, which is 0 at
// anything else.
func prolog(body []byte) (at, declaration int) {
	for {
		rest := bytes.TrimLeft(body[at:], "\xef\xbb\xbf \t\r\n\f")
		at = len(body) - len(rest)
		var end string
		switch {
		case bytes.HasPrefix(rest, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(rest, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(rest, []byte("<!")):
			return at, declarationLen(rest)
		default:
			return at, 0
		}
		i := bytes.Index(rest, []byte(end))
		if i < 0 {
			return len(body), 0
		}
		at += i + len(end)
	}
}

// declarationLen is the length of the declaration at the start of s, with what it
// declares itself between brackets. One without an end reaches to the end.
func declarationLen(s []byte) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\'':
			n := bytes.IndexByte(s[i+1:], c)
			if n < 0 {
				return len(s)
			}
			i += n + 1
		case bytes.HasPrefix(s[i:], []byte("<!--")):
			n := bytes.Index(s[i+4:], []byte("-->"))
			if n < 0 {
				return len(s)
			}
			i += 4 + n + 2
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			return i + 1
		}
	}
	return len(s)
}

// doctyped reports whether a document says of what type it is, as XML and HTML do.
func doctyped(body []byte) bool {
	at, _ := prolog(body)
	return beginsWith(body[at:], "<!DOCTYPE")
}

func beginsWith(s []byte, word string) bool {
	return len(s) > len(word) && bytes.EqualFold(s[:len(word)], []byte(word))
}

// withoutDeclarations gives a document without what its DOCTYPE declares. Entities that
// stand for more than a character are not put in: a reader takes their names as text.
func withoutDeclarations(body []byte) []byte {
	at, n := prolog(body)
	if !beginsWith(body[at:], "<!DOCTYPE") || bytes.IndexByte(body[at:at+n], '[') < 0 {
		return body
	}
	return slices.Concat(body[:at], body[at+n:])
}

// isBinary reports whether head holds what no text does. A few bytes of zero are in
// texts of the Federal Register, as captured.
func isBinary(head []byte) bool {
	control := 0
	for _, c := range head {
		if c < 0x20 && !bytes.ContainsRune([]byte("\t\n\v\f\r\x1a\x1b"), rune(c)) {
			control++
		}
	}
	return control*20 > len(head)
}

func isUTF16(body []byte) bool {
	return bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff"))
}

// inUTF8 gives body in UTF-8, decoded as it declares itself where it is not.
func inUTF8(contentType string, body []byte) []byte {
	if !isUTF16(body) && utf8.Valid(body) {
		return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	}
	encoding, _, _ := charset.DetermineEncoding(body, contentType)
	decoded, err := encoding.NewDecoder().Bytes(body)
	if err != nil {
		return body // what is not UTF-8 becomes U+FFFD in the text
	}
	return bytes.TrimPrefix(decoded, []byte("\xef\xbb\xbf"))
}
