package doj

import (
	"bytes"
	"time"

	"github.com/dealwatch/dealwatch"
)

// hosts declares the site's manners: its robots.txt asks for ten seconds, and for no
// page of a listing but the first.
func hosts() []dealwatch.Host {
	var both []dealwatch.Host
	for _, name := range []string{"www.justice.gov", "justice.gov"} {
		both = append(both, dealwatch.Host{
			Name:   name,
			Budget: "www.justice.gov",
			Every:  10 * time.Second,
			Judge:  judge,
		})
	}
	return both
}

// The marks of the page that asks a browser to prove itself. It comes with status
// 200, in place of any HTML; we do not answer it.
var interstitial = [][]byte{
	[]byte("bm-verify="),
	[]byte("/_sec/verify?provider=interstitial"),
	[]byte("/apology_objects/interstitial"),
}

// judge tells the interstitial from content.
func judge(c dealwatch.Capture) *dealwatch.ReadError {
	const small = 32 << 10 // a page with content around it is far larger
	if len(c.Body) >= small {
		return nil
	}
	for _, mark := range interstitial {
		if bytes.Contains(c.Body, mark) {
			return fail(c, dealwatch.Blocked, "the site asks for a browser; it lets others through after some hours")
		}
	}
	return nil
}
