package crawl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/temoto/robotstxt"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

const (
	robotsLife = 24 * time.Hour
	robotsKept = 30 * 24 * time.Hour // how long the last one holds for a host whose own cannot be had
	robotsWait = 10 * time.Minute    // after a robots.txt that could not be had
	robotsHops = 5
	robotsMost = 500 << 10 // what stands below is not read
)

// LongestDelay is the longest crawl-delay at which a host is read. One that asks for a
// longer one is not read at all, and that is told as a refusal.
const LongestDelay = time.Hour

// RobotsFiles keeps what hosts' robots.txt say. A store implements it, so that runs that
// follow one another do not all read them; without one a client keeps its own.
type RobotsFiles interface {
	// Robots gives what is kept of a host, nothing but its name where nothing is.
	Robots(ctx context.Context, host string) (dealwatch.Robots, error)
	// SetRobots keeps what a try gave: an answer or, where Err is set, none. The answer
	// before is kept then.
	SetRobots(ctx context.Context, r dealwatch.Robots) error
}

// ownRobots keeps the files of one client.
type ownRobots struct {
	now  func() time.Time
	mu   sync.Mutex
	kept map[string]ownFile
}

type ownFile struct {
	dealwatch.Robots
	read, failed time.Time
}

func (o *ownRobots) Robots(_ context.Context, host string) (dealwatch.Robots, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.kept[host]
	f.Host, f.Age, f.Failed = host, o.now().Sub(f.read), o.now().Sub(f.failed)
	return f.Robots, nil
}

func (o *ownRobots) SetRobots(_ context.Context, r dealwatch.Robots) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.kept[r.Host]
	if f.Err = r.Err; r.Err == "" {
		f.Robots, f.read = r, o.now()
	} else {
		f.failed = o.now()
	}
	o.kept[r.Host] = f
	return nil
}

// robots is what a host's robots.txt says to us.
type robots struct {
	turn  chan struct{} // holds a token while somebody looks it up
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
	if group != nil && group.CrawlDelay > LongestDelay {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Blocked,
			Err: fmt.Errorf("robots.txt of %s asks for %s between two requests: at more than %s its pages cannot be followed, and none is read",
				req.URL.Host, group.CrawlDelay, LongestDelay)}
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
//
// As RFC 9309 has it, a host that says that there is no robots.txt, or refuses it, allows
// all; one whose robots.txt cannot be had for a failure allows nothing, unless one is
// kept that was read in the last thirty days, which then goes on to hold.
func (g *gate) group(ctx context.Context, h *host, u *url.URL) (*robotstxt.Group, error) {
	goOn := tripOf(ctx).bound.pause()
	select {
	case h.robots.turn <- struct{}{}:
		goOn()
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
	at := u.Scheme + "://" + u.Host
	kept, err := g.client.robots.Robots(ctx, at)
	if err != nil {
		return nil, err
	}
	if kept.Status != 0 && kept.Age < robotsLife {
		return g.hold(h, kept, robotsLife-kept.Age), nil
	}
	if kept.Err != "" && kept.Failed < robotsWait {
		return g.without(h, kept, errors.New(kept.Err), robotsWait-kept.Failed)
	}
	fresh, err := g.read(ctx, at)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, dealwatch.ErrOurs) {
		return nil, err
	}
	if err == nil {
		g.keep(ctx, fresh)
		return g.hold(h, fresh, robotsLife), nil
	}
	var cause *dealwatch.ReadError
	if errors.As(err, &cause) && cause.RetryAfter > 0 || h.trouble.at(g.client.now()) != nil {
		// The host is closed or down: what it has is not known, and its own time to wait counts.
		return nil, noRobots(u.Host, err, robotsWait)
	}
	fresh.Err = err.Error()
	if cause != nil && cause.Err != nil {
		fresh.Err = cause.Err.Error()
	}
	g.keep(ctx, fresh)
	return g.without(h, kept, err, robotsWait)
}

// hold takes over a robots.txt for a time.
func (g *gate) hold(h *host, f dealwatch.Robots, d time.Duration) *robotstxt.Group {
	r := &h.robots
	r.group, r.err, r.until = groupOf(f, g.client.agent.token), nil, g.client.now().Add(d)
	if r.group != nil && r.group.CrawlDelay <= LongestDelay {
		h.budget.slower(r.group.CrawlDelay)
	}
	return r.group
}

// groupOf gives the rules for an agent, nil for none.
func groupOf(f dealwatch.Robots, agent string) *robotstxt.Group {
	if f.Status != http.StatusOK {
		return nil
	}
	data, err := robotstxt.FromString(parseable(f.Body))
	if err != nil {
		return nil // no robots.txt at all, an HTML page perhaps
	}
	return data.FindGroup(agent)
}

// parseable drops the lines that the library would give up the whole file for. RFC 9309,
// section 2.3.1.1: what can be parsed is heeded.
func parseable(robots string) string {
	grouped := false
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(robots), "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool {
		field, value, _ := strings.Cut(strings.TrimPrefix(line, "\ufeff"), ":")
		value, _, _ = strings.Cut(value, "#")
		switch strings.ToLower(strings.TrimSpace(field)) {
		case "user-agent", "useragent":
			grouped = true
		case "allow", "disallow":
			return !grouped
		case "crawl-delay", "crawldelay":
			delay, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return !grouped || err != nil || !(delay >= 0 && delay <= maxCrawlDelay)
		}
		return false
	}), "\n")
}

