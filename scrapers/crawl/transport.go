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
	guarded, plain := newDialer(private), newDialer(true)
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
		MaxIdleConnsPerHost:    4, // sources of one host read at the same time
		MaxResponseHeaderBytes: 1 << 20,
	}
}

// newDialer gives a dialer that looks at each address that a name resolved to, at the
// moment in which it is dialled: a name that resolves to another one by then is caught.
func newDialer(private bool) *net.Dialer {
	d := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	if !private {
		d.Control = refusePrivate
	}
	return d
}

// privateError says that a name led to an address that is not dialled.
type privateError struct{ ip netip.Addr }

func (e privateError) Error() string {
	return fmt.Sprintf("%s is a private address, which is not read; allow it with --allow-private", e.ip)
}

// refusePrivate refuses to dial what is no address of the open Internet.
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

// notPublic are the networks that are none of the open Internet and that package
// netip does not name: of this host, of carriers, for tests, documents and tunnels.
var notPublic = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
	"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10")

// The addresses of these hold an IPv4 address that a translator reaches.
var (
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
	sixTo4 = netip.MustParsePrefix("2002::/16")
)

func prefixes(all ...string) []netip.Prefix {
	var ps []netip.Prefix
	for _, p := range all {
		ps = append(ps, netip.MustParsePrefix(p))
	}
	return ps
}

// public is true for addresses of the open Internet.
func public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if b := ip.As16(); ip.Is6() && nat64.Contains(ip) {
		return public(netip.AddrFrom4([4]byte(b[12:])))
	} else if ip.Is6() && sixTo4.Contains(ip) {
		return public(netip.AddrFrom4([4]byte(b[2:6])))
	}
	if ip.IsPrivate() || !ip.IsGlobalUnicast() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
