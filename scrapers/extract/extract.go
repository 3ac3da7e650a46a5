// Package extract turns what an agency serves into text for matching: pages,
// filings, text files and PDFs become lines and paragraphs without markup. It also
// takes EDGAR's submission files apart and reads files of any of these kinds from
// disk.
//
// In every text it gives, "\n" ends a block (a cell, list item, heading or line) and
// "\n\n" a paragraph; a row of a table is one paragraph of cells. The text is what
// Clean makes of it: valid UTF-8 without control or bidi characters, and without
// what a reader of the page would not see.
package extract

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"path"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// Document gives the text of an attachment: of a PDF, a page or a text file. What it
// is is told by the bytes first, then by contentType and the ending of name; a
// kind that holds no text for a reader is an error with the outcome Unparsed.
func Document(ctx context.Context, contentType, name string, body []byte) (string, error) {
	if part, ok := Unwrap(body); ok {
		body = part.Body
	}
	body = bytes.TrimLeft(body, "\xef\xbb\xbf \t\r\n\f")
	if len(body) == 0 {
		return "", readError(dealwatch.Empty, name, "the document has no bytes")
	}
	switch kindOf(contentType, name, body) {
	case "pdf":
		text, err := PDF(ctx, body)
		return text, named(err, name)
	case "html":
		text, err := HTML(body)
		return text, named(err, name)
	case "text":
		return Plain(body), nil
	}
	return "", readError(dealwatch.Unparsed, name, "the document is no PDF, page or text")
}

// kindOf tells "pdf", "html" and "text" apart, and gives "" for anything else.
func kindOf(contentType, name string, body []byte) string {
	if bytes.HasPrefix(body, []byte("%PDF-")) {
		return "pdf"
	}
	head := body[:min(len(body), 1024)]
	if looksBinary(head) {
		return ""
	}
	if looksLikeHTML(head) {
		return "html"
	}
	media, _, _ := mime.ParseMediaType(contentType)
	switch media {
	case "application/pdf":
		return "" // it says PDF and is none
	case "text/html", "application/xhtml+xml", "application/xml", "text/xml":
		return "html"
	case "text/plain":
		return "text"
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf":
		return ""
	case ".htm", ".html", ".xhtml", ".xml":
		return "html"
	}
	return "text"
}

// looksBinary reports whether head holds what no text file holds.
func looksBinary(head []byte) bool {
	if bytes.IndexByte(head, 0) >= 0 {
		return true
	}
	control := 0
	for _, c := range head {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v' && c != 0x1b && c != 0x1a {
			control++
		}
	}
	return control*20 > len(head)
}

// looksLikeHTML reports whether head begins a page, behind comments and the like.
func looksLikeHTML(head []byte) bool {
	head = bytes.ToLower(bytes.TrimSpace(head))
	if !bytes.HasPrefix(head, []byte("<")) {
		return false
	}
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<div", "<p>", "<p ", "<table", "<font", "<center", "<h1", "<pre"} {
		if bytes.Contains(head, []byte(tag)) {
			return true
		}
	}
	return false
}

func readError(outcome dealwatch.Outcome, name, format string, args ...any) *dealwatch.ReadError {
	return &dealwatch.ReadError{Outcome: outcome, URL: name, Err: fmt.Errorf(format, args...)}
}

// named puts the document's name into a *ReadError that has none.
func named(err error, name string) error {
	if re, ok := err.(*dealwatch.ReadError); ok && re.URL == "" {
		re.URL = name
	}
	return err
}
