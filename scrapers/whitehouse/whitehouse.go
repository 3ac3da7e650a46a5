// Package whitehouse reads what the White House publishes: presidential actions
// (orders, memoranda, proclamations, nominations) and its news beside them.
package whitehouse

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
	"github.com/dealwatch/dealwatch/scrapers/extract"
)

const (
	source = "whitehouse"
	agency = "White House"
	host   = "www.whitehouse.gov"
	home   = "https://" + host

	feedStream    = "feed"
	ordersStream  = "executive-orders"
	actionsStream = "actions"
	newsStream    = "news"
)

// Actions is the source "whitehouse". The feeds are for discovery and the article's
// page for text; the HTML listings are the second channel and the fallback, since
// the site once ran for four years without a feed.
type Actions struct {
	Client *crawl.Client
}

var _ dealwatch.Source = Actions{}

// Info declares the source.
func (Actions) Info() dealwatch.Info {
	return dealwatch.Info{
		Name:   source,
		Title:  "White House presidential actions and news",
		Agency: agency,
		Home:   home + "/presidential-actions/",
		Identity: "WordPress post number (post-N); the Drupal node number for pages of 2017 (node-N); " +
			"posts of the site of 2021 to 2025 are 2021-post-N, as each new site counts from one",
		Second: "the HTML listing of presidential actions; the Federal Register, which prints orders days later",
		Kinds:  kinds,
		Hosts: []dealwatch.Host{{
			Name:  host,
			Every: 2 * time.Second,
			Judge: judge,
		}},
		Every: 15 * time.Minute,
		Young: 3 * 24 * time.Hour, // one post in eight is edited more than a day after it was made
		Unseen: []string{
			"the feeds as they are since 2025 (those captured are of 2021 and 2022)",
			"pages whose kind is a link, and signed orders (eo-NNNNN.pdf), both of 2026",
			"article pages of the site of 2021 (its articles are read from its feeds)",
		},
	}
}

// Streams are the feeds first: what they show of an item is what the listings show.
func (Actions) Streams() []dealwatch.Stream {
	return []dealwatch.Stream{
		{Name: feedStream, URL: home + "/presidential-actions/feed/"},
		// Proclamations and memoranda push orders out of the feed of all actions.
		{Name: ordersStream, URL: home + "/presidential-actions/executive-orders/feed/"},
		{Name: actionsStream, URL: home + "/presidential-actions/", Window: 3},
		{Name: newsStream, URL: home + "/news/", Window: 3},
	}
}

// List gives the pages of a feed or of an HTML listing. Both end where the site says
// that there is no further page.
func (a Actions) List(ctx context.Context, s dealwatch.Stream, r dealwatch.Range) iter.Seq2[[]dealwatch.Item, error] {
	return func(yield func([]dealwatch.Item, error) bool) {
		last := ""
		for n, next := 0, s.URL; next != ""; n++ {
			if r.First && n >= max(1, s.Window) {
				return
			}
			c, err := a.Client.Get(ctx, next)
			if n > 0 && dealwatch.OutcomeOf(err) == dealwatch.Gone {
				return // past the last page
			}
			if err != nil {
				yield(nil, err)
				return
			}
			p, err := readListing(c)
			if err == nil && p.items[0].Key == last {
				err = unparsed(c, "this page of the listing repeats the one before it")
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(p.items, nil) {
				return
			}
			last, next = p.items[0].Key, p.next
		}
	}
}

// Read reads an article from its page or an attachment from its file. An item of the
// dead site of 2021 is read from the feed that carried it whole.
//
// A listing of 2017 names no node, so that its items have the page's path for a key.
// Reading one gives an index: the document is found on it, under its node number.
func (a Actions) Read(ctx context.Context, it dealwatch.Item) (dealwatch.Version, error) {
	if it.Content != "" {
		return readContent(it)
	}
	c, err := a.Client.Get(ctx, it.URL)
	if err != nil {
		return dealwatch.Version{}, err
	}
	if it.ParentKey != "" {
		text, err := extract.Document(ctx, c.Header.Get("Content-Type"), it.URL, c.Body)
		if err != nil {
			return dealwatch.Version{}, err
		}
		return version(it, c, "file", text), nil
	}
	p, err := readArticle(c, it)
	if err != nil {
		return dealwatch.Version{}, err
	}
	if strings.HasPrefix(it.Key, pathKey) {
		v := version(it, c, "page", "")
		v.Index, v.Found = true, []dealwatch.Item{p.item}
		return v, nil
	}
	if p.item.Key != it.Key {
		return dealwatch.Version{}, unparsed(c, fmt.Sprintf("the page is now %s, not %s", p.item.Key, it.Key))
	}
	v := version(p.item, c, "page", p.text)
	v.Found = p.files
	return v, nil
}

func version(it dealwatch.Item, c dealwatch.Capture, channel, text string) dealwatch.Version {
	return dealwatch.Version{Item: it, Text: text, Channel: channel, ReadAt: c.At, SHA256: c.SHA256, Capture: c.Ref}
}

// Recognise knows the feeds, listings and articles of the present site, and those of
// the sites of 2017 and 2021. It does not know the pages of 2018 to 2020.
func (Actions) Recognise(c dealwatch.Capture) (dealwatch.Sight, bool) {
	u, err := url.Parse(c.URL)
	if err != nil || strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") != "whitehouse.gov" {
		return dealwatch.Sight{}, false
	}
	at := place(u)
	if at.stream == "" && !at.article {
		return dealwatch.Sight{}, false
	}
	if err := refusal(c); err != nil {
		return dealwatch.Sight{Stream: at.stream, Page: at.page, Err: err}, true
	}
	if at.article {
		p, err := readArticle(c, dealwatch.Item{})
		if err != nil {
			return dealwatch.Sight{Err: err}, true
		}
		return dealwatch.Sight{Documents: []dealwatch.Item{p.item}}, true
	}
	p, err := readListing(c)
	return dealwatch.Sight{Stream: at.stream, Page: at.page, Items: p.items, Err: err}, true
}

// judge tells the site's own page for a missing article, which also comes where a
// script's text was taken for a link.
func judge(c dealwatch.Capture) *dealwatch.ReadError {
	if c.Status == http.StatusNotFound || strings.Contains(string(c.Body), `<body class="error404`) {
		return &dealwatch.ReadError{Outcome: dealwatch.Gone, URL: c.URL, Status: c.Status, Capture: c.Ref,
			Err: fmt.Errorf("the site has no such page")}
	}
	return nil
}

// refusal is what a capture without content says, nil for one with content.
func refusal(c dealwatch.Capture) error {
	if err := judge(c); err != nil {
		return err
	}
	if c.Status == http.StatusOK && len(c.Body) > 0 {
		return nil
	}
	outcome := dealwatch.Failed
	switch c.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		outcome = dealwatch.Blocked
	case http.StatusGone:
		outcome = dealwatch.Gone
	case http.StatusOK:
		outcome = dealwatch.Empty
	}
	return &dealwatch.ReadError{Outcome: outcome, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: fmt.Errorf("the answer holds no page")}
}

func unparsed(c dealwatch.Capture, what string) error {
	return &dealwatch.ReadError{Outcome: dealwatch.Unparsed, URL: c.URL, Status: c.Status, Capture: c.Ref, Err: fmt.Errorf("%s", what)}
}
