package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dealwatch/dealwatch"
	"github.com/dealwatch/dealwatch/scrapers"
	"github.com/dealwatch/dealwatch/scrapers/crawl"
)

func (a *app) sourcesCmd() *cobra.Command {
	var long bool
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "Show the sources: schedule, limits, identity, second channel, state",
		Long: `Shows the sources with their schedule and state: how many requests their hosts had
today, from all processes that share the database, and which host is closed after a
refusal, until when and why. With --long, all that a source declares: its limits,
identity, second channel, and what exempts a path from robots.txt; and what is known of
it: the robots.txt in force, when each listing was last read, the last comparison with
its second channel, and each open incident with what to do.`,
		Args: cobra.NoArgs,
		Example: `  dealwatch sources
  dealwatch sources --long
  dealwatch sources check ftc-press`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.sources(cmd.Context(), long) },
	}
	cmd.Flags().BoolVar(&long, "long", false, "all that is declared, a paragraph a source")
	cmd.AddCommand(a.sourcesCheckCmd())
	return cmd
}

func (a *app) sources(ctx context.Context, long bool) error {
	st, err := a.openStore(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.SetSources(ctx, scrapers.Infos()); err != nil {
		return storeFailure(err)
	}
	rows, err := st.Health(ctx)
	if err != nil {
		return storeFailure(err)
	}
	bs, err := readBudgets(ctx, st)
	if err != nil {
		return storeFailure(err)
	}
	robots, err := st.AllRobots(ctx)
	if err != nil {
		return storeFailure(err)
	}
	health := make(map[string]dealwatch.Health)
	for _, h := range rows {
		health[h.Source] = h
	}
	if long && a.format == "table" {
		for _, src := range scrapers.All(nil) {
			a.describe(src, health[src.Info().Name], bs, robots)
		}
		return nil
	}
	t := newListing(a.stdout, a.format, "source", "agency", "every", "state", "last_ok", "pending", "gaps", "today", "closed", "not yet seen live")
	if a.format != "table" {
		t = newListing(a.stdout, a.format, "source", "title", "agency", "home", "identity", "streams", "every", "limits", "second_channel",
			"needs_contact", "not_yet_seen_live", "state", "last_ok_at", "pending", "open_gaps", "incident", "requests_today", "closed_until", "closed_why")
	}
	for _, src := range scrapers.All(nil) {
		i, h := src.Info(), health[src.Info().Name]
		today, closed := bs.use(i)
		unseen := strings.Join(i.Unseen, "; ")
		row := []any{i.Name, i.Agency, short(i.Every), condition(h), stamp(h.LastOKAt), h.Pending, h.OpenGaps, today, closing(closed), unseen}
		if a.format != "table" {
			var streams []string
			for _, s := range src.Streams() {
				streams = append(streams, s.Name)
			}
			row = []any{i.Name, i.Title, i.Agency, i.Home, i.Identity, streams, short(i.Every), limits(i.Hosts), i.Second,
				i.Contact, unseen, h.State, instantOrNull(h.LastOKAt), h.Pending, h.OpenGaps, orNull(h.Incident),
				today, instantOrNull(closed.ClosedUntil), orNull(closedWhy(closed))}
		}
		if err := t.add(row...); err != nil {
			return err
		}
	}
	if err := t.close(); err != nil {
		return err
	}
	for _, src := range scrapers.All(nil) {
		if late := bs.late(src); late != "" {
			fmt.Fprintf(a.stderr, "%s is polled late: %s\n", src.Info().Name, late)
		}
	}
	return nil
}

func (a *app) describe(src dealwatch.Source, h dealwatch.Health, bs budgets, robots []dealwatch.Robots) {
	i := src.Info()
	p := func(label, format string, args ...any) {
		if s := fmt.Sprintf(format, args...); s != "" {
			fmt.Fprintf(a.stdout, "  %-16s %s\n", label, s)
		}
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", i.Name, i.Title)
	p("agency", "%s", i.Agency)
	p("page", "%s", i.Home)
	p("identity", "%s", i.Identity)
	for _, s := range src.Streams() {
		p("stream", "%s  %s%s", s.Name, s.URL, lastRead(h, s.Name))
	}
	p("kinds", "%s", strings.Join(i.Kinds, ", "))
	p("polled every", "%s", short(i.Every))
	if i.Young > 0 {
		p("read again for", "%s", short(i.Young))
	}
	for _, host := range i.Hosts {
		p("limit", "%s", limits([]dealwatch.Host{host}))
		if host.Exempt != "" {
			p("robots.txt", "%s is documented for programs at %s", strings.Join(host.ExemptPaths, ", "), host.Exempt)
		}
		for _, r := range robots {
			if _, name, _ := strings.Cut(r.Host, "://"); name == host.Name {
				p("robots.txt", "%s", a.robotsLine(r))
			}
		}
	}
	for _, b := range bs.of(i) {
		p("budget", "%s", budgetLine(b))
	}
	p("polled late", "%s", bs.late(src))
	p("second channel", "%s", i.Second)
	for _, c := range h.Second {
		p("compared", "%s", comparedLine(c))
	}
	if i.Contact {
		p("needs", "a contact address (--contact)")
	}
	for _, u := range i.Unseen {
		p("not yet seen live", "%s", u)
	}
	p("state", "%s", condition(h))
	if !h.QuietAt.IsZero() {
		p("quiet from", "%s without news", stamp(h.QuietAt))
	}
	for _, in := range h.Incidents {
		if in.ClosedAt.IsZero() {
			p("incident", "%s", incidentLine(in))
			p("what to do", "%s", in.Advice())
		}
	}
	fmt.Fprintln(a.stdout)
}

// lastRead says when a listing was last read well, where it ever was.
func lastRead(h dealwatch.Health, stream string) string {
	for _, r := range h.Streams {
		if r.Name == stream && !r.LastOKAt.IsZero() {
			return "  (last read well " + stamp(r.LastOKAt) + ")"
		}
	}
	return ""
}

// comparedLine is the last look at a second channel.
func comparedLine(c dealwatch.Compared) string {
	s := fmt.Sprintf("%s: looked at %s for %s to %s (%s)", strings.TrimPrefix(c.Stream, "second: "), stamp(c.LookedAt), c.From, c.To, c.Outcome)
	if c.Outcome == dealwatch.OK {
		s += fmt.Sprintf(": it showed %d, the listings %d; %d were late, %d lacking", c.Second, c.First, c.Late, c.Lacking)
	}
	return s
}

// robotsLine says when a host's robots.txt was read, and what of it is in force.
func (a *app) robotsLine(r dealwatch.Robots) string {
	ago := func(d time.Duration) string { return stamp(a.now().Add(-d)) }
	s := r.Host + " "
	switch {
	case r.Status == 200:
		s += fmt.Sprintf("has one of %d bytes, read %s", len(r.Body), ago(r.Age))
		if d := crawl.DelayOf(r, product()); d > 0 {
			s += ", crawl-delay " + short(d)
			if d > crawl.LongestDelay {
				s += fmt.Sprintf(": more than %s, at which nothing is read", short(crawl.LongestDelay))
			}
		}
	case r.Status != 0:
		s += fmt.Sprintf("has none (HTTP %d), asked %s", r.Status, ago(r.Age))
	default:
		s += "has not been had yet, and so nothing is read"
	}
	if r.Err != "" {
		s += fmt.Sprintf("; tried in vain %s: %s", ago(r.Failed), r.Err)
	}
	return s
}

// condition is the state for people.
func condition(h dealwatch.Health) string {
	if h.State == "quiet" {
		return "quiet longer than usual"
	}
	return h.State
}

func limits(hosts []dealwatch.Host) string {
	var parts []string
	for _, h := range hosts {
		size := h.MaxBody
		if size == 0 {
			size = 16 << 20
		}
		part := fmt.Sprintf("%s: a request every %s, at most %d MiB a body", h.Name, short(h.Every), size>>20)
		if h.MaxPDF > size {
			part += fmt.Sprintf(", %d MiB a PDF", h.MaxPDF>>20)
		}
		if h.Budget != "" && h.Budget != h.Name {
			part += ", one budget with " + h.Budget
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// short is a duration without its zero parts: 1h, 15m, 250ms.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}
