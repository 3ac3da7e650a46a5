// Package crawl is the only place that configures Colly: manners, limits and guards.
package crawl

import (
	"context"

	"github.com/dealwatch/dealwatch"
)

// Client fetches pages.
type Client struct{}

// Get fetches one address.
func (c *Client) Get(ctx context.Context, url string) (dealwatch.Capture, error) {
	panic("stub")
}
