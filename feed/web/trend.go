package web

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/dealwatch/dealwatch"
)

const (
	trendWeeks  = 26
	trendHeight = 120 // of the tallest column, in units of the picture
	trendColumn = 22  // width of a week
	trendShades = 8   // colours that the style sheet has
)

// trend is a picture of the flags a week: a column a week, a shade a source.
type trend struct {
	Width, Height int
	Bars          []bar
	Axis          []mark
	Most          int // flags in the fullest week
	Legend        []legend
	Label         string // what a screen reader says of the picture
}

type bar struct {
	X, Y, Width, Height, Shade int
	Title                      string
}

// mark is a date under the columns.
type mark struct {
	X    int
	Text string
}

type legend struct {
	Shade int
	Name  string
	Flags int
}

// trend draws the weeks up to the last that has a flag, so that the picture changes with
// the flags and not with the clock. It is nil where there is nothing to draw.
func (h *Handler) trend(weeks []dealwatch.WeekCount) *trend {
	if len(weeks) == 0 {
		return nil
	}
	last := weeks[len(weeks)-1].Week
	first := last.AddDate(0, 0, -7*(trendWeeks-1))
	place := func(at time.Time) int { return int(at.Sub(first).Hours()) / (7 * 24) }
	var sources []string
	total := map[string]int{}
	sum := [trendWeeks]int{}
	t := &trend{Width: trendWeeks*trendColumn + 90, Height: trendHeight + 46}
	flags := 0
	for _, w := range weeks {
		if w.Week.Before(first) || place(w.Week) >= trendWeeks {
			continue
		}
		if total[w.Source] == 0 {
			sources = append(sources, w.Source)
		}
		total[w.Source] += w.Flags
		flags += w.Flags
		sum[place(w.Week)] += w.Flags
		t.Most = max(t.Most, sum[place(w.Week)])
	}
	slices.SortFunc(sources, func(a, b string) int { return cmp.Or(h.sourceRank(a)-h.sourceRank(b), cmp.Compare(a, b)) })
	shade := map[string]int{}
	for i, s := range sources {
		shade[s] = i%trendShades + 1
		t.Legend = append(t.Legend, legend{shade[s], h.sourceTitle(s), total[s]})
	}
	base := [trendWeeks]int{} // how high each column stands already
	for _, s := range sources {
		for _, w := range weeks {
			if w.Source != s || w.Week.Before(first) || place(w.Week) >= trendWeeks {
				continue
			}
			i := place(w.Week)
			from, to := base[i]*trendHeight/t.Most, (base[i]+w.Flags)*trendHeight/t.Most
			base[i] += w.Flags
			t.Bars = append(t.Bars, bar{
				X: 36 + i*trendColumn, Y: 8 + trendHeight - to, Width: trendColumn - 4, Height: max(to-from, 1), Shade: shade[s],
				Title: fmt.Sprintf("week of %s: %d from %s", w.Week.Format("2 January 2006"), w.Flags, h.sourceTitle(s)),
			})
		}
	}
	for i := 1; i < trendWeeks; i += 6 {
		t.Axis = append(t.Axis, mark{36 + i*trendColumn + trendColumn/2, first.AddDate(0, 0, 7*i).Format("2 Jan 2006")})
	}
	t.Label = fmt.Sprintf("Flags a week from %s to the week of %s: %d in all, at most %d a week.",
		first.Format("2 January 2006"), last.Format("2 January 2006"), flags, t.Most)
	return t
}

func (h *Handler) sourceTitle(name string) string {
	for _, in := range h.cfg.Sources {
		if in.Name == name {
			return line(cmp.Or(in.Title, name))
		}
	}
	return line(name)
}

// sourceRank is the place of a source among all; unknown ones come last.
func (h *Handler) sourceRank(name string) int {
	i := slices.IndexFunc(h.cfg.Sources, func(in dealwatch.Info) bool { return in.Name == name })
	if i < 0 {
		return len(h.cfg.Sources)
	}
	return i
}
