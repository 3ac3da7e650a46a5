package crawl

import (
	"bytes"
	"context"
	"crypto/tls"
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
	tries       = 3
	pace        = 1 << 10         // bytes a second, below which a body is given up
	maxRedirect = 1 << 20         // bytes of a redirect's body: a trip keeps all of its hops
	downFor     = 2 * time.Minute // nothing is tried at a host that could not be reached
	maxStrikes  = 3               // requests that failed one after another make a host count as down
)

// firstPause is the most before the second try, a second by default; it is doubled for
// each further one.
func (c *Client) firstPause() time.Duration { return max(c.silence/30, 1) }

// maxPause is the longest pause. A server that asks for longer is asked again by a
// later poll.
func (c *Client) maxPause() time.Duration { return 2 * c.silence }

// fetcher sends a request, again where it failed in a way that may pass. Its answers
// have their whole body in memory: a body that breaks off is a reason to try again,
// which is why the cap on its length on the wire stands here.
type fetcher struct {
	client *Client
	base   http.RoundTripper
}

func (f *fetcher) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	h := f.client.hosts.find(req.URL)
	if h == nil {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Moved,
			Err: fmt.Errorf("no source declares the host %s", req.URL.Host)}
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Failed,
			Err: fmt.Errorf("%q is no address of a page", req.URL.Redacted())}
	}
	if re := h.trouble.at(f.client.now()); re != nil {
		return nil, re
	}
	reached := true
	for try := 1; ; try++ {
		// A try that did not reach the host took no turn there.
		if reached {
			if err := f.client.turn(ctx, h); err != nil {
				return nil, err
			}
		}
		res, err := f.once(req, h)
		reached = !unreachable(err)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		mayPass := f.mayPass(h, res, err)
		pause := rand.N(f.client.firstPause() << (try - 1))
		if mayPass && res != nil {
			if asked := f.asked(ctx, h, res, try == tries); asked > 0 {
				pause = asked
			}
		}
		if !mayPass || try == tries || pause > f.client.maxPause() {
			return res, f.failed(h, res, err, mayPass)
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
	idle := time.AfterFunc(f.client.silence, func() { cancel(errStalled) })
	defer idle.Stop()
	long := time.AfterFunc(20*f.client.silence, func() { cancel(errStalled) })
	defer long.Stop()
	res, err := f.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		if errors.Is(context.Cause(ctx), errStalled) {
			err = &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: fmt.Errorf("%w: no answer within %s", errStalled, f.client.silence)}
		}
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // what matters was read by then, or is an error
	limit := h.limit(res.Header)
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		limit = min(limit, maxRedirect)
	}
	if res.ContentLength > limit {
		return nil, tooLong(limit)
	}
	in := &steady{from: res.Body, idle: idle, silence: f.client.silence, began: time.Now()}
	body, err := readAll(io.LimitReader(in, limit+1), res.ContentLength)
	switch {
	case int64(len(body)) > limit:
		return nil, tooLong(limit)
	case errors.Is(err, errStalled), errors.Is(context.Cause(ctx), errStalled):
		return nil, truncated("%w: %d bytes of the body came in %s", errStalled, len(body), time.Since(in.began).Round(time.Millisecond))
	case err != nil:
		return nil, truncated("the body broke off after %d bytes: %v", len(body), hushed(err))
	}
	res.Body = holding(body)
	return res, nil
}

// readAll reads what is about so long: as much memory is taken at once, but not more
// than what most pages need.
func readAll(r io.Reader, announced int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(announced, 0), 1<<20)) + bytes.MinRead)
	_, err := b.ReadFrom(r)
	return b.Bytes(), err
}

var errStalled = errors.New("the server keeps us waiting")

// steady reads a body. Each read puts off the idle timer; a body that goes on and on
// at less than a page's pace ends in errStalled.
type steady struct {
	from    io.Reader
	idle    *time.Timer
	silence time.Duration
	began   time.Time
	n       int64
}

