package crawl

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// decoder gives the content of an answer: gzip taken off, HTML and plain text in
// UTF-8, everything else as it came. It leaves it with the trip: Colly would copy it.
type decoder struct {
	client *Client
	next   http.RoundTripper
}

func (d decoder) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := d.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	raw, err := drain(res.Body)
	if err != nil {
		return nil, err
	}
	ex := warc.Exchange{URL: req.URL.String(), Status: res.StatusCode, Header: res.Header, Body: raw}
	t := tripOf(req.Context())
	if len(t.hops) > 0 {
		ex.Truncated = t.hops[len(t.hops)-1].Truncated
	}
	body, media, err := decode(ex, d.client.hosts.of(ex.URL).limit(ex.Header))
	if err != nil {
		return nil, err
	}
	res.Header = res.Header.Clone()
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	// Colly would transcode whatever names a charset, a PDF too.
	if isText(media) {
		media += "; charset=utf-8"
	}
	res.Header.Set("Content-Type", media)
	res.Uncompressed = true // Colly unpacks no further
	res.Body, t.body = holding(nil), body
	res.ContentLength = 0
	return res, nil
}

// decode gives an exchange's content and media type. A body that is cut short, or
// longer than limit when decoded, is Truncated; one in an encoding that nobody asked
// for is Unparsed. The body of a refusal that cannot be decoded is let go: its
// status says enough.
func decode(ex warc.Exchange, limit int64) (body []byte, media string, err error) {
	media = mediaType(ex.Header.Get("Content-Type"), ex.Body)
	body, err = unpack(ex, limit)
	if err != nil {
		if ex.Status >= 300 {
			return nil, media, nil
		}
		return nil, media, err
	}
	if isText(media) {
		body = toUTF8(body, ex.Header.Get("Content-Type"), media)
		if int64(len(body)) > limit {
			return nil, media, tooLong(limit)
		}
	}
	return body, media, nil
}

// unpack takes off the content encoding.
func unpack(ex warc.Exchange, limit int64) ([]byte, error) {
	if ex.Truncated != "" {
		return nil, truncated("the archive says that the body is cut: %s", ex.Truncated)
	}
	// A greater body than stated is one that an archive unpacked.
	if n, err := strconv.ParseInt(ex.Header.Get("Content-Length"), 10, 64); err == nil && n > int64(len(ex.Body)) {
		return nil, truncated("%d bytes came of the %d that were announced", len(ex.Body), n)
	}
	body := ex.Body
	encodings := strings.Split(strings.ToLower(strings.Join(ex.Header.Values("Content-Encoding"), ",")), ",")
	if len(encodings) > maxEncodings {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Unparsed, Err: fmt.Errorf("%d content encodings", len(encodings))}
	}
	for i := len(encodings) - 1; i >= 0; i-- {
		switch strings.TrimSpace(encodings[i]) {
		case "", "identity":
		case "gzip", "x-gzip":
			if len(body) == 0 {
				continue
			}
			var err error
			if body, err = gunzip(body, limit); err != nil {
				return nil, err
			}
		default:
			return nil, &dealwatch.ReadError{Outcome: dealwatch.Unparsed,
				Err: fmt.Errorf("content encoding %q, which was not asked for", encodings[i])}
		}
	}
	if int64(len(body)) > limit {
		return nil, tooLong(limit)
	}
	return body, nil
}

// maxEncodings is how many encodings are taken off: a gzip file may hold itself.
const maxEncodings = 3

func gunzip(b []byte, limit int64) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, truncated("the gzip encoding is broken: %v", err)
	}
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(out)) > limit {
		return nil, tooLong(limit)
	}
	if err != nil {
		return nil, truncated("the gzip encoding is broken: %v", err)
	}
	return out, nil
}

func truncated(format string, args ...any) error {
	return &dealwatch.ReadError{Outcome: dealwatch.Truncated, Err: fmt.Errorf(format, args...)}
}

var errTooLong = errors.New("the body is too long")

func tooLong(limit int64) error {
	return truncated("%w: the limit is %d bytes", errTooLong, limit)
}

// mediaType is the type without parameters, told from the body where none is stated.
func mediaType(header string, body []byte) string {
	if media, _, err := mime.ParseMediaType(header); err == nil {
		return media
	}
	if media, _, _ := strings.Cut(header, ";"); strings.TrimSpace(media) != "" {
		return strings.ToLower(strings.TrimSpace(media))
	}
	media, _, _ := strings.Cut(http.DetectContentType(body), ";")
	return media
}

const pdf = "application/pdf"

func isHTML(media string) bool { return media == "text/html" || media == "application/xhtml+xml" }

func isText(media string) bool { return isHTML(media) || media == "text/plain" }
