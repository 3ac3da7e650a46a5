package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// content is an answer as it is sent, made once for all requests.
type content struct {
	mediaType string
	policy    string
	modified  time.Time
	plain     body
	gzip      body
}

// body is one encoding of a content.
type body struct {
	bytes   []byte
	tag     string
	headers []header
	always  int // how many of them a 304 has too
}

// header is kept as net/http wants it, so that a request makes none anew.
type header struct {
	name   string
	values []string
}

const (
	feedPolicy = "default-src 'none'; style-src 'self'; sandbox"
	pagePolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

func newContent(mediaType, policy string, b []byte, modified time.Time) *content {
	z := compress(b)
	c := &content{mediaType: mediaType, policy: policy, modified: modified.UTC().Truncate(time.Second)}
	c.plain = c.body(b, "")
	c.gzip = c.body(z, "gzip")
	return c
}

// writers compress; each takes some 800 kB, which the next one uses again.
var writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func compress(b []byte) []byte {
	var z bytes.Buffer
	z.Grow(len(b)/4 + 100)
	zw := writers.Get().(*gzip.Writer)
	defer writers.Put(zw)
	zw.Reset(&z)
	_, _ = zw.Write(b) // a bytes.Buffer takes everything
	_ = zw.Close()
	return bytes.Clone(z.Bytes()) // without what the buffer has to spare
}

func (c *content) body(b []byte, encoding string) body {
	sum := sha256.Sum256(b)
	out := body{bytes: b, tag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	set := func(name, value string) { out.headers = append(out.headers, header{name, []string{value}}) }
	set("Etag", out.tag)
	set("Last-Modified", c.modified.Format(http.TimeFormat))
	set("Cache-Control", "public, max-age=300")
	set("Vary", "Accept-Encoding")
	set("Content-Security-Policy", c.policy)
	set("X-Content-Type-Options", "nosniff")
	set("Referrer-Policy", "no-referrer")
	out.always = len(out.headers)
	set("Content-Type", c.mediaType)
	set("Content-Length", strconv.Itoa(len(b)))
	if encoding != "" {
		set("Content-Encoding", encoding)
	}
	return out
}

// of is the content as of a date.
func (c *content) of(at time.Time) *content {
	if at.Equal(c.modified) {
		return c
	}
	now := *c
	now.modified = at
	for _, b := range []*body{&now.plain, &now.gzip} {
		b.headers = slices.Clone(b.headers)
		for i, h := range b.headers {
			if h.name == "Last-Modified" {
				b.headers[i].values = []string{at.Format(http.TimeFormat)}
			}
		}
	}
	return &now
}

// serve answers a GET or HEAD.
func (c *content) serve(w http.ResponseWriter, r *http.Request) {
	b := &c.plain
	if takesGzip(r.Header["Accept-Encoding"]) {
		b = &c.gzip
	}
	headers, status := b.headers, http.StatusOK
	if c.unchanged(r) {
		headers, status = headers[:b.always], http.StatusNotModified
	}
	to := w.Header()
	for _, h := range headers {
		to[h.name] = h.values
	}
	w.WriteHeader(status)
	if status == http.StatusOK && r.Method != http.MethodHead {
		sendsWhole(r.Context(), len(b.bytes))
		_, _ = w.Write(b.bytes) // an error here is the client's
	}
}

// unchanged reports whether the client has these bytes already, in either encoding.
// If-None-Match is the better witness: where it is there, dates do not count.
func (c *content) unchanged(r *http.Request) bool {
	if tags, ok := r.Header["If-None-Match"]; ok {
		return hasTag(strings.Join(tags, ","), c.plain.tag, c.gzip.tag)
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !c.modified.After(since)
}

// hasTag reports whether an If-None-Match list holds one of the tags, or is a star.
// A list that cannot be parsed to its end matches nothing.
func hasTag(list string, tags ...string) bool {
	const space = " \t"
	list = strings.Trim(list, space)
	if list == "*" {
		return true
	}
	found := false
	for list = strings.TrimLeft(list, space+","); list != ""; list = strings.TrimLeft(list, space+",") {
		list = strings.TrimPrefix(list, "W/")
		if list == "" || list[0] != '"' {
			return false
		}
		end := strings.IndexByte(list[1:], '"')
		if end < 0 {
			return false
		}
		found = found || slices.Contains(tags, list[:end+2])
		list = strings.TrimLeft(list[end+2:], space)
		if list != "" && list[0] != ',' {
			return false
		}
	}
	return found
}

// takesGzip reports whether an Accept-Encoding asks for gzip.
func takesGzip(fields []string) bool {
	star := false
	for _, field := range fields {
		for item := range strings.SplitSeq(field, ",") {
			name, params, _ := strings.Cut(item, ";")
			wanted := true
			if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q="); ok {
				v, err := strconv.ParseFloat(q, 64)
				wanted = err == nil && v > 0
			}
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "gzip", "x-gzip":
				return wanted
			case "*":
				star = wanted
			}
		}
	}
	return star
}
