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
	"errors"
	"fmt"

	"github.com/dealwatch/dealwatch"
)

// Document gives the text of an attachment: of a PDF, a page, an XML or a text file.
// What it is is told by the bytes first, then by contentType and the ending of name.
// An error is a *dealwatch.ReadError: Empty for a document without text, Unparsed for
// one that is broken or of a kind that holds no text.
func Document(ctx context.Context, contentType, name string, body []byte) (string, error) {
	if part, ok := Unwrap(body); ok {
		body = part.Body
	}
	text, err := documentText(ctx, contentType, name, body)
	if err == nil && text == "" {
		err = readError(dealwatch.Empty, name, "the document has no text")
	}
	return text, named(err, name)
}

func documentText(ctx context.Context, contentType, name string, body []byte) (string, error) {
	body = bytes.TrimLeft(body, " \t\r\n\f")
	switch kindOf(contentType, name, body) {
	case pdfFile:
		return PDF(ctx, body)
	case unknown:
		return "", readError(dealwatch.Unparsed, name, "the document is no PDF, page or text")
	case htmlPage:
		return HTML(inUTF8(contentType, body))
	case xmlFile:
		return XML(inUTF8(contentType, body))
	default:
		return Plain(inUTF8(contentType, body)), nil
	}
}

func readError(outcome dealwatch.Outcome, name, format string, args ...any) *dealwatch.ReadError {
	return &dealwatch.ReadError{Outcome: outcome, URL: name, Err: fmt.Errorf(format, args...)}
}

// named puts the document's name into a *ReadError that has none.
func named(err error, name string) error {
	var re *dealwatch.ReadError
	if errors.As(err, &re) && re.URL == "" {
		re.URL = name
	}
	return err
}
