package crawl

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/dealwatch/dealwatch"
)

func TestRobots(t *testing.T) {
	for _, test := range []struct {
		name   string
		robots http.HandlerFunc // nil for a 404
		want   dealwatch.Outcome
	}{
		{"none", nil, dealwatch.OK},
		{"allows", page(200, "text/plain", "User-agent: *\nDisallow: /other"), dealwatch.OK},
		{"disallows all", page(200, "text/plain", "User-agent: *\r\nDisallow: /"), dealwatch.Blocked},
		{"disallows us", page(200, "text/plain", "User-agent: *\nDisallow:\n\nUser-agent: Dealwatch\nDisallow: /x"), dealwatch.Blocked},
		{"allows us alone", page(200, "text/plain", "User-agent: *\nDisallow: /\n\nUser-agent: dealwatch\nDisallow: /y"), dealwatch.OK},
		{"disallows the query", page(200, "text/plain", "User-agent: *\nDisallow: /*?page="), dealwatch.Blocked},
		{"a delay that is none", page(200, "text/plain", "User-agent: *\nCrawl-delay: 10s\nCrawl-delay:\nCrawl-delay: -1\nDisallow: /x"), dealwatch.Blocked},
		{"a rule of no group", page(200, "text/plain", "Disallow: /y\nCrawl-delay: 1\nUser-agent: *\nDisallow: /x"), dealwatch.Blocked},
		{"refused", page(403, "text/html", "no"), dealwatch.OK},
		{"fails", page(500, "text/html", "no"), dealwatch.Failed},
		{"asks for fewer requests", page(429, "text/html", "no"), dealwatch.Failed},
		{"a page", page(200, "text/html", "<!doctype html><p>Not found"), dealwatch.OK},
		{"gzipped", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(zipped("User-agent: *\nDisallow: /"))
		}, dealwatch.Blocked},
		{"moved within the host", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/robots2.txt", http.StatusMovedPermanently)
		}, dealwatch.Blocked},
		{"moved elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://example.org/", http.StatusMovedPermanently)
		}, dealwatch.OK},
		{"moved in a circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/robots.txt", http.StatusMovedPermanently)
		}, dealwatch.OK},
	} {
		pages := map[string]http.HandlerFunc{
			"/x":           page(200, "text/html", "content"),
			"/robots2.txt": page(200, "text/plain", "User-agent: *\nDisallow: /"),
		}
		if test.robots != nil {
			pages["/robots.txt"] = test.robots
		}
		s := newSite(t, pages)
		_, err := s.client.Get(t.Context(), s.URL+"/x?page=2")
		want(t, test.name, err, test.want)
		if err != nil && s.asked("/x") != 0 {
			t.Errorf("%s: the page was asked for", test.name)
		}
		if _, err := s.client.Get(t.Context(), s.URL+"/x?page=2"); dealwatch.OutcomeOf(err) != test.want {
			t.Errorf("%s, again: %v", test.name, err)
		}
	}
}

// robots.txt is read once, however many ask, and again after a day.
func TestRobotsIsReadOnceADay(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	s := newSite(t, map[string]http.HandlerFunc{"/x": page(200, "text/html", "content")},
		func(c *Config, _ *dealwatch.Host) { c.Now = func() time.Time { return now } })
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := s.client.Get(t.Context(), s.URL+"/x")
			want(t, "one of many", err, dealwatch.OK)
		})
	}
	all.Wait()
	if n := s.asked("/robots.txt"); n != 1 {
		t.Errorf("read %d times, want 1", n)
	}
	now = now.Add(robotsLife)
	if _, err := s.client.Get(t.Context(), s.URL+"/x"); err != nil {
		t.Error(err)
	}
	if n := s.asked("/robots.txt"); n != 2 {
		t.Errorf("a day later read %d times, want 2", n)
	}
}

