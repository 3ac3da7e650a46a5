package feed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dealwatch/dealwatch"
)

const (
	titleRunes   = 200
	nameRunes    = 120
	otherDeals   = 10
	summaryRunes = 300
	revisedRunes = 800      // of a summary that tells what was there before
	entryBytes   = 32 << 10 // of an entry's HTML; the rest is on our page
)

// DealEntries are the entries of a deal's feed: one an event, but one for all that a
// changed watchlist brought at once.
func (s Site) DealEntries(events []dealwatch.Event) []Entry {
	single, runs := split(events)
	return s.dealEntries(single, runs)
}

// DealEvents are the entries of a deal's archive, where a changed watchlist makes as
// many entries as it brought events.
func (s Site) DealEvents(events []dealwatch.Event) []Entry { return s.dealEntries(events, nil) }

func (s Site) dealEntries(single []dealwatch.Event, runs [][]dealwatch.Event) []Entry {
	var out []Entry
	for _, ev := range single {
		deal := Short(s.dealName(ev), nameRunes)
		title := deal
		if mark := titleMark(ev.What); mark != "" {
			title += " (" + mark + ")"
		}
		e := s.entry(ev, []dealwatch.Event{ev})
		e.ID = s.Tag(ev.EntryID)
		e.Title = title + ": " + s.titleOf(ev)
		out = append(out, e)
	}
	for _, r := range runs {
		out = append(out, s.runEntry(r, ""))
	}
	return Order(out)
}

// DocumentEntries are the entries of a feed across deals: one a document's version,
// which names all its deals. What a changed watchlist does later to the same version
// is an entry of its own. Its ids are those of no deal's feed, because a reader that
// files an id under one feed would hide it in the other.
func (s Site) DocumentEntries(events []dealwatch.Event) []Entry {
	single, runs := split(events)
	return s.documentEntries(single, runs)
}

// DocumentEvents are the entries of the archive of a feed across deals, where a changed
// watchlist makes as many entries as it touched documents.
func (s Site) DocumentEvents(events []dealwatch.Event) []Entry { return s.documentEntries(events, nil) }

func (s Site) documentEntries(single []dealwatch.Event, runs [][]dealwatch.Event) []Entry {
	type key struct {
		id      string
		version int
		at      time.Time
		rematch bool
	}
	var order []key
	groups := map[key][]dealwatch.Event{}
	for _, ev := range single {
		k := key{ev.Flag.DocumentID, ev.Version, ev.HappenedAt.UTC(), ev.Cause == dealwatch.Rematch}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], ev)
	}
	slices.SortFunc(order, func(a, b key) int { return a.at.Compare(b.at) })
	first := map[string]bool{}
	var out []Entry
	for _, k := range order {
		evs := groups[k]
		slices.SortFunc(evs, func(a, b dealwatch.Event) int {
			return cmp.Or(cmp.Compare(s.rank(a.Flag.DealID), s.rank(b.Flag.DealID)), cmp.Compare(a.ID, b.ID))
		})
		name := fmt.Sprintf("doc/%s/%d", k.id, k.version)
		if k.rematch || first[name] {
			name += "/" + compact(k.at)
		} else {
			first[name] = true
		}
		e := s.entry(evs[0], evs)
		e.ID = s.Tag(name)
		e.Title = s.titleOf(evs[0]) + " [" + s.dealNames(evs) + "]"
		if e.Agency != "" && !strings.HasPrefix(e.Title, e.Agency) {
			e.Title = e.Agency + ": " + e.Title
		}
		out = append(out, e)
	}
	for _, r := range runs {
		out = append(out, s.runEntry(r, "doc/"))
	}
	return Order(out)
}

// entry is all of an entry that does not depend on the feed it stands in. The events
// are of one version of one document.
func (s Site) entry(ev dealwatch.Event, all []dealwatch.Event) Entry {
	f := ev.Flag
	in := s.source(f.Source)
	page := s.DocumentURL(f.DocumentID)
	tales := make([]tale, len(all))
	for i, ev := range all {
		tales[i] = tale{ev, Short(s.dealName(ev), nameRunes), Tell(ev)}
	}
	e := Entry{
		Link: cmp.Or(Link(f.URL), page), Page: page,
		Agency:    Short(f.Agency, nameRunes),
		Origin:    Origin{Title: Short(in.Title, nameRunes), URL: Link(in.Home)},
		Published: stamp(ev.Told()), Updated: stamp(ev.Told()),
		HTML:    s.body(tales, page),
		Summary: summary(tales),
	}
	e.covers(all)
	for _, ev := range tales {
		e.Categories = append(e.Categories, Category{s.Tag("deal"), Short(ev.Flag.DealID, nameRunes), ev.deal})
	}
	e.Categories = append(e.Categories, Category{s.Tag("agency"), e.Agency, ""}, Category{s.Tag("kind"), Short(f.Kind, nameRunes), ""})
	for _, ev := range all {
		e.Categories = append(e.Categories, Category{s.Tag("closeness"), Short(string(ev.Closeness), nameRunes), ""})
	}
	e.Categories = distinct(e.Categories)
	return e
}

// distinct drops empty terms and those that stand there already.
func distinct(cs []Category) []Category {
	var out []Category
	for _, c := range cs {
		same := func(o Category) bool { return o.Scheme == c.Scheme && o.Term == c.Term }
		if c.Term != "" && !slices.ContainsFunc(out, same) {
			out = append(out, c)
		}
	}
	return out
}

// tale is an event with what is told of it.
type tale struct {
	dealwatch.Event
	deal string
	told Telling
}

