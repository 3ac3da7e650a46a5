package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/feed"
)

// room is how much of each kind the page of a document shows. What is left out is in SQL
// and in the evidence, and the page says so.
type room struct {
	passages int // of all mentions
	versions int // that are compared
	flags    int
	events   int
	files    int // attachments
}

var documentRoom = room{passages: 40, versions: 8, flags: 40, events: 60, files: 60}

// half is the room of a page that came out too large; ok is false where there is no less.
func (r room) half() (less room, ok bool) {
	half := func(n int) int { return max(1, n/2) }
	less = room{half(r.passages), half(r.versions), half(r.flags), half(r.events), half(r.files)}
	return less, less != r
}

type documentView struct {
	ID, Title, Link, Host, Agency, Kind, Docket, Dated string
	Parent, ParentPage, Source, SourcePage             string
	Number                                             int
	FirstSeenAt, ReadAt                                time.Time
	SHA256, Capture, Pack                              string
	Flags                                              []flagView
	MoreFlags                                          int
	Versions                                           []versionView // newest first
	Missing                                            bool          // there are older versions that are not shown
	Attachments                                        []attachmentView
	MoreFiles                                          bool
	Coverage                                           []dayView
}

// flagView is one deal of a document, with all that happened to it.
type flagView struct {
	row
	RuleVersion string
	Version     int          // whose text the passages are
	Passages    []feed.Quote // every mention in context
	Mentions    int
	Hidden      bool // some mentions are not shown
	History     []eventView
	Earlier     bool // some events are not shown
}

type eventView struct {
	Lead    string
	Cause   string
	At      time.Time
	Version int
	Told    feed.Telling
}

// versionView is a version with what changed since the one before.
type versionView struct {
	Number                  int
	ReadAt                  time.Time
	SHA256, Capture, Source string
	Title, Dated            change // where they changed; zero elsewhere
	Changes                 []change
	More                    bool
	First                   bool
	Became                  []string // what became of the matches
	MoreBecame              int
}

type attachmentView struct {
	Title, Page, Link, Kind, State string
}

// document makes a document's page. There are many, seldom read: none is kept.
func (h *Handler) document(ctx context.Context, id string) (*content, error) {
	doc, flags, err := h.cfg.Reader.Document(ctx, id)
	if err != nil {
		if h.notFound(err) {
			return nil, noSuch("There is no document %q on record.", line(id))
		}
		return nil, err
	}
	versions, err := h.cfg.Reader.Versions(ctx, id, documentRoom.versions+1)
	if err != nil {
		return nil, err
	}
	files, err := h.cfg.Reader.Attachments(ctx, doc.Source, doc.Key, documentRoom.files+1)
	if err != nil {
		return nil, err
	}
	v := documentView{
		ID: line(doc.ID), Title: line(cmp.Or(doc.Title, doc.ID)), Link: feed.Link(doc.URL), Host: feed.Host(doc.URL), Agency: line(doc.Agency),
		Kind: line(doc.Kind), Docket: line(doc.Docket), Dated: line(doc.PublishedOn), Source: h.sourceTitle(doc.Source),
		SourcePage: h.path(h.site.Base + "/sources#" + doc.Source), Number: doc.Number, FirstSeenAt: doc.FirstSeenAt, ReadAt: doc.ReadAt,
		SHA256: line(doc.SHA256), Capture: captureOf(doc),
	}
	if doc.ParentID != "" {
		parent, _, err := h.cfg.Reader.Document(ctx, doc.ParentID)
		switch {
		case err == nil:
			v.Parent, v.ParentPage = line(cmp.Or(parent.Title, parent.ID)), h.pageOf(parent.ID)
		case h.notFound(err): // it is a list of documents, or not read yet
			v.Parent = line(doc.ParentID)
		default:
			return nil, err
		}
	}
	switch {
	case h.packed[id]:
		v.Pack = h.path(h.site.DocumentURL(id) + "/" + packFile)
	case h.cfg.Evidence != nil && !h.static && len(id) <= longestID:
		v.Pack = h.path(h.site.Base + "/evidence/" + strings.TrimPrefix(h.site.DocumentURL(id), h.site.Base+"/documents/"))
	}
	m, err := h.matches(ctx, doc, flags)
	if err != nil {
		return nil, err
	}
	if n := versionsBack(doc, flags); n > len(versions) && len(versions) > documentRoom.versions {
		if versions, err = h.cfg.Reader.Versions(ctx, id, n); err != nil {
			return nil, err
		}
	}
	if v.Coverage, err = h.documentDays(ctx, doc); err != nil {
		return nil, err
	}
	modified := doc.ReadAt
	for _, ev := range m.events {
		if ev.HappenedAt.After(modified) {
			modified = ev.HappenedAt
		}
	}
	if len(v.Coverage) > 0 {
		modified = h.cfg.Now() // each further poll says more of a day
	}
	for space := documentRoom; ; {
		page := v
		page.MoreFiles = len(files) > space.files
		for _, it := range files[:min(len(files), space.files)] {
			page.Attachments = append(page.Attachments, h.attachment(it))
		}
		h.tellMatches(&page, doc, m, versions, space)
		b, err := h.render("document", shell{Title: v.Title, Here: "within", Page: page})
		if err != nil {
			return nil, err
		}
		less, ok := space.half()
		if len(b) <= pageBytes || !ok {
			return h.cache.dates.settle("/documents/"+id, newContent("text/html; charset=utf-8", pagePolicy, b, modified)), nil
		}
		space = less
	}
}

