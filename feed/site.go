package feed

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

// Site is what all feeds of one installation share.
type Site struct {
	Base      string // public base URL of every link, without a slash at its end
	Authority string // of the tag URIs; with Year it is made once and never changes
	Year      int
	Deals     []dealwatch.Deal // in the order in which they are shown
	Sources   []dealwatch.Info
	// Packed reports whether the page of a document leads to its evidence as a file; nil
	// where every page does.
	Packed func(documentID string) bool
}

// longest is how long a part of an address or id may be that came from outside.
const longest = 2000

// Tag is the tag URI of one of our names. It depends on nothing but the store. A name
// that is too long for a reader goes by its digest.
func (s Site) Tag(name string) string {
	if len(name) > longest {
		name = fmt.Sprintf("sha256/%x", sha256.Sum256([]byte(name)))
	}
	return fmt.Sprintf("tag:%s,%d:%s", s.Authority, s.Year, escapeTag(name))
}

// escapeTag escapes what may not stand in the specific part of a tag URI.
func escapeTag(name string) string {
	const safe = "-._~/:@!$&'()*+,;=?"
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(safe, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// Follows reports whether a deal is in the watchlist.
func (s Site) Follows(id string) bool {
	return slices.ContainsFunc(s.Deals, func(d dealwatch.Deal) bool { return d.ID == id })
}

// DealURL is the address of a deal's page; the first page stands in for one that is
// followed no longer.
func (s Site) DealURL(id string) string {
	if len(id) > longest || !s.Follows(id) {
		return s.Base + "/"
	}
	return s.Base + "/deals/" + url.PathEscape(id)
}

// DocumentURL is the address of a document's page.
func (s Site) DocumentURL(id string) string {
	if len(id) > longest {
		return s.Base + "/"
	}
	return s.Base + "/documents/" + escapeID(id)
}

// escapeID keeps the slashes of a document id, unless a server or proxy would fold
// them: a key can be an address itself.
func escapeID(id string) string {
	source, key, _ := strings.Cut(id, "/")
	parts := strings.Split(key, "/")
	if slices.ContainsFunc(parts, func(p string) bool { return p == "" || p == "." || p == ".." }) {
		return url.PathEscape(source) + "/" + url.PathEscape(key)
	}
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return url.PathEscape(source) + "/" + strings.Join(parts, "/")
}

func (s Site) epoch() time.Time { return time.Date(max(s.Year, 1), 1, 1, 0, 0, 0, 0, time.UTC) }

func (s Site) channel(path, home, title, subtitle string) Channel {
	return Channel{
		ID: s.Tag(strings.TrimPrefix(path, "/")), Title: title, Subtitle: subtitle,
		Home: home, Address: s.Base + path, Epoch: s.epoch(),
	}
}

// All is the feed of every deal and source, or of what the filter chooses of it.
func (s Site) All(f dealwatch.Filter) Channel {
	ch := s.channel("/feeds/all", s.Base+"/", "dealwatch: all deals", "Official documents that mention the followed deals.")
	if q := Query(f); len(q) > 0 {
		ch.Query = q
		ch.ID += "?" + escapeTag(q.Encode())
		ch.Home += "?" + q.Encode()
		ch.Title = "dealwatch: " + s.describe(f)
	}
	return ch
}

// describe names what a filter chooses, for a title.
func (s Site) describe(f dealwatch.Filter) string {
	var parts []string
	if f.Deal != "" {
		parts = append(parts, s.deal(f.Deal).Name)
	}
	if f.Source != "" {
		parts = append(parts, s.source(f.Source).Title)
	}
	if f.Kind != "" {
		parts = append(parts, f.Kind)
	}
	if f.Closeness != "" {
		parts = append(parts, Closeness(f.Closeness))
	}
	if !f.Since.IsZero() {
		parts = append(parts, "since "+stamp(f.Since).Format(time.DateOnly))
	}
	return strings.Join(parts, ", ")
}

// Query is the filter as the parameters of an address.
func Query(f dealwatch.Filter) url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("deal", f.Deal)
	set("source", f.Source)
	set("kind", f.Kind)
	set("closeness", string(f.Closeness))
	if t := f.Since; !t.IsZero() {
		t = t.UTC()
		if t.Equal(t.Truncate(24 * time.Hour)) {
			set("since", t.Format(time.DateOnly))
		} else {
			set("since", t.Format(time.RFC3339Nano))
		}
	}
	return q
}

// Deal is the feed of one deal.
func (s Site) Deal(d dealwatch.Deal) Channel {
	d = s.deal(d.ID)
	return s.channel("/feeds/deals/"+url.PathEscape(d.ID), s.DealURL(d.ID), "dealwatch: "+d.Name,
		"Official documents that mention the deal "+d.Name+".")
}

// Source is the feed of one source.
func (s Site) Source(in dealwatch.Info) Channel {
	in = s.source(in.Name)
	return s.channel("/feeds/sources/"+url.PathEscape(in.Name), s.Base+"/sources#"+url.PathEscape(in.Name),
		"dealwatch: "+in.Title, "Documents of "+in.Title+" that mention a followed deal.")
}

// HealthChannel is the feed of incidents and gaps.
func (s Site) HealthChannel() Channel {
	return s.channel("/feeds/health", s.Base+"/sources", "dealwatch: health of the sources",
		"Sources that cannot be read, and stretches that no poll has proved complete.")
}

// deal is the deal of that id, or one that is named after its id.
func (s Site) deal(id string) dealwatch.Deal {
	i := slices.IndexFunc(s.Deals, func(d dealwatch.Deal) bool { return d.ID == id })
	if i < 0 {
		return dealwatch.Deal{ID: id, Name: id}
	}
	d := s.Deals[i]
	if d.Name == "" {
		d.Name = id
	}
	return d
}

// source is the source of that name, or one that is titled after its name.
func (s Site) source(name string) dealwatch.Info {
	i := slices.IndexFunc(s.Sources, func(in dealwatch.Info) bool { return in.Name == name })
	if i < 0 {
		return dealwatch.Info{Name: name, Title: name}
	}
	in := s.Sources[i]
	if in.Title == "" {
		in.Title = name
	}
	return in
}