func (s *steady) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	s.n += int64(n)
	s.idle.Reset(s.silence)
	if took := time.Since(s.began); err == nil && took > s.silence && float64(s.n) < took.Seconds()*pace {
		err = errStalled
	}
	return n, err
}

// mayPass is true for a failure after which a further try makes sense. A refusal is
// never asked again, nor is an answer that the host's judge takes for something else
// than a failure: an SEC page ends its list with a 503.
func (f *fetcher) mayPass(h *host, res *http.Response, err error) bool {
	if err != nil {
		return transient(err)
	}
	switch res.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	default:
		return false
	}
	re := f.client.judge(f.peek(res))
	return re == nil || re.Outcome == dealwatch.Failed
}

// asked is how long a server is left alone because it asks for it, which closes the host
// for all; 0 where it asks for nothing.
func (f *fetcher) asked(ctx context.Context, h *host, res *http.Response, last bool) time.Duration {
	wish := wished(res.Header, f.client.now())
	if wish == 0 && last && res.StatusCode == http.StatusTooManyRequests {
		wish = busyFor
	}
	d, why := min(wish, mostAsked), fmt.Sprintf("the server asks to be left alone for %s", wish)
	if d < wish {
		why += fmt.Sprintf("; it is asked again after %s", d)
	}
	if d > 0 {
		f.client.closed(ctx, h, d, &dealwatch.ReadError{Outcome: dealwatch.Failed, Status: res.StatusCode, Err: errors.New(why)})
	}
	return d
}

// peek gives an answer as the judges want it, without using it up.
func (f *fetcher) peek(res *http.Response) dealwatch.Capture {
	raw, _ := drain(res.Body)
	res.Body = holding(raw)
	url := res.Request.URL.String()
	body, _, _ := decode(warc.Exchange{URL: url, Status: res.StatusCode, Header: res.Header, Body: raw},
		f.client.hosts.of(url).limit(res.Header))
	return dealwatch.Capture{URL: url, Final: url, At: f.client.now(), Status: res.StatusCode, Header: res.Header, Body: body}
}

// transient is true for failures that may pass at once. A host that did not answer
// the dial in time is not dialled again: without a network that would take minutes.
func transient(err error) bool {
	var re *dealwatch.ReadError
	if errors.As(err, &re) {
		return re.Outcome == dealwatch.Truncated && !errors.Is(err, errTooLong) && !errors.Is(err, errStalled)
	}
	var certificate *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	if errors.As(err, &certificate) || errors.As(err, &plain) {
		return false
	}
	var pe privateError
	if errors.As(err, &pe) {
		return false
	}
	var ne net.Error
	return !errors.As(err, &ne) || !ne.Timeout()
}

// failed ends a request. It makes an error of the network a ReadError. A host that
// could not be reached, or at which one request after another fails, is left alone for
// a while: a run over hundreds of documents must not wait for each of them.
func (f *fetcher) failed(h *host, res *http.Response, err error, mayPass bool) error {
	var re *dealwatch.ReadError
	switch {
	case err == nil && !mayPass:
		h.trouble.over()
		return nil
	case err == nil:
		re = &dealwatch.ReadError{Outcome: dealwatch.Failed, Status: res.StatusCode, Err: errors.New("the server failed")}
	case !errors.As(err, &re):
		re = &dealwatch.ReadError{Outcome: dealwatch.Failed, Err: hushed(err)}
	case errors.Is(err, errTooLong):
		h.trouble.over() // it answers
		return re
	}
	if n := h.trouble.strike(); unreachable(err) {
		h.trouble.set(f.client.now().Add(downFor), re)
	} else if n >= maxStrikes {
		h.trouble.set(f.client.now().Add(downFor), &dealwatch.ReadError{Outcome: dealwatch.Failed, Status: re.Status,
			Err: fmt.Errorf("the last %d requests to this host failed: %w", n, re.Err)})
	}
	if err == nil {
		return nil // the answer is judged as any other
	}
	return re
}

// unreachable is true for an error from before the host was reached.
func unreachable(err error) bool {
	var oe *net.OpError
	return errors.As(err, &oe) && (oe.Op == "dial" || oe.Op == "proxyconnect")
}
