package crawl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

const (
	tries      = 3
	firstPause = time.Second      // most before the second try; doubled for each further one
	maxPause   = 60 * time.Second // a server that asks for longer is asked again by a later poll
	idleTime   = 30 * time.Second // between two reads of a body
	downFor    = 2 * time.Minute  // nothing is tried at a host that could not be reached
)

// fetcher sends a request, again where it failed in a way that may pass. Its answers
// have their whole body in memory: a body that breaks off is a reason to try again,
// which is why the cap on its length on the wire stands here.
type fetcher struct {
	client *Client
	base   http.RoundTripper
	idle   time.Duration // most between two reads of a body
}

func (f *fetcher) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	h := f.client.hosts.find(req.URL)
	if h == nil {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Moved,
			Err: fmt.Errorf("no source declares the host %s", req.URL.Host)}
	}
	if re := h.trouble.at(f.client.now()); re != nil {
		return nil, re
	}
	if re := h.budget.refused.at(f.client.now()); re != nil {
		return nil, re
	}
	reached := true
	for try := 1; ; try++ {
		// A try that did not reach the host took no turn there.
		if reached {
			if err := h.budget.limiter.Wait(ctx); err != nil {
				return nil, err
			}
		}
		res, err := f.once(req, h)
		reached = !unreachable(err)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		pause, again := f.again(h, res, err, try)
		if !again {
			return res, f.failed(h, err)
		}
		f.client.log.Debug("try again", "path", req.URL.Redacted(), "err", err)
		if err := f.client.sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// once sends the request a single time and reads the whole answer.
func (f *fetcher) once(req *http.Request, h *host) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	defer cancel(nil)
	res, err := f.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // what matters was read by then, or is an error
	limit := h.limit()
	if res.ContentLength > limit {
		return nil, tooLong(limit)
	}
	idle := time.AfterFunc(f.idle, func() { cancel(errIdle) })
	defer idle.Stop()
	body, err := io.ReadAll(io.LimitReader(resetting{res.Body, idle, f.idle}, limit+1))
	switch {
	case int64(len(body)) > limit:
		return nil, tooLong(limit)
	case errors.Is(context.Cause(ctx), errIdle):
		return nil, truncated("the body stopped after %d bytes", len(body))
	case err != nil:
		return nil, truncated("the body broke off after %d bytes: %v", len(body), err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

var errIdle = errors.New("idle for too long")

// resetting puts off the idle timer with each read.
type resetting struct {
	io.Reader
	timer *time.Timer
	idle  time.Duration
}

func (r resetting) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.timer.Reset(r.idle)
	return n, err
}

// again says whether and when a further try makes sense. A refusal is never asked
// again, nor is an answer that the host's judge takes for something else than a
// failure: an SEC page ends its list with a 503.
func (f *fetcher) again(h *host, res *http.Response, err error, try int) (time.Duration, bool) {
	if try >= tries {
		return 0, false
	}
	pause := rand.N(firstPause << (try - 1))
	if err != nil {
		return pause, transient(err)
	}
	switch res.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return 0, false
	}
	if re := f.client.judge(f.peek(res)); re != nil && re.Outcome != dealwatch.Failed {
		return 0, false
	}
	if asked := retryAfter(res.Header, f.client.now()); asked > 0 {
		return asked, asked <= maxPause
	}
	return pause, true
}

// peek gives an answer as the judges want it, without using it up.
func (f *fetcher) peek(res *http.Response) dealwatch.Capture {
	raw, _ := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(raw))
	url := res.Request.URL.String()
	body, _, _ := decode(warc.Exchange{URL: url, Status: res.StatusCode, Header: res.Header, Body: raw},
		f.client.hosts.of(url).limit())
	return dealwatch.Capture{URL: url, Final: url, At: f.client.now(), Status: res.StatusCode, Header: res.Header, Body: body}
}

// transient is true for failures that may pass at once. A host that did not answer
// the dial in time is not dialled again: without a network that would take minutes.
func transient(err error) bool {
	var re *dealwatch.ReadError
	if errors.As(err, &re) {
		return re.Outcome == dealwatch.Truncated && !errors.Is(err, errTooLong)
	}
	var pe privateError
	if errors.As(err, &pe) {
		return false
	}
	var ne net.Error
	return !errors.As(err, &ne) || !ne.Timeout()
}

// failed makes an error of the network a ReadError, and marks the host as down
// where it could not even be reached.
func (f *fetcher) failed(h *host, err error) error {
	if err == nil {
		return nil
	}
	var re *dealwatch.ReadError
	if errors.As(err, &re) {
		return re
	}
	re = &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: err}
	if unreachable(err) {
		h.trouble.set(f.client.now().Add(downFor), re)
	}
	return re
}

// unreachable is true for an error from before the host was reached.
func unreachable(err error) bool {
	var oe *net.OpError
	return errors.As(err, &oe) && (oe.Op == "dial" || oe.Op == "proxyconnect")
}