// What a robots.txt says is kept for the clients to come, and holds on, for thirty days,
// where it cannot be had any more.
func TestRobotsIsKept(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	kept := &ownRobots{now: clock, kept: map[string]ownFile{}}
	status := http.StatusOK
	s := newSite(t, map[string]http.HandlerFunc{
		"/x": page(200, "text/html", "content"),
		"/y": page(200, "text/html", "content"),
		"/robots.txt": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "User-agent: *\nDisallow: /y\nCrawl-delay: 3")
		},
	})
	run := func(when string, asked int, x, y dealwatch.Outcome) {
		t.Helper()
		before := s.asked("/robots.txt")
		s.client = New(Config{AllowPrivate: true, Robots: kept, Now: clock, Hosts: []dealwatch.Host{{Name: s.Listener.Addr().String(), Every: time.Nanosecond}}})
		s.client.sleep = func(context.Context, time.Duration) error { return nil }
		u, _ := url.Parse(s.URL)
		s.client.hosts.find(u).budget.every = LongestDelay // slower never, so that nothing waits
		_, err := s.client.Get(t.Context(), s.URL+"/x")
		want(t, when+", /x", err, x)
		_, err = s.client.Get(t.Context(), s.URL+"/y")
		want(t, when+", /y", err, y)
		if n := s.asked("/robots.txt") - before; n != asked {
			t.Errorf("%s: robots.txt was asked for %d times, want %d", when, n, asked)
		}
	}
	run("the first run", 1, dealwatch.OK, dealwatch.Blocked)
	now = now.Add(robotsLife - time.Minute)
	run("within a day", 0, dealwatch.OK, dealwatch.Blocked)
	now = now.Add(time.Minute)
	run("a day later", 1, dealwatch.OK, dealwatch.Blocked)
	status = http.StatusServiceUnavailable
	now = now.Add(robotsLife)
	run("it cannot be had", tries, dealwatch.OK, dealwatch.Blocked)
	now = now.Add(robotsWait - time.Minute)
	run("moments later", 0, dealwatch.OK, dealwatch.Blocked)
	now = now.Add(29*24*time.Hour - robotsWait)
	run("it cannot be had for weeks", tries, dealwatch.OK, dealwatch.Blocked)
	now = now.Add(24 * time.Hour)
	run("for thirty days", tries, dealwatch.Failed, dealwatch.Failed)
	now = now.Add(time.Minute)
	run("and moments later", 0, dealwatch.Failed, dealwatch.Failed)
	status = http.StatusForbidden
	now = now.Add(robotsWait)
	run("it is refused, which allows all", 1, dealwatch.OK, dealwatch.OK)
	run("at once", 0, dealwatch.OK, dealwatch.OK)
}

// Of a robots.txt that is too long, its beginning holds: 500 KiB, in whole lines.
func TestLongRobots(t *testing.T) {
	filler := strings.Repeat("# as long as a line of a file that somebody wrote\n", robotsMost/50+1)
	cut := robotsMost - len("User-agent: *\nDisallow: /x\n") - len("Disallow: /y") // so that a rule is cut through
	s := newSite(t, map[string]http.HandlerFunc{
		"/robots.txt": page(200, "text/plain", "User-agent: *\nDisallow: /x\n"+strings.Repeat("#", cut-1)+"\nDisallow: /yes\n"+filler+"Disallow: /z\n"),
		"/x":          page(200, "text/html", "content"), "/y": page(200, "text/html", "content"), "/z": page(200, "text/html", "content"),
	})
	for path, outcome := range map[string]dealwatch.Outcome{"/x": dealwatch.Blocked, "/y": dealwatch.OK, "/z": dealwatch.OK} {
		_, err := s.client.Get(t.Context(), s.URL+path)
		want(t, path, err, outcome)
	}
}

func TestRobotsExempt(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/robots.txt":      page(200, "text/plain", "User-agent: *\nDisallow: /"),
		"/cgi-bin/current": page(200, "text/html", "content"),
		"/other":           page(200, "text/html", "content"),
	}, func(_ *Config, h *dealwatch.Host) {
		h.Exempt, h.ExemptPaths = "https://www.example.com/developers", []string{"/cgi-bin/"}
	})
	_, err := s.client.Get(t.Context(), s.URL+"/cgi-bin/current")
	want(t, "an exempt path", err, dealwatch.OK)
	_, err = s.client.Get(t.Context(), s.URL+"/other")
	want(t, "another path", err, dealwatch.Blocked)
	// A rule of robots.txt is no refusal: it does not close the host.
	_, err = s.client.Get(t.Context(), s.URL+"/cgi-bin/current")
	want(t, "an exempt path, again", err, dealwatch.OK)
}

