package crawl

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

// toUTF8 decodes HTML or plain text: by its byte order mark, else as the header
// says, else as the page says, else as UTF-8 where it is that, else as Windows-1252.
// A page that is said to be UTF-8 and mostly is not is decoded as the rest says.
func toUTF8(b []byte, header, media string) []byte {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return bytes.ToValidUTF8(b[3:], []byte("\uFFFD"))
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return decodeAs(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), b)
	}
	_, params, _ := mime.ParseMediaType(header)
	for _, stated := range []func() string{func() string { return params["charset"] }, func() string { return metaCharset(b, media) }} {
		enc, name := charset.Lookup(stated())
		if enc == nil {
			continue
		}
		if name != "utf-8" {
			return decodeAs(enc, b)
		}
		if utf8.Valid(b) {
			return b
		}
		if mostlyUTF8(b) {
			return bytes.ToValidUTF8(b, []byte("\uFFFD"))
		}
	}
	if utf8.Valid(b) {
		return b
	}
	if mostlyUTF8(b) {
		return bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	enc, _ := charset.Lookup("windows-1252")
	return decodeAs(enc, b)
}

func decodeAs(enc encoding.Encoding, b []byte) []byte {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		out = b
	}
	return bytes.ToValidUTF8(out, []byte("\uFFFD"))
}

// metaCharset is the charset that an HTML page or an XML declaration names in its
// first bytes; "" for none.
func metaCharset(b []byte, media string) string {
	head := bytes.ToLower(b[:min(len(b), 2048)])
	if !isHTML(media) {
		return ""
	}
	if bytes.HasPrefix(head, []byte("<?xml")) {
		decl, _, _ := bytes.Cut(head, []byte("?>"))
		if _, after, ok := bytes.Cut(decl, []byte("encoding")); ok {
			return label(after)
		}
	}
	for {
		_, after, ok := bytes.Cut(head, []byte("<meta"))
		if !ok {
			return ""
		}
		tag, rest, _ := bytes.Cut(after, []byte(">"))
		if _, value, ok := bytes.Cut(tag, []byte("charset")); ok {
			return label(value)
		}
		head = rest
	}
}

// label takes the word after an equals sign.
func label(after []byte) string {
	s := strings.TrimLeft(string(after), " \t\r\n")
	s, ok := strings.CutPrefix(s, "=")
	if !ok {
		return ""
	}
	s = strings.TrimLeft(s, " \t\r\n\"'")
	if i := strings.IndexAny(s, " \t\r\n\"';/>?"); i >= 0 {
		s = s[:i]
	}
	if strings.HasPrefix(s, "utf-16") { // a page whose meta can be read is none
		return "utf-8"
	}
	return s
}

// mostlyUTF8 is true for UTF-8, and for UTF-8 with a few bytes damaged.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		_, n := utf8.DecodeRune(b)
		if n == 1 {
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return bad == 0 || good > 4*bad
}
