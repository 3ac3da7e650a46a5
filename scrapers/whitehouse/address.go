package whitehouse

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Where an address lies in the site.
type site struct {
	stream  string // of a listing
	page    int
	article bool
}

var (
	// Sections of the site since 2025, with the sub-sections that came in that year.
	listingPath = regexp.MustCompile(`^/(presidential-actions|news|articles|briefings-statements|fact-sheets|remarks|research)` +
		`(/[a-z-]+)?(?:/page/(\d+))?$`)
	feedPath = regexp.MustCompile(`^/((?:presidential-actions|news|articles|briefings-statements|fact-sheets|remarks|research|briefing-room)` +
		`(?:/[a-z-]+)?)/feed$`)
	// The listings of 2017.
	drupalPath = regexp.MustCompile(`^/briefing-room/presidential-actions(/[a-z-]+)?$`)

	// Whatever follows a slug is a link that never was one (".../e,location"): it is
	// the article's neighbour, and the site answers that it is not there.
	article2025 = regexp.MustCompile(`^/(presidential-actions|articles|briefings-statements|fact-sheets|remarks|research)(/[a-z-]+)?/20\d\d/\d\d/[^/]+(/[^/]+)?$`)
	article2021 = regexp.MustCompile(`^/briefing-room/[a-z-]+/20\d\d/\d\d/\d\d/[^/]+$`)
	article2017 = regexp.MustCompile(`^/the-press-office/20\d\d/\d\d/\d\d/[^/]+$`)
)

// partial is added to the page of a listing that shows only a section of its stream.
// Such a listing has no first page of the stream, and so proves nothing complete.
const partial = 1000

// place finds an address among the listings and articles. Listings of one section,
// and those of dead sites, count as pages of the stream that shows the same.
func place(u *url.URL) site {
	path := cleanPath(u)
	if m := feedPath.FindStringSubmatch(path); m != nil {
		stream, whole := feedOf(m[1])
		return pageOf(stream, number(u.Query().Get("paged"), 1)-1, whole)
	}
	if article2025.MatchString(path) || article2021.MatchString(path) || article2017.MatchString(path) {
		return site{article: true}
	}
	if m := listingPath.FindStringSubmatch(path); m != nil {
		page := number(m[3], 1) - 1
		if m[1] == "presidential-actions" {
			return pageOf(actionsStream, page, m[2] == "")
		}
		return pageOf(newsStream, page, m[1]+m[2] == "news")
	}
	if m := drupalPath.FindStringSubmatch(path); m != nil {
		return pageOf(actionsStream, number(u.Query().Get("page"), 0), m[1] == "")
	}
	return site{}
}

func pageOf(stream string, page int, whole bool) site {
	if !whole {
		page += partial
	}
	return site{stream: stream, page: page}
}

// feedOf is the stream of a section's feed, and whether that feed shows all of it.
func feedOf(section string) (stream string, whole bool) {
	switch {
	case section == "presidential-actions/executive-orders":
		return ordersStream, true
	case strings.HasPrefix(section, "presidential-actions"):
		return feedStream, section == "presidential-actions"
	}
	return newsStream, section == "news" || section == "briefing-room"
}

// number reads a page number, and gives least for what is none.
func number(s string, least int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > 100000 {
		return least
	}
	return n
}

// cleanPath is u's path without a closing slash, and without the index.html that
// mirrors put into links.
func cleanPath(u *url.URL) string {
	return strings.TrimSuffix(strings.TrimSuffix(u.Path, "index.html"), "/")
}

// resolve makes the canonical address of a link on a page: secure, on the one host,
// without query and fragment. It gives "" for a link that leads off the site.
func resolve(base, href string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ""
	}
	u, err := b.Parse(strings.TrimSpace(href))
	if err != nil || strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") != "whitehouse.gov" ||
		u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	path := cleanPath(u)
	if !article2017.MatchString(path) && !strings.Contains(path[strings.LastIndex(path, "/")+1:], ".") {
		path += "/"
	}
	return (&url.URL{Scheme: "https", Host: host, Path: path}).String()
}

// sitePrefix is what parts the post numbers of the site that address is of from
// those of the present one.
func sitePrefix(address string) string {
	if strings.HasPrefix(address, home+"/briefing-room/") {
		return "2021-"
	}
	return ""
}
