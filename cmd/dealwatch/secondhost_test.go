package main

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// TestSecondChannelsShareTheHost shows why a poll whose listings were refused does not turn to
// the second channel: each is on a host of the listings, which a refusal closes. One that
// is on another host is to be read then (see fellShort).
func TestSecondChannelsShareTheHost(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	hosts := scrapers.Hosts()
	for i := range hosts {
		hosts[i].Every = time.Nanosecond
		hosts[i].Exempt, hosts[i].ExemptPaths = "a test", []string{"/"}
	}
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	client := crawl.New(crawl.Config{Hosts: hosts, Contact: "you@example.org", Now: func() time.Time { return now },
		Base: transport(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, req.URL.Host)
			return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		})})
	for _, src := range reconcilers(client, nil) {
		asked = nil
		for range src.Second(t.Context(), dealwatch.Range{Since: "2026-03-03", Until: "2026-03-03"}) {
		}
		var own []string
		for _, s := range src.Streams() {
			if u, err := url.Parse(s.URL); err == nil {
				own = append(own, u.Host)
			}
		}
		for _, host := range asked {
			if !slices.Contains(own, host) {
				t.Errorf("%s: a second channel on %s, and listings on %q", src.Info().Name, host, own)
			}
		}
		if len(asked) == 0 {
			t.Errorf("%s: no second channel was asked", src.Info().Name)
		}
	}
}
