package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// trip is what is noted on the way of one Get.
type trip struct {
	asked string
	hops  []warc.Exchange // each answer as it came, the last one last
	body  []byte          // content of the last hop
	ref   dealwatch.Ref   // of the last hop, where a tape gave it
	have  Validators      // of the page as it was read before
	bound *bound
	// probing is the budget at which this trip tries whether a refusal has ended.
	probing *budget
}

// bound ends a trip that takes too long. What it waits for its turns does not count: a
// site may ask for a long time between two requests.
type bound struct {
	timer *time.Timer
	left  time.Duration
	since time.Time
}

func newBound(d time.Duration, over func()) *bound {
	return &bound{timer: time.AfterFunc(d, over), left: d, since: time.Now()}
}

// pause stops the time until the function that it gives is called.
func (b *bound) pause() (goOn func()) {
	if b == nil || !b.timer.Stop() {
		return func() {}
	}
	b.left -= time.Since(b.since)
	return func() {
		b.since = time.Now()
		b.timer.Reset(max(b.left, 0))
	}
}

type tripKey struct{}

func withTrip(ctx context.Context, t *trip) context.Context {
	return context.WithValue(ctx, tripKey{}, t)
}

func tripOf(ctx context.Context) *trip {
	t, _ := ctx.Value(tripKey{}).(*trip)
	if t == nil {
		t = &trip{} // a request that is nobody's trip is not noted
	}
	return t
}

// visit sends one request through a collector of its own, and gives the decoded body.
//
// The collector is made by Init and not by NewCollector, which would let COLLY_*
// variables of the environment override what is set here. It is used once, since
// Colly marks an address as visited even when the visit failed. It has no limit
// rule, no cache and no robots.txt of Colly's own: the chain does better.
func (c *Client) visit(ctx context.Context, url string) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("colly failed: %v", p)
		}
	}()
	col := &colly.Collector{}
	col.Init()
	col.Context = ctx
	col.AllowURLRevisit = true
	col.MaxBodySize = 0      // it would cut; the chain fails instead
	col.SetRequestTimeout(0) // it would count the wait for our turn
	col.ParseHTTPErrorResponse = true
	col.WithTransport(c.chain)
	col.SetRedirectHandler(c.checkRedirect)
	if err := col.Visit(url); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, unwrapURL(err)
	}
	return tripOf(ctx).body, nil
}

// unwrapURL takes off the *url.Error, which repeats what a ReadError says.
func unwrapURL(err error) error {
	var re *dealwatch.ReadError
	if errors.As(err, &re) {
		return re
	}
	return err
}

const maxHops = 10

// checkRedirect lets a redirect lead to declared hosts only.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	moved := func(why string) *dealwatch.ReadError {
		status := 0
		if hops := tripOf(req.Context()).hops; len(hops) > 0 {
			status = hops[len(hops)-1].Status
		}
		return &dealwatch.ReadError{Outcome: dealwatch.Moved, Status: status,
			Err: fmt.Errorf("redirected to %s, %s", req.URL.Redacted(), why)}
	}
	if len(via) > maxHops {
		return moved(fmt.Sprintf("the end of more than %d redirects", maxHops))
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return moved("which is no address of a page")
	}
	host := strings.ToLower(req.URL.Hostname())
	if ip, err := netip.ParseAddr(host); !c.private && err == nil && !public(ip) {
		return moved("a private address")
	}
	if !c.hosts.declared(req.URL) {
		re := moved("a host that no source declares")
		if gatekeeper(req.URL) {
			re.Outcome = dealwatch.Blocked
			c.answered(req.Context(), via[len(via)-1].URL.String(), re)
		}
		return re
	}
	return nil
}
