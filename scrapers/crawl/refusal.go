package crawl

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// challenged says that an answer is a challenge by what its header says, "" where it
// says nothing of the kind.
func challenged(h http.Header) string {
	switch {
	case strings.EqualFold(h.Get("Cf-Mitigated"), "challenge"):
		return "a challenge (Cloudflare)"
	case h.Get("X-Amzn-Waf-Action") != "":
		return fmt.Sprintf("a challenge (AWS WAF: %.20q)", h.Get("X-Amzn-Waf-Action"))
	}
	return ""
}

// gatekeepers are names of hosts, the first or the whole, to which a site sends whom it
// takes for a robot or for nobody it knows.
var gatekeepers = []string{"unblock", "login", "signin", "sso", "auth", "idp", "captcha", "challenge", "validate.perfdrive.com"}

// gatekeeper reports whether an address is that of a gate: a redirect to it is a refusal.
func gatekeeper(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	first, _, _ := strings.Cut(host, ".")
	return slices.Contains(gatekeepers, first) || slices.Contains(gatekeepers, host)
}

// maxRefusal is how much of a page is looked at. The known refusals are of half a kilobyte
// to six, and articles are mostly longer: of a longer page only the title counts.
const maxRefusal = 64 << 10

// refusals are the titles of refusals and challenges, in lower case. A title is
// compared whole, and in its parts as "SEC.gov | ..." has them.
var refusals = titles(
	// of agencies
	"request access", "request rate threshold exceeded", "your request originates from an undeclared automated tool",
	// of servers and networks
	"access denied", "request rejected", "403 forbidden", "429 too many requests", "error: the request could not be satisfied",
	"the request is blocked", "the request is blocked.", "web page blocked", "web page blocked!", "you have been blocked",
	"sorry, you have been blocked", "access to this page has been denied", "access to this page has been denied.",
	// of what keeps robots out
	"just a moment...", "attention required!", "please wait... | cloudflare", "ddos protection by cloudflare", "ddos-guard",
	"pardon our interruption", "pardon our interruption...", "security check", "security checkpoint", "vercel security checkpoint",
	"robot check", "human verification", "are you a robot?", "are you human?", "verify you are human", "client challenge",
	"making sure you're not a bot!", "making sure you're not a bot", "checking your browser", "checking your browser...",
	"checking your browser before accessing", "verifying your browser...", "one moment, please...", "radware captcha page",
	"radware bot manager captcha", "captcha challenge", "you are being redirected...", "bot verification", "security verification",
)

// outages are the titles of pages that servers give in place of what they cannot give,
// some with the status of a page that is well. They are compared as those of refusals.
var outages = titles(
	"500 internal server error", "502 bad gateway", "503 service unavailable", "503 service temporarily unavailable",
	"504 gateway time-out", "504 gateway timeout", "internal server error", "bad gateway", "service unavailable",
	"service temporarily unavailable", "gateway time-out", "gateway timeout", "site maintenance", "under maintenance",
	"site under maintenance", "scheduled maintenance", "down for maintenance", "we will be back soon", "we'll be back soon",
)

func titles(all ...string) map[string]bool {
	m := make(map[string]bool, len(all))
	for _, t := range all {
		m[t] = true
	}
	return m
}

// logins are the beginnings of titles that make a refusal of a page with a password field.
var logins = []string{"log in", "login", "sign in", "sign-in", "log on", "logon"}

