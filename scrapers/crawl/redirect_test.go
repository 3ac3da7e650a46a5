package crawl

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

func TestRedirects(t *testing.T) {
	to := func(url string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, url, http.StatusFound) }
	}
	s := newSite(t, map[string]http.HandlerFunc{
		"/robots.txt": page(200, "text/plain", "User-agent: *\nDisallow: /private/"),
		"/once":       to("/twice"),
		"/twice":      to("/content"),
		"/content":    page(200, "text/html", "content"),
		"/metadata":   to("http://169.254.169.254/latest/meta-data/"),
		"/loopback":   to("http://[::1]:1/"),
		"/elsewhere":  to("https://www.example.org/"),
		"/file":       to("file:///etc/passwd"),
		"/script":     to("javascript:alert(1)"),
		"/circle":     to("/circle"),
		"/forbidden":  to("/private/x"),
		"/private/x":  page(200, "text/html", "content"),
		"/nowhere":    page(302, "text/html", ""),
	})
	for _, test := range []struct {
		path string
		want dealwatch.Outcome
		hops int
	}{
		{"/once", dealwatch.OK, 3},
		{"/metadata", dealwatch.Moved, 1},
		{"/loopback", dealwatch.Moved, 1},
		{"/elsewhere", dealwatch.Moved, 1},
		{"/file", dealwatch.Moved, 1},
		{"/script", dealwatch.Moved, 1},
		{"/circle", dealwatch.Moved, maxHops + 1},
		{"/forbidden", dealwatch.Blocked, 1},
		{"/nowhere", dealwatch.Failed, 1},
	} {
		before := len(s.paths)
		got, err := s.client.Get(t.Context(), s.URL+test.path)
		want(t, test.path, err, test.want)
		asked := 0
		for _, p := range s.paths[before:] {
			if p != "/robots.txt" {
				asked++
			}
		}
		if asked != test.hops {
			t.Errorf("%s: %d requests, want %d", test.path, asked, test.hops)
		}
		if err != nil && got.Status != http.StatusFound {
			t.Errorf("%s: status %d, want that of the redirect", test.path, got.Status)
		}
		if err == nil && (got.URL != s.URL+test.path || got.Final != s.URL+"/content") {
			t.Errorf("%s: %s led to %s", test.path, got.URL, got.Final)
		}
	}
	if s.asked("/private/x") != 0 {
		t.Error("a redirect led to where robots.txt forbids")
	}

	// The redirects to content are archived, and a replay follows them.
	replay := New(Config{Hosts: []dealwatch.Host{{Name: strings.TrimPrefix(s.URL, "http://")}}, Tape: s.kept(t), AllowPrivate: true})
	got, err := replay.Get(t.Context(), s.URL+"/once")
	if err != nil || string(got.Body) != "content" || got.Final != s.URL+"/content" || got.Ref.Zero() {
		t.Errorf("replayed: %+v, %v", got, err)
	}
	_, err = replay.Get(t.Context(), s.URL+"/elsewhere")
	want(t, "replay of what was never content", err, dealwatch.Absent)
}

func TestPrivateAddresses(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, "text/html", "content")},
		func(c *Config, _ *dealwatch.Host) { c.AllowPrivate = false })
	_, err := s.client.Get(t.Context(), s.URL+"/x")
	want(t, "a declared host at a private address", err, dealwatch.Failed)
	if len(s.paths) != 0 {
		t.Error("a private address was dialled")
	}
	if !strings.Contains(err.Error(), "private address") {
		t.Errorf("the error does not say why: %v", err)
	}
	for _, ip := range []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
		"224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
		"::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a00:1::1", "fd00:ec2::254", "fe80::1%eth0",
		"febf::1", "fec0::1", "ff02::1", "2001::1", "2001:db8::1", "192.0.0.170", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.19.0.1", "255.255.255.255"} {
		if public(netip.MustParseAddr(ip)) {
			t.Errorf("%s is taken for public", ip)
		}
	}
	for _, ip := range []string{"23.1.2.3", "8.8.8.8", "2600::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:4860:4860::8888", "100.63.255.255", "100.128.0.1", "172.32.0.1"} {
		if !public(netip.MustParseAddr(ip)) {
			t.Errorf("%s is taken for private", ip)
		}
	}
}

func TestUndeclaredHost(t *testing.T) {
	c := New(Config{})
	_, err := c.Get(t.Context(), "https://www.example.org/x")
	want(t, "a host that nobody declares", err, dealwatch.Moved)
	for _, address := range []string{"", "x", "/x", "http://", "ftp://www.example.org/", "http://[::1", "%zz", "javascript:alert(1)"} {
		if _, err := c.Get(t.Context(), address); err == nil {
			t.Errorf("Get(%q) gives no error", address)
		}
	}
}
