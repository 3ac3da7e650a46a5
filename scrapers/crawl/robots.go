package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/temoto/robotstxt"

	"github.com/dealwatch/dealwatch"
)

const (
	robotsLife   = 24 * time.Hour
	robotsWait   = 10 * time.Minute // after a robots.txt that could not be had
	robotsHops   = 5
	robotsMost   = 512 << 10       // what stands below is not read
	maxCrawlWait = 5 * time.Minute // a longer crawl-delay is taken for a mistake
)

// robots is what a host's robots.txt says to us.
type robots struct {
	turn  chan struct{} // holds a token while somebody reads the file
	group *robotstxt.Group
	err   *dealwatch.ReadError // why nothing may be read
	until time.Time
}

// gate lets a request pass that robots.txt allows. It stands below the redirects,
// so that each hop is asked about.
type gate struct {
	client *Client
	next   *fetcher
}

func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	h := g.client.hosts.find(req.URL)
	if h == nil || exempt(h, req.URL) {
		return g.next.RoundTrip(req)
	}
	group, err := g.group(req.Context(), h, req.URL)
	if err != nil {
		return nil, err
	}
	if group != nil && !group.Test(req.URL.RequestURI()) {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Blocked,
			Err: fmt.Errorf("robots.txt of %s disallows it", req.URL.Host)}
	}
	return g.next.RoundTrip(req)
}

// exempt is true for a path of an interface that the agency documents for programs.
func exempt(h *host, u *url.URL) bool {
	for _, prefix := range h.exempt {
		if strings.HasPrefix(u.EscapedPath(), prefix) {
			return true
		}
	}
	return false
}

// group gives the rules for us, which are read once a day by one caller while the
// others wait. It is nil where there are none.
func (g *gate) group(ctx context.Context, h *host, u *url.URL) (*robotstxt.Group, error) {
	select {
	case h.robots.turn <- struct{}{}:
		defer func() { <-h.robots.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r := &h.robots
	now := g.client.now()
	if now.Before(r.until) {
		if r.err != nil {
			told := *r.err
			told.RetryAfter = r.until.Sub(now)
			return nil, &told
		}
		return r.group, nil
	}
	group, err := g.read(ctx, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		re := &dealwatch.ReadError{Outcome: dealwatch.Failed, RetryAfter: robotsWait}
		var cause *dealwatch.ReadError
		closedBudget := errors.As(err, &cause) && cause.RetryAfter > 0
		if cause != nil {
			re.Outcome, err = cause.Outcome, cause.Err
			if cause.RetryAfter > 0 {
				re.RetryAfter = cause.RetryAfter
			}
		}
		re.Err = fmt.Errorf("read robots.txt of %s, without which nothing is read: %w", u.Host, err)
		// Where the host is down or has refused, its own time to wait counts.
		if now = g.client.now(); h.trouble.at(now) == nil && !closedBudget {
			r.group, r.err, r.until = nil, re, now.Add(robotsWait)
		}
		return nil, re
	}
	r.group, r.err, r.until = group, nil, g.client.now().Add(robotsLife)
	if group != nil {
		h.budget.slower(min(group.CrawlDelay, maxCrawlWait))
	}
	return group, nil
}

// read gets a robots.txt. One that the server refuses or has not allows all, as RFC
// 9309 has it; one that cannot be had for a failure allows nothing.
func (g *gate) read(ctx context.Context, at *url.URL) (*robotstxt.Group, error) {
	for range robotsHops {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, err
		}
		res, err := g.next.RoundTrip(g.client.agent.sign(req))
		if err != nil {
			return nil, err
		}
		got := g.next.peek(res)
		_ = res.Body.Close() // in memory
		switch {
		case got.Status >= 500 || got.Status == http.StatusTooManyRequests:
			return nil, fmt.Errorf("the server answered %d", got.Status)
		case got.Status >= 300 && got.Status < 400:
			to, err := at.Parse(got.Header.Get("Location"))
			if err == nil && g.client.hosts.declared(to) {
				at = to
				continue
			}
			return nil, nil // moved to nowhere is as good as none
		case got.Status != http.StatusOK:
			return nil, nil
		}
		data, err := robotstxt.FromBytes(got.Body[:min(len(got.Body), robotsMost)])
		if err != nil {
			return nil, nil //nolint:nilerr // no robots.txt at all, an HTML page perhaps
		}
		return data.FindGroup(g.client.agent.token), nil
	}
	return nil, nil
}
