package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"regexp"
	"strconv"
	"strings"
)

// message is an HTTP request or answer as a record's block holds it.
type message struct {
	start  string // request or status line
	header http.Header
	raw    []byte // the rest of the block
	body   []byte // raw without the chunks
}

func parseMessage(block []byte) (message, error) {
	head, raw := block, []byte(nil)
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(block, []byte(end)); i >= 0 && i < len(head) {
			head, raw = block[:i], block[i+len(end):]
		}
	}
	lines := strings.Split(strings.ReplaceAll(string(head), "\r\n", "\n"), "\n")
	m := message{start: lines[0], header: parseFields(lines[1:]), raw: raw, body: raw}
	// Some archives keep the header and drop the chunks.
	if strings.EqualFold(m.header.Get("Transfer-Encoding"), "chunked") && firstChunk.Match(raw) {
		var err error
		if m.body, err = io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(raw))); err != nil {
			return m, fmt.Errorf("a chunked body that is cut: %w", err)
		}
	}
	m.header.Del("Transfer-Encoding")
	return m, nil
}

var firstChunk = regexp.MustCompile(`^[0-9A-Fa-f]{1,8}[ \t]*(;[^\r\n]*)?\r\n`)

// status reads a status line such as "HTTP/1.1 200 OK".
func (m message) status() (proto string, code int, err error) {
	proto, rest, _ := strings.Cut(m.start, " ")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	code, err = strconv.Atoi(number)
	if !strings.HasPrefix(proto, "HTTP/") || err != nil || code < 100 || code > 999 {
		return "", 0, errors.New("a response that does not begin with a status line")
	}
	return proto, code, nil
}
