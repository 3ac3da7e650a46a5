package crawl

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dealwatch/dealwatch"
)

// TestRefusals shows the pages by which sites and what stands before them refuse robots,
// as they come with status 200 too, and pages that only look like them.
func TestRefusals(t *testing.T) {
	const form = `<form><input name="user"><input type="password" name="p"></form>`
	for _, test := range []struct {
		name, body string
		refused    bool
	}{
		{"the FTC's", "The request resembles an abusive automated request. Reference 18.x, your address 192.0.2.1", true},
		{"an SEC page", "<title>SEC.gov | Request Rate Threshold Exceeded</title>", true},
		{"the register's gate", "<title>Federal Register :: Request Access</title>", true},
		{"Akamai's interstitial", `<meta http-equiv="refresh" content="5; URL='/x?bm-verify=AA'">`, true},
		{"Akamai's crypto challenge", `<div id="sec-if-cpt-container">`, true},
		{"Cloudflare's challenge", "<title>Just a moment...</title>", true},
		{"Cloudflare's challenge in another language", `<title>Einen Moment</title><script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page"></script><script>window._cf_chl_opt={}</script>`, true},
		{"Cloudflare's block", "<title>Attention Required! | Cloudflare</title>", true},
		{"a page that Cloudflare only watches", `<html><title>News</title><script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script></html>`, false},
		{"Imperva's frame", `<html><head><META NAME="robots" CONTENT="noindex,nofollow"></head><iframe src="/_Incapsula_Resource?CWUDNSAI=23&incident_id=4-5">Request unsuccessful.</iframe>`, true},
		{"Imperva's text", "Request unsuccessful. Incapsula incident ID: 4-5", true},
		{"a page that Imperva only watches", `<html><title>News</title><script src="/_Incapsula_Resource?SWJIYLWA=719d34"></script></html>`, false},
		{"AWS WAF's challenge", `<script>window.awsWafCookieDomainList = []; window.gokuProps = {}</script>`, true},
		{"AWS WAF's captcha", "<title>Human Verification</title>", true},
		{"DataDome", `<title>example.gov</title><script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>`, true},
		{"HUMAN", "<title>Access to this page has been denied.</title>", true},
		{"HUMAN without a title", `<script>window._pxAppId='x'</script><div id="px-captcha"></div>`, true},
		{"Kasada", `<script>window.KPSDK={}</script>`, true},
		{"F5", "<title>Request Rejected</title>The requested URL was rejected. Please consult with your administrator. Your support ID is: 1", true},
		{"F5's script", `<script src="/TSPD/08"></script><noscript>Please enable JavaScript to view the page content.<br/>Your support ID is: 1</noscript>`, true},
		{"Sucuri", "<title>Sucuri WebSite Firewall - Access Denied</title>", true},
		{"DDoS-Guard", "<title>DDOS-GUARD</title>", true},
		{"Fastly", "<title>Client Challenge</title>", true},
		{"Vercel", "<title>Vercel Security Checkpoint</title>", true},
		{"Anubis", "<title>Making sure you&#39;re not a bot!</title>", true},
		{"CloudFront", "<TITLE>ERROR: The request could not be satisfied</TITLE>", true},
		{"a login", "<title>Log in | Example Agency</title>" + form, true},
		{"a login elsewhere", "<title>Sign in to your account</title>" + form, true},
		{"a form that sends one to a login", `<body onload="document.forms[0].submit()"><form method="post" action="https://idp.example"><input type="hidden" name="SAMLRequest" value="x"></form>`, true},
		{"an article on logins", "<title>Log In and Lose: FTC Warns of Scams</title><p>x", false},
		{"a page with a login in its corner", "<title>Press Releases | Example Agency</title>" + form, false},
		{"an article on refusals", "<title>FTC Says That Access Denied Is Justice Denied | FTC</title>", false},
		{"a long refusal", "<title>Access Denied</title><script>" + strings.Repeat("x", 70<<10) + "</script>", true},
		{"a captcha", "<title>Security Verification</title><div class=h-captcha></div>", true},
		{"a long page that quotes one", "<title>Notice</title>" + strings.Repeat("<p>text ", 10_000) + "The request resembles an abusive automated request", false},
	} {
		if why := refusal([]byte(test.body)); (why != "") != test.refused {
			t.Errorf("%s: %q, want it refused: %v", test.name, why, test.refused)
		}
	}
}

func TestOutage(t *testing.T) {
	for body, want := range map[string]bool{
		"<title>503 Service Unavailable</title><h1>503</h1>":                         true,
		"<html><title> Site\nMaintenance </title>" + strings.Repeat("<p>x", 30_000):  true,
		"<title>SEC.gov | Scheduled Maintenance</title><p>We will be back":           true,
		"<title>We'll be back soon - Example Agency</title>":                         true,
		"<title>FTC | Scheduled Maintenance of Lifts Was Rigged</title>":             false,
		"<title>FTC Warns: Service Unavailable Is No Excuse</title>":                 false,
		"<title>News</title><svg><title>Service Unavailable</title></svg><p>An icon": false,
	} {
		if why := outage([]byte(body)); (why != "") != want {
			t.Errorf("%.60s: %q, want an outage: %v", body, why, want)
		}
	}
}

// TestChallengeOfHeaders shows challenges that are told by status or header, whatever
// their page says.
func TestChallengeOfHeaders(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		header string
		value  string
	}{
		{"Cloudflare", 503, "Cf-Mitigated", "challenge"},
		{"AWS WAF", 405, "X-Amzn-Waf-Action", "captcha"},
		{"AWS WAF with another status", 200, "X-Amzn-Waf-Action", "challenge"},
		{"a request that is only taken note of", 202, "X-Any", "y"},
	} {
		s := newSite(t, map[string]http.HandlerFunc{"/x": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set(test.header, test.value)
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte("<html><title>News</title><p>content</html>"))
		}})
		c, err := s.client.Get(t.Context(), s.URL+"/x")
		want(t, test.name, err, dealwatch.Blocked)
		if n := s.asked("/x"); n != 1 || c.Body != nil || !c.Ref.Zero() {
			t.Errorf("%s: asked %d times, with a body: %v, kept: %v; want once, and nothing kept", test.name, n, c.Body != nil, !c.Ref.Zero())
		}
	}
}

// TestRedirectToAGate shows that a site which sends one to a gate has refused: the host is
// left alone for hours.
func TestRedirectToAGate(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/x": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://unblock.federalregister.gov/?next=x", http.StatusFound)
		},
		"/y": page(200, "text/html", "content"),
	})
	_, err := s.client.Get(t.Context(), s.URL+"/x")
	if re := want(t, "a redirect to a gate", err, dealwatch.Blocked); re != nil && (re.RetryAfter < refusedFor || re.Status != http.StatusFound) {
		t.Errorf("it says %+v, want hours, and the status of the redirect", re)
	}
	_, err = s.client.Get(t.Context(), s.URL+"/y")
	want(t, "what is asked for next", err, dealwatch.Blocked)
	if n := s.asked("/y"); n != 0 {
		t.Errorf("the host was asked %d times after it had refused", n)
	}
}