// marks are found in refusals that have no title of their own, all of a line. A page is
// looked through for the first of each, which should be rare, and long.
var marks = [][]string{
	{"bm-verify=", "http-equiv"}, // Akamai
	{"/_sec/verify?provider="},
	{"/_sec/cp_challenge/"},
	{"sec-if-cpt-container"},
	{"/apology_objects/interstitial/"},
	{"access denied", "reference&#32;&#35;"},
	{"the request resembles an abusive automated request"},       // the FTC
	{"/cdn-cgi/challenge-platform/", "_cf_chl_opt"},              // Cloudflare
	{"/_incapsula_resource?", "incident_id="},                    // Imperva
	{"request unsuccessful. incapsula incident id"},              //
	{"window.gokuprops"},                                         // AWS WAF
	{"awswaf.com", "challenge.js", "<noscript>"},                 //
	{"captcha-delivery.com", "dd={"},                             // DataDome
	{"px-captcha", "_pxappid"},                                   // HUMAN
	{"window.kpsdk"},                                             // Kasada
	{"your support id is", "/tspd/"},                             // F5
	{"the requested url was rejected", "your support id is"},     //
	{"sucuri_cloudproxy_js"},                                     // Sucuri
	{"check.ddos-guard.net"},                                     // DDoS-Guard
	{"window.rbzns"},                                             // Reblaze
	{"our systems have detected unusual traffic"},                // Google
	{`name="samlrequest"`, "document.forms[0].submit"},           // a login elsewhere
	{`name="loginfmt"`, "login.microsoftonline.com", "password"}, //
}

// anyTitle reports whether is holds for whatever looks like a title in a page.
func anyTitle(body []byte, is func(string) bool) bool {
	for {
		i := bytes.IndexByte(body, '<')
		if i < 0 {
			return false
		}
		body = body[i+1:]
		if !hasPrefixFold(body, "title") {
			continue
		}
		_, text, _ := bytes.Cut(body, []byte(">"))
		text, _, _ = bytes.Cut(text, []byte("</"))
		if is(folded(text)) {
			return true
		}
	}
}

// titleParts are a title and its parts, as "SEC.gov | ..." has them, in lower case.
func titleParts(title string) []string {
	parts := []string{title}
	for _, sep := range []string{" | ", " :: ", " - ", " – "} {
		parts = append(parts, strings.Split(title, sep)...)
	}
	for i, p := range parts {
		parts[i] = strings.ToLower(strings.Join(strings.Fields(p), " "))
	}
	return parts
}

// entitled says what a title and a password field make of a page, "" for content.
func entitled(title string, password bool) string {
	for _, p := range titleParts(title) {
		if refusals[p] {
			return "a refusal"
		}
		for _, l := range logins {
			if rest, ok := strings.CutPrefix(p, l); password && ok && (rest == "" || rest[0] == ' ') {
				return "a login page"
			}
		}
	}
	return ""
}

// passwords are the ways to write a password field.
var passwords = []string{`type="password"`, `type='password'`, `type=password`}

// known are the words that a page is looked through for: the first of each mark.
var known = newPhrases(slices.Concat(passwords, firsts())...)

func firsts() (all []string) {
	for _, words := range marks {
		all = append(all, words[0])
	}
	return all
}

// refusal says why a page is a refusal, challenge or login page, and "" for content.
func refusal(body []byte) string {
	long := len(body) > maxRefusal
	body = body[:min(len(body), maxRefusal)]
	has := known.in(body)
	password := slices.ContainsFunc(passwords, func(p string) bool { return has[p] })
	if anyTitle(body, func(title string) bool { return entitled(title, password) != "" }) {
		// A title may stand in a comment or a drawing, too: only the page's own counts.
		title := pageTitle(body)
		if what := entitled(title, password); what != "" {
			return fmt.Sprintf("%s with the title %q", what, title)
		}
	}
	if long {
		return ""
	}
	for _, all := range marks {
		lacks := func(word string) bool { return !bytes.Contains(bytes.ToLower(body), []byte(word)) }
		if has[all[0]] && !slices.ContainsFunc(all[1:], lacks) {
			return fmt.Sprintf("a challenge page (it contains %q)", all[0])
		}
	}
	return ""
}

// outage says that a page stands in place of another that a server cannot give, "" where
// it does not.
func outage(body []byte) string {
	body = body[:min(len(body), maxRefusal)]
	is := func(title string) bool {
		return slices.ContainsFunc(titleParts(title), func(p string) bool { return outages[p] })
	}
	if !anyTitle(body, is) || !is(pageTitle(body)) {
		return ""
	}
	return fmt.Sprintf("a page of a server in trouble, with the title %q", pageTitle(body))
}
