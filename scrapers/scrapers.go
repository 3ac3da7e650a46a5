// Package scrapers is the list of sources. To add one, see README.md beside it.
package scrapers

import (
	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/doj"
	"github.com/dealwatch/dealwatch/scrapers/edgar"
	"github.com/dealwatch/dealwatch/scrapers/fedreg"
	"github.com/dealwatch/dealwatch/scrapers/ftc"
	"github.com/dealwatch/dealwatch/scrapers/whitehouse"
)

// All gives every source, reading through c. A nil client will do to ask what the
// sources declare.
func All(c *crawl.Client) []dealwatch.Source {
	return []dealwatch.Source{
		ftc.Releases{Client: c},
		ftc.EarlyTerminations{Client: c},
		ftc.Cases{Client: c},
		doj.Releases{Client: c},
		doj.Cases{Client: c},
		whitehouse.Actions{Client: c},
		fedreg.Documents{Client: c},
		edgar.Filings{Client: c},
	}
}

// Hosts gives every declaration of a host. A host that several sources share is
// declared by each; its client keeps to the strictest.
func Hosts() []dealwatch.Host {
	var hosts []dealwatch.Host
	for _, info := range Infos() {
		hosts = append(hosts, info.Hosts...)
	}
	return hosts
}

// Infos gives what every source declares.
func Infos() []dealwatch.Info {
	var infos []dealwatch.Info
	for _, src := range All(nil) {
		infos = append(infos, src.Info())
	}
	return infos
}
