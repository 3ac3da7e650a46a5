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

const (
	documentPassages = 40 // of all mentions of a document
	documentVersions = 8  // that are compared
	documentFlags    = 40
	documentEvents   = 60
	documentFiles    = 60 // attachments
)

type documentView struct {
	ID, Title, Link, Host, Agency, Kind, Docket, Dated string
	Parent, ParentPage, Source, SourcePage             string
	Number                                             int
	FirstSeenAt, ReadAt                                time.Time
	SHA256, Capture, Pack                              string
	Flags                                              []flagView
	MoreFlags                                          int
	Versions                                           []versionView // newest first
	Earlier                                            bool          // there are versions that are not shown
	Attachments                                        []attachmentView
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
}

type eventView struct {
	Lead    string
	Cause   string
	At      time.Time
	Version int
	Quotes  []feed.Quote
}

// versionView is a version with what changed since the one before.
type versionView struct {
	Number                  int
	ReadAt                  time.Time
	SHA256, Capture, Source string
	Title, Dated            string // where they changed; "" elsewhere
	Changes                 []change
	More                    bool
	First                   bool
	Became                  []string // what became of the matches
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
	versions, err := h.cfg.Reader.Versions(ctx, id, documentVersions+1)
	if err != nil {
		return nil, err
	}
	files, err := h.cfg.Reader.Attachments(ctx, doc.Source, doc.Key, documentFiles)
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
	for _, it := range files {
		v.Attachments = append(v.Attachments, h.attachment(it))
	}
	modified, err := h.tellMatches(ctx, &v, doc, flags, versions)
	if err != nil {
		return nil, err
	}
	if v.Coverage, err = h.documentDays(ctx, doc); err != nil {
		return nil, err
	}
	if len(v.Coverage) > 0 {
		modified = h.cfg.Now() // each further poll says more of a day; the tag tells whether it did
	}
	b, err := h.render("document", shell{Title: v.Title, Here: "index", Page: v})
	if err != nil {
		return nil, err
	}
	return h.cache.dates.settle("/documents/"+id, newContent("text/html; charset=utf-8", pagePolicy, b, modified)), nil
}

// notFound reports whether there is no such document.
func (h *Handler) notFound(err error) bool {
	return h.cfg.NotFound != nil && errors.Is(err, h.cfg.NotFound)
}

// longestID bounds an id in an address.
const longestID = 2000

// tellMatches fills in what the document says of the deals, and what its versions did
// to that. It returns when the page last changed.
func (h *Handler) tellMatches(ctx context.Context, v *documentView, doc dealwatch.Document, flags []dealwatch.Flag, versions []dealwatch.Document) (time.Time, error) {
	modified := doc.ReadAt
	var events []dealwatch.Event
	var mentions map[int64][]dealwatch.Mention
	if len(flags) > 0 {
		var err error
		if events, err = h.cfg.Reader.Events(ctx, dealwatch.Filter{Document: doc.ID}); err != nil {
			return modified, err
		}
		if mentions, err = h.cfg.Reader.Mentions(ctx, flags); err != nil {
			return modified, err
		}
	}
	texts := map[int]string{doc.Number: doc.Text}
	for _, d := range versions {
		texts[d.Number] = d.Text
	}
	became := map[int][]string{}
	left := documentPassages
	told := 0
	for i, f := range flags {
		if i == documentFlags {
			v.MoreFlags = len(flags) - i
			break
		}
		fv := flagView{row: h.row(f, nil), RuleVersion: line(f.RuleVersion), Version: f.Version, Mentions: len(mentions[f.ID])}
		fv.Passages, fv.Hidden = passages(texts[f.Version], mentions[f.ID], left)
		left -= len(fv.Passages)
		for _, ev := range events {
			if ev.Flag.ID != f.ID || ev.Flag.DocumentID != doc.ID || told == documentEvents {
				continue
			}
			told++
			lead := feed.Lead(ev)
			lead = strings.ToUpper(lead[:1]) + lead[1:]
			e := eventView{Lead: lead, Cause: feed.Cause(ev.Cause), At: ev.HappenedAt, Version: ev.Version}
			if len(fv.Passages) == 0 || ev.What == dealwatch.Withdrawn || ev.Version != f.Version {
				e.Quotes = feed.Quotes(ev)
			}
			fv.History = append(fv.History, e)
			became[ev.Version] = append(became[ev.Version], fv.Deal+": "+feed.Became(ev))
			if ev.HappenedAt.After(modified) {
				modified = ev.HappenedAt
			}
		}
		for _, d := range versions {
			if stands(events, f.ID, d.Number) {
				became[d.Number] = append(became[d.Number], fv.Deal+": still matches, on the same words.")
			}
		}
		v.Flags = append(v.Flags, fv)
	}
	v.Versions, v.Earlier = versionViews(versions, became)
	return modified, nil
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

// passages are the mentions in context; those of the title are not among them.
func passages(text string, mentions []dealwatch.Mention, limit int) (out []feed.Quote, hidden bool) {
	var places [][2]int
	for _, m := range mentions {
		if m.Field == dealwatch.Text && m.Start >= 0 && m.Start < m.End && m.End <= len(text) && text[m.Start:m.End] == m.Hit {
			places = append(places, [2]int{m.Start, m.End})
		}
	}
	out = feed.Passages(text, places, limit+1)
	if len(out) > limit {
		return out[:limit], true
	}
	return out, false
}

func versionViews(versions []dealwatch.Document, became map[int][]string) (out []versionView, earlier bool) {
	for i, d := range versions {
		if i == documentVersions {
			return out, true
		}
		v := versionView{
			Number: d.Number, ReadAt: d.ReadAt, SHA256: line(d.SHA256), Capture: captureOf(d), First: i == len(versions)-1,
			Became: became[d.Number][:min(5, len(became[d.Number]))],
		}
		if !v.First {
			old := versions[i+1]
			v.Changes, v.More = changes(old.Text, d.Text)
			if old.Title != d.Title {
				v.Title = line(d.Title)
			}
			if old.PublishedOn != d.PublishedOn {
				v.Dated = cmp.Or(line(d.PublishedOn), "none")
			}
			if i > 2 && len(v.Changes) > 3 { // the newest are told in full
				v.Changes, v.More = v.Changes[:3], true
			}
		}
		out = append(out, v)
	}
	return out, false
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
