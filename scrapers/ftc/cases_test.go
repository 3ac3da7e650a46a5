package ftc

import (
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/scrapertest"
)

func TestCases(t *testing.T) {
	scrapertest.Run(t, func(c *crawl.Client) dealwatch.Source { return Cases{Client: c} })
}
