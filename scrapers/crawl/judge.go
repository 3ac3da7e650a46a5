package crawl

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/dealwatch/dealwatch"
)

// judge tells content from everything else. The host's own judge speaks first.
func (c *Client) judge(capture dealwatch.Capture) *dealwatch.ReadError {
	host := c.hosts.of(capture.Final)
	for _, judge := range host.judges {
		if re := judge(capture); re != nil {
			if re.RetryAfter == 0 {
				re.RetryAfter = retryAfter(capture.Header, capture.At)
			}
			return re
		}
	}
	re := judgeAny(capture)
	if re != nil {
		re.Status = capture.Status
		re.RetryAfter = retryAfter(capture.Header, capture.At)
	}
	return re
}

// judgeAny holds the rules that hold for any host.
func judgeAny(capture dealwatch.Capture) *dealwatch.ReadError {
	say := func(o dealwatch.Outcome, why string) *dealwatch.ReadError {
		return &dealwatch.ReadError{Outcome: o, Err: errors.New(why)}
	}
	media := mediaType(capture.Header.Get("Content-Type"), capture.Body)
	if why := challenged(capture.Header); why != "" {
		return say(dealwatch.Blocked, why)
	}
	if isHTML(media) {
		if why := refusal(capture.Body); why != "" {
			return say(dealwatch.Blocked, why)
		}
		if why := outage(capture.Body); why != "" && capture.Status < 300 {
			return say(dealwatch.Failed, why)
		}
	}
	switch status := capture.Status; {
	case status == http.StatusNotFound, status == http.StatusGone:
		return say(dealwatch.Gone, "the publisher has no such page")
	case status == 401, status == 403, status == 407, status == 451:
		return say(dealwatch.Blocked, "the server refused")
	case status == http.StatusTooManyRequests:
		return say(dealwatch.Failed, "the server asks for fewer requests")
	case status == http.StatusAccepted:
		return say(dealwatch.Blocked, "the server only took note of the request, as one does that wants proof of a browser first")
	case status == http.StatusPartialContent:
		return say(dealwatch.Truncated, "a part came that was not asked for")
	case status >= 300 && status < 400 && capture.Header.Get("Location") != "":
		if to, err := url.Parse(capture.Header.Get("Location")); err == nil && gatekeeper(to) {
			return say(dealwatch.Blocked, fmt.Sprintf("redirected to a gate, %q", to.Redacted()))
		}
		return say(dealwatch.Moved, fmt.Sprintf("redirected to %q", capture.Header.Get("Location")))
	case status >= 500:
		return say(dealwatch.Failed, "the server failed")
	case status < 200 || status >= 300:
		return say(dealwatch.Failed, "the server did not accept the request")
	case len(capture.Body) == 0:
		return say(dealwatch.Empty, "an answer without a body")
	case isHTML(media) && wantsJSON(capture.URL):
		return say(dealwatch.Blocked, "an HTML page came where JSON was asked for")
	}
	if why := mistyped(media, capture); why != "" {
		return say(dealwatch.Unparsed, why)
	}
	if why := cut(media, capture.Final, capture.Body); why != "" {
		return say(dealwatch.Truncated, why)
	}
	if readable(media) && controls(capture.Body) {
		return say(dealwatch.Unparsed, "binary data came where text was expected")
	}
	return nil
}

// mistyped says why an answer of that type is no document: it holds no text, or is
// not what it says it is. A file whose page calls it HTML is told by its bytes.
func mistyped(media string, capture dealwatch.Capture) string {
	kind, _, _ := strings.Cut(media, "/")
	switch isPDF := bytes.Contains(capture.Body[:min(len(capture.Body), 1024)], []byte("%PDF-")); {
	case kind == "image" || kind == "audio" || kind == "video" || kind == "font":
		return fmt.Sprintf("an answer of the type %q, which holds no text", media)
	case media == pdf && !isPDF:
		return "an answer that says it is a PDF, and is none"
	case isHTML(media) && bytes.HasPrefix(capture.Body, []byte("%PDF-")) && !isFile(capture.URL) && !isFile(capture.Final):
		return "a PDF came where a page was asked for"
	case isHTML(media) && !isPDF && (namesPDF(capture.URL) || namesPDF(capture.Final)):
		return "a page came where a PDF was asked for"
	}
	return ""
}

// isFile reports whether an address is that of a file, whatever type it comes as.
func isFile(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	name := path.Base(u.Path)
	return namesPDF(address) || name == "dl" || name == "download"
}

// namesPDF reports whether an address is that of a PDF by its name.
func namesPDF(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(path.Ext(u.Path), ".pdf")
}

func readable(media string) bool {
	return isText(media) || strings.HasSuffix(media, "xml") || strings.HasSuffix(media, "json")
}

// controls is true for bytes that are no text. Real texts hold some control characters:
// the Federal Register's of before 2021 have up to one in a hundred bytes.
func controls(b []byte) bool {
	n, most := 0, len(b)/20
	for ; len(b) >= 8; b = b[8:] {
		// Of most eight bytes none is below a space: then no carry comes out of any.
		const ones = 0x0101010101010101
		if x := binary.LittleEndian.Uint64(b); (x-' '*ones)&^x&(0x80*ones) == 0 {
			continue
		}
		for _, c := range b[:8] {
			n += int(control[c])
		}
	}
	for _, c := range b {
		n += int(control[c])
	}
	return n > most
}

// control has 1 for the characters that are none of a text.
var control = func() (t [256]uint8) {
	for c := range byte(' ') {
		if c != '\t' && c != '\n' && c != '\r' && c != '\f' {
			t[c] = 1
		}
	}
	return t
}()

func wantsJSON(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (strings.HasSuffix(u.Path, ".json") || strings.Contains(u.Path, "/api/"))
}

// pageTitle is the text of the first title element, white space folded.
func pageTitle(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "title" && z.Next() == html.TextToken {
				return folded(z.Raw())
			}
		}
	}
}

// folded is the text of markup with its white space folded.
func folded(markup []byte) string {
	return strings.Join(strings.Fields(html.UnescapeString(string(markup))), " ")
}

// mostAsked is the longest that a host is left alone because it says so.
const mostAsked = 24 * time.Hour

// retryAfter is how long a host is left alone because its server asks for it.
func retryAfter(h http.Header, now time.Time) time.Duration {
	return min(wished(h, now), mostAsked)
}

// wished is the time that a server asks to be left alone, 0 where it asks nothing. A
// date is taken by the server's own clock, where it tells that.
func wished(h http.Header, now time.Time) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return time.Duration(min(n, 1<<30)) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		return max(0, at.Sub(now))
	}
	return 0
}
