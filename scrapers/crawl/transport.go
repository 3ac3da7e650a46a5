package crawl

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"syscall"
	"time"
)

// newTransport gives the end of the chain. It speaks HTTP/1.1, whose messages a WARC
// file holds as they are, takes no encoding off, and dials no private address unless
// that is allowed. A proxy of the environment is used, wherever it stands: it is the
// operator's own.
func newTransport(private bool) *http.Transport {
	var proxies sync.Map
	guarded := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	if !private {
		guarded.Control = refusePrivate
	}
	plain := &net.Dialer{Timeout: guarded.Timeout, KeepAlive: guarded.KeepAlive}
	return &http.Transport{
		Proxy: func(req *http.Request) (*url.URL, error) {
			u, err := http.ProxyFromEnvironment(req)
			if u != nil {
				proxies.Store(u.Hostname(), true)
			}
			return u, err
		},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, _, _ := net.SplitHostPort(addr)
			if _, ok := proxies.Load(host); ok {
				return plain.DialContext(ctx, network, addr)
			}
			return guarded.DialContext(ctx, network, addr)
		},
		DisableCompression:     true,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  30 * time.Second,
		IdleConnTimeout:        60 * time.Second,
		MaxIdleConnsPerHost:    2,
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// privateError says that a name led to an address that is not dialled.
type privateError struct{ ip netip.Addr }

func (e privateError) Error() string {
	return fmt.Sprintf("%s is a private address, which is not read; allow it with --allow-private", e.ip)
}

// refusePrivate looks at the address that a name resolved to, so that no trick with
// names gets by.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if !public(ap.Addr()) {
		return privateError{ap.Addr()}
	}
	return nil
}

var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carriers' own networks
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), // IPv4 addresses of any kind behind a translator
	netip.MustParsePrefix("2002::/16"),
}

// public is true for addresses of the open Internet.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if ip.IsPrivate() || !ip.IsGlobalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(ip.WithZone("")) {
			return false
		}
	}
	return true
}
