package crawl

import (
	"context"
	"errors"
	"net/http"

	"github.com/dealwatch/dealwatch"
)

// Validators are what a server said by which it can tell whether a page has changed.
type Validators struct {
	ETag, LastModified string
}

// None reports whether the server said nothing of the kind.
func (v Validators) None() bool { return v == Validators{} }

// Condition asks for one page only if it has changed. Whoever sets Have must hold all
// that the page said then: the outcome of a page that has not changed is Unchanged,
// and no body comes.
type Condition struct {
	URL  string
	Have Validators // zero to ask in any case
	Got  Validators // set by a Get that brought the page
}

type conditionKey struct{}

// IfChanged gives a context in which a Get of the condition's address is subject to
// it. A Condition belongs to one caller at a time.
func IfChanged(ctx context.Context, c *Condition) context.Context {
	return context.WithValue(ctx, conditionKey{}, c)
}

// conditionOf is the condition for an address, or nil.
func conditionOf(ctx context.Context, url string) *Condition {
	c, _ := ctx.Value(conditionKey{}).(*Condition)
	if c == nil || c.URL != url {
		return nil
	}
	return c
}

// maxValidator bounds what is kept and sent back.
const maxValidator = 1 << 10

func validatorsOf(h http.Header) Validators {
	v := Validators{h.Get("ETag"), h.Get("Last-Modified")}
	if len(v.ETag) > maxValidator || len(v.LastModified) > maxValidator {
		return Validators{}
	}
	return v
}

// ask puts validators on a request.
func (v Validators) ask(req *http.Request) {
	if v.ETag != "" {
		req.Header.Set("If-None-Match", v.ETag)
	}
	if v.LastModified != "" {
		req.Header.Set("If-Modified-Since", v.LastModified)
	}
}

func unchanged() *dealwatch.ReadError {
	return &dealwatch.ReadError{Outcome: dealwatch.Unchanged, Status: http.StatusNotModified,
		Err: errors.New("the page is the one that was read before")}
}
