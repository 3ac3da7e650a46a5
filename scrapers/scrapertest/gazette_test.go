package scrapertest

import (
	"context"
	"errors"
	"iter"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
)

// gazette is a small source that keeps the contract.
type gazette struct{ client *crawl.Client }

func TestGazette(t *testing.T) {
	Run(t, func(c *crawl.Client) dealwatch.Source { return gazette{c} })
}

const gazetteHost = "https://gazette.example.com"

func (gazette) Info() dealwatch.Info {
	return dealwatch.Info{
		Name: "gazette", Title: "Gazette", Agency: "Gazette", Home: gazetteHost, Identity: "notice number",
		Kinds: []string{"notice", "annex"}, Every: time.Hour,
		Hosts: []dealwatch.Host{{Name: "gazette.example.com", Every: time.Second}},
	}
}

func (gazette) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{{Name: "notices", URL: gazetteHost + "/list?page=0"}}
}

var row = regexp.MustCompile(`<a href="/notice/(\d+)">(.*?)</a> ([\d-]+)`)

func rows(page string) []dealwatch.Item {
	var items []dealwatch.Item
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		items = append(items, dealwatch.Item{
			Source: "gazette", Key: m[1], URL: gazetteHost + "/notice/" + m[1], Title: m[2],
			Kind: "notice", Agency: "Gazette", PublishedOn: m[3],
		})
	}
	return items
}

func (g gazette) List(ctx context.Context, s dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		for _, url := range []string{s.URL, gazetteHost + "/list?page=1"} {
			c, err := g.client.Get(ctx, url)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(rows(string(c.Body)), nil) {
				return
			}
		}
	}
}

func (g gazette) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	c, err := g.client.Get(ctx, it.URL)
	if err != nil {
		return dealwatch.Version{}, err
	}
	v := dealwatch.Version{Item: it, Channel: "page", ReadAt: c.At, SHA256: c.SHA256, Capture: c.Ref}
	v.Text = strings.TrimSpace(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(string(c.Body), "\n"))
	v.Text = regexp.MustCompile(`\n+`).ReplaceAllString(v.Text, "\n")
	if it.ParentKey == "" {
		v.Found = []dealwatch.Item{{
			Source: "gazette", Key: it.Key + "/annex", URL: it.URL + "/annex", Kind: "annex", Agency: "Gazette", ParentKey: it.Key,
		}}
	}
	return v, nil
}

func (g gazette) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	path, ok := strings.CutPrefix(c.URL, gazetteHost)
	number, isNotice := strings.CutPrefix(path, "/notice/")
	switch {
	case !ok:
		return dealwatch.Sight{}, false
	case isNotice && !strings.Contains(number, "/"):
		if c.Body == nil {
			return dealwatch.Sight{Err: &dealwatch.ReadError{Outcome: dealwatch.Gone, URL: c.URL, Err: errors.New("no notice")}}, true
		}
		return dealwatch.Sight{Documents: []dealwatch.Item{{
			Source: "gazette", Key: number, URL: c.URL, Title: "Third notice", Kind: "notice", Agency: "Gazette", PublishedOn: "2026-01-02",
		}}}, true
	case strings.HasPrefix(path, "/list?page="):
		if len(c.Body) == 0 {
			return dealwatch.Sight{Stream: "notices", Err: &dealwatch.ReadError{Outcome: dealwatch.Failed, URL: c.URL, Err: errors.New("no listing")}}, true
		}
		return dealwatch.Sight{Stream: "notices", Page: int(path[len(path)-1] - '0'), Items: rows(string(c.Body))}, true
	}
	return dealwatch.Sight{}, false
}