func TestCrawlDelayWins(t *testing.T) {
	for _, test := range []struct {
		name  string
		every time.Duration
		delay string
		want  time.Duration
	}{
		{"a greater crawl-delay", time.Second, "10", 10 * time.Second},
		{"a smaller one", 20 * time.Second, "10", 20 * time.Second},
		{"a long one", time.Second, "3600", LongestDelay},
		{"one at which nothing is read", time.Second, "3601", time.Second},
	} {
		s := newSite(t, map[string]http.HandlerFunc{
			"/robots.txt": page(200, "text/plain", "User-agent: *\nCrawl-delay: "+test.delay),
		}, func(_ *Config, h *dealwatch.Host) { h.Every = test.every })
		g := s.client.chain.(decoder).next.(recorder).next.(*gate)
		u, _ := url.Parse(s.URL)
		h := s.client.hosts.find(u)
		if _, err := g.group(t.Context(), h, u); err != nil {
			t.Fatal(err)
		}
		if got := h.budget.limiter.Limit(); got != rate.Every(test.want) {
			t.Errorf("%s: %v a second, want one every %v", test.name, got, test.want)
		}
	}
}

// A host that asks for more time between two requests than anything can be followed at is
// not read, and that is said.
func TestCrawlDelayTooLong(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/robots.txt": page(200, "text/plain", "User-agent: *\nCrawl-delay: 7200"),
		"/x":          page(200, "text/html", "content"),
	})
	_, err := s.client.Get(t.Context(), s.URL+"/x")
	if dealwatch.OutcomeOf(err) != dealwatch.Blocked || !strings.Contains(err.Error(), "asks for 2h0m0s between two requests") || s.asked("/x") > 0 {
		t.Errorf("Get = %v after %d requests", err, s.asked("/x"))
	}
}

// The pace that a robots.txt asks for counts from the request for it on, however long that
// took: what the pace before it would have let through by then does not count.
func TestPaceFromRobotsOn(t *testing.T) {
	b := newHosts([]dealwatch.Host{{Name: "x", Every: time.Nanosecond}}).of("https://x/").budget // so that any answer is a slow one
	if err := b.wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.slower(time.Hour)
	if r := b.limiter.Reserve(); r.Delay() < time.Hour-time.Minute {
		t.Errorf("the first page would come %s after robots.txt, want an hour", r.Delay())
	}
}

// What a Get waits for its turn does not count as its time.
func TestBoundStandsStillForATurn(t *testing.T) {
	over := make(chan struct{})
	b := newBound(20*time.Millisecond, func() { close(over) })
	goOn := b.pause()
	select {
	case <-over:
		t.Fatal("it was over while it stood still")
	case <-time.After(60 * time.Millisecond):
	}
	goOn()
	<-over
	b.pause()() // nothing is left to stop
}

// Hosts of one budget wait for one another, each request and hop its turn.
func TestBudget(t *testing.T) {
	hs := newHosts([]dealwatch.Host{
		{Name: "www.example.com", Budget: "example", Every: time.Second},
		{Name: "data.example.com", Budget: "example", Every: 3 * time.Second},
		{Name: "other.example.com"},
		{Name: "WWW.example.com", Budget: "example", MaxBody: 5},
	})
	www, data, other := hs.of("https://www.example.com/x"), hs.of("https://data.example.com/"), hs.of("https://other.example.com/")
	if www.budget != data.budget || www.budget == other.budget {
		t.Error("the budgets are not those declared")
	}
	if got := www.budget.limiter.Limit(); got != rate.Every(3*time.Second) {
		t.Errorf("%v a second, want one every 3 s", got)
	}
	if www.limit(nil) != 5 || data.limit(nil) != defaultBody || hs.of("https://nobody.example.com").limit(nil) != defaultBody {
		t.Error("the limits are not those declared")
	}
	if !www.budget.limiter.Allow() || data.budget.limiter.Allow() {
		t.Error("two hosts of one budget were let through at once")
	}
}

func TestSECAgent(t *testing.T) {
	var got []string
	base := roundTrip(func(r *http.Request) (*http.Response, error) {
		got = append(got, r.URL.Host+" "+r.UserAgent())
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader("content"))}, nil
	})
	c := New(Config{Base: base, Product: "dealwatch/1.2", Contact: "you@example.org", Hosts: []dealwatch.Host{
		{Name: "www.sec.gov", Exempt: "x", ExemptPaths: []string{"/"}},
		{Name: "www.ftc.gov", Exempt: "x", ExemptPaths: []string{"/"}},
	}})
	c.sleep = func(context.Context, time.Duration) error { return nil }
	for _, u := range []string{"https://www.sec.gov/x", "https://www.ftc.gov/x"} {
		if _, err := c.Get(t.Context(), u); err != nil {
			t.Error(err)
		}
	}
	want := "www.sec.gov dealwatch you@example.org; www.ftc.gov dealwatch/1.2 (contact: you@example.org)"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("agents %q, want %q", s, want)
	}
}
