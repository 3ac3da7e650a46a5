package web

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

//go:embed page
var pageFiles embed.FS

// pages are the templates, by the name of the page.
var pages = func() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, name := range []string{"index", "search", "deal", "document", "sources", "feeds", "error"} {
		t := template.New("layout.html").Funcs(template.FuncMap{"time": clock, "line": line, "day": date, "stamp": stamp})
		out[name] = template.Must(t.ParseFS(pageFiles, "page/layout.html", "page/flags.html", "page/filters.html", "page/"+name+".html"))
	}
	return out
}()

// line is text from outside as a page shows it: on one line, and not endless.
func line(s string) string { return feed.Short(s, 300) }

// clock shows an instant of ours; the zero time is never.
func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// date is the day of an instant of ours.
func date(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// stamp is an instant as a machine reads it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// shell is what every page has around its own part.
type shell struct {
	Title  string
	Prefix string // of every address within the site
	Here   string // the part of the site that the page is; "within" for a page under the first one
	Feeds  []link // what a reader finds by itself
	Static bool   // written as files, where no query is answered
	Page   any
}

// link is an address of a feed, for people and for readers.
type link struct {
	Title string
	Type  template.HTMLAttr // the media type; html/template would write its plus as &#43;
	URL   string
	Name  string // of the format
}

// subscribe gives the addresses of a feed in every format.
func subscribe(ch feed.Channel) []link {
	var out []link
	for _, f := range feed.Formats {
		mediaType, _, _ := strings.Cut(f.MediaType, ";")
		out = append(out, link{Title: ch.Title + " (" + f.Label + ")", Type: template.HTMLAttr(`type="` + mediaType + `"`), URL: ch.URL(f.Name), Name: f.Label})
	}
	return out
}

// render makes a page.
func (h *Handler) render(name string, s shell) ([]byte, error) {
	s.Prefix = h.prefix
	s.Static = h.static
	if len(s.Feeds) == 0 {
		s.Feeds = subscribe(h.site.All(dealwatch.Filter{}))
	}
	var b bytes.Buffer
	if err := pages[name].Execute(&b, s); err != nil {
		return nil, fmt.Errorf("make page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func (h *Handler) html(name string, s shell) (map[string]*content, error) {
	b, err := h.render(name, s)
	if err != nil {
		return nil, err
	}
	return map[string]*content{"html": newContent("text/html; charset=utf-8", pagePolicy, b, h.cfg.Now())}, nil
}

// errorTitles are the headings of the pages that say what is wrong.
var errorTitles = map[int]string{
	http.StatusBadRequest:         "Not understood",
	http.StatusNotFound:           "Not found",
	http.StatusMethodNotAllowed:   "Not allowed",
	http.StatusGone:               "No longer here",
	http.StatusServiceUnavailable: "Not now",
}

// errorPage always gives a page.
func (h *Handler) errorPage(p *problem) []byte {
	b, err := h.render("error", shell{Title: cmp.Or(errorTitles[p.status], http.StatusText(p.status)), Page: p.sentence})
	if err != nil {
		return []byte(template.HTMLEscapeString(p.sentence))
	}
	return b
}

func (h *Handler) style() *unit {
	return &unit{filter: nothing, build: func(context.Context) (map[string]*content, error) {
		b, err := pageFiles.ReadFile("page/style.css")
		if err != nil {
			return nil, err
		}
		return map[string]*content{"css": newContent("text/css; charset=utf-8", feedPolicy, b, h.cfg.Now())}, nil
	}}
}

// sqlOf is the query that gives the same list.
func sqlOf(deal string) string {
	return "SELECT flagged_at, source, title, url, snippet FROM flagged_items WHERE deal_id = '" +
		strings.ReplaceAll(deal, "'", "''") + "' ORDER BY flag_id DESC"
}

var closenesses = []dealwatch.Closeness{
	dealwatch.InTitle, dealwatch.InSentence, dealwatch.ByFiler, dealwatch.InParagraph, dealwatch.InDocument,
}

type sourceView struct {
	Name, Title, Agency, Home string
	Every                     string
	Identity, Second          string
	Budget                    []string // how often each host is asked at most
	Asked                     []string // how often each was asked today
	Health                    dealwatch.Health
	Known                     bool      // the store has something of it
	OverdueSince              time.Time // zero where it is read when it should be
	Unseen                    []string
	Feeds                     []link
	Gaps                      []dealwatch.Gap // open ones
	OpenGaps, MoreGaps        int             // all of them, and those that are not shown
}

type sourcesView struct {
	Sources []sourceView
	Other   []dealwatch.Health // incidents of no source
	Feeds   []link
}

// shownGaps is how many open gaps of a source are shown.
const shownGaps = 50

// askedFor is how long a page may say how often the hosts were asked.
const askedFor = time.Minute

func (h *Handler) sourcesPage() *unit {
	return &unit{filter: nothing, health: true, lasts: askedFor, build: func(ctx context.Context) (map[string]*content, error) {
		health, gaps, err := h.health(ctx)
		if err != nil {
			return nil, err
		}
		v := sourcesView{Feeds: subscribe(h.site.HealthChannel())}
		for _, in := range h.cfg.Sources {
			sv := sourceView{
				Name: in.Name, Title: line(cmp.Or(in.Title, in.Name)), Agency: line(in.Agency),
				Home: feed.Link(in.Home), Feeds: subscribe(h.site.Source(in)), Unseen: in.Unseen,
			}
			sv.Identity, sv.Second = line(in.Identity), line(in.Second)
			for _, host := range in.Hosts {
				if host.Every > 0 {
					sv.Budget = append(sv.Budget, fmt.Sprintf("%s, at most once every %s", line(host.Name), host.Every))
				}
			}
			if h.cfg.Asked != nil && !h.static { // a file would say it long after
				if sv.Asked, err = h.cfg.Asked(ctx, in); err != nil {
					return nil, err
				}
			}
			if in.Every > 0 {
				sv.Every = strings.TrimSuffix(strings.TrimSuffix(in.Every.String(), "0s"), "0m")
			}
			if i := slices.IndexFunc(health, func(s dealwatch.Health) bool { return s.Source == in.Name }); i >= 0 {
				sv.Health, sv.Known, sv.OverdueSince = health[i], true, h.overdueSince(health[i])
			}
			for _, g := range gaps {
				if g.Source == in.Name && g.ClosedAt.IsZero() {
					sv.Gaps = append(sv.Gaps, g)
				}
			}
			v.Sources = append(v.Sources, sv)
		}
		for _, s := range health {
			known := slices.ContainsFunc(h.cfg.Sources, func(in dealwatch.Info) bool { return in.Name == s.Source })
			if !known && s.Incident != "" {
				v.Other = append(v.Other, s)
			}
		}
		all := v.Sources
		return fit(shownGaps, 1, func(room int) (map[string]*content, error) {
			v.Sources = slices.Clone(all)
			for i := range v.Sources {
				s := &v.Sources[i]
				s.OpenGaps, s.MoreGaps = len(s.Gaps), max(0, len(s.Gaps)-room)
				s.Gaps = s.Gaps[:min(room, len(s.Gaps))]
			}
			return h.html("sources", shell{Title: "Sources", Here: "sources", Feeds: v.Feeds, Page: v})
		})
	}}
}

// path is an address of ours without scheme and host, so that a page works under
// whatever name it is reached by.
func (h *Handler) path(address string) string {
	if u, err := url.Parse(address); err == nil {
		u.Scheme, u.Host = "", ""
		return u.String()
	}
	return h.prefix + "/"
}
