package edgar

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

var (
	noFile = regexp.MustCompile(`<Error>\s*<Code>(AccessDenied|NoSuchKey)</Code>`)
	notice = regexp.MustCompile(`(?i)<title>\s*SEC\.gov \| ([^<]*)</title>`)
)

// judge tells the SEC's refusals from content. Their titles are asked for and not
// their status: people have kept a block page for an index file because it was a 200.
func judge(c dealwatch.Capture) *dealwatch.ReadError {
	head := c.Body[:min(len(c.Body), 4096)]
	refuse := func(o dealwatch.Outcome, after time.Duration, why string) *dealwatch.ReadError {
		return &dealwatch.ReadError{Outcome: o, URL: c.URL, Status: c.Status, Capture: c.Ref, RetryAfter: after, Err: errors.New(why)}
	}
	// The storage behind the archive refuses what it does not hold; it is no ban.
	if m := noFile.FindSubmatch(head); m != nil {
		return refuse(dealwatch.Gone, 0, fmt.Sprintf("there is no such file (%s)", m[1]))
	}
	m := notice.FindSubmatch(head)
	if m == nil {
		return nil
	}
	switch title := string(m[1]); {
	case strings.Contains(title, "Undeclared Automated Tool"):
		return refuse(dealwatch.Blocked, 0, "the SEC takes us for an undeclared tool: set a contact address")
	case strings.Contains(title, "Request Rate Threshold Exceeded"):
		return refuse(dealwatch.Blocked, 10*time.Minute, "more requests than the SEC allows from this address, over all its machines")
	case strings.Contains(title, "File Unavailable"):
		if start := startOf(c.URL); start > 0 {
			return refuse(dealwatch.Gone, 0, fmt.Sprintf("the list ends before entry %d", start))
		}
		return refuse(dealwatch.Failed, 0, "the SEC's site is not available")
	}
	return nil
}

// refused is the error that c stands for where it is no content, or nil. It must do
// without a body: a capture that was refused has lost it.
func refused(c dealwatch.Capture) error {
	if e := judge(c); e != nil {
		return e
	}
	outcome, why := dealwatch.OK, http.StatusText(c.Status)
	switch {
	case c.Status == http.StatusServiceUnavailable && startOf(c.URL) > 0:
		outcome, why = dealwatch.Gone, fmt.Sprintf("the list ends before entry %d", startOf(c.URL))
	case c.Status == http.StatusForbidden && strings.HasSuffix(c.Header.Get("Content-Type"), "xml"):
		outcome, why = dealwatch.Gone, "there is no such file"
	case c.Status == http.StatusNotFound, c.Status == http.StatusGone:
		outcome = dealwatch.Gone
	case c.Status == http.StatusForbidden, c.Status == http.StatusUnauthorized, c.Status == http.StatusTooManyRequests:
		outcome = dealwatch.Blocked
	case c.Status >= 400:
		outcome = dealwatch.Failed
	case c.Status >= 300:
		outcome = dealwatch.Moved
	case c.Body == nil && strings.HasPrefix(c.Header.Get("Content-Type"), "text/html"):
		outcome, why = dealwatch.Blocked, "a page that is none of the archive's"
	case len(c.Body) == 0:
		outcome, why = dealwatch.Empty, "the answer has no body"
	}
	if outcome == dealwatch.OK {
		return nil
	}
	return &dealwatch.ReadError{Outcome: outcome, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: errors.New(why)}
}

// startOf is how many entries of getcurrent an address skips; 0 for any other address.
func startOf(address string) int {
	u, err := url.Parse(address)
	if err != nil || u.Path != currentPath {
		return 0
	}
	n, err := strconv.Atoi(u.Query().Get("start"))
	if err != nil {
		return 0
	}
	return max(n, 0)
}
