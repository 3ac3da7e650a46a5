package crawl

import (
	"fmt"
	"net/http"
	"strings"
)

// agent is how the client names itself. The FTC and the SEC refuse agents that hold
// the address of a page, and the SEC asks for a form of its own.
type agent struct {
	token    string // what robots.txt files know us by
	declared string
	sec      string
}

func newAgent(product, contact string) agent {
	if product == "" {
		product = "dealwatch"
	}
	token, _, _ := strings.Cut(product, "/")
	a := agent{token: strings.ToLower(token), declared: product, sec: product}
	if contact != "" {
		a.declared = fmt.Sprintf("%s (contact: %s)", product, contact)
		a.sec = token + " " + contact
	}
	return a
}

// sign gives a copy of a request with our name on it. It asks for gzip alone, which
// the decoder takes off and net/http must not.
func (a agent) sign(req *http.Request) *http.Request {
	req = req.Clone(req.Context())
	name := a.declared
	if host := strings.ToLower(req.URL.Hostname()); host == "sec.gov" || strings.HasSuffix(host, ".sec.gov") {
		name = a.sec
	}
	req.Header.Set("User-Agent", name)
	req.Header.Set("Accept-Encoding", "gzip")
	return req
}
