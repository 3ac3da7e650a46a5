package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/dealwatch/dealwatch"
)

// fileLimit bounds what a packed file may unpack to.
const fileLimit = 256 << 20

// File reads the documents of a file of any kind: HTML, XML, a feed (an entry is a
// document), JSON (an API's results are documents), a PDF, text, Markdown, an EDGAR
// submission (a part is a document, and knows its filers), each also gzipped. What it
// is is told by its bytes, and by name where they leave it open.
//
// Each document has a title, where the file tells one, and a text; Key, and URL where
// the file names no address, come from name. A file without a document in it is one
// *dealwatch.ReadError that says what is wrong.
func File(ctx context.Context, name string, body []byte) ([]dealwatch.Version, error) {
	body, name, err := unpack(name, body)
	if err != nil {
		return nil, err
	}
	docs, err := fileDocuments(ctx, name, body)
	if err != nil {
		return nil, named(err, name)
	}
	var kept []dealwatch.Version
	for i, v := range docs {
		v.Title, v.PublishedAt = Line(v.Title), v.PublishedAt.UTC()
		if v.Text == "" && v.Title == "" {
			continue
		}
		if v.Source == "" {
			v.Source = "file"
		}
		if v.URL == "" {
			v.URL = name
		}
		if v.Key == "" {
			v.Key = path.Base(name)
			if len(docs) > 1 {
				v.Key = fmt.Sprintf("%s#%d", v.Key, i+1)
			}
		}
		v.Channel = "file"
		kept = append(kept, v)
	}
	if kept == nil {
		return nil, readError(dealwatch.Empty, name, "the file holds no text")
	}
	return kept, nil
}

// unpack takes the gzip layer off, where there is one.
func unpack(name string, body []byte) ([]byte, string, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, name, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, name, readError(dealwatch.Unparsed, name, "broken gzip: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(z, fileLimit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, name, readError(dealwatch.Truncated, name, "the gzip file breaks off")
	case err != nil:
		return nil, name, readError(dealwatch.Unparsed, name, "broken gzip: %w", err)
	case len(plain) > fileLimit:
		return nil, name, readError(dealwatch.Truncated, name, "more than %d MiB unpacked", fileLimit>>20)
	}
	return plain, strings.TrimSuffix(name, ".gz"), nil
}

func fileDocuments(ctx context.Context, name string, body []byte) ([]dealwatch.Version, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, readError(dealwatch.Empty, name, "the file is empty")
	}
	if isUTF16(body) {
		body = inUTF8("", body)
	}
	k := kindOf("", name, body)
	if k == pdfFile {
		text, err := PDF(ctx, body)
		return []dealwatch.Version{{Text: text}}, err
	}
	if k == unknown {
		return nil, readError(dealwatch.Unparsed, name,
			"it looks like %s; give HTML, XML, a feed, JSON, a PDF, text, Markdown or an EDGAR submission", http.DetectContentType(body))
	}
	body = inUTF8("", body)
	if part, ok := Unwrap(body); ok {
		if bytes.Count(body, []byte("\n<DOCUMENT>")) > 0 {
			return submissionVersions(ctx, body)
		}
		v, err := partVersion(ctx, part)
		return []dealwatch.Version{v}, err
	}
	switch k {
	case submission:
		return submissionVersions(ctx, body)
	case feedFile:
		return feedVersions(body)
	case jsonFile:
		return jsonVersions(body)
	case markdown:
		return []dealwatch.Version{markdownVersion(body)}, nil
	case xmlFile:
		return xmlVersions(body)
	case htmlPage:
		return []dealwatch.Version{pageVersion(body)}, nil
	}
	return []dealwatch.Version{textVersion(body)}, nil
}

func xmlVersions(body []byte) ([]dealwatch.Version, error) {
	var docs []dealwatch.Version
	for _, doc := range xmlDocuments(body) {
		text, err := XML(doc)
		if err != nil && dealwatch.OutcomeOf(err) != dealwatch.Empty {
			return nil, err
		}
		docs = append(docs, dealwatch.Version{Item: dealwatch.Item{Title: xmlTitle(doc)}, Text: text})
	}
	return docs, nil
}
