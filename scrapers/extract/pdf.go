package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdfiumerrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/dealwatch/dealwatch"
)

// Bounds of one PDF. Memory is that of the sandbox, in pages of 64 KiB.
const (
	pdfTime   = 2 * time.Minute
	pdfMemory = 512 << 20 / (64 << 10)
	pdfText   = 64 << 20
)

// PDF gives the text of a PDF, its pages joined so that a page break ends no
// paragraph whose sentence runs on; lines that stand on most pages, such as stamps
// and page numbers, are left out. The reader runs in a sandbox without files or
// network, made when it is first needed, and stops with ctx or after two minutes.
//
// A PDF of images only is an error with the outcome Empty; a broken, encrypted or
// overlarge one, Unparsed.
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
func pdfPages(ctx context.Context, body []byte) (pages []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	pool, err := pdfPool()
	if err != nil {
		return nil, readError(dealwatch.Failed, "", "start the PDF reader: %w", err)
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if err != nil {
		return nil, readError(dealwatch.Failed, "", "wait for the PDF reader: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { instance.Kill() })
	defer func() {
		// A page that breaks the sandbox panics in the reader's bindings.
		if p := recover(); p != nil {
			err = fmt.Errorf("the PDF reader broke off: %v", p)
		}
		if stop() {
			instance.Close()
		}
		if ctx.Err() != nil {
			pages, err = nil, readError(dealwatch.Unparsed, "", "the PDF was not read within its time: %w", ctx.Err())
		} else if err != nil {
			pages, err = nil, readError(dealwatch.Unparsed, "", "%w", err)
		}
	}()
	return readPages(ctx, instance, body)
}

func readPages(ctx context.Context, instance pdfium.Pdfium, body []byte) ([]string, error) {
	doc, err := instance.OpenDocument(&requests.OpenDocument{File: &body})
	switch {
	case errors.Is(err, pdfiumerrors.ErrPassword), errors.Is(err, pdfiumerrors.ErrSecurity):
		return nil, errors.New("the PDF is encrypted and asks for a password")
	case err != nil:
		return nil, fmt.Errorf("the PDF is broken: %w", err)
	}
	defer instance.FPDF_CloseDocument(&requests.FPDF_CloseDocument{Document: doc.Document})
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

// pdfPool makes the sandbox. Compiling takes seconds, so what was compiled is kept in
// the user's cache directory, where there is one.
var pdfPool = sync.OnceValues(func() (pdfium.Pool, error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(pdfMemory).
		WithCloseOnContextDone(true)
	if cache, err := wazero.NewCompilationCacheWithDir(cacheDir()); err == nil {
		config = config.WithCompilationCache(cache)
	}
	return webassembly.Init(webassembly.Config{
		MaxIdle:       1,
		MaxTotal:      2,
		FSConfig:      wazero.NewFSConfig(), // the default would show it the whole disk
		RuntimeConfig: config,
		Stdout:        io.Discard,
		Stderr:        io.Discard,
		RandomSource:  nil,
	})
})

func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil || os.MkdirAll(dir, 0o700) != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "dealwatch")
}