// body tells what was said, who said it, and where to read it.
func (s Site) body(all []tale, page string) string {
	var b strings.Builder
	f := all[0].Flag
	told := 0
	for _, ev := range all {
		var part strings.Builder
		fmt.Fprintf(&part, "<p>%s: %s</p>\n", anchor(s.DealURL(ev.Flag.DealID), ev.deal), escape(Lead(ev.Event)))
		for _, q := range ev.told.Now {
			q.html(&part)
		}
		if ev.told.Lead != "" {
			fmt.Fprintf(&part, "<p>%s</p>\n", escape(ev.told.Lead))
		}
		for _, q := range ev.told.Before {
			q.html(&part)
		}
		if b.Len()+part.Len() > entryBytes*3/4 {
			break
		}
		b.WriteString(part.String())
		told++
	}
	if more := len(all) - told; more > 0 {
		fmt.Fprintf(&b, "<p>%s.</p>\n", anchor(page, plural(more, "more deal")+", too long to tell here"))
	}
	b.WriteString("<ul>\n")
	fact := func(label, value string) {
		if value = Short(value, nameRunes); value != "" {
			fmt.Fprintf(&b, "<li>%s: %s</li>\n", label, escape(value))
		}
	}
	fact("Agency", f.Agency)
	fact("Kind", f.Kind)
	fact("Dated by the agency", f.PublishedOn)
	if all[0].Version > 1 {
		fact("Version", fmt.Sprint(all[0].Version))
	}
	fact("Why now", Cause(all[0].Cause))
	if also := s.others(all); also != "" {
		b.WriteString("<li>Also flagged for: " + also + "</li>\n")
	}
	b.WriteString("</ul>\n<p>")
	if link := Link(f.URL); link != "" {
		b.WriteString(anchor(link, "Read it at "+Short(Host(link), nameRunes)))
		b.WriteString(" · ")
	}
	label := "All its matches"
	if all[0].What != dealwatch.Raised {
		label = "What was told before, and all its matches"
	}
	evidence := "Archived copy and evidence"
	if s.Packed != nil && !s.Packed(f.DocumentID) {
		evidence = "Digest and time of reading"
	}
	b.WriteString(anchor(page+"#history", label) + " · " + anchor(page+"#evidence", evidence) + "</p>\n")
	return b.String()
}

// others are the deals that the document had been flagged for by then, apart from those
// that are told of.
func (s Site) others(all []tale) string {
	var ids []string
	for _, ev := range all {
		ids = append(ids, ev.Others...)
	}
	told := func(id string) bool {
		return slices.ContainsFunc(all, func(t tale) bool { return t.Flag.DealID == id })
	}
	ids = slices.DeleteFunc(ids, told)
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(s.rank(a), s.rank(b)), cmp.Compare(a, b)) })
	ids = slices.Compact(ids)
	var names []string
	for _, id := range ids[:min(len(ids), otherDeals)] {
		name := Short(s.deal(id).Name, nameRunes)
		if s.Follows(id) {
			name = anchor(s.DealURL(id), name)
		} else {
			name = escape(name)
		}
		names = append(names, name)
	}
	if more := len(ids) - len(names); more > 0 {
		names = append(names, plural(more, "more deal"))
	}
	return strings.Join(names, ", ")
}

func anchor(href, text string) string {
	return `<a href="` + escape(href) + `">` + escape(text) + `</a>`
}

// summary is the entry in plain text: a passage of each deal, and the one that it replaced.
func summary(all []tale) string {
	var parts []string
	most := summaryRunes
	for _, ev := range all[:min(len(all), 5)] {
		text := ev.deal + ": " + Lead(ev.Event)
		if len(ev.told.Now) > 0 {
			text += " " + ev.told.Now[0].String()
		}
		if ev.told.Lead != "" {
			text += " " + ev.told.Lead
		}
		if len(ev.told.Before) > 0 {
			text += " " + ev.told.Before[0].String()
			most = revisedRunes
		}
		parts = append(parts, text)
	}
	return Short(strings.Join(parts, " "), most)
}

// titleOf is the document's title when the event happened, so that a later edit
// does not make an entry look new.
func (s Site) titleOf(ev dealwatch.Event) string {
	return cmp.Or(Short(ev.Title, titleRunes), Short(ev.Flag.Title, titleRunes), Short(ev.Flag.DocumentID, titleRunes))
}

// dealName is the deal's name when the event happened, so that a new one does not make
// an entry look new. Where it is not known it is the watchlist's, else the one on record.
func (s Site) dealName(ev dealwatch.Event) string {
	if then := Line(ev.DealName); then != "" {
		return then
	}
	name := Line(s.deal(ev.Flag.DealID).Name)
	if name == Line(ev.Flag.DealID) {
		name = cmp.Or(Line(ev.Flag.DealName), name)
	}
	return name
}

// dealNames names at most three deals, with what became of them.
func (s Site) dealNames(evs []dealwatch.Event) string {
	var names []string
	for _, ev := range evs[:min(len(evs), 3)] {
		name := Short(s.dealName(ev), 60)
		if mark := titleMark(ev.What); mark != "" {
			name += ", " + mark
		}
		names = append(names, name)
	}
	if more := len(evs) - len(names); more > 0 {
		names = append(names, plural(more, "more deal"))
	}
	return strings.Join(names, "; ")
}

// rank is the place of a deal in the watchlist; unknown ones come last.
func (s Site) rank(id string) int {
	i := slices.IndexFunc(s.Deals, func(d dealwatch.Deal) bool { return d.ID == id })
	if i < 0 {
		return len(s.Deals)
	}
	return i
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// compact is an instant as a part of an id.
func compact(t time.Time) string { return t.UTC().Format("20060102T150405.000000Z") }
