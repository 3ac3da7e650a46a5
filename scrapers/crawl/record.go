package crawl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/warc"
)

// recorder notes each exchange of a trip. Whether it is kept is known only when it
// has been judged.
type recorder struct {
	client *Client
	next   http.RoundTripper
}

func (r recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	req = r.client.agent.sign(req)
	if t := tripOf(req.Context()); len(t.hops) == 0 {
		t.have.ask(req)
	}
	res, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	came := res.Body
	body, err := drain(came) // in memory already, and capped
	if err != nil {
		return nil, err
	}
	ex := warc.Exchange{
		URL: req.URL.String(), At: r.client.now().UTC().Truncate(time.Microsecond),
		Method: req.Method, RequestHeader: req.Header.Clone(),
		Proto: res.Proto, Status: res.StatusCode, Header: res.Header.Clone(), Body: body,
	}
	t := tripOf(req.Context())
	if len(t.hops) == 0 && t.asked != "" {
		ex.URL, _, _ = strings.Cut(t.asked, "#") // Colly spells some signs another way
	}
	if p, ok := came.(played); ok {
		ex, t.ref = p.ex, p.ref
	}
	t.hops = append(t.hops, ex)
	res.Body = holding(body)
	return res, nil
}

// held is a body in memory. Whoever drains it gets these bytes and no copy of them.
type held struct {
	*bytes.Reader
	all []byte
}

func holding(b []byte) held { return held{bytes.NewReader(b), b} }

func (held) Close() error { return nil }

// drain reads a body to its end and closes it.
func drain(body io.ReadCloser) ([]byte, error) {
	switch b := body.(type) {
	case held:
		return b.all, nil
	case played:
		return b.ex.Body, nil
	}
	b, err := io.ReadAll(body)
	return b, errors.Join(err, body.Close())
}

// player answers from a tape.
type player struct{ tape *warc.Tape }

// played is a body from a tape; it carries its exchange to the recorder.
type played struct {
	io.Reader
	ex  warc.Exchange
	ref dealwatch.Ref
}

func (played) Close() error { return nil }

func (p player) RoundTrip(req *http.Request) (*http.Response, error) {
	e, ok := p.tape.Lookup(req.URL.String())
	if !ok {
		return nil, &dealwatch.ReadError{Outcome: dealwatch.Absent,
			Err: fmt.Errorf("no capture of %s on the tape", req.URL.Redacted())}
	}
	ex, err := p.tape.Load(e)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", ex.Status, http.StatusText(ex.Status)), StatusCode: ex.Status,
		Proto: ex.Proto, ProtoMajor: 1, ProtoMinor: 1,
		Header: ex.Header.Clone(), ContentLength: int64(len(ex.Body)), Request: req,
		Body: played{bytes.NewReader(ex.Body), ex, e.Ref()},
	}, nil
}
