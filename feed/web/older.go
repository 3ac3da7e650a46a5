package web

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"strconv"

	"github.com/dealwatch/dealwatch"
)

// Where no query is answered, older flags stand on pages of their own, counted from the
// oldest flag: a page that is full keeps its flags, and only the newest ones are written
// anew. A page that is not full does not exist, as its flags are on the list's first page.

// olderPages is how many pages there are for a list whose first page holds size flags.
func olderPages(flags, size int) int { return max(flags-1, 0) / size }

// listed are the flags of a list, newest first, as they were when the writing began.
func (h *Handler) listed(deal string) []dealwatch.Flag {
	if deal == "" {
		return h.flags
	}
	var out []dealwatch.Flag
	for _, f := range h.flags {
		if f.DealID == deal {
			out = append(out, f)
		}
	}
	return out
}

// olderAddress is that of the n-th page of older flags of a deal, or of all where deal is
// "". The page after the last is the list's first page, and before the first is none.
func (h *Handler) olderAddress(deal string, n, pages int) string {
	list, first := h.site.Base+"/flags", h.site.Base+"/"
	if deal != "" {
		list = h.site.DealURL(deal)
		first = list
	}
	switch {
	case n < 1:
		return ""
	case n > pages:
		return h.path(first)
	}
	return h.path(list + "/" + strconv.Itoa(n))
}

// older are the pages of older flags of a deal, or of all for the zero Deal, whose list
// shows size flags first.
func (h *Handler) older(d dealwatch.Deal, size int) []job {
	flags := h.listed(d.ID)
	pages := olderPages(len(flags), size)
	folder := "flags"
	if d.ID != "" {
		folder = "deals/" + d.ID
	}
	var out []job
	for n := 1; n <= pages; n++ {
		end := len(flags) - (n-1)*size // the oldest are the last
		name := path.Join(folder, strconv.Itoa(n), "index.html")
		out = append(out, job{h.olderPage(d, flags[end-size:end], n, pages), map[string]string{"html": name}})
	}
	return out
}

// olderPage is the n-th of the pages.
func (h *Handler) olderPage(d dealwatch.Deal, flags []dealwatch.Flag, n, pages int) *unit {
	return &unit{filter: nothing, build: func(ctx context.Context) (map[string]*content, error) {
		rows, err := h.rows(ctx, flags)
		if err != nil {
			return nil, err
		}
		channel := h.site.All(dealwatch.Filter{})
		if d.ID != "" {
			channel = h.site.Deal(d)
		}
		chosen, err := h.filters(ctx, look{Filter: dealwatch.Filter{Deal: d.ID}})
		if err != nil {
			return nil, err
		}
		v := indexView{filters: chosen, Older: h.olderAddress(d.ID, n-1, pages), Newer: h.olderAddress(d.ID, n+1, pages)}
		v.Filtered = fmt.Sprintf("%s: page %d from the oldest", cmp.Or(v.Filtered, "What was flagged"), n)
		return fit(rowMost, rowLeast, func(room int) (map[string]*content, error) {
			v.Flags = fitRows(rows, room)
			return h.html("index", shell{Title: v.Filtered, Here: "within", Feeds: subscribe(channel), Page: v})
		})
	}}
}