// notFound reports whether there is no such document.
func (h *Handler) notFound(err error) bool {
	return h.cfg.NotFound != nil && errors.Is(err, h.cfg.NotFound)
}

// longestID bounds an id in an address.
const longestID = 2000

// matched is what is on record of the deals that a document was flagged for.
type matched struct {
	flags    []dealwatch.Flag
	events   []dealwatch.Event // newest first
	mentions map[int64][]dealwatch.Mention
}

func (h *Handler) matches(ctx context.Context, doc dealwatch.Document, flags []dealwatch.Flag) (m matched, err error) {
	if m.flags = flags; len(flags) == 0 {
		return m, nil
	}
	events, err := h.cfg.Reader.Events(ctx, dealwatch.Filter{Document: doc.ID})
	if err != nil {
		return m, err
	}
	for _, ev := range events {
		if ev.Flag.DocumentID == doc.ID {
			m.events = append(m.events, ev)
		}
	}
	m.mentions, err = h.cfg.Reader.Mentions(ctx, flags)
	return m, err
}

// tellMatches fills in what the document says of the deals, and what its versions did
// to that.
func (h *Handler) tellMatches(v *documentView, doc dealwatch.Document, m matched, versions []dealwatch.Document, room room) {
	of := map[int]dealwatch.Document{doc.Number: doc}
	for _, d := range versions {
		of[d.Number] = d
	}
	became := map[int][]string{}
	left := room.passages
	told := 0
	for i, f := range m.flags {
		if i == room.flags {
			v.MoreFlags = len(m.flags) - i
			break
		}
		fv := flagView{row: h.row(f, nil), RuleVersion: line(f.RuleVersion), Version: f.Version, Mentions: len(m.mentions[f.ID])}
		fv.Passages, fv.Hidden = passages(of[f.Version], m.mentions[f.ID], left)
		left -= len(fv.Passages)
		for _, ev := range m.events {
			if ev.Flag.ID != f.ID {
				continue
			}
			became[ev.Version] = append(became[ev.Version], fv.Deal+": "+feed.Became(ev))
			if told == room.events {
				fv.Earlier = true
				continue
			}
			told++
			lead := feed.Lead(ev)
			lead = strings.ToUpper(lead[:1]) + lead[1:]
			e := eventView{Lead: lead, Cause: feed.Cause(ev.Cause), At: ev.HappenedAt, Version: ev.Version}
			if e.Told = feed.Tell(ev); len(fv.Passages) > 0 && !fv.Hidden && ev.Version == f.Version && ev.What != dealwatch.Withdrawn && len(e.Told.Before) == 0 {
				e.Told.Now = nil // the passages above show it
			}
			fv.History = append(fv.History, e)
		}
		for _, d := range versions {
			if stands(m.events, f.ID, d.Number) {
				became[d.Number] = append(became[d.Number], fv.Deal+": still matches, on the same words.")
			}
		}
		v.Flags = append(v.Flags, fv)
	}
	v.Versions, v.Missing = versionViews(versions, became, m.ends(room.versions), room.versions)
}

