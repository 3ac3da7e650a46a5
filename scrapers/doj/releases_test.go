package doj

import (
	"testing"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/scrapertest"
)

func TestReleases(t *testing.T) {
	scrapertest.Run(t, func(c *crawl.Client) dealwatch.Source { return Releases{Client: c} })
}