// maxCrawlDelay is the most seconds that are taken for a delay and not for a slip.
const maxCrawlDelay = 1e9

// DelayOf is the least time between two requests that a robots.txt asks of a product.
func DelayOf(f dealwatch.Robots, product string) time.Duration {
	group := groupOf(f, newAgent(product, "").token)
	if group == nil {
		return 0
	}
	return group.CrawlDelay
}

// without is what holds for a time where robots.txt could not be had.
func (g *gate) without(h *host, kept dealwatch.Robots, err error, d time.Duration) (*robotstxt.Group, error) {
	if kept.Status != 0 && kept.Age < robotsKept {
		return g.hold(h, kept, d), nil
	}
	re := noRobots(h.name, err, d)
	h.robots.group, h.robots.err, h.robots.until = nil, re, g.client.now().Add(d)
	return nil, re
}

// noRobots is the error of a host whose robots.txt could not be had.
func noRobots(host string, err error, wait time.Duration) *dealwatch.ReadError {
	re := &dealwatch.ReadError{Outcome: dealwatch.Failed, RetryAfter: wait}
	var cause *dealwatch.ReadError
	if errors.As(err, &cause) {
		re.Outcome, err = cause.Outcome, cause.Err
		if cause.RetryAfter > 0 {
			re.RetryAfter = cause.RetryAfter
		}
	}
	re.Err = fmt.Errorf("read robots.txt of %s, without which nothing is read: %w", host, err)
	return re
}

func (g *gate) keep(ctx context.Context, r dealwatch.Robots) {
	if err := g.client.robots.SetRobots(ctx, r); err != nil {
		g.client.log.Error("robots.txt not kept", "path", r.Host, "err", err)
	}
}

// read gets a robots.txt. Its error says that it could not be had.
func (g *gate) read(ctx context.Context, host string) (dealwatch.Robots, error) {
	none := func(status int) dealwatch.Robots { return dealwatch.Robots{Host: host, Status: status} }
	at, err := url.Parse(host + "/robots.txt")
	if err != nil {
		return none(0), err
	}
	for range robotsHops {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return none(0), err
		}
		res, err := g.next.RoundTrip(g.client.agent.sign(req))
		if err != nil {
			return none(0), err
		}
		raw, _ := drain(res.Body)
		_ = res.Body.Close() // in memory
		switch status := res.StatusCode; {
		case status >= 500 || status == http.StatusTooManyRequests:
			return none(0), fmt.Errorf("the server answered %d", status)
		case status >= 300 && status < 400:
			to, err := at.Parse(res.Header.Get("Location"))
			if err == nil && g.client.hosts.declared(to) {
				at = to
				continue
			}
			return none(status), nil // moved to nowhere is as good as none
		case status != http.StatusOK:
			return none(status), nil
		}
		body, _, err := decode(warc.Exchange{URL: at.String(), Status: res.StatusCode, Header: res.Header, Body: raw}, defaultBody)
		if err != nil {
			return none(0), err
		}
		return dealwatch.Robots{Host: host, Status: http.StatusOK, Body: string(beginning(body))}, nil
	}
	return none(http.StatusLoopDetected), nil
}

// beginning is as much of a robots.txt as is read: whole lines.
func beginning(body []byte) []byte {
	if len(body) <= robotsMost {
		return body
	}
	return body[:bytes.LastIndexByte(body[:robotsMost], '\n')+1]
}
