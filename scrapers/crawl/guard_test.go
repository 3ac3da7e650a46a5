package crawl

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/dealwatch/dealwatch"
)

// nameServer answers every question for an address with the one that answer gives.
func nameServer(t *testing.T, answer func() netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			q, ip := m.Questions[0], answer()
			m.Response, m.Additionals = true, nil
			head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
			switch {
			case q.Type == dnsmessage.TypeA && ip.Is4():
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: ip.As4()}}}
			case q.Type == dnsmessage.TypeAAAA && ip.Is6():
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
			}
			if packed, err := m.Pack(); err == nil {
				conn.WriteTo(packed, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A name of the open Internet that leads to a private address is not dialled, be it
// from the first or since it was last looked up.
func TestNamesThatLeadInside(t *testing.T) {
	for _, ip := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1", "::", "::ffff:127.0.0.1", "fc00::1", "fe80::1", "64:ff9b::7f00:1"} {
		d := newDialer(false)
		d.Resolver = nameServer(t, func() netip.Addr { return netip.MustParseAddr(ip) })
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		conn, err := d.DialContext(ctx, "tcp", "www.example.com:80")
		cancel()
		var private privateError
		if err == nil {
			conn.Close()
			t.Errorf("a name with the address %s was dialled", ip)
		} else if !errors.As(err, &private) {
			t.Errorf("%s: %v, want a private address", ip, err)
		}
	}
}

// A page is asked for with a name that turns to a private address between two hops.
func TestRebinding(t *testing.T) {
	var inside atomic.Bool
	served := 0
	s := newSite(t, nil)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served++
		w.Header().Set("Connection", "close")
		if r.URL.Path != "/robots.txt" {
			inside.Store(true)
			http.Redirect(w, r, "/next", http.StatusFound)
		}
	})
	tr := newTransport(false)
	guarded := newDialer(false)
	guarded.Resolver = nameServer(t, func() netip.Addr {
		if inside.Load() {
			return netip.MustParseAddr("169.254.169.254")
		}
		return netip.MustParseAddr("8.8.8.8")
	})
	tr.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if inside.Load() {
			return guarded.DialContext(ctx, network, addr)
		}
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(s.URL, "http://")) // stands in for 8.8.8.8
	}
	c := New(Config{Hosts: []dealwatch.Host{{Name: "www.example.com", Every: time.Microsecond}}, Base: tr})
	_, err := c.Get(t.Context(), "http://www.example.com/first")
	want(t, "a name that turned", err, dealwatch.Failed)
	if !strings.Contains(err.Error(), "169.254.169.254 is a private address") || served != 2 {
		t.Errorf("%v after %d answers", err, served)
	}
}

// Only the ports of the web are asked at a declared host.
func TestPorts(t *testing.T) {
	asked := ""
	c := New(Config{Hosts: []dealwatch.Host{{Name: "www.example.com", Every: time.Microsecond}}, Base: roundTrip(func(r *http.Request) (*http.Response, error) {
		asked += r.URL.Host + " "
		return nil, &net.OpError{Op: "dial", Err: errors.New("down")}
	})})
	c.sleep = func(context.Context, time.Duration) error { return nil }
	for _, port := range []string{"22", "25", "6379", "8080", "0", "65535"} {
		_, err := c.Get(t.Context(), "http://www.example.com:"+port+"/")
		want(t, "port "+port, err, dealwatch.Moved)
	}
	if asked != "" {
		t.Errorf("asked %s", asked)
	}
	_, err := c.Get(t.Context(), "https://www.example.com:443/")
	want(t, "port 443", err, dealwatch.Failed)
}
