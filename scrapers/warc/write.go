package warc

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// gzipHead is the header of every member that we write, so that a changed byte in
// the part which no checksum covers is noticed all the same.
var gzipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// secret are the headers that are never written.
var secret = map[string]bool{
	"Authorization": true, "Proxy-Authorization": true, "Cookie": true, "Set-Cookie": true,
	"Transfer-Encoding": true, // no secret, but no longer true of the body
}

// appendInfo appends the record that a file begins with.
func appendInfo(data []byte, name string, at time.Time) []byte {
	block := "software: dealwatch\r\nformat: WARC File Format 1.1\r\n" +
		"description: pages of public agencies as they were received; transfer encoding, order and case of headers, " +
		"credentials and cookies are not kept\r\n"
	return appendRecord(data, []byte(block),
		"WARC-Type", "warcinfo",
		"WARC-Record-ID", recordID("warcinfo", name, date(at), SHA256([]byte(block))),
		"WARC-Date", date(at),
		"WARC-Filename", name,
		"WARC-Block-Digest", "sha256:"+SHA256([]byte(block)),
		"Content-Type", "application/warc-fields")
}

// appendExchange appends the response and then the request. The same exchange
// always gives the same bytes.
func appendExchange(data []byte, ex Exchange) []byte {
	digest := SHA256(ex.Body)
	response := recordID("response", ex.URL, date(ex.At), digest)
	request := recordID("request", ex.URL, date(ex.At), digest)

	proto := ex.Proto
	if _, _, ok := http.ParseHTTPVersion(proto); !ok {
		proto = "HTTP/1.1"
	}
	head := message{start: fmt.Sprintf("%s %03d %s", proto, ex.Status, cmp.Or(http.StatusText(ex.Status), "Status")), header: ex.Header}
	block := append(head.bytes(), ex.Body...)
	fields := []string{
		"WARC-Type", "response",
		"WARC-Record-ID", response,
		"WARC-Date", date(ex.At),
		"WARC-Target-URI", ex.URL,
		"WARC-Payload-Digest", "sha256:" + digest,
		"WARC-Block-Digest", "sha256:" + SHA256(block),
		"Content-Type", "application/http;msgtype=response",
	}
	if ex.Truncated != "" {
		fields = append(fields, "WARC-Truncated", ex.Truncated)
	}
	data = appendRecord(data, block, fields...)

	uri, host := "/", ""
	if u, err := url.Parse(ex.URL); err == nil {
		uri, host = u.RequestURI(), u.Host
	}
	head = message{start: cmp.Or(ex.Method, "GET") + " " + uri + " HTTP/1.1", header: ex.RequestHeader.Clone()}
	if head.header == nil {
		head.header = http.Header{}
	}
	if head.header.Get("Host") == "" && host != "" {
		head.header.Set("Host", host)
	}
	block = head.bytes()
	return appendRecord(data, block,
		"WARC-Type", "request",
		"WARC-Record-ID", request,
		"WARC-Date", date(ex.At),
		"WARC-Target-URI", ex.URL,
		"WARC-Concurrent-To", response,
		"WARC-Block-Digest", "sha256:"+SHA256(block),
		"Content-Type", "application/http;msgtype=request")
}

// bytes writes the head of a message, headers in the order of their names.
func (m message) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(oneLine(m.start) + "\r\n")
	for _, name := range slices.Sorted(maps.Keys(m.header)) {
		if secret[http.CanonicalHeaderKey(name)] {
			continue
		}
		for _, value := range m.header[name] {
			b.WriteString(oneLine(name) + ": " + oneLine(value) + "\r\n")
		}
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// appendRecord appends one record as one gzip member.
func appendRecord(data, block []byte, fields ...string) []byte {
	var head bytes.Buffer
	head.WriteString("WARC/1.1\r\n")
	for f := range slices.Chunk(fields, 2) {
		fmt.Fprintf(&head, "%s: %s\r\n", f[0], oneLine(f[1]))
	}
	fmt.Fprintf(&head, "Content-Length: %d\r\n\r\n", len(block))
	out := bytes.NewBuffer(data)
	gz := gzip.NewWriter(out)
	for _, part := range [][]byte{head.Bytes(), block, []byte("\r\n\r\n")} {
		_, _ = gz.Write(part) // to a buffer, which takes all
	}
	_ = gz.Close()
	return out.Bytes()
}

// recordID names a record by what it holds (a version 8 UUID), so that equal input
// gives equal files.
func recordID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

func date(at time.Time) string {
	return at.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
}

// oneLine keeps what came from outside from making lines of its own.
func oneLine(s string) string {
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(s)
}