// mostVersions bounds what is read for the matches that ended long ago.
const mostVersions = 40

// versionsBack is how many versions must be read to have that of each flag.
func versionsBack(doc dealwatch.Document, flags []dealwatch.Flag) int {
	n := 0
	for _, f := range flags[:min(len(flags), documentRoom.flags)] {
		if back := doc.Number - f.Version + 1; back <= mostVersions {
			n = max(n, back)
		}
	}
	return n
}

// ends are the versions that ended a match, at most so many, the newest first.
func (m matched) ends(most int) map[int]bool {
	out := map[int]bool{}
	for _, ev := range m.events {
		if ev.What == dealwatch.Withdrawn && len(out) < most {
			out[ev.Version] = true
		}
	}
	return out
}

// stands reports whether a version left the match of a flag as it was. The events are
// the newest first.
func stands(events []dealwatch.Event, flag int64, version int) bool {
	for _, ev := range events {
		if ev.Flag.ID == flag && ev.Version <= version {
			return ev.Version < version && ev.What != dealwatch.Withdrawn
		}
	}
	return false
}

// passages are the mentions in context, those of the title first. Some are hidden where
// there are more than limit, or where the version does not have them in their places.
func passages(d dealwatch.Document, mentions []dealwatch.Mention, limit int) (out []feed.Quote, hidden bool) {
	places := map[dealwatch.Field][][2]int{}
	texts := map[dealwatch.Field]string{dealwatch.Title: d.Title, dealwatch.Text: d.Text}
	for _, m := range mentions {
		text := texts[m.Field]
		if m.Start < 0 || m.Start >= m.End || m.End > len(text) || text[m.Start:m.End] != m.Hit {
			hidden = true
			continue
		}
		places[m.Field] = append(places[m.Field], [2]int{m.Start, m.End})
	}
	for _, field := range []dealwatch.Field{dealwatch.Title, dealwatch.Text} {
		out = append(out, feed.Passages(texts[field], places[field], limit+1)...)
	}
	if len(out) > limit {
		return out[:limit], true
	}
	return out, hidden
}

// versionViews shows the newest versions up to limit, and of the older ones those of also.
// Some are left out where missing is true.
func versionViews(versions []dealwatch.Document, became map[int][]string, also map[int]bool, limit int) (out []versionView, missing bool) {
	for i, d := range versions {
		if i >= limit && !also[d.Number] {
			missing = true
			continue
		}
		v := versionView{
			Number: d.Number, ReadAt: d.ReadAt, SHA256: line(d.SHA256), Capture: captureOf(d), First: i == len(versions)-1,
			Became: became[d.Number][:min(5, len(became[d.Number]))], MoreBecame: max(0, len(became[d.Number])-5),
		}
		if !v.First {
			old := versions[i+1]
			v.Changes, v.More = changes(old.Text, d.Text)
			if old.Title != d.Title {
				v.Title = change{Gone: cmp.Or(line(old.Title), "none"), Come: cmp.Or(line(d.Title), "none")}
			}
			if old.PublishedOn != d.PublishedOn {
				v.Dated = change{Gone: cmp.Or(line(old.PublishedOn), "none"), Come: cmp.Or(line(d.PublishedOn), "none")}
			}
			if i > 2 && !also[d.Number] && len(v.Changes) > 3 { // the newest are told in full
				v.Changes, v.More = v.Changes[:3], true
			}
		}
		out = append(out, v)
	}
	return out, missing
}

func captureOf(d dealwatch.Document) string {
	if d.Capture.Zero() {
		return ""
	}
	return fmt.Sprintf("%s, byte %d", line(d.Capture.File), d.Capture.Offset)
}

func (h *Handler) attachment(it dealwatch.Listed) attachmentView {
	v := attachmentView{
		Title: line(cmp.Or(it.Title, it.Key)), Link: feed.Link(it.URL), Kind: line(it.Kind),
		State: map[string]string{"pending": "not read yet", "gone": "gone"}[it.State],
	}
	if it.State == "read" {
		v.Page = h.pageOf(it.ID())
	}
	return v
}

// pageOf is the page of a document beside one that is shown; "" where none is written.
func (h *Handler) pageOf(id string) string {
	if h.static && !h.written[id] {
		return ""
	}
	return h.path(h.site.DocumentURL(id))
}
