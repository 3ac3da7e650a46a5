// Package crawl fetches pages. It is the only place that configures Colly: manners,
// limits and guards, for the network and for a replay alike.
//
// A request goes through a new Colly collector and down one chain of transports,
// outermost first:
//
//	decode    content encoding and charset, with a cap on the decoded size
//	record    notes each exchange as it came, for the archive; in a replay, the tape
//	          answers here and nothing below is reached
//	robots    robots.txt, for each hop
//	fetch     tries again what may pass; each try waits its turn at the host, and its
//	          body is read whole, with a cap on the size on the wire
//	base      http.Transport, which dials no private address
//
// What comes back is judged: only content is archived and returned with a body.
package crawl

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// Config is what a Client needs to know. Its zero value fetches nothing: no host is
// declared.
type Config struct {
	Hosts   []dealwatch.Host // those that may be read; one declared twice gets the stricter manners
	Product string           // "dealwatch/1.2.3"; "" stands for "dealwatch"
	Contact string           // mail address told to the sites; "" for none
	Archive *warc.Archive    // nil to keep nothing
	Tape    *warc.Tape       // answers instead of the network where it is set
	// AllowPrivate permits private, loopback and link-local addresses.
	AllowPrivate bool
	// Turns keeps the rates over all processes; nil for those of this client alone.
	Turns Turns
	// Robots keeps robots.txt files over all processes; nil for those of this client alone.
	Robots RobotsFiles
	// Patience is the longest silence of a server; 0 stands for 30 s. A body that comes
	// slower than a page should, or an answer that takes 20 times as long in all, is
	// given up too.
	Patience time.Duration
	Log      *slog.Logger      // nil for none
	Now      func() time.Time  // nil for time.Now
	Base     http.RoundTripper // nil for a transport with this package's guards
}

// Client fetches pages for all sources. Its methods may be called from several
// goroutines.
type Client struct {
	hosts   *hosts
	agent   agent
	archive *warc.Archive
	tape    *warc.Tape
	private bool
	turns   Turns
	robots  RobotsFiles
	silence time.Duration
	log     *slog.Logger
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	chain   http.RoundTripper
}

// New gives a client. It touches neither network nor disk.
func New(cfg Config) *Client {
	c := &Client{
		agent:   newAgent(cfg.Product, cfg.Contact),
		archive: cfg.Archive,
		tape:    cfg.Tape,
		private: cfg.AllowPrivate,
		turns:   cfg.Turns,
		robots:  cfg.Robots,
		silence: cfg.Patience,
		log:     cfg.Log,
		now:     cfg.Now,
		sleep:   sleep,
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.silence <= 0 {
		c.silence = 30 * time.Second
	}
	if c.turns == nil {
		c.turns = newOwnTurns(func() time.Time { return c.now() })
	}
	if c.robots == nil {
		c.robots = &ownRobots{now: func() time.Time { return c.now() }, kept: map[string]ownFile{}}
	}
	base := cfg.Base
	if base == nil {
		base = newTransport(cfg.AllowPrivate)
	}
	c.hosts = newHosts(cfg.Hosts)

	var source http.RoundTripper
	if c.tape != nil {
		source = player{c.tape}
	} else {
		source = &gate{client: c, next: &fetcher{client: c, base: base}}
	}
	c.chain = decoder{c, recorder{c, source}}
	return c
}

// Now is the time by the client's clock: that of the system for a nil client.
func (c *Client) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	return c.now()
}

// Log is where the sources that read through c say what is worth saying. A nil client
// has one that says nothing.
func (c *Client) Log() *slog.Logger {
	if c == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.log
}

// Get fetches one address, following redirects among the declared hosts. Its error
// is a *ReadError; the capture then still tells Status and Header where there was an
// answer, and has no Body. In a replay the outcome is Absent where the tape has no
// capture of the address. A trouble of our own is an error of another kind
// ([dealwatch.ErrOurs]): the archive or the store failed, and no site is to blame.
//
// What is content is in the archive when Get returns, redirects that led to it
// included. A refusal never is.
func (c *Client) Get(ctx context.Context, url string) (dealwatch.Capture, error) {
	capture, err := c.get(ctx, url)
	if err == nil {
		return capture, nil
	}
	capture.Body = nil
	if errors.Is(err, dealwatch.ErrOurs) {
		return capture, err
	}
	var re *dealwatch.ReadError
	if !errors.As(err, &re) {
		re = &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: err}
	}
	told := *re
	told.URL = url
	if told.Status == 0 {
		told.Status = capture.Status
	}
	return capture, &told
}

func (c *Client) get(ctx context.Context, url string) (dealwatch.Capture, error) {
	t := &trip{asked: url}
	if c.archive != nil && c.tape == nil {
		if err := c.archive.Ready(); err != nil {
			return dealwatch.Capture{URL: url, Final: url}, err
		}
	}
	cond := conditionOf(ctx, url)
	if cond != nil && c.tape == nil {
		t.have = cond.Have
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t.bound = newBound(c.most(), func() { cancel(errLong) })
	defer t.bound.timer.Stop()
	ctx = withTrip(ctx, t)
	body, err := c.visit(ctx, url)
	capture := dealwatch.Capture{URL: url, Final: url, Ref: t.ref}
	if n := len(t.hops); n > 0 {
		last := t.hops[n-1]
		capture.At, capture.Status, capture.Header = last.At, last.Status, last.Header
		capture.SHA256 = warc.SHA256(last.Body)
		if n > 1 {
			capture.Final = last.URL
		}
	}
	if err != nil {
		return capture, err
	}
	if capture.Status == http.StatusNotModified && !t.have.None() {
		c.answered(ctx, capture.Final, nil)
		return capture, unchanged()
	}
	capture.Body = body
	re := c.judge(capture)
	c.answered(ctx, capture.Final, re)
	if re != nil {
		return capture, re
	}
	if cond != nil && len(t.hops) == 1 {
		cond.Got = validatorsOf(capture.Header)
	}
	capture.Ref, err = c.keep(t)
	return capture, err
}

// most is the longest that a Get takes, all redirects and tries included, and its waits
// for a turn left out.
func (c *Client) most() time.Duration { return 60 * c.silence }

var errLong = errors.New("it took too long in all")

// keep puts a trip that ended in content into the archive.
func (c *Client) keep(t *trip) (ref dealwatch.Ref, err error) {
	if c.archive == nil {
		return t.ref, nil
	}
	for _, ex := range t.hops {
		if ref, err = c.archive.Keep(ex); err != nil {
			return ref, err
		}
	}
	return ref, nil
}

// Recorded decodes and judges a recorded exchange as Get does. A redirect is Moved,
// with its target in the header. The capture is filled even where the error, a
// *ReadError, is not nil, but then it has no Body. Nothing is archived.
func (c *Client) Recorded(ex warc.Exchange, ref dealwatch.Ref) (dealwatch.Capture, error) {
	capture := dealwatch.Capture{
		URL: ex.URL, Final: ex.URL, At: ex.At,
		Status: ex.Status, Header: ex.Header,
		SHA256: warc.SHA256(ex.Body), Ref: ref,
	}
	body, _, err := decode(ex, c.hosts.of(ex.URL).limit(ex.Header))
	var re *dealwatch.ReadError
	if err == nil {
		capture.Body = body
		if re = c.judge(capture); re == nil {
			return capture, nil
		}
	} else if !errors.As(err, &re) {
		re = &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: err}
	}
	capture.Body = nil
	told := *re
	told.URL, told.Status = ex.URL, ex.Status
	return capture, &told
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
