package crawl

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
)

// tail is how far from its end the end of a document is looked for: what a site appends
// to a page, a script or a comment, stands behind it.
const tail = 64 << 10

// cut says why a body of the length that was announced is a part of a document all the
// same, as a server makes it that broke off itself; "" where nothing proves it. Each
// kind of document is asked for the end that all of its kind have.
func cut(media, address string, b []byte) string {
	head := bytes.TrimLeft(b[:min(len(b), 4096)], "\ufeff \t\r\n")
	end := b[max(0, len(b)-tail):]
	without := func(why string, ends ...string) string {
		for _, e := range ends {
			if bytes.Contains(end, []byte(e)) {
				return ""
			}
		}
		return why
	}
	switch {
	case bytes.HasPrefix(b, []byte("%PDF")):
		return without("the PDF has no end", "%%EOF")
	case bytes.HasPrefix(head, []byte("<SEC-DOCUMENT>")), bytes.HasPrefix(head, []byte("-----BEGIN PRIVACY-ENHANCED MESSAGE-----")):
		return without("the submission has no end", "</SEC-DOCUMENT>", "-----END PRIVACY-ENHANCED MESSAGE-----")
	case bytes.HasPrefix(head, []byte("<DOCUMENT>\n<TYPE>")):
		return without("the document has no end", "</DOCUMENT>")
	case isText(media) && hasTag(head, "html"):
		if endless(address) || hasTag(end, "/html", "/body") {
			return ""
		}
		return "the page has no end"
	case strings.HasSuffix(media, "json"):
		if err := json.NewDecoder(bytes.NewReader(b)).Decode(&json.RawMessage{}); errors.Is(err, io.ErrUnexpectedEOF) {
			return "the JSON breaks off"
		}
	case strings.HasSuffix(media, "xml") || bytes.HasPrefix(head, []byte("<?xml")):
		if root := rootOf(head); root != "" {
			return without("the XML has no end", "</"+root)
		}
	}
	return ""
}

// endless tells EDGAR's index pages, which have no end.
func endless(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (strings.HasSuffix(u.Path, "-index.html") || strings.HasSuffix(u.Path, "-index.htm"))
}

// rootOf is the name of an XML document's outermost element, "" where it does not stand
// in the first bytes or is empty.
func rootOf(head []byte) string {
	for {
		head = bytes.TrimLeft(head, " \t\r\n")
		var after []byte
		var ok bool
		switch {
		case bytes.HasPrefix(head, []byte("<?")):
			_, after, ok = bytes.Cut(head, []byte("?>"))
		case bytes.HasPrefix(head, []byte("<!--")):
			_, after, ok = bytes.Cut(head, []byte("-->"))
		case bytes.HasPrefix(head, []byte("<!")):
			_, after, ok = bytes.Cut(head, []byte(">"))
		case bytes.HasPrefix(head, []byte("<")):
			tag, _, whole := bytes.Cut(head[1:], []byte(">"))
			if !whole || bytes.HasSuffix(tag, []byte("/")) {
				return ""
			}
			if fields := bytes.Fields(tag); len(fields) > 0 {
				return string(fields[0])
			}
			return ""
		}
		if !ok {
			return ""
		}
		head = after
	}
}
