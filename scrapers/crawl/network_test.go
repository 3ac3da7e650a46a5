package crawl

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/dealwatch/dealwatch"
)

// TestErrorsNameNoAddressOfOurs shows that what a failure of the network says names
// neither this machine nor its resolver.
func TestErrorsNameNoAddressOfOurs(t *testing.T) {
	here := &net.TCPAddr{IP: net.IPv4(10, 1, 2, 3), Port: 54321}
	there := &net.TCPAddr{IP: net.IPv4(93, 184, 216, 34), Port: 443}
	for _, test := range []struct {
		err  error
		want string
	}{
		{&net.OpError{Op: "read", Net: "tcp", Source: here, Addr: there, Err: syscall.ECONNRESET}, "read: connection reset by peer"},
		{fmt.Errorf("wrapped: %w", &net.OpError{Op: "dial", Net: "tcp", Source: here, Addr: there, Err: syscall.ECONNREFUSED}), "dial: connection refused"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "www.example.gov", Server: "10.1.2.1:53", IsNotFound: true}},
			"look up www.example.gov: no such host"},
		{&net.OpError{Op: "dial", Err: privateError{}}, "dial: " + privateError{}.Error()},
	} {
		err := hushed(test.err)
		if err.Error() != test.want || !errors.Is(err, test.err) {
			t.Errorf("%v says %q, want %q, and to be the same error", test.err, err, test.want)
		}
		s := newSite(t, nil, func(c *Config, h *dealwatch.Host) {
			c.Base = roundTrip(func(*http.Request) (*http.Response, error) { return nil, test.err })
			h.Exempt, h.ExemptPaths = "x", []string{"/"}
		})
		_, err = s.client.Get(t.Context(), s.URL+"/x")
		if said := err.Error(); strings.Contains(said, "10.1.2.") || !strings.Contains(said, test.want) {
			t.Errorf("a page says %q, want %q in it and no address of ours", said, test.want)
		}
	}
}
