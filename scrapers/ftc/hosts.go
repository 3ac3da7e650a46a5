package ftc

import (
	"bytes"
	"time"

	"github.com/dealwatch/dealwatch"
)

// hosts declares the site's manners: its robots.txt asks for five seconds.
func hosts() []dealwatch.Host {
	var both []dealwatch.Host
	for _, name := range []string{"www.ftc.gov", "ftc.gov"} {
		both = append(both, dealwatch.Host{
			Name:   name,
			Budget: "www.ftc.gov",
			Every:  5 * time.Second,
			MaxPDF: 64 << 20, // complaints reach tens of megabytes
			Judge:  judge,
		})
	}
	return both
}

// abusive stands on the page by which the site's edge refuses a client. The page
// echoes the client's own network address, so its body is for nobody to keep.
var abusive = []byte("The request resembles an abusive automated request")

// judge tells the refusal from content. It may come with any status.
func judge(c dealwatch.Capture) *dealwatch.ReadError {
	const small = 16 << 10 // a page that speaks of the sentence is far larger
	if len(c.Body) < small && bytes.Contains(c.Body, abusive) {
		return fail(c, dealwatch.Blocked, "the site takes the client for an abusive one; it lets others through after some hours")
	}
	return nil
}
