package extract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/requests"

	"github.com/dealwatch/dealwatch"
)

// Bounds of one PDF: the time it takes, and the bytes of text it holds.
const (
	pdfTime = 2 * time.Minute
	pdfText = 64 << 20
)

// PDF gives the text of a PDF, its pages joined so that a page break ends no
// paragraph whose sentence runs on; lines that stand on most pages, such as stamps
// and page numbers, are left out. The reader runs in a sandbox without files or
// network, made when it is first needed, and stops with ctx or after two minutes.
//
// A PDF of images only is an error with the outcome Empty; a broken, encrypted or
// overlarge one, Unparsed; one for which ctx left no time, Failed.
func PDF(ctx context.Context, body []byte) (string, error) {
	pages, err := pdfPages(ctx, body)
	if err != nil {
		return "", err
	}
	w := newWriter(len(body) / 8)
	plainInto(w, strings.Join(withoutStamps(pages), "\f"), true)
	text := w.String()
	if text == "" {
		return "", readError(dealwatch.Empty, "", "the PDF has %d pages and no text: it may be a scan", len(pages))
	}
	return text, nil
}

// pdfPages gives the lines of each page, set as the page sets them.
func pdfPages(caller context.Context, body []byte) (pages []string, err error) {
	ctx, cancel := context.WithTimeout(caller, pdfTime)
	defer cancel()
	box, err := takeSandbox(ctx)
	if err != nil {
		return nil, readError(dealwatch.Failed, "", "start the PDF reader: %w", err)
	}
	stop := context.AfterFunc(ctx, box.cancel)
	defer func() {
		// A page that breaks the sandbox panics in the reader's bindings.
		if p := recover(); p != nil {
			err = fmt.Errorf("the PDF reader broke off: %v", p)
		}
		giveSandbox(box, stop() && err == nil)
		switch {
		case caller.Err() != nil:
			pages, err = nil, readError(dealwatch.Failed, "", "the PDF was not read to its end: %w", caller.Err())
		case ctx.Err() != nil:
			pages, err = nil, readError(dealwatch.Unparsed, "", "the PDF was not read within %v", pdfTime)
		case err != nil:
			pages, err = nil, readError(dealwatch.Unparsed, "", "%w", err)
		}
	}()
	return readPages(box.pool, body)
}

func readPages(pool pdfium.Pool, body []byte) ([]string, error) {
	instance, err := pool.GetInstance(pdfTime)
	if err != nil {
		return nil, fmt.Errorf("start the PDF reader: %w", err)
	}
	defer func() { _ = instance.Close() }() // the pages are read
	doc, err := instance.OpenDocument(&requests.OpenDocument{File: &body})
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return nil, errors.New("the PDF is encrypted and asks for a password")
	case err != nil:
		return nil, fmt.Errorf("the PDF is broken: %w", err)
	}
	defer func() { _, _ = instance.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: doc.Document}) }()
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		return nil, fmt.Errorf("count the PDF's pages: %w", err)
	}
	var pages []string
	size := 0
	for i := range count.PageCount {
		text, err := instance.GetPageTextStructured(&requests.GetPageTextStructured{
			Page: requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: i}},
			Mode: requests.GetPageTextStructuredModeChars,
		})
		if err != nil {
			return nil, fmt.Errorf("page %d of the PDF is broken: %w", i+1, err)
		}
		page := pageLines(text.Chars)
		if size += len(page); size > pdfText {
			return nil, fmt.Errorf("the PDF holds more than %d bytes of text", pdfText)
		}
		pages = append(pages, page)
	}
	return pages, nil
}
